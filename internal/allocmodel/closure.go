package allocmodel

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// maxByValue is the size in bytes of the largest variable that closures
// capture by value.
const maxByValue = 128

// closure returns the storage of a closure, into which its variables flow.
func (b *batch) closure(v *ssa.MakeClosure) ref {
	fn := v.Fn.(*ssa.Function)
	kind := Closure
	if fn.Syntax() == nil {
		kind = MethodValue // a wrapper that calls the method
	}
	size := b.m.opts.Sizes.Sizeof(types.Typ[types.Uintptr])
	type capture struct {
		src    ref
		derefs int
	}
	var captures []capture
	for _, binding := range v.Bindings {
		captured := b.captured(binding)
		switch {
		case kind == MethodValue:
			captures = append(captures, capture{src: b.ref(binding)})
			size += max(b.m.size(binding.Type()), 0)
		case captured != nil && b.m.byValue(captured):
			captures = append(captures, capture{src: b.ref(binding), derefs: 1})
			size += max(b.m.size(captured.Type().Underlying().(*types.Pointer).Elem()), 0)
		default:
			captures = append(captures, capture{src: b.ref(binding)})
			size += b.m.opts.Sizes.Sizeof(types.Typ[types.Uintptr])
		}
	}
	r := b.storage(kind, v, closurePos(v), v.Type(), size)
	for _, c := range captures {
		b.flow(r.loc, c.src, c.derefs, Step{Why: Captured, Pos: v.Pos()})
	}
	return r
}

func closurePos(v *ssa.MakeClosure) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	return v.Fn.Pos()
}

// freeVar returns the variable that a closure has captured.
func (b *batch) freeVar(v *ssa.FreeVar) ref {
	binding := b.m.binding(v)
	if binding == nil {
		return ref{b.location(v.Parent(), noDepth), 0}
	}
	return b.ref(binding)
}

// captured returns the variable that a binding of a closure is the address
// of, or nil.
func (b *batch) captured(binding ssa.Value) *ssa.Alloc {
	for {
		switch v := binding.(type) {
		case *ssa.Alloc:
			return v
		case *ssa.FreeVar:
			if binding = b.m.binding(v); binding == nil {
				return nil
			}
		default:
			return nil
		}
	}
}

// binding returns what the only instruction that makes a closure binds a free
// variable to, or nil.
func (m *Model) binding(v *ssa.FreeVar) ssa.Value {
	made := m.makers[v.Parent()]
	if len(made) != 1 {
		return nil
	}
	for i, fv := range v.Parent().FreeVars {
		if fv == v {
			return made[0].Bindings[i]
		}
	}
	return nil
}

// byValue reports whether closures get a copy of a variable: it is small, its
// address is not taken, and nothing assigns to it once it is captured.
func (m *Model) byValue(v *ssa.Alloc) bool {
	known, ok := m.copies[v]
	if !ok {
		size := m.size(v.Type().Underlying().(*types.Pointer).Elem())
		u := &uses{m: m, alloc: v, captured: token.NoPos}
		known = size <= maxByValue && u.collect(v, true) && u.settled()
		m.copies[v] = known
	}
	return known
}

// uses are the assignments to a variable, and where closures capture it first.
type uses struct {
	m        *Model
	alloc    *ssa.Alloc
	captured token.Pos
	inLoop   bool // captured deeper in loops than it was declared
	stores   []*ssa.Store
}

// collect visits the uses of an address. It reports whether these are loads,
// stores, and captures only.
func (u *uses) collect(addr ssa.Value, whole bool) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.Store:
			if use.Val == addr {
				return false
			}
			u.stores = append(u.stores, use)
		case *ssa.FieldAddr:
			if !u.collect(use, false) {
				return false
			}
		case *ssa.IndexAddr:
			if !u.collect(use, false) {
				return false
			}
		case *ssa.MakeClosure:
			if !whole || !u.capture(use, addr) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// capture visits the uses of a variable in a closure.
func (u *uses) capture(made *ssa.MakeClosure, addr ssa.Value) bool {
	fn := made.Fn.(*ssa.Function)
	if fn.Syntax() == nil {
		return false
	}
	if made.Parent() == u.alloc.Parent() {
		if pos := closurePos(made); !u.captured.IsValid() || pos < u.captured {
			u.captured = pos
			shape := u.m.shape(made.Parent())
			u.inLoop = shape.depth(pos) > shape.variableDepth(u.alloc.Pos())
		}
	}
	for i, binding := range made.Bindings {
		if binding == addr && !u.collect(fn.FreeVars[i], true) {
			return false
		}
	}
	return true
}

// settled reports whether no store comes after the variable is captured. The
// one that declares the variable does not count.
func (u *uses) settled() bool {
	for _, s := range u.stores {
		switch {
		case s.Parent() != u.alloc.Parent():
			return false
		case u.isDeclaration(s):
		case u.inLoop || s.Pos() > u.captured:
			return false
		}
	}
	return true
}

// isDeclaration reports whether a store gives a variable its first value.
func (u *uses) isDeclaration(s *ssa.Store) bool {
	if s.Addr != ssa.Value(u.alloc) {
		return false
	}
	if _, isParam := s.Val.(*ssa.Parameter); isParam {
		return true
	}
	return s.Block() == u.alloc.Block() && len(u.stores) == 1 || s.Pos() == u.alloc.Pos()
}
