package timerstop

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rules about a timer that does not leave the function that made it.
//
// Tracked is the timer of one call along every feasible path. It is done with
// when Stop is called or deferred, when it has fired (timers only), and when
// anything outside sees it: then its end is somebody else's, and this analyzer
// stays silent. A timer that a closure captures is followed only so far: one
// that stops it, anywhere, is believed.

// local reports a timer or ticker that is not stopped when its function ends.
func (c *checker) local(a *acquisition) {
	if d, ok := constantDuration(a.duration); ok && d <= 0 {
		return // fires at once, or panics
	}
	if a.makes != timer && a.makes != ticker || runsOnce(a.call.Parent()) || c.outOfSight(a.places) {
		return
	}
	if slices.ContainsFunc(a.places, func(p place) bool { _, isVar := p.(*types.Var); return isVar }) || c.channelLeaves(a) {
		return
	}
	stopped := c.uses(stops, a.places)
	if slices.ContainsFunc(stopped, func(e event) bool { return e.instr.Parent() != a.call.Parent() }) {
		return
	}
	if !c.usersEnd(a) {
		return
	}
	if t := c.lost(a); t != nil {
		c.reportLocal(a, t, stopped)
	}
}

// channelLeaves reports whether the timer's channel is used other than in
// receives.
func (c *checker) channelLeaves(a *acquisition) bool {
	leaves := false
	c.each(func(instr ssa.Instruction) {
		v, ok := instr.(ssa.Value)
		if leaves || !ok || instr.Parent() != a.call.Parent() && outermost(instr.Parent()) != outermost(a.call.Parent()) {
			return
		}
		if _, isChan := v.Type().Underlying().(*types.Chan); !isChan {
			return
		}
		for _, t := range c.timersOf(v) {
			if share(c.places(t), a.places) && kept(v) {
				leaves = true
			}
		}
	})
	return leaves
}

// kept reports whether a channel is put somewhere else.
func kept(v ssa.Value) bool {
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch ref.(type) {
		case *ssa.Select, *ssa.UnOp, *ssa.Phi, *ssa.DebugRef, *ssa.BinOp:
			return false
		case *ssa.Call:
			b, ok := ref.(*ssa.Call).Call.Value.(*ssa.Builtin)
			return !ok || b.Name() != "len" && b.Name() != "cap"
		}
		return true
	})
}

// usersEnd reports whether every closure that uses the timer can return: one
// that runs for ever needs it for ever.
func (c *checker) usersEnd(a *acquisition) bool {
	for _, e := range c.uses(receives, a.places) {
		if fn := e.instr.Parent(); fn != a.call.Parent() && !c.canReturn(fn) {
			return false
		}
	}
	return true
}

// canReturn reports whether a function may return other than by the end of a
// loop over a timer's channel, which never ends.
func (c *checker) canReturn(fn *ssa.Function) bool {
	if len(fn.Blocks) == 0 {
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
	return visit(fn.Blocks[0])
}

// closedTimerChannel reports whether an edge is taken only when the channel of
// a timer was closed, which never happens.
func (c *checker) closedTimerChannel(from *ssa.BasicBlock, succ int) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || succ != 1 {
		return false
	}
	extract, ok := branch.Cond.(*ssa.Extract)
	if !ok || extract.Index != 1 {
		return false
	}
	recv, ok := extract.Tuple.(*ssa.UnOp)
	return ok && recv.Op == token.ARROW && len(c.at[recv]) > 0
}

