package ctxleak

import (
	"go/token"
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

// parentNeverEnds reports whether only the release function can end the
// context.
func (a *acquisition) parentNeverEnds() bool {
	call := a.parent()
	if call == nil {
		return false
	}
	callee := ssax.Callee(call.Common())
	return callee != nil && detached[callee.FullName()]
}

// parentRelease returns what may hold the release function of the parent, if
// the function made the parent itself. The order of the code plays no part,
// which errs towards silence. The end of the parent does not give signals
// back, so for these it does not count.
func (a *acquisition) parentRelease() map[ssa.Value]bool {
	call := a.parent()
	if call == nil || a.producer.bound == bySignal {
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
	if ref := result(call, p.result); ref != nil {
		return holders(ref)
	}
	return nil
}

// result returns the n'th result of a call, or nil if nothing receives it.
func result(call *ssa.Call, n int) *ssa.Extract {
	for _, ref := range *call.Referrers() {
		if extract, ok := ref.(*ssa.Extract); ok && extract.Index == n {
			return extract
		}
	}
	return nil
}

// holders returns what may hold a value within its function: registers, cells
// of variables, and closures that refer to them.
func holders(v ssa.Value) map[ssa.Value]bool {
	found := make(map[ssa.Value]bool)
	var add func(ssa.Value)
	add = func(v ssa.Value) {
		if found[v] {
			return
		}
		found[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Phi, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.MakeClosure, *ssa.UnOp:
				add(ref.(ssa.Value))
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v {
					add(cell)
				}
			}
		}
	}
	add(v)
	return found
}

// parentReleasedAtReturn reports whether the function has deferred the
// release of the parent by the time it makes the context, which then ends
// when the function returns.
func (a *acquisition) parentReleasedAtReturn() bool {
	release := a.parentRelease()
	if len(release) == 0 {
		return false
	}
	for _, block := range a.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && release[d.Call.Value] && comesBefore(d, a.call) {
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

// What tells that a context has ended. Its timer has then fired or been
// stopped and its parent has forgotten it, so nothing is left to release.
type ended struct {
	contexts map[ssa.Value]bool // what may hold the context
	parent   ssa.Value          // whose end is that of the context
}

// contextEnded returns what tells that the context of an acquisition has
// ended. For signals, nothing does: their handling stays.
func (a *acquisition) contextEnded() ended {
	if a.producer.bound == bySignal {
		return ended{}
	}
	e := ended{parent: a.call.Call.Args[0]}
	if a.context != nil {
		e.contexts = holders(a.context)
	}
	return e
}

// onEdge reports whether a path that takes an edge knows that the context has
// ended: a select chose its Done channel, or its Err is not nil.
func (e ended) onEdge(paths *ssax.Paths, block *ssa.BasicBlock, succ int) bool {
	if state := ssax.ChosenCase(block, succ); state != nil {
		return e.isDone(paths, state.Chan)
	}
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || !e.isCall(paths, cmp.X, contextErr) {
		return false
	}
	if c, ok := cmp.Y.(*ssa.Const); !ok || !c.IsNil() {
		return false
	}
	return cmp.Op == token.NEQ && succ == 0 || cmp.Op == token.EQL && succ == 1
}

// isDone reports whether a channel is the Done channel of the context.
func (e ended) isDone(paths *ssax.Paths, channel ssa.Value) bool {
	return e.isCall(paths, channel, contextDone)
}

// isCall reports whether a value is the result of a method of the context.
func (e ended) isCall(paths *ssax.Paths, v ssa.Value, method string) bool {
	call, ok := v.(*ssa.Call)
	if !ok || e.parent == nil {
		return false
	}
	callee := ssax.Callee(call.Common())
	if callee == nil || callee.FullName() != method || !call.Call.IsInvoke() {
		return false
	}
	receiver := call.Call.Value
	return e.contexts[receiver] || paths.Same(receiver, e.parent)
}
