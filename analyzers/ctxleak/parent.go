package ctxleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// parentArg returns the context that a producer was given, or nil: its first
// argument that is one.
func (a *acquisition) parentArg() ssa.Value {
	for _, arg := range a.Call.Call.Args {
		if a.Companion != nil && types.Identical(arg.Type(), a.Companion.Type()) || isContext(arg.Type()) {
			return arg
		}
	}
	return nil
}

// parent returns the call that made the parent context, or nil if that is not
// known.
func (a *acquisition) parent() *ssa.Call {
	v := a.parentArg()
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
	return callee != nil && (detached.Has(callee) || selfEnding[callee.FullName()])
}

// parentNeverEnds reports whether only the release function can end the
// context.
func (a *acquisition) parentNeverEnds() bool {
	call := a.parent()
	if call == nil {
		return false
	}
	return detached.Has(ssax.Callee(call.Common()))
}

// parentRelease returns what may hold the release function of the parent, if
// the function made the parent itself. The order of the code plays no part,
// which errs towards silence. The end of the parent does not give signals
// back, so for these it does not count.
func (a *acquisition) parentRelease() map[ssa.Value]bool {
	call := a.parent()
	if call == nil || a.bound() == bySignal {
		return nil
	}
	callee := ssax.Callee(call.Common())
	p, ok := producers.Of(callee)
	if !ok {
		return nil
	}
	if ref := result(call, p.Result); ref != nil {
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

// parentReleasedAtReturn reports whether the function has deferred the
// release of the parent by the time it makes the context, which then ends
// when the function returns.
func (a *acquisition) parentReleasedAtReturn() bool {
	release := a.parentRelease()
	if len(release) == 0 {
		return false
	}
	for _, block := range a.Call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && release[d.Call.Value] && comesBefore(d, a.Call) {
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