// lost returns a path from the acquisition to where its timer is lost.
func (c *checker) lost(a *acquisition) *trail {
	fn := a.call.Parent()
	same := func(t ssa.Value) bool { return t != nil && share(c.places(t), a.places) }
	w := &walk{
		paths: c.pathsOf(fn),
		instr: func(instr ssa.Instruction) verdict {
			for _, e := range c.at[instr] {
				if same(e.timer) && (e.kind == stops || e.kind == receives && e.state < 0 && a.makes == timer) {
					return cut
				}
			}
			switch instr.(type) {
			case *ssa.Return:
				return found
			case *ssa.Panic:
				return cut
			}
			if instr == ssa.Instruction(a.call) {
				return found
			}
			return goOn
		},
		edge: func(from *ssa.BasicBlock, succ int) verdict {
			if c.closedTimerChannel(from, succ) || c.isNilEdge(from, succ, same) {
				return cut
			}
			if state := ssax.ChosenCase(from, succ); state != nil && a.makes == timer && slices.ContainsFunc(c.timersOf(state.Chan), same) {
				return cut
			}
			return goOn
		},
	}
	return w.after(a.call)
}

// isNilEdge reports whether an edge is taken only if a timer's variable is nil.
func (c *checker) isNilEdge(from *ssa.BasicBlock, succ int, same func(ssa.Value) bool) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	if nilConst, ok := cmp.Y.(*ssa.Const); !ok || !nilConst.IsNil() || !c.spec.isTimer(cmp.X.Type()) || !same(cmp.X) {
		return false
	}
	return cmp.Op == token.EQL && succ == 0 || cmp.Op == token.NEQ && succ == 1
}

func (c *checker) reportLocal(a *acquisition, t *trail, stopped []event) {
	pos, end := c.span(a.call)
	old := c.pinned(pos)
	name := c.assigned(a.call, "the "+kindOf(a))
	todo := name + ".Stop()"
	if strings.HasPrefix(name, "the ") {
		todo = "its Stop"
	}
	exit, where := c.exit(t)
	draft := pragma.Draft{Rule: neverStopped, Pos: pos, End: end}
	consequence := c.consequence(a, old)
	if len(stopped) == 0 {
		draft.Message = fmt.Sprintf("%s is never stopped: %s; defer %s", name, consequence, todo)
	} else {
		draft.Rule = lostOnPath
		draft.Message = fmt.Sprintf("%s is not stopped before %s%s: %s; stop it on this path too, or defer %s", name, where, t.when(), consequence, todo)
	}
	d, known := constantDuration(a.duration)
	switch {
	case !old:
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
		if len(stopped) > 0 && a.makes == timer {
			return // stopped where it matters to the logic
		}
	case a.makes == timer && known && d < time.Second:
		draft.Severity = finding.Info
	}
	draft.Witness = []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: fmt.Sprintf("%s makes %s", a.name, name)}}
	draft.Witness = append(draft.Witness, t.witness()...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: fmt.Sprintf("nothing has stopped %s here", name)})
	if len(stopped) > 0 {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "release", Pos: stopped[0].instr.Pos(), Text: fmt.Sprintf("%s is stopped here, but not on that path", name)})
	} else if fix, ok := c.fixDefer(a); ok {
		draft.Fixes = []analysis.SuggestedFix{fix}
	}
	c.report(draft)
}

// consequence says what an unstopped timer costs.
func (c *checker) consequence(a *acquisition, old bool) string {
	switch {
	case a.makes == ticker && old:
		return "before Go 1.23 it ticks for as long as the process runs"
	case a.makes == ticker:
		return "since Go 1.23 it goes when nothing refers to it, but older versions keep it for ever"
	case old:
		return "before Go 1.23 it is kept until its " + c.text(a.call, 0) + " are over"
	}
	return "since Go 1.23 it goes when nothing refers to it, but older versions keep it until it fires"
}

// exit returns where a path ends, and the words for it.
func (c *checker) exit(t *trail) (token.Pos, string) {
	if ret, ok := t.at.(*ssa.Return); ok {
		if pos := ssax.ExitPos(ret); pos.IsValid() {
			return pos, fmt.Sprintf("the return on line %d", c.line(pos))
		}
		return t.at.Parent().Pos(), "the function returns"
	}
	return t.at.Pos(), "the loop makes the next one"
}
