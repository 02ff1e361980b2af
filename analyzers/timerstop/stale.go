package timerstop

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// staleReset reports a Reset of a timer that may have fired without anybody
// having received its value, which then looks like that of the new round.
func (c *checker) staleReset(e event) {
	call, ok := e.instr.(*ssa.Call)
	if !ok || !c.old(call.Pos()) || isTicker(e.timer.Type()) || c.ignorable(e) {
		return
	}
	fn := call.Parent()
	same := func(t ssa.Value) bool { return c.same(fn, t, e.timer) }
	w := &walk{
		paths: c.pathsOf(fn),
		instr: func(instr ssa.Instruction) verdict {
			if instr == ssa.Instruction(call) {
				return found
			}
			return c.settles(instr, same)
		},
		edge: func(from *ssa.BasicBlock, succ int) verdict { return c.settlesOnEdge(from, succ, same) },
	}
	notices := func(instr ssa.Instruction) bool {
		return slices.ContainsFunc(c.at[instr], func(e event) bool { return e.kind == receives && same(e.timer) })
	}
	for _, armed := range c.arms(fn, same) {
		if t := w.after(armed); t != nil && t.takesTime(armed, notices) {
			c.reportStale(call, e, armed, t)
			return
		}
	}
}

// ignorable reports whether a Reset is of an AfterFunc timer, or of a timer
// from which another function receives, or nobody.
func (c *checker) ignorable(e event) bool {
	made := c.madeBy(e.places)
	if made == nil || made.makes != timer {
		return true
	}
	received := c.uses(receives, e.places)
	return len(received) == 0 || slices.ContainsFunc(received, func(r event) bool { return r.instr.Parent() != e.instr.Parent() })
}

// arms returns the instructions of a function that start a timer with a
// duration in which something can happen.
func (c *checker) arms(fn *ssa.Function, same func(ssa.Value) bool) []ssa.Instruction {
	var list []ssa.Instruction
	for _, a := range c.made {
		if d, ok := constantDuration(a.duration); a.call.Parent() == fn && same(a.call) && (!ok || d > 0) {
			list = append(list, a.call)
		}
	}
	for _, e := range c.events {
		if e.kind == resets && e.instr.Parent() == fn && same(e.timer) {
			list = append(list, e.instr)
		}
	}
	return list
}

// settles reports whether, behind an instruction, no stale value can be in the
// channel, or another Reset is in charge.
func (c *checker) settles(instr ssa.Instruction, same func(ssa.Value) bool) verdict {
	for _, e := range c.at[instr] {
		switch {
		case !same(e.timer):
		case e.kind == resets, e.kind == receives && e.state < 0:
			return cut
		case e.kind == receives && !instr.(*ssa.Select).Blocking:
			return cut // a drain that does not block
		}
	}
	if call, ok := instr.(*ssa.Call); ok {
		if callee := call.Call.StaticCallee(); callee != nil && callee.Pkg == call.Parent().Pkg && c.touches(callee, stops, 0) {
			return cut // may drain as well
		}
	}
	return goOn
}

// settlesOnEdge is settles for an edge: the case of the timer's channel is
// chosen, or Stop has returned true.
func (c *checker) settlesOnEdge(from *ssa.BasicBlock, succ int, same func(ssa.Value) bool) verdict {
	if state := ssax.ChosenCase(from, succ); state != nil {
		if slices.ContainsFunc(c.timersOf(state.Chan), same) {
			return cut
		}
		return goOn
	}
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok {
		return goOn
	}
	cond, stopped := branch.Cond, 0
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, stopped = not.X, 1
	}
	if call, ok := cond.(*ssa.Call); ok && succ == stopped {
		for _, e := range c.at[call] {
			if e.kind == stops && same(e.timer) {
				return cut
			}
		}
	}
	return goOn
}

func (c *checker) reportStale(call *ssa.Call, e event, armed ssa.Instruction, t *trail) {
	name := c.nameOf(e.timer, "the timer")
	draft := pragma.Draft{Rule: staleReset}
	if t.conditional() || !c.limits(e) {
		draft.Confidence = finding.Possible // the condition may tell whether the timer runs
	}
	draft.Pos, draft.End = c.span(call)
	draft.Message = fmt.Sprintf("%s is reset%s while it may have fired unnoticed: before Go 1.23 the old value stays in %s.C and is taken for that of the new round; stop and drain it first", name, t.when(), name)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "acquire", Pos: armed.Pos(), Text: fmt.Sprintf("%s is started here", name)})
	draft.Witness = append(draft.Witness, t.witness()...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "release", Pos: draft.Pos, Text: "Reset leaves the value of a timer that has fired where it is"})
	c.report(draft)
}

// limits reports whether the function leaves the loop that receives from a
// timer when it fires: then an old value ends the work too soon. In other
// loops the timer's turn only comes once more, which does no harm.
func (c *checker) limits(reset event) bool {
	fn := reset.instr.Parent()
	for _, e := range c.uses(receives, reset.places) {
		if e.instr.Parent() != fn {
			continue
		}
		sel, ok := e.instr.(*ssa.Select)
		if !ok || e.state < 0 {
			if !ssax.InCycle(e.instr.Block()) {
				return true
			}
			continue
		}
		if !again(sel, e.state, sel) {
			return true
		}
	}
	return false
}
