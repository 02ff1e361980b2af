package chanmodel

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A toggle is a boolean variable: a global one, or a field of all values of a
// type.
type toggle struct {
	global *ssa.Global
	of     types.Type
	field  int
}

// flagAt returns the toggle at an address.
func flagAt(addr ssa.Value) (toggle, bool) {
	switch v := addr.(type) {
	case *ssa.Global:
		return toggle{global: v}, true
	case *ssa.FieldAddr:
		return toggle{of: v.X.Type(), field: v.Field}, true
	}
	return toggle{}, false
}

// setFlags returns the flags that a function sets to a constant.
func (f *Func) setFlags() []toggle {
	var list []toggle
	f.eachInstruction(func(instr ssa.Instruction) {
		store, ok := instr.(*ssa.Store)
		if !ok {
			return
		}
		if _, constant := store.Val.(*ssa.Const); !constant || !isBool(store.Val.Type()) {
			return
		}
		if to, ok := flagAt(store.Addr); ok {
			list = append(list, to)
		}
	})
	return list
}

// asksFlags returns the flags that decide about branches of a function.
func (f *Func) asksFlags() []toggle {
	var list []toggle
	f.eachInstruction(func(instr ssa.Instruction) {
		branch, ok := instr.(*ssa.If)
		if !ok {
			return
		}
		cond := branch.Cond
		if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
			cond = not.X
		}
		if load, ok := cond.(*ssa.UnOp); ok && load.Op == token.MUL {
			if from, ok := flagAt(load.X); ok {
				list = append(list, from)
			}
		}
	})
	return list
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Bool
}

func (f *Func) eachInstruction(do func(ssa.Instruction)) {
	if f.source == nil {
		return
	}
	for _, b := range f.source.Blocks {
		for _, instr := range b.Instrs {
			do(instr)
		}
	}
}

func share(a, b []toggle) bool {
	return slices.ContainsFunc(a, func(x toggle) bool {
		return slices.ContainsFunc(b, func(y toggle) bool {
			return x.global == y.global && x.field == y.field && (x.of == y.of || x.of != nil && y.of != nil && sameType(x.of, y.of))
		})
	})
}

// sameType reports whether two types are, or point to, the same type or
// instances of it: in each method, a generic type has other parameters.
func sameType(a, b types.Type) bool {
	name := func(t types.Type) *types.TypeName {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok {
			return named.Origin().Obj()
		}
		return nil
	}
	return types.Identical(a, b) || name(a) != nil && name(a) == name(b)
}

// byFlag reports whether a flag may keep the parties apart: whoever waits asks
// for one that the peer sets once it has the lock behind it, or sets one, with the lock held, that decides whether a worker takes the lock; or a
// send to a buffer asks for one and sets it, so that there is no second send.
func (b *PeerNeedsLock) byFlag() bool {
	set := append(b.Func.setFlags(), b.Site.Func.setFlags()...)
	if b.Buffered && share(set, append(b.Func.asksFlags(), b.Site.Func.asksFlags()...)) {
		return true
	}
	for i := range b.Peers {
		p := &b.Peers[i]
		if p.Why == PeerBeforeEnd && share(set, p.Lock.Func.asksFlags()) {
			return true
		}
		if p.Why == PeerAfterLock && share(b.Func.asksFlags(), p.Func.setFlags()) {
			return true // it says that the peer has passed the lock
		}
	}
	return false
}
