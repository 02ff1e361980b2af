package timerstop

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// Rules about one call each.

// interval reports a ticker that panics or never ticks.
func (c *checker) interval(a *acquisition) {
	d, ok := constantDuration(a.duration)
	if !ok || d > 0 || a.makes != ticker && a.makes != tick {
		return
	}
	happens := "panics"
	if a.makes == tick {
		happens = "returns a nil channel, from which a receive blocks for ever"
	}
	pos, end := c.span(a.call)
	c.report(pragma.Draft{
		Rule: badInterval, Pos: pos, End: end,
		Message: fmt.Sprintf("%s with the interval %v %s; the interval must be positive", a.name, d, happens),
	})
}

// resetInterval is interval for the Reset of a ticker.
func (c *checker) resetInterval(e event) {
	call, ok := e.instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	d, ok := constantDuration(argument(call.Common(), 0))
	if !ok || d > 0 || !isTicker(e.timer.Type()) {
		return
	}
	pos, end := c.span(call)
	c.report(pragma.Draft{
		Rule: badInterval, Pos: pos, End: end,
		Message: fmt.Sprintf("Reset of the ticker %s to the interval %v panics; use Stop to end it", c.nameOf(e.timer, "here"), d),
	})
}

// length reports len and cap of a timer's channel, which has no buffer.
func (c *checker) length(instr ssa.Instruction) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	if !ok || b.Name() != "len" && b.Name() != "cap" {
		return
	}
	timers := c.timersOf(call.Call.Args[0])
	if len(timers) == 0 || !ofPackageTime(timers[0].Type()) || c.old(call.Pos()) {
		return
	}
	if c.guardsDrain(call, timers[0]) {
		return
	}
	name := c.nameOf(timers[0], "the timer")
	pos, end := c.span(call)
	c.report(pragma.Draft{
		Rule: channelLength, Pos: pos, End: end,
		Message: fmt.Sprintf("%s(%s.C) is always 0 since Go 1.23, where timer channels have no buffer; receive in a select statement with a default case instead", b.Name(), name),
	})
}

// guardsDrain reports whether a length decides only whether a value that was
// left in the channel is thrown away. Since Go 1.23 none is left after Stop and
// Reset, so that it is right that this never happens.
func (c *checker) guardsDrain(length *ssa.Call, timer ssa.Value) bool {
	drains := 0
	for _, ref := range *length.Referrers() {
		compared, ok := ref.(*ssa.BinOp)
		if !ok {
			return false
		}
		for _, use := range *compared.Referrers() {
			branch, ok := use.(*ssa.If)
			if !ok || !slices.ContainsFunc(branch.Block().Succs, func(b *ssa.BasicBlock) bool { return c.onlyDrains(b, timer) }) {
				return false
			}
			drains++
		}
	}
	return drains > 0
}

// onlyDrains reports whether a block throws away a value of a timer's channel
// and does nothing else.
func (c *checker) onlyDrains(b *ssa.BasicBlock, timer ssa.Value) bool {
	drains := false
	for _, instr := range b.Instrs {
		switch instr := instr.(type) {
		case *ssa.UnOp:
			if instr.Op != token.ARROW {
				continue
			}
			timers := c.timersOf(instr.X)
			if len(timers) == 0 || len(*instr.Referrers()) > 0 || !c.same(b.Parent(), timers[0], timer) {
				return false
			}
			drains = true
		case *ssa.FieldAddr, *ssa.Jump, *ssa.DebugRef:
		default:
			return false
		}
	}
	return drains
}

