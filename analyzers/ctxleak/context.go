package ctxleak

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

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

// What tells that a context has ended. Its timer has then fired or been
// stopped and its parent has forgotten it, so nothing is left to release.
type ended struct {
	contexts map[ssa.Value]bool // what may hold the context
	parent   ssa.Value          // whose end is that of the context
	parents  map[ssa.Value]bool // what may hold the release function of the parent
}

// contextEnded returns what tells that the context of an acquisition has
// ended. For signals, nothing does: their handling stays.
func (a *acquisition) contextEnded() ended {
	if a.bound() == bySignal {
		return ended{}
	}
	e := ended{parent: a.parentArg(), parents: a.parentRelease()}
	if a.Companion != nil {
		e.contexts = holders(a.Companion)
	}
	return e
}

// At reports whether an instruction shows that the context has ended: the
// parent is released, or its Done channel was received from.
func (e ended) At(paths *ssax.Paths, instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		return instr.Op == token.ARROW && e.isDone(paths, instr.X)
	case *ssa.Call:
		return e.parents[instr.Call.Value]
	case *ssa.Defer:
		return e.parents[instr.Call.Value]
	}
	return false
}

// On reports whether a path that takes an edge knows that the context has
// ended: a select chose its Done channel, or its Err is not nil.
func (e ended) On(paths *ssax.Paths, block *ssa.BasicBlock, succ int) bool {
	if state := ssax.ChosenCase(block, succ); state != nil {
		return e.isDone(paths, state.Chan)
	}
	v, nilThere := ssax.NilTest(block, succ)
	return v != nil && !nilThere && e.isCall(paths, v, contextErr)
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
	if !ssax.IsNamed(callee, method) || !call.Call.IsInvoke() {
		return false
	}
	receiver := call.Call.Value
	return e.contexts[receiver] || paths.Same(receiver, e.parent)
}

// outlives reports whether the context leaves the function other than as an
// argument of a call: it, or one derived from it, is returned, stored, sent,
// or captured by a goroutine. Who has it then cannot release it, so the author
// may have meant it to live on.
func (a *acquisition) outlives() bool {
	if a.Companion == nil {
		return false
	}
	for v := range derived(a.Companion) {
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Return, *ssa.Send, *ssa.MapUpdate, *ssa.Go:
				return true
			case *ssa.Store:
				if _, local := ref.Addr.(*ssa.Alloc); !local && ref.Val == v {
					return true
				}
			}
		}
	}
	return false
}

// derived returns what may hold a context or one that a call makes of it.
func derived(context ssa.Value) map[ssa.Value]bool {
	found := make(map[ssa.Value]bool)
	var add func(ssa.Value)
	add = func(v ssa.Value) {
		for h := range holders(v) {
			if found[h] {
				continue
			}
			found[h] = true
			for _, ref := range *h.Referrers() {
				switch ref := ref.(type) {
				case *ssa.Call:
					if types.Identical(ref.Type(), context.Type()) {
						add(ref)
					} else if first := result(ref, 0); first != nil && types.Identical(first.Type(), context.Type()) {
						add(first)
					}
				}
			}
		}
	}
	add(context)
	return found
}
