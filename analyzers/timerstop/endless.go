package timerstop

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// endless checks a loop that waits for nothing but a timer's channel and that
// only the end of that channel could end. Stop does not close it.
func (c *checker) endless(e event) {
	if e.timer == nil || c.canLeave(e) {
		return
	}
	if stop, ok := c.shutdown(e); ok {
		c.reportStopEndsNothing(e, stop)
		return
	}
	c.reportForever(e)
}

// canLeave reports whether the loop around a receive can end, or something
// else than the receive can go on.
func (c *checker) canLeave(e event) bool {
	if sel, ok := e.instr.(*ssa.Select); ok && (len(sel.States) > 1 || !sel.Blocking) {
		return true
	}
	start := e.instr.Block()
	if !ssax.InCycle(start) {
		return true
	}
	seen := make(map[*ssa.BasicBlock]bool)
	var visit func(b *ssa.BasicBlock) bool
	visit = func(b *ssa.BasicBlock) bool {
		if seen[b] {
			return false
		}
		seen[b] = true
		if len(b.Succs) == 0 {
			return true
		}
		for i, succ := range b.Succs {
			if !c.closedTimerChannel(b, i) && visit(succ) {
				return true
			}
		}
		return false
	}
	return visit(start)
}

// shutdown returns a Stop that is meant to end the loop around a receive: one
// in other code, or in the loop itself, behind which nothing starts the timer
// again.
func (c *checker) shutdown(e event) (event, bool) {
	loop := e.instr.Parent()
	for _, stop := range c.uses(stops, e.places) {
		fn := stop.instr.Parent()
		if c.rearmedIn(fn, e.places) || c.runsAtEnd(fn, loop) || c.inTest(stop.instr.Pos()) && !c.inTest(e.instr.Pos()) {
			continue
		}
		if fn != loop {
			if _, bound := stop.instr.(*ssa.MakeClosure); bound || asField(e.places) != nil && !c.sameOwner(e, stop) {
				continue
			}
			return stop, true
		}
		if _, called := stop.instr.(*ssa.Call); called && selfContains(stop.instr.Block(), e.instr.Block()) {
			return stop, true
		}
	}
	return event{}, false
}

// sameOwner reports whether two uses of a field are of the same timer in all
// likelihood: a field has one timer for each value of its type, which is what
// a reader takes it to be as well.
func (c *checker) sameOwner(a, b event) bool { return asField(a.places) == asField(b.places) }

// rearmedIn reports whether a function starts a timer again.
func (c *checker) rearmedIn(fn *ssa.Function, places []place) bool {
	if slices.ContainsFunc(c.uses(resets, places), func(e event) bool { return e.instr.Parent() == fn }) {
		return true
	}
	return slices.ContainsFunc(c.made, func(a *acquisition) bool {
		return a.call.Parent() == fn && share(a.places, places) && (asField(places) != nil || ssax.InCycle(a.call.Block()))
	})
}

// runsAtEnd reports whether a function literal is deferred by the function of
// the loop, so that it is not what is to end it.
func (c *checker) runsAtEnd(fn, loop *ssa.Function) bool {
	for ; fn != nil && fn != loop; fn = fn.Parent() {
		if d := c.deferredIn(fn); d != nil && d.Parent() == loop {
			return true
		}
	}
	return false
}

func (c *checker) reportStopEndsNothing(e, stop event) {
	pos := receivePos(e)
	name := c.nameOf(e.timer, "the ticker")
	loop := e.instr.Parent()
	draft := pragma.Draft{Rule: stopEndsNothing, Pos: pos}
	where := functionName(loop)
	draft.Message = fmt.Sprintf("the loop over %s.C never ends: the Stop on line %d does not close the channel, so the goroutine blocks here for ever; also select on a done channel or a context", name, c.line(stop.instr.Pos()))
	if runsOnce(outermost(stop.instr.Parent())) {
		draft.Severity = finding.Info // the process ends soon after
	}
	if started := c.started[loop]; len(started) > 0 {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "go", Pos: started[0].Pos(), Text: fmt.Sprintf("a goroutine runs %s", where)})
	} else if c.closures[loop] == nil {
		draft.Confidence = finding.Possible
	}
	draft.Witness = append(draft.Witness,
		pragma.Step{Kind: "release", Pos: stop.instr.Pos(), Text: fmt.Sprintf("Stop ends the ticks of %s and leaves its channel open", name)},
		pragma.Step{Kind: "block", Pos: pos, Text: "no tick comes any more, and nothing else ends the loop"})
	c.report(draft)
}

// reportForever reports a goroutine that belongs to a value nobody can close.
func (c *checker) reportForever(e event) {
	f := asField(e.places)
	loop := e.instr.Parent()
	started := c.started[loop]
	if f == nil || len(started) == 0 || c.pass.Pkg.Name() == "main" || len(c.uses(stops, e.places)) > 0 {
		return
	}
	owner := c.ownerOf(f)
	if owner == nil || closer(owner) != nil {
		return
	}
	pos := receivePos(e)
	c.report(pragma.Draft{
		Rule: receiverForever, Pos: pos,
		Message: fmt.Sprintf("every %s keeps a goroutine that receives from its %s for ever: nothing ends the loop in %s, so none of them is ever collected; give %s a Close that ends it", owner.Name(), f.Name(), functionName(loop), owner.Name()),
		Witness: []pragma.Step{
			{Kind: "go", Pos: started[0].Pos(), Text: fmt.Sprintf("a goroutine runs %s", functionName(loop))},
			{Kind: "block", Pos: pos, Text: "the loop has no exit"},
		},
	})
}
