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

// The rules about "if !t.Stop() { <-t.C }".
//
// Stop returns false if the timer has fired or was stopped before. The drain
// is right only if the value is still in the channel (before Go 1.23), and
// blocks if somebody received it. Since Go 1.23, a Stop that finds the value
// unreceived returns true, so that a drain either does not run or blocks.

// drain checks a receive that follows a failed Stop.
func (c *checker) drain(e event) {
	recv, ok := e.instr.(*ssa.UnOp)
	if !ok || e.timer == nil {
		return
	}
	stop := c.failedStop(recv, e.timer)
	if stop == nil {
		return
	}
	if c.drainsTwice(recv, e.timer, stop) {
		return
	}
	if made := c.madeBy(e.places); c.old(recv.Pos()) || made != nil && made.makes == callback {
		return
	}
	name := c.nameOf(e.timer, "the timer")
	c.report(pragma.Draft{
		Rule: needlessDrain, Pos: recv.Pos(),
		Message: fmt.Sprintf("since Go 1.23, %s.Stop leaves no value in %s.C: this receive never runs, or blocks for ever; call Stop alone", name, name),
		Witness: []pragma.Step{{Kind: "release", Pos: stop.Pos(), Text: "Stop returns true if the value was not received yet"}},
	})
}

// failedStop returns the call of Stop whose result, false, leads to a receive
// from the same timer, or nil.
func (c *checker) failedStop(recv *ssa.UnOp, timer ssa.Value) *ssa.Call {
	for _, pred := range recv.Block().Preds {
		branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond, failed := branch.Cond, 1
		if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
			cond, failed = not.X, 0
		}
		call, ok := cond.(*ssa.Call)
		if ok && pred.Succs[failed] == recv.Block() && c.stopsTimer(call, timer) {
			return call
		}
	}
	return nil
}

// stopsTimer reports whether a call is Stop of a timer.
func (c *checker) stopsTimer(call *ssa.Call, timer ssa.Value) bool {
	return slices.ContainsFunc(c.at[call], func(e event) bool {
		return e.kind == stops && c.same(call.Parent(), e.timer, timer)
	})
}

// drainsTwice reports a drain whose value may have been received before.
func (c *checker) drainsTwice(recv *ssa.UnOp, timer ssa.Value, stop *ssa.Call) bool {
	fn := recv.Parent()
	target := func(instr ssa.Instruction) bool { return instr == ssa.Instruction(stop) }
	same := func(t ssa.Value) bool { return c.same(fn, t, timer) }
	if runs := c.deferredIn(fn); runs != nil {
		places := c.places(timer)
		fn = runs.Parent()
		target = func(instr ssa.Instruction) bool { _, ok := instr.(*ssa.RunDefers); return ok }
		same = func(t ssa.Value) bool { return t != nil && asField(places) == nil && share(c.places(t), places) }
	}
	for _, e := range c.events {
		if e.kind != receives || e.instr.Parent() != fn || !same(e.timer) {
			continue
		}
		if t := c.toDrain(fn, e, same, target); t != nil {
			c.reportDrain(recv, timer, stop, e, t)
			return true
		}
	}
	return false
}

// deferredIn returns the defer statement that runs a function literal, or nil.
func (c *checker) deferredIn(fn *ssa.Function) *ssa.Defer {
	closure := c.closures[fn]
	if closure == nil {
		return nil
	}
	for _, ref := range *closure.Referrers() {
		if d, ok := ref.(*ssa.Defer); ok && d.Call.Value == closure {
			return d
		}
	}
	return nil
}

// toDrain looks for a path from a receive to the Stop before a drain, on which
// nothing rearms the timer.
func (c *checker) toDrain(fn *ssa.Function, received event, same func(ssa.Value) bool, target func(ssa.Instruction) bool) *trail {
	w := &walk{
		paths: c.pathsOf(fn),
		instr: func(instr ssa.Instruction) verdict {
			if target(instr) {
				return found
			}
			if c.rearms(instr, same) {
				return cut
			}
			return goOn
		},
	}
	return c.fromReceive(w, received)
}

