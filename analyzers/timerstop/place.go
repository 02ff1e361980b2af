package timerstop

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A place is what holds a timer: a field or package variable (a *types.Var,
// which stands for that field of all values), the cell of a captured variable
// (an *ssa.Alloc), or a register. Timers with a place in common may be one.
type place any

// places returns the places that a timer, or the channel of one, may be in.
// They are sorted by discovery, which follows the code.
func (x *index) places(v ssa.Value) []place {
	var found []place
	seen := make(map[ssa.Value]bool)
	add := func(p place) {
		if p != nil && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	var visit func(ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Phi:
			for _, e := range v.Edges {
				visit(e)
			}
		case *ssa.UnOp:
			if v.Op == token.MUL {
				add(x.placeAt(v.X))
			}
		case *ssa.ChangeType:
			visit(v.X)
		case *ssa.ChangeInterface:
			visit(v.X)
		case *ssa.Field:
			add(structField(v.X.Type(), v.Field))
		case *ssa.Const:
		default:
			add(v)
			for _, ref := range *v.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Val == v {
					add(x.placeAt(store.Addr))
				}
			}
		}
	}
	visit(v)
	return found
}

// placeAt returns the place at an address, or nil if it has no name.
func (x *index) placeAt(addr ssa.Value) place {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		return addr
	case *ssa.Global:
		if obj, ok := addr.Object().(*types.Var); ok {
			return obj
		}
	case *ssa.FieldAddr:
		return structField(addr.X.Type(), addr.Field)
	case *ssa.FreeVar:
		if cell := x.binding(addr); cell != nil {
			return x.placeAt(cell)
		}
	}
	return nil
}

// binding returns what the enclosing function binds to a free variable, or nil
// if the closure is made in more than one way.
func (x *index) binding(free *ssa.FreeVar) ssa.Value {
	closure := x.closures[free.Parent()]
	if closure == nil {
		return nil
	}
	return closure.Bindings[slices.Index(free.Parent().FreeVars, free)]
}

// structField returns the field that a selection from a struct or a pointer
// to one names.
func structField(t types.Type, i int) place {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil // a type parameter
	}
	return s.Field(i).Origin()
}

// share reports whether two lists have a place in common.
func share(a, b []place) bool {
	return slices.ContainsFunc(a, func(p place) bool { return slices.Contains(b, p) })
}

// asField returns the field among places, or nil.
func asField(places []place) *types.Var {
	for _, p := range places {
		if v, ok := p.(*types.Var); ok && v.IsField() {
			return v
		}
	}
	return nil
}