// afterFuncChannel reports a receive from the channel of an AfterFunc timer.
func (c *checker) afterFuncChannel(e event) {
	if e.timer == nil || !ofPackageTime(e.timer.Type()) {
		return
	}
	made := c.madeBy(e.places)
	if made == nil || made.makes != callback || c.outOfSight(e.places) {
		return
	}
	name := c.nameOf(e.timer, "the timer")
	pos := e.instr.Pos()
	if e.state >= 0 {
		if sel := e.instr.(*ssa.Select); len(sel.States) > 1 || !sel.Blocking {
			return // a case that is never chosen; another one may be
		}
		pos = e.instr.(*ssa.Select).States[e.state].Pos
	}
	at, end := c.span(made.call)
	c.report(pragma.Draft{
		Rule: afterFuncChannel, Pos: pos,
		Message: fmt.Sprintf("%s.C is nil, because %s was made by time.AfterFunc on line %d: this receive blocks for ever; wait for the function itself, for example with a channel that it closes", name, name, c.line(at)),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: at, End: end, Text: "time.AfterFunc returns a timer whose field C is nil"},
			{Kind: "block", Pos: pos, Text: "the receive from a nil channel blocks for ever"},
		},
	})
}

// madeBy returns the one acquisition that a timer can come from, or nil.
func (c *checker) madeBy(places []place) *acquisition {
	var made *acquisition
	for _, a := range c.made {
		if !share(a.places, places) {
			continue
		}
		if made != nil && made.makes != a.makes {
			return nil
		}
		made = a
	}
	return made
}

// deferInLoop reports a Stop that is deferred once per round.
func (c *checker) deferInLoop(e event) {
	d, ok := e.instr.(*ssa.Defer)
	if !ok || !ssax.InCycle(d.Block()) || ssax.IsLoopBody(d.Parent()) {
		return
	}
	var made *acquisition
	for _, a := range c.made {
		if a.call.Parent() == d.Parent() && share(a.places, e.places) && ssax.InCycle(a.call.Block()) && !c.underNilCheck(a) {
			made = a
		}
	}
	if made == nil || c.stoppedInRound(d, e.places) {
		return
	}
	name := c.nameOf(e.timer, "the timer")
	at, end := c.span(made.call)
	var confidence finding.Confidence
	if !everyRound(made.call.Block()) {
		confidence = finding.Possible // perhaps once
	}
	c.report(pragma.Draft{
		Rule: deferInLoop, Pos: d.Pos(), Confidence: confidence,
		Message: fmt.Sprintf("the deferred %s.Stop runs when %s returns, not at the end of the round: every round leaves a running %s behind; move the body of the loop into a function, or stop it at the end of the round", name, functionName(d.Parent()), kindOf(made)),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: at, End: end, Text: fmt.Sprintf("%s makes %s in each round", made.name, name)},
			{Kind: "release", Pos: d.Pos(), Text: "each Stop waits for the end of the function"},
		},
	})
}

// everyRound reports whether the innermost loop around a block cannot start
// over without executing it.
func everyRound(block *ssa.BasicBlock) bool {
	for header := block; header != nil; header = header.Idom() {
		for _, pred := range header.Preds {
			if header.Dominates(pred) && ssax.Reaches(block, pred, nil) {
				return header == block || !selfReaches(header, block)
			}
		}
	}
	return false
}

// underNilCheck reports whether a timer is made only if there is none yet.
func (c *checker) underNilCheck(a *acquisition) bool {
	for b := a.call.Block(); b.Idom() != nil; b = b.Idom() {
		branch, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if cmp, ok := branch.Cond.(*ssa.BinOp); ok && c.spec.isTimer(cmp.X.Type()) {
			return true
		}
	}
	return false
}

// stoppedInRound reports whether the function also stops the timer at once;
// the deferred Stop is then for the paths that leave early.
func (c *checker) stoppedInRound(d *ssa.Defer, places []place) bool {
	for _, e := range c.uses(stops, places) {
		if _, called := e.instr.(*ssa.Call); called && e.instr.Parent() == d.Parent() {
			return true
		}
	}
	return false
}

func kindOf(a *acquisition) string {
	if a.makes == ticker || a.makes == tick {
		return "ticker"
	}
	return "timer"
}

// isTicker reports whether a type is *time.Ticker or the like.
func isTicker(t types.Type) bool {
	name := typeName(t)
	return len(name) >= 6 && name[len(name)-6:] == "Ticker"
}

func typeName(t types.Type) string {
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

func ofPackageTime(t types.Type) bool {
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time"
}