// fromReceive walks from where a value was received.
func (c *checker) fromReceive(w *walk, received event) *trail {
	if received.state < 0 {
		return w.after(received.instr)
	}
	sel := received.instr.(*ssa.Select)
	for _, block := range sel.Parent().Blocks {
		for succ := range block.Succs {
			if ssax.ChosenCase(block, succ) == sel.States[received.state] {
				return w.behind(block, succ)
			}
		}
	}
	return nil
}

// rearms reports whether an instruction gives a timer a new value to send, or
// its variable another timer.
func (c *checker) rearms(instr ssa.Instruction, same func(ssa.Value) bool) bool {
	for _, e := range c.at[instr] {
		if e.kind == resets && same(e.timer) {
			return true
		}
	}
	switch instr := instr.(type) {
	case *ssa.Store:
		return c.spec.isTimer(instr.Val.Type()) // whichever it is
	case *ssa.Phi:
		return c.spec.isTimer(instr.Type()) && same(instr)
	case *ssa.Call:
		if _, ok := c.spec.producer(ssax.Callee(instr.Common())); ok {
			return same(instr)
		}
		// A function of this package may rearm a field.
		callee := instr.Call.StaticCallee()
		return callee != nil && c.touches(callee, resets, 0)
	}
	return false
}

// touches reports whether a function of this package, or one that it calls,
// does something to a timer or makes one.
func (c *checker) touches(fn *ssa.Function, kind eventKind, depth int) bool {
	if depth > 3 {
		return true
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if slices.ContainsFunc(c.at[instr], func(e event) bool { return e.kind == kind }) {
				return true
			}
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if _, makes := c.spec.producer(ssax.Callee(call.Common())); makes && kind == resets {
				return true
			}
			if callee := call.Common().StaticCallee(); callee != nil && callee != fn && callee.Pkg == fn.Pkg && c.touches(callee, kind, depth+1) {
				return true
			}
		}
	}
	return false
}

func (c *checker) reportDrain(recv *ssa.UnOp, timer ssa.Value, stop *ssa.Call, received event, t *trail) {
	name := c.nameOf(timer, "the timer")
	pos := receivePos(received)
	draft := pragma.Draft{Rule: drainBlocks, Pos: recv.Pos()}
	todo := "remember that it was received, or drain in a select statement with a default case"
	if !c.old(recv.Pos()) {
		todo = "since Go 1.23 Stop leaves nothing to drain, so call Stop alone"
	}
	draft.Message = fmt.Sprintf("%s.C is drained although its value may have been received on line %d: Stop then returns false, and this receive blocks for ever; %s", name, c.line(pos), todo)
	if pos == recv.Pos() {
		draft.Message = fmt.Sprintf("%s.C is drained once more without a Reset in between: Stop returns false, and this receive blocks for ever; %s", name, todo)
	}
	if t.conditional() {
		draft.Confidence = finding.Possible // the condition may tell whether the timer runs
	}
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "receive", Pos: pos, Text: fmt.Sprintf("the value of %s is received here", name)})
	draft.Witness = append(draft.Witness, t.witness()...)
	draft.Witness = append(draft.Witness,
		pragma.Step{Kind: "release", Pos: stop.Pos(), Text: fmt.Sprintf("%s.Stop returns false, because the timer has fired", name)},
		pragma.Step{Kind: "block", Pos: recv.Pos(), Text: "no value is left, and none will come"})
	c.report(draft)
}

// receivePos returns where a receive stands in the source.
func receivePos(e event) token.Pos {
	if sel, ok := e.instr.(*ssa.Select); ok && e.state >= 0 {
		return sel.States[e.state].Pos
	}
	return e.instr.Pos()
}
