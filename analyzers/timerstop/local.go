package timerstop

import (
	"fmt"
	"go/ast"
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
	"github.com/perflint/perflint/internal/typestate"
)

// The rules about a timer that does not leave the function that made it.
//
// The typestate engine follows the timer; see [spec.protocol]. Here is what it
// cannot know: a timer that has fired needs no Stop, the loop over a channel
// that is never closed does not end, and whoever has the channel may need the
// timer.

// local checks what an acquisition, perhaps through a function that returns a
// running timer, leaves behind.
func (c *checker) local(found *typestate.Acquisition) {
	a := c.acquisition(found)
	if d, ok := constantDuration(a.duration); ok && d <= 0 {
		return // fires at once, or panics
	}
	if runsOnce(a.call.Parent()) || a.makes == callback && len(c.uses(resets, a.places)) > 0 {
		return
	}
	if slices.ContainsFunc(a.places, func(p place) bool { _, isVar := p.(*types.Var); return isVar }) || c.channelLeaves(a) {
		return
	}
	if !c.usersEnd(a) || c.onlyChannel(a) {
		return
	}
	found.Ends = &timerEnds{checker: c, places: a.places, fires: a.makes == timer}
	t := c.engine.Track(found)
	if t.Lost == nil || t.Exhausted {
		return
	}
	if a.makes == timer && (t.Lost.Inner != nil || !c.isProducer(found.Callee)) {
		return // it may have fired where timerEnds does not look
	}
	if stopped := c.uses(stops, a.places); t.Released == nil && len(stopped) > 0 {
		t.Released = stopped[0].instr // on a path that is over before
	}
	path := &trail{at: t.Lost.At}
	for _, e := range t.Lost.Steps {
		path.steps = append(path.steps, step{e.From, e.Succ})
	}
	if a.makes == callback {
		c.afterFunc(a, path, t.Released)
	} else {
		c.reportLocal(a, path, t.Lost.Kind, t.Released)
	}
}

func (c *checker) isProducer(fn *types.Func) bool {
	_, ok := c.spec.producer(fn)
	return ok
}

// onlyChannel reports whether the source takes the channel of a new timer and
// drops the timer, as in time.NewTimer(d).C; that is unstoppable's.
func (c *checker) onlyChannel(a *acquisition) bool {
	_, around := c.callExpr(a.call.Pos())
	if len(around) == 0 {
		return false
	}
	sel, ok := around[0].(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "C"
}

// acquisition returns what the rules know of an acquisition.
func (c *checker) acquisition(found *typestate.Acquisition) *acquisition {
	for _, a := range c.made {
		if a.call == found.Call {
			return a
		}
	}
	a := &acquisition{call: found.Call, name: found.Callee.Name(), places: c.places(found.Value)}
	for makes, class := range classes {
		if class == found.Class {
			a.makes = makes
		}
	}
	return a
}

// timerEnds tells when the life of a timer is over without a Stop.
type timerEnds struct {
	*checker
	places []place
	fires  bool // it fires once: a receive ends it
}

func (t *timerEnds) same(v ssa.Value) bool { return v != nil && share(t.checker.places(v), t.places) }

// At reports whether an instruction receives what the timer sends once.
func (t *timerEnds) At(_ *ssax.Paths, instr ssa.Instruction) bool {
	return t.fires && slices.ContainsFunc(t.at[instr], func(e event) bool {
		return e.kind == receives && e.state < 0 && t.same(e.timer)
	})
}

// On is At for the case of a select statement. It also holds for the end of a
// loop over a channel, which never comes.
func (t *timerEnds) On(_ *ssax.Paths, from *ssa.BasicBlock, succ int) bool {
	if t.closedTimerChannel(from, succ) {
		return true
	}
	state := ssax.ChosenCase(from, succ)
	return t.fires && state != nil && slices.ContainsFunc(t.timersOf(state.Chan), t.same)
}

// channelLeaves reports whether the timer's channel is used other than in
// receives.
func (c *checker) channelLeaves(a *acquisition) bool {
	for _, fn := range c.funcs {
		if outermost(fn) != outermost(a.call.Parent()) {
			continue
		}
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				if v, ok := instr.(ssa.Value); ok && c.isChannelOf(v, a.places) && kept(v) {
					return true
				}
			}
		}
	}
	return false
}

// isChannelOf reports whether a value is the channel of a timer.
func (c *checker) isChannelOf(v ssa.Value, places []place) bool {
	if _, ok := v.Type().Underlying().(*types.Chan); !ok {
		return false
	}
	return slices.ContainsFunc(c.timersOf(v), func(t ssa.Value) bool { return share(c.places(t), places) })
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

func (c *checker) reportLocal(a *acquisition, t *trail, kind typestate.Kind, released ssa.Instruction) {
	pos, end := c.span(a.call)
	old := c.pinned(pos)
	name := c.assigned(a.call, "the "+kindOf(a))
	todo := name + ".Stop()"
	if strings.HasPrefix(name, "the ") {
		todo = "its Stop"
	}
	draft := pragma.Draft{Rule: neverStopped, Pos: pos, End: end}
	exit, where := c.exit(t, kind)
	if released == nil {
		draft.Message = fmt.Sprintf("%s is never stopped: %s; defer %s", name, c.consequence(a, old), todo)
	} else {
		draft.Rule = lostOnPath
		draft.Message = fmt.Sprintf("%s is not stopped before %s%s: %s; stop it on this path too, or defer %s", name, where, t.when(), c.consequence(a, old), todo)
	}
	d, known := constantDuration(a.duration)
	switch {
	case !old:
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
		if released != nil && a.makes == timer {
			return // stopped where it matters to the logic
		}
	case a.makes == timer && known && d < time.Second:
		draft.Severity = finding.Info
	}
	draft.Witness = []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: fmt.Sprintf("%s makes %s", a.name, name)}}
	draft.Witness = append(draft.Witness, t.witness()...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: fmt.Sprintf("nothing has stopped %s here", name)})
	if released != nil {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "release", Pos: released.Pos(), Text: fmt.Sprintf("%s is stopped here, but not on that path", name)})
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
	case old && !c.isProducer(ssax.Callee(a.call.Common())):
		return "before Go 1.23 it is kept until it fires"
	case old:
		return "before Go 1.23 it is kept until its " + c.text(a.call, 0) + " are over"
	}
	return "since Go 1.23 it goes when nothing refers to it, but older versions keep it until it fires"
}

// exit returns where a path ends, and the words for it.
func (c *checker) exit(t *trail, kind typestate.Kind) (token.Pos, string) {
	pos := t.at.Pos()
	if ret, ok := t.at.(*ssa.Return); ok {
		pos = ssax.ExitPos(ret)
	}
	if !pos.IsValid() {
		pos = t.at.Parent().Pos()
	}
	switch kind {
	case typestate.AtRepeat:
		return pos, "the loop starts over"
	case typestate.AtOverwrite:
		return pos, fmt.Sprintf("its variable gets another value on line %d", c.line(pos))
	}
	return pos, fmt.Sprintf("the return on line %d", c.line(pos))
}
