package allocmodel

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// builtin adds what a built-in function does with its arguments.
func (b *batch) builtin(call ssa.CallInstruction, name string) {
	args := call.Common().Args
	switch name {
	case "append":
		b.appended(call, args)
	case "copy":
		if len(args) == 2 && elementsPoint(args[1].Type()) {
			b.flowValue(b.heap, args[1], 1, Step{Why: Appended, Pos: call.Pos()})
		}
	}
}

func isAppend(call ssa.CallInstruction) bool {
	builtin, ok := call.Common().Value.(*ssa.Builtin)
	return ok && builtin.Name() == "append"
}

// appended adds that all elements may be copied to a new array on the heap.
func (b *batch) appended(call ssa.CallInstruction, args []ssa.Value) {
	step := Step{Why: Appended, Pos: call.Pos()}
	for _, arg := range args {
		if elementsPoint(arg.Type()) {
			b.flowValue(b.heap, arg, 1, step)
		}
	}
}

// elementsPoint reports whether a type is a slice of something with pointers.
func elementsPoint(t types.Type) bool {
	slice, ok := t.Underlying().(*types.Slice)
	return ok && hasPointers(slice.Elem())
}

// builtinResult returns where the result of a built-in function is.
func (b *batch) builtinResult(call *ssa.Call, name string) ref {
	args := call.Call.Args
	step := Step{Why: Assigned, Pos: call.Pos()}
	switch name {
	case "append":
		if len(args) < 2 {
			return b.ref(args[0])
		}
		loc := b.location(call.Parent(), noDepth)
		grown := b.storage(Append, call, call.Pos(), call.Type(), -1)
		b.flow(loc, grown, 0, step)
		b.flowValue(loc, args[0], 0, step)
		return ref{loc, 0}
	case "min", "max":
		if !hasPointers(call.Type()) {
			return ref{}
		}
		loc := b.location(call.Parent(), noDepth)
		for _, arg := range args {
			b.flowValue(loc, arg, 0, step)
		}
		return ref{loc, 0}
	case "ssa:wrapnilchk", "Slice", "SliceData", "String", "StringData", "Add":
		return b.ref(args[0])
	}
	return ref{}
}
