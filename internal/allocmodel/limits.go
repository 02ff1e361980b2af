package allocmodel

import (
	"go/constant"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/ssa"
)

// What the compiler puts on the stack at most, in bytes
// (https://go.dev/src/cmd/compile/internal/ir/cfg.go).
const (
	maxImplicit   = 64 << 10  // what an expression makes
	maxVariable   = 128 << 10 // a variable, since Go 1.24
	maxVariableGo = 10 << 20  // a variable, before
	smallBuffer   = 32        // bytes of a string, or of a slice of unknown length
	smallMap      = 8         // entries
)

// since reports whether the toolchain is of a Go version or newer. An unknown
// one is taken to be new.
func (o *Options) since(v string) bool {
	return !version.IsValid(o.Toolchain) || version.Compare(o.Toolchain, v) >= 0
}

// maxVariable returns the size of the largest variable on the stack.
func (o *Options) maxVariable() int64 {
	if o.since("go1.24") {
		return maxVariable
	}
	return maxVariableGo
}

// settle decides the fate of a site once it is known whether its value
// outlives the function: some kinds need the heap anyway.
func (m *Model) settle(s *Site) {
	if s.Fate == Heap {
		return
	}
	at := Step{Pos: s.Pos}
	force := func(fate Fate, why Why) {
		if fate > s.Fate {
			at.Why = why
			s.Fate, s.Way = fate, []Step{at}
		}
	}
	switch s.Kind {
	case Variable:
		if s.Size > m.opts.maxVariable() {
			force(Heap, TooLarge)
		}
	case Composite, SliceLiteral, Closure, MethodValue, Box, Variadic:
		if s.Size > maxImplicit {
			force(Heap, TooLarge)
		}
	case MakeSlice:
		m.settleSlice(s, force)
	case MakeMap:
		if !isSmallMap(s.Instr) {
			force(Heap, VariableSize)
		} else {
			force(Buffer, VariableSize)
		}
	case MakeChan, DeferInLoop:
		force(Heap, Always)
	case Append:
		if m.opts.since("go1.26") {
			force(Buffer, VariableSize)
		} else {
			force(Heap, VariableSize)
		}
	case Conversion, Concat, MapGrowth:
		force(Buffer, VariableSize)
	}
}

// settleSlice decides about a slice that make returns and the function keeps.
// See https://go.dev/doc/go1.25#compiler.
func (m *Model) settleSlice(s *Site, force func(Fate, Why)) {
	elem := m.size(s.Type.Underlying().(*types.Slice).Elem())
	switch {
	case s.Size > maxImplicit:
		force(Heap, TooLarge)
	case s.Size >= 0:
	case m.opts.since("go1.25") && elem <= smallBuffer:
		force(Buffer, VariableSize)
	default:
		force(Heap, VariableSize)
	}
}

// isSmallMap reports whether a map is made without a size or with one that
// fits the map's first group.
func isSmallMap(instr ssa.Instruction) bool {
	made, ok := instr.(*ssa.MakeMap)
	if !ok || made.Reserve == nil {
		return ok
	}
	n, ok := made.Reserve.(*ssa.Const)
	if !ok || n.Value == nil {
		return false
	}
	hint, exact := constant.Int64Val(constant.ToInt(n.Value))
	return exact && hint <= smallMap
}
