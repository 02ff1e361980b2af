package allocmodel

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// ref returns what a value is in terms of locations. A value that allocates
// gets its site here.
func (b *batch) ref(v ssa.Value) ref {
	if r, ok := b.refs[v]; ok {
		return r
	}
	r := b.makeRef(v) // ends, because no phi asks for its operands
	b.refs[v] = r
	return r
}

func (b *batch) makeRef(v ssa.Value) ref {
	if x := sameStorage(v); x != nil {
		return b.ref(x)
	}
	switch v := v.(type) {
	case *ssa.Alloc:
		return b.alloc(v)
	case *ssa.Phi:
		return b.phi(v)
	case *ssa.FreeVar:
		return b.freeVar(v)
	case *ssa.Call:
		return b.callResult(v, 0)
	case *ssa.Extract:
		return b.extract(v)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return b.ref(v.X).shift(1)
		}
	case *ssa.TypeAssert:
		return b.unboxed(v)
	case *ssa.MakeInterface:
		return b.box(v)
	case *ssa.MakeClosure:
		return b.closure(v)
	case *ssa.MakeSlice:
		return b.storage(MakeSlice, v, v.Pos(), v.Type(), -1)
	case *ssa.MakeMap:
		return b.storage(MakeMap, v, v.Pos(), v.Type(), -1)
	case *ssa.Convert:
		return b.conversion(v)
	case *ssa.BinOp:
		return b.concat(v)
	}
	return ref{} // constants, functions, package-level variables, what comes out of maps and channels
}

// sameStorage returns the value that another one is a part, an element, a
// section or another type of, so that both refer to the same storage, or nil.
func sameStorage(v ssa.Value) ssa.Value {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return v.X
	case *ssa.IndexAddr:
		return v.X
	case *ssa.Field:
		return v.X
	case *ssa.Index:
		if hasPointers(v.Type()) {
			return v.X
		}
	case *ssa.Slice:
		return v.X
	case *ssa.ChangeType:
		return v.X
	case *ssa.ChangeInterface:
		return v.X
	case *ssa.SliceToArrayPointer:
		return v.X
	case *ssa.MultiConvert:
		return v.X
	}
	return nil
}

// shift returns what is reached after some more dereferences.
func (r ref) shift(derefs int) ref {
	if r.loc == nil {
		return r
	}
	return ref{r.loc, r.derefs + derefs}
}

func (b *batch) alloc(v *ssa.Alloc) ref {
	elem := v.Type().Underlying().(*types.Pointer).Elem()
	kind, t := Variable, elem
	switch v.Comment {
	case "new", "complit":
		if v.Heap {
			kind = Composite
		}
	case "slicelit":
		kind = SliceLiteral
	case "makeslice":
		kind, t = MakeSlice, types.NewSlice(elem.Underlying().(*types.Array).Elem())
	case "varargs":
		kind = Variadic
	}
	pos := v.Pos()
	if kind == Variadic {
		call, _, ok := variadicCall(v)
		if ok && isAppend(call) {
			return ref{b.location(v.Parent(), noDepth), -1} // there is no such slice
		}
		if ok {
			pos = call.Pos()
		}
	}
	r := b.storage(kind, v, pos, t, b.m.size(elem))
	if kind == Variable {
		r.loc.depth = b.m.shape(v.Parent()).variableDepth(v.Pos())
	}
	return r
}

// phi makes a location for a variable that has different values on different
// paths. Its depth is that of its declaration, which is where its position is.
func (b *batch) phi(v *ssa.Phi) ref {
	if !hasPointers(v.Type()) {
		return ref{}
	}
	depth := noDepth
	if v.Pos().IsValid() {
		depth = b.m.shape(v.Parent()).depth(v.Pos())
	}
	return ref{b.location(v.Parent(), depth), 0}
}

func (b *batch) extract(v *ssa.Extract) ref {
	switch tuple := v.Tuple.(type) {
	case *ssa.Call:
		return b.callResult(tuple, v.Index)
	case *ssa.TypeAssert:
		if v.Index == 0 {
			return b.ref(tuple)
		}
	}
	return ref{}
}

func (b *batch) callResult(call *ssa.Call, i int) ref {
	if builtin, ok := call.Call.Value.(*ssa.Builtin); ok {
		return b.builtinResult(call, builtin.Name())
	}
	if locs := b.tuple(call); i < len(locs) {
		return ref{locs[i], 0}
	}
	return ref{}
}

// unboxed returns what an interface holds: a pointer to a copy, unless that is
// a pointer itself.
func (b *batch) unboxed(v *ssa.TypeAssert) ref {
	t := v.AssertedType
	if types.IsInterface(t) && !isTypeParam(t) || isPointerShaped(t) {
		return b.ref(v.X)
	}
	return b.ref(v.X).shift(1)
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// box returns the pointer to the copy of a value that an interface holds.
func (b *batch) box(v *ssa.MakeInterface) ref {
	t := v.X.Type()
	if isPointerShaped(t) {
		return b.ref(v.X)
	}
	size := b.m.size(t)
	if isConstant(v.X) || size == 0 || isSingleByte(t) {
		return ref{}
	}
	r := b.storage(Box, v, b.m.BoxPos(v), t, size)
	b.flowValue(r.loc, v.X, 0, Step{Why: Assigned, Pos: v.Pos()})
	return r
}

// conversion returns the copy that a conversion between strings, bytes and
// runes makes; others convert the value itself.
func (b *batch) conversion(v *ssa.Convert) ref {
	from, to := v.X.Type().Underlying(), v.Type().Underlying()
	_, fromSlice := from.(*types.Slice)
	_, toSlice := to.(*types.Slice)
	switch {
	case !isString(to) && !toSlice:
		return b.ref(v.X)
	case isString(from) && isString(to), fromSlice && toSlice:
		return b.ref(v.X)
	}
	if _, ok := v.X.(*ssa.Const); ok && isString(to) {
		return ref{}
	}
	if passing(v) {
		return ref{}
	}
	return b.storage(Conversion, v, v.Pos(), v.Type(), -1)
}

// passing reports whether the compiler lets a conversion use the memory of its
// operand, because the result is looked at and not kept.
func passing(v *ssa.Convert) bool {
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.Lookup:
			if use.Index != v {
				return false
			}
		case *ssa.BinOp:
			if use.Op == token.ADD {
				return false
			}
		case *ssa.Range, *ssa.DebugRef:
		default:
			return false
		}
	}
	return len(*v.Referrers()) > 0
}

// concat returns the new string that a concatenation makes. One within another
// makes none of its own.
func (b *batch) concat(v *ssa.BinOp) ref {
	if v.Op != token.ADD || !isString(v.Type().Underlying()) {
		return ref{}
	}
	if uses := *v.Referrers(); len(uses) == 1 {
		if outer, ok := uses[0].(*ssa.BinOp); ok && outer.Op == token.ADD && outer.X == v && outer.Block() == v.Block() {
			return ref{}
		}
	}
	return b.storage(Concat, v, v.Pos(), v.Type(), -1)
}

func isString(t types.Type) bool {
	basic, ok := t.(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}
