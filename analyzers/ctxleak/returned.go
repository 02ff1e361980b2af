package ctxleak

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// An ending is a call of a context's cancel function, deferred or not.
type ending struct {
	at       ssa.CallInstruction
	deferred bool
}

// endings returns the calls that certainly end the context of a derivation:
// the deferred one, if there is one, and those that are executed on the spot.
func (d *derivation) endings(deferred *ssa.Defer) []ending {
	var list []ending
	if deferred != nil {
		list = append(list, ending{deferred, true})
	}
	release := holders(d.release)
	for _, block := range d.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && release[call.Call.Value] && !call.Call.IsInvoke() && isRelease(call.Common()) {
				list = append(list, ending{call, false})
			}
		}
	}
	return list
}

// before reports whether the context has ended when a function returns a
// product. A call that is not deferred must come after that which made the
// product, and on every path to the return.
func (e ending) before(ret *ssa.Return, p product) bool {
	if e.deferred {
		return follows(ret, e.at)
	}
	return p.call != nil && comesBefore(p.call, e.at) && comesBefore(e.at, ret)
}

// prematureReturn reports values that are returned although the context that
// they need ends at the latest when the function returns.
//
// The order of the code counts only as far as blocks can follow each other.
// It errs towards silence: a value that the function itself uses in a way
// that the table does not know may have served its purpose.
func (c *checker) prematureReturn(d *derivation, endings []ending, contexts map[ssa.Value]bool) {
	fn := d.call.Parent()
	found := []product{{value: d.context, held: heldContext}}
	found = append(found, boundTo(fn, d.call, contexts, nil, 0)...)
	for _, p := range found {
		rets := p.returned(fn)
		if len(rets) == 0 || c.nobodyReads(fn, p) {
			continue
		}
		for _, ret := range rets {
			if i := slices.IndexFunc(endings, func(e ending) bool { return e.before(ret, p) }); i >= 0 {
				c.reportPrematureReturn(d, endings[i], p, ret)
				return // one is enough to explain
			}
		}
	}
}

// returned returns the returns that hand a product, still in need of its
// context, to the caller of a function.
func (p product) returned(fn *ssa.Function) []*ssa.Return {
	f := trackProduct(p)
	return slices.DeleteFunc(returnInstrs(fn), func(ret *ssa.Return) bool {
		if !slices.ContainsFunc(ret.Results, func(v ssa.Value) bool { return f.found[v] && !overwrittenAt(ret, v, f.found) }) {
			return true
		}
		if slices.ContainsFunc(f.uses, func(use ssa.Instruction) bool { return follows(ret, use) }) {
			return true
		}
		if p.call == nil {
			return besideError(ret)
		}
		return !follows(ret, p.call) || onErrorPath(p.call, ret)
	})
}

// besideError reports whether a return hands out an error that may not be nil.
// A context beside it is most often there for its values, if for anything.
func besideError(ret *ssa.Return) bool {
	last := ret.Results[len(ret.Results)-1]
	if len(ret.Results) < 2 || !ssax.IsError(last.Type()) {
		return false
	}
	if load, ok := last.(*ssa.UnOp); ok { // in a function that defers, results are variables
		for _, instr := range ret.Block().Instrs {
			if store, ok := instr.(*ssa.Store); ok && store.Addr == load.X {
				last = store.Val
			}
		}
	}
	return !ssax.IsNil(last)
}

func returnInstrs(fn *ssa.Function) []*ssa.Return {
	var list []*ssa.Return
	for _, b := range fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			list = append(list, ret)
		}
	}
	return list
}

// overwrittenAt reports whether a named result gets another value just before
// the return: "return nil, err".
func overwrittenAt(ret *ssa.Return, v ssa.Value, out map[ssa.Value]bool) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	for _, instr := range ret.Block().Instrs {
		if store, ok := instr.(*ssa.Store); ok && store.Addr == load.X && !out[store.Val] {
			return true
		}
	}
	return false
}

// onErrorPath reports whether a return is reached only if a call failed.
func onErrorPath(call *ssa.Call, ret *ssa.Return) bool {
	for _, ref := range *call.Referrers() {
		err, ok := ref.(*ssa.Extract)
		if !ok || !ssax.IsError(err.Type()) {
			continue
		}
		for _, b := range call.Parent().Blocks {
			for succ, to := range b.Succs {
				if len(to.Preds) == 1 && failed(b, succ, err) && to.Dominates(ret.Block()) {
					return true
				}
			}
		}
	}
	return false
}

// failed reports whether an edge is taken only if an error is not nil.
func failed(b *ssa.BasicBlock, succ int, err ssa.Value) bool {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || !holders(err)[cmp.X] {
		return false
	}
	c, ok := cmp.Y.(*ssa.Const)
	return ok && c.IsNil() && (cmp.Op == token.NEQ) == (succ == 0)
}

func (c *checker) reportPrematureReturn(d *derivation, e ending, p product, ret *ssa.Return) {
	context, release := c.variable(d.call, 0, "the context"), c.variable(d.call, d.result, "cancel")
	exit := ssax.ExitPos(ret)
	if !exit.IsValid() {
		return
	}
	kind, when, text := "release", "which was called", fmt.Sprintf("%s ends %s", release, context)
	if e.deferred {
		kind, when, text = "defer", "which is deferred", fmt.Sprintf("%s is called when the function returns", release)
	}
	draft := pragma.Draft{
		Rule: prematureCancel, Pos: exit,
		Severity: c.unlessTest(exit, finding.Error),
		Message: fmt.Sprintf("%s is returned here without a live context, because of %s on line %d, %s: %s; %s",
			p.held.what, release, c.line(e.at.Pos()), when, p.held.effect, p.held.advice),
		Witness: []pragma.Step{c.stepAt("acquire", d.call, fmt.Sprintf("%s returns %s", d.name, context))},
	}
	if e.deferred {
		draft.Witness = append(draft.Witness, step(kind, e.at.Pos(), text))
	}
	if p.call != nil {
		draft.Witness = append(draft.Witness, c.stepAt("use", p.call, fmt.Sprintf("%s is made with %s", p.held.what, context)))
	}
	if !e.deferred {
		draft.Witness = append(draft.Witness, step(kind, e.at.Pos(), text))
	}
	draft.Witness = append(draft.Witness, step("exit", exit, fmt.Sprintf("the function returns it, and %s has ended", context)))
	c.reporter.Report(draft)
}
