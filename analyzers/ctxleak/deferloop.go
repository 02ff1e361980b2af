package ctxleak

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// deferInLoop reports "defer cancel()" in the loop that makes the context.
//
// It is silent where the context may be meant to outlive its round: then the
// end of the function is the right place to cancel it. Such a context is
// stored, sent, or captured by a goroutine or another function literal. Where
// only something made with the context is kept (a connection, say), nobody
// can tell from here whether it still needs it, and confidence is possible.
func (c *checker) deferInLoop(fn *ssa.Function) {
	for _, d := range derivations(fn) {
		if d.release == nil {
			continue
		}
		release := holders(d.release)
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				deferred, ok := instr.(*ssa.Defer)
				if !ok || !release[deferred.Call.Value] || deferred.Call.IsInvoke() {
					continue
				}
				if l := loopAround(block); l != nil && l.blocks[d.call.Block()] && !d.outlivesRound(l) {
					c.reportDeferInLoop(d, deferred, l)
				}
			}
		}
	}
}

// outlivesRound reports whether the context is kept for longer than one round
// of a loop, or by other code.
func (d *derivation) outlivesRound(l *loop) bool {
	if d.context == nil {
		return false
	}
	for v := range derived(d.context) {
		if phi, ok := v.(*ssa.Phi); ok && phi.Block() == l.header {
			return true // the next round uses it
		}
		for _, ref := range *v.Referrers() {
			if closure, ok := ref.(*ssa.MakeClosure); ok && !calledHere(closure) {
				return true
			}
			if keeps(ref, v) {
				return true
			}
		}
	}
	return false
}

// keeps reports whether an instruction gives a value to something that lives
// on: a goroutine, a channel, a map, or memory other than a local variable.
func keeps(instr ssa.Instruction, v ssa.Value) bool {
	switch instr := instr.(type) {
	case *ssa.Go, *ssa.Send, *ssa.MapUpdate:
		return true
	case *ssa.Store:
		_, local := instr.Addr.(*ssa.Alloc)
		return !local && instr.Val == v
	}
	return false
}

// calledHere reports whether a function literal is only called or deferred
// where it stands.
func calledHere(closure *ssa.MakeClosure) bool {
	for _, ref := range *closure.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Call:
			if ref.Call.Value != closure {
				return false
			}
		case *ssa.Defer:
		default:
			return false
		}
	}
	return true
}

