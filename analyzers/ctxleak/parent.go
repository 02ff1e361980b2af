package ctxleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// parent returns the call that made the parent context, or nil if that is not
// known.
func (a *acquisition) parent() *ssa.Call {
	v := a.call.Call.Args[0]
	for {
		switch x := v.(type) {
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.Call:
			return x
		default:
			return nil
		}
	}
}

// parentEndsAlone reports whether the parent keeps nothing: it never ends, so
// children do not register with it, or it ends with the work at hand.
func (a *acquisition) parentEndsAlone() bool {
	call := a.parent()
	if call == nil {
		return false
	}
	callee := ssax.Callee(call.Common())
	return callee != nil && (detached[callee.FullName()] || selfEnding[callee.FullName()])
}

// parentRelease returns what may hold the release function of the parent, if
// the function made the parent itself: registers, cells of variables, and
// closures that refer to them. The order of the code plays no part, which
// errs towards silence.
func (a *acquisition) parentRelease() map[ssa.Value]bool {
	call := a.parent()
	if call == nil {
		return nil
	}
	callee := ssax.Callee(call.Common())
	if callee == nil {
		return nil
	}
	p, ok := producers[callee.FullName()]
	if !ok {
		return nil
	}
	holders := make(map[ssa.Value]bool)
	var add func(ssa.Value)
	add = func(v ssa.Value) {
		if holders[v] {
			return
		}
		holders[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Phi, *ssa.ChangeType, *ssa.MakeClosure, *ssa.UnOp:
				add(ref.(ssa.Value))
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v {
					add(cell)
				}
			}
		}
	}
	for _, ref := range *call.Referrers() {
		if extract, ok := ref.(*ssa.Extract); ok && extract.Index == p.result {
			add(extract)
		}
	}
	return holders
}

// parentReleasedAtReturn reports whether the function has deferred the
// release of the parent by the time it makes the context, which then ends
// when the function returns.
func (a *acquisition) parentReleasedAtReturn() bool {
	holders := a.parentRelease()
	if len(holders) == 0 {
		return false
	}
	for _, block := range a.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && holders[d.Call.Value] && comesBefore(d, a.call) {
				return true
			}
		}
	}
	return false
}

// comesBefore reports whether every path to the second instruction passes the
// first.
func comesBefore(first, second ssa.Instruction) bool {
	if first.Block() == second.Block() {
		instrs := first.Block().Instrs
		return slices.Index(instrs, first) < slices.Index(instrs, second)
	}
	return first.Block().Dominates(second.Block())
}
