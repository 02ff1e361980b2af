package chandeadlock

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// reportNotStopped reports an object whose goroutine nobody can end any more:
// where it is started or, since the loss of a cancel function itself is the
// business of ctxleak, where the goroutine waits for a context.
func (c *checker) reportNotStopped(l *lifecycle, a *typestate.Acquisition, track *typestate.Track) {
	branches := lossBranches(a, track.Lost)
	exit := lossPos(track.Lost)
	draft := pragma.Draft{Rule: notStopped}
	draft.Pos, draft.End = c.span(a.Call.Pos())
	if c.inTest(draft.Pos) {
		draft.Severity = finding.Info
	}
	begin := fmt.Sprintf("the goroutine that %s starts (%s)", l.start.Name(), l.Via)
	if l.contract != nil {
		begin = fmt.Sprintf("the goroutine that %s starts (%s)", l.start.Name(), c.line(l.contract.Pos(), draft.Pos))
	}
	if l.Cancelled && l.contract != nil {
		draft.Pos, draft.End = c.span(l.contract.Signal.Pos())
		begin = fmt.Sprintf("this goroutine, which the call of %s on %s starts,", l.start.Name(), c.line(a.Call.Pos(), draft.Pos))
	}
	stop := l.stopNames()
	where := "before this function returns"
	switch {
	case track.Lost.Kind != typestate.AtReturn:
		where = "before it is replaced"
	case exit.IsValid():
		where = "before the return on " + c.line(exit, draft.Pos)
	}
	draft.Message = fmt.Sprintf("%s ends only when %s is %s, and nobody calls %s %s%s: it waits for ever; %s",
		begin, l.Signal, l.event(), stop, where, ssax.Conditions(branches), advice(track, stop))
	draft.Witness = append(c.startSteps(l, a), branchSteps(branches)...)
	if exit.IsValid() {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: fmt.Sprintf("the object is dropped without a call of %s", stop)})
	}
	if track.Released != nil && track.Released.Pos().IsValid() {
		draft.Witness = append(draft.Witness, c.step("release", track.Released.Pos(), "it is stopped here, but not on that path"))
	}
	c.reporter.Report(draft)
}

// startSteps returns how the goroutine comes to wait as steps of a witness.
func (c *checker) startSteps(l *lifecycle, a *typestate.Acquisition) []pragma.Step {
	ends := fmt.Sprintf("the goroutine ends only when %s is %s", l.Signal, l.event())
	if l.contract == nil {
		return []pragma.Step{
			c.step("start", a.Call.Pos(), fmt.Sprintf("%s is called, which starts a goroutine (%s)", l.start.Name(), l.Via)),
			c.step("block", a.Call.Pos(), ends),
		}
	}
	return []pragma.Step{
		c.step("start", a.Call.Pos(), fmt.Sprintf("%s is called", l.start.Name())),
		c.step("go", l.contract.Pos(), "it starts a goroutine"),
		c.step("block", l.contract.Signal.Pos(), ends),
	}
}

// signalName returns the name of what a goroutine waits for: a channel, or
// the context that it belongs to.
func (c *checker) signalName(l *lifecycle) string {
	signal := l.contract.Signal
	name := c.name(signal.Pos(), signal.Ref().Resource.Name)
	if l.Cancelled {
		return strings.TrimSuffix(name, ".Done()")
	}
	return name
}

// event says what happens to the signal.
func (l *lifecycle) event() string {
	if l.Cancelled {
		return "cancelled"
	}
	return "closed"
}

// stopNames names the methods that stop an object: those that others may
// call, or else those of the package. The shortest way is what callers use,
// and it tends to have the name that sorts first.
func (l *lifecycle) stopNames() string {
	var names []string
	for _, s := range l.Stops {
		if s.Method != "" {
			names = append(names, s.Method)
		}
	}
	slices.Sort(names) // the exported ones come first
	names = slices.Compact(names)
	if exported := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return !ast.IsExported(s) }); len(exported) > 0 {
		names = exported
	}
	if len(names) == 0 {
		return "what stops it"
	}
	return strings.Join(names[:min(2, len(names))], " or ")
}

func advice(track *typestate.Track, stop string) string {
	if track.Released != nil {
		return fmt.Sprintf("call %s on this path too", stop)
	}
	return fmt.Sprintf("defer a call of %s", stop)
}

// lossBranches returns the decisions on the path to the loss of what a call
// has acquired, other than whether it has.
func lossBranches(a *typestate.Acquisition, l *typestate.Violation) []ssax.Branch {
	var branches []ssax.Branch
	for _, e := range l.Steps {
		if v, _ := ssax.NilTest(e.From, e.Succ); v != nil && v == a.Err {
			continue
		}
		b, ok := ssax.DescribeBranch(e.From, e.Succ)
		if !ok || b.Kind == ssax.LoopBranch && slices.Contains(branches, b) {
			continue
		}
		branches = append(branches, b)
	}
	return branches
}

// lossPos returns where an object is lost.
func lossPos(l *typestate.Violation) token.Pos {
	if ret, ok := l.At.(*ssa.Return); ok {
		return ssax.ExitPos(ret)
	}
	return l.At.Pos()
}
