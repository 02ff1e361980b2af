package allocmodel

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// size returns the size of a type in bytes, or -1 if it depends on type
// parameters.
func (m *Model) size(t types.Type) int64 {
	if t == nil || isGeneric(t, nil) {
		return -1
	}
	return m.opts.Sizes.Sizeof(t)
}

// isGeneric reports whether the layout of a type depends on type parameters.
func isGeneric(t types.Type, seen map[types.Type]bool) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Array:
		return isGeneric(t.Elem(), seen)
	case *types.Struct:
		for field := range t.Fields() {
			if isGeneric(field.Type(), seen) {
				return true
			}
		}
	case *types.Named:
		if t.TypeArgs().Len() == 0 && t.TypeParams().Len() == 0 || seen[t] {
			return false
		}
		if seen == nil {
			seen = make(map[types.Type]bool)
		}
		seen[t] = true
		return isGeneric(t.Underlying(), seen)
	}
	return false
}

// hasPointers reports whether a value of a type can point to anything.
func hasPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer || u.Kind() == types.UntypedNil
	case *types.Array:
		return u.Len() != 0 && hasPointers(u.Elem())
	case *types.Struct:
		for field := range u.Fields() {
			if hasPointers(field.Type()) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for v := range u.Variables() {
			if hasPointers(v.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// isPointerShaped reports whether an interface holds values of a type itself
// and not a pointer to a copy.
func isPointerShaped(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Struct:
		return u.NumFields() == 1 && isPointerShaped(u.Field(0).Type())
	case *types.Array:
		return u.Len() == 1 && isPointerShaped(u.Elem())
	}
	return false
}

// isSingleByte reports whether values of a type are bytes or truth values,
// each of which the runtime has a copy of.
func isSingleByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	switch basic.Kind() {
	case types.Bool, types.Int8, types.Uint8:
		return true
	}
	return false
}

// isConstant reports whether a value is known when the program is compiled,
// so that a copy in read-only memory serves for all.
func isConstant(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return true
	case *ssa.UnOp:
		alloc, ok := v.X.(*ssa.Alloc)
		return ok && isConstantLiteral(alloc)
	}
	return false
}

// isConstantLiteral reports whether a variable is a composite literal of
// constants that is only read.
func isConstantLiteral(alloc *ssa.Alloc) bool {
	if alloc.Comment != "complit" || alloc.Heap {
		return false
	}
	return onlyConstants(alloc)
}

// onlyConstants reports whether all that is stored at an address and below is
// constant.
func onlyConstants(addr ssa.Value) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.UnOp:
		case *ssa.Store:
			if _, ok := use.Val.(*ssa.Const); !ok || use.Addr != addr {
				return false
			}
		case *ssa.FieldAddr:
			if !onlyConstants(use) {
				return false
			}
		case *ssa.IndexAddr:
			if !onlyConstants(use) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
