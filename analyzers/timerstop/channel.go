package timerstop

import (
	"fmt"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rules about timers of which only the channel is kept.

// longTimer is the duration from which a timer that is left behind counts.
const longTimer = 30 * time.Second

// abandoned reports time.After in a select statement whose other case leaves
// the timer behind, which matters before Go 1.23 only.
func (c *checker) abandoned(a *acquisition) {
	if a.makes != after || !c.pinned(a.call.Pos()) || runsOnce(a.call.Parent()) {
		return
	}
	for _, e := range c.selects(a) {
		sel := e.instr.(*ssa.Select)
		for i := range sel.States {
			if i == e.state || ssax.InCycle(a.call.Block()) && again(sel, i, a.call) {
				continue // after-in-loop's
			}
			draft := pragma.Draft{Rule: afterAbandoned}
			draft.Pos, draft.End = c.span(a.call)
			other := c.caseText(sel, i)
			draft.Message = fmt.Sprintf("the timer of %s runs on for up to %s when %s is faster, and before Go 1.23 nothing collects it until then; use time.NewTimer and stop it", a.name, c.text(a.call, 0), other)
			if d, ok := constantDuration(a.duration); !ok || d < longTimer || ssax.InCycle(a.call.Block()) || c.rateOf(sel.States[i]) < messageRate {
				draft.Severity, draft.Confidence = finding.Info, finding.Possible
			}
			draft.Witness = []pragma.Step{
				{Kind: "acquire", Pos: draft.Pos, End: draft.End, Text: a.name + " starts a timer that cannot be stopped"},
				{Kind: "branch", Pos: sel.States[i].Pos, Text: other + " is chosen"},
			}
			c.report(draft)
			return
		}
	}
}

// unstoppable reports a timer of which only the channel is kept.
func (c *checker) unstoppable(a *acquisition) {
	fn := a.call.Parent()
	pos, end := c.span(a.call)
	if c.inTest(pos) || runsOnce(fn) {
		return
	}
	old := c.pinned(pos)
	draft := pragma.Draft{Rule: unstoppable, Pos: pos, End: end}
	kept := "the channel of " + a.name
	switch a.makes {
	case tick:
		if !old || ssax.InCycle(a.call.Block()) && c.receivedInCycle(a) || c.pass.Pkg.Name() == "main" || !c.outlived(a) {
			return
		}
	case after:
		if !old || !c.stored(a) {
			return
		}
	case timer, ticker:
		if !c.onlyChannel(a) || !c.stored(a) && !c.outlived(a) {
			return
		}
		kept = "only the channel of " + a.name
	default:
		return
	}
	draft.Message = fmt.Sprintf("%s is kept, so nothing can stop the %s: before Go 1.23 it runs on when nobody receives from it any more; keep the %s and stop it", kept, kindOf(a), kindOf(a))
	if !old {
		draft.Message = fmt.Sprintf("%s is kept, so nothing can stop the %s; keep the %s and stop it", kept, kindOf(a), kindOf(a))
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
	}
	draft.Witness = []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: fmt.Sprintf("%s makes a %s that only its channel leads to", a.name, kindOf(a))}}
	c.report(draft)
}

// stored reports whether a channel is put into a field.
func (c *checker) stored(a *acquisition) bool {
	channels := []ssa.Value{a.call}
	for _, ref := range *a.call.Referrers() {
		if f, ok := ref.(*ssa.FieldAddr); ok {
			for _, load := range *f.Referrers() {
				if v, ok := load.(*ssa.UnOp); ok {
					channels = append(channels, v)
				}
			}
		}
	}
	for _, v := range channels {
		for _, ref := range *v.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && store.Val == v {
				if f, ok := store.Addr.(*ssa.FieldAddr); ok && structField(f.X.Type(), f.Field) != nil {
					return true
				}
			}
		}
	}
	return false
}

// outlived reports whether a function can return after an acquisition.
func (c *checker) outlived(a *acquisition) bool {
	w := &walk{
		paths: c.pathsOf(a.call.Parent()),
		instr: func(instr ssa.Instruction) verdict {
			if _, ok := instr.(*ssa.Return); ok {
				return found
			}
			return goOn
		},
		edge: func(from *ssa.BasicBlock, succ int) verdict {
			if c.closedTimerChannel(from, succ) {
				return cut
			}
			return goOn
		},
	}
	return w.after(a.call) != nil
}