// keepsProduct reports whether a pointer, interface, channel or function that
// a call made with the context is kept for longer than one round.
func (d *derivation) keepsProduct(l *loop) bool {
	if d.context == nil {
		return false
	}
	for v := range derived(d.context) {
		for _, ref := range *v.Referrers() {
			call, ok := ref.(*ssa.Call)
			if !ok {
				continue
			}
			for _, product := range products(call) {
				for h := range holders(product) {
					if phi, ok := h.(*ssa.Phi); ok && phi.Block() == l.header {
						return true
					}
					for _, ref := range *h.Referrers() {
						if _, closure := ref.(*ssa.MakeClosure); closure || keeps(ref, h) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// products returns the results of a call that may refer to what it was given.
func products(call *ssa.Call) []ssa.Value {
	var list []ssa.Value
	add := func(v ssa.Value) {
		switch v.Type().Underlying().(type) {
		case *types.Pointer, *types.Interface, *types.Chan, *types.Signature:
			if !ssax.IsError(v.Type()) {
				list = append(list, v)
			}
		}
	}
	if _, ok := call.Type().(*types.Tuple); !ok {
		add(call)
		return list
	}
	for _, ref := range *call.Referrers() {
		if extract, ok := ref.(*ssa.Extract); ok {
			add(extract)
		}
	}
	return list
}

func (c *checker) reportDeferInLoop(d *derivation, deferred *ssa.Defer, l *loop) {
	release := c.variable(d.call, d.result, "cancel")
	what := "every round leaves one more context registered with its parent"
	switch {
	case d.bound == byDeadline:
		what = "every round leaves one more context and timer"
	case d.parentNeverEnds():
		what = "every round leaves one more context and pending call"
	}
	until := fmt.Sprintf("until %s returns", functionName(deferred.Parent()))
	last := "the loop starts over, and the call is still pending"
	if l.endless() {
		until = "for ever, because the loop never ends"
		last = "the loop never ends, so no deferred call is ever executed"
	}
	draft := pragma.Draft{
		Rule: deferInLoop, Pos: deferred.Pos(),
		Message: fmt.Sprintf("%s is deferred in a loop: %s %s; call it at the end of the round, or make the round a function of its own", release, what, until),
		Witness: []pragma.Step{
			c.stepAt("acquire", d.call, fmt.Sprintf("%s returns %s in every round", d.name, release)),
			step("defer", deferred.Pos(), fmt.Sprintf("the call of %s waits for the end of the function, not of the round", release)),
			step("loop", l.pos(deferred.Pos()), last),
		},
	}
	switch {
	case c.inTest(deferred.Pos()), l.few(c.pass.TypesInfo):
		draft.Severity = finding.Info
	case l.endless(), l.unbounded(c.pass.TypesInfo) && l.waits():
		draft.Severity = finding.Error
	case d.bound == byParent && d.parentNeverEnds():
		draft.Severity = finding.Info // no parent and no timer keeps anything
	case d.bound == byDeadline && l.overCollection(c.pass.TypesInfo):
		draft.Severity = finding.Info // bounded in number and in time
	case d.bound == byDeadline && d.expiresInRound(l):
		draft.Severity = finding.Info // the deadline has released it, and rounds take as long as that
	}
	if d.keepsProduct(l) {
		draft.Confidence = finding.Possible
	}
	c.reporter.Report(draft)
}

// expiresInRound reports whether no round follows another whose context is not
// over: the loop goes on only with an error that says so.
func (d *derivation) expiresInRound(l *loop) bool {
	if ssax.IsLoopBody(d.call.Parent()) {
		return false // a round ends by a return there
	}
	seen := make(map[*ssa.BasicBlock]bool)
	var alive func(*ssa.BasicBlock) bool
	alive = func(b *ssa.BasicBlock) bool {
		for succ, to := range b.Succs {
			if !l.blocks[to] || deadlinePassed(b, succ) {
				continue
			}
			if to == l.header {
				return true
			}
			if !seen[to] {
				seen[to] = true
				if alive(to) {
					return true
				}
			}
		}
		return false
	}
	return !alive(d.call.Block())
}

// deadlinePassed reports whether an edge is taken only if some error is
// context.DeadlineExceeded.
func deadlinePassed(b *ssa.BasicBlock, succ int) bool {
	if len(b.Instrs) == 0 {
		return false
	}
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	isDeadline := func(v ssa.Value) bool {
		load, ok := v.(*ssa.UnOp)
		if !ok {
			return false
		}
		global, ok := load.X.(*ssa.Global)
		return ok && global.Pkg.Pkg.Path()+"."+global.Name() == deadlineExceeded
	}
	switch cond := branch.Cond.(type) {
	case *ssa.BinOp:
		compared := isDeadline(cond.X) || isDeadline(cond.Y)
		return compared && (cond.Op == token.EQL && succ == 0 || cond.Op == token.NEQ && succ == 1)
	case *ssa.Call:
		return isCallOf(cond, errorsIs) && isDeadline(cond.Call.Args[1]) && succ == 0
	}
	return false
}

// parentNeverEnds reports whether the context is derived from one that never
// ends, with which nothing registers.
func (d *derivation) parentNeverEnds() bool {
	call, ok := d.call.Call.Args[0].(*ssa.Call)
	return ok && detached.Has(ssax.Callee(call.Common()))
}

// functionName returns the name of the declaration that a function is, or
// words for a literal.
func functionName(fn *ssa.Function) string {
	for fn.Parent() != nil {
		if !ssax.IsLoopBody(fn) {
			return "the function"
		}
		fn = fn.Parent() // the loop's body is a part of it
	}
	return fn.Name()
}
