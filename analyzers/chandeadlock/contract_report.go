package chandeadlock

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// reportNotStopped reports an object whose goroutine nobody can end any more.
func (c *checker) reportNotStopped(l *lifecycle, a *typestate.Acquisition, track *typestate.Track) {
	branches := lossBranches(track.Lost)
	exit := lossPos(track.Lost)
	draft := pragma.Draft{Rule: notStopped}
	draft.Pos, draft.End = c.span(a.Call.Pos())
	if c.inTest(draft.Pos) {
		draft.Severity = finding.Info
	}
	if l.ends != nil { // the loss of a cancel function itself is the business of ctxleak
		draft.Pos, draft.End = c.span(l.Signal.Pos())
	}
	signal := c.name(l.Signal.Pos(), l.Signal.Ref().Resource.Name)
	if l.ends != nil {
		signal = strings.TrimSuffix(signal, ".Done()")
	}
	stop := stopNames(l.names)
	where := "before this function returns"
	switch {
	case track.Lost.Kind != typestate.AtReturn:
		where = "before it is replaced"
	case exit.IsValid():
		where = "before the return on " + c.line(exit, draft.Pos)
	}
	begin := fmt.Sprintf("the goroutine that %s starts (%s)", l.start.Name(), c.line(l.Pos(), draft.Pos))
	if l.ends != nil {
		begin = fmt.Sprintf("this goroutine, which the call of %s on %s starts,", l.start.Name(), c.line(a.Call.Pos(), draft.Pos))
	}
	draft.Message = fmt.Sprintf("%s ends only when %s is %s, and nobody calls %s %s%s: it waits for ever; %s",
		begin, signal, l.event(), stop, where, ssax.Conditions(branches), advice(track, stop))
	draft.Witness = append(draft.Witness,
		c.step("start", a.Call.Pos(), fmt.Sprintf("%s is called", l.start.Name())),
		c.step("go", l.Pos(), "it starts a goroutine"),
		c.step("block", l.Signal.Pos(), fmt.Sprintf("the goroutine ends only when %s is %s", signal, l.event())))
	draft.Witness = append(draft.Witness, branchSteps(branches)...)
	if exit.IsValid() {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: fmt.Sprintf("the object is dropped without a call of %s", stop)})
	}
	if track.Released != nil && track.Released.Pos().IsValid() {
		draft.Witness = append(draft.Witness, c.step("release", track.Released.Pos(), "it is stopped here, but not on that path"))
	}
	c.reporter.Report(draft)
}

// event says what happens to the signal.
func (l *lifecycle) event() string {
	if l.ends != nil {
		return "cancelled"
	}
	return "closed"
}

// stopNames names the methods that stop an object.
func stopNames(names []string) string {
	names = slices.Compact(slices.Clone(names))
	exported := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return !isUpper(s) })
	if len(exported) > 0 {
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

// lossBranches returns the decisions on the path to a loss.
func lossBranches(l *typestate.Violation) []ssax.Branch {
	var branches []ssax.Branch
	for _, e := range l.Steps {
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
