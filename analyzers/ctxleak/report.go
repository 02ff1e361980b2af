package ctxleak

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// releaseWord is what people call the release function of a producer.
func (a *acquisition) releaseWord() string {
	if a.bound() == bySignal {
		return "stop"
	}
	return "cancel"
}

// consequence says what stays behind.
func (a *acquisition) consequence() string {
	switch {
	case a.bound() == bySignal:
		return "the signals stay redirected for as long as the process runs"
	case a.bound() == byDeadline:
		return "the context and its timer stay until the deadline"
	case a.bound() == byOwner:
		return "what the context holds stays"
	case a.parentNeverEnds():
		return "nothing can end the context any more"
	}
	return "the context stays registered with its parent until that ends"
}

// reportDiscarded reports a release function that nothing ever calls.
func (c *checker) reportDiscarded(a *acquisition) {
	name := a.source.name(a.releaseWord())
	message := fmt.Sprintf("the %s function of %s is discarded: %s; call it when the work is done", a.releaseWord(), a.name, a.consequence())
	text := fmt.Sprintf("%s returns the function that releases the context, and nothing receives it", a.name)
	if !a.source.blank() {
		message = fmt.Sprintf("%s, the %s function of %s, is never called: %s; call it when the work is done", name, a.releaseWord(), a.name, a.consequence())
		text = fmt.Sprintf("%s gets the function that releases the context, and nothing calls it", name)
	}
	draft := pragma.Draft{
		Rule:     discarded,
		Message:  message,
		Severity: a.severity(),
		Witness:  []pragma.Step{{Kind: "acquire", Pos: c.callPos(a), End: c.callEnd(a), Text: text}},
	}
	draft.Pos, draft.End = c.callPos(a), c.callEnd(a)
	if a.meantToLiveOn() {
		draft.Confidence = finding.Possible
	}
	if fix, ok := c.fixDiscarded(a); ok {
		draft.Fixes = []analysis.SuggestedFix{fix}
	}
	c.reporter.Report(draft)
}

// reportLost reports a release function that one path does not call.
func (c *checker) reportLost(a *acquisition, s *typestate.Track) {
	if s.Lost.Inner != nil {
		c.reportLostInGoroutine(a, s)
		return
	}
	name := a.source.name(a.releaseWord())
	exit := c.exitPos(a, s.Lost)
	if again, steps := c.reassigned(a, s.Lost); again.IsValid() {
		s.Lost.Kind, exit = typestate.AtOverwrite, again
		s.Lost.Steps = s.Lost.Steps[:steps] // what comes later does not matter
	}
	branches := describe(s.Lost)
	when := ssax.Conditions(branches)
	line := c.pass.Fset.Position(exit).Line
	var message, last string
	switch s.Lost.Kind {
	case typestate.AtReturn:
		message = fmt.Sprintf("%s is not called before the return on line %d%s: %s; defer it or call it on this path too", name, line, when, a.consequence())
		last = fmt.Sprintf("the function returns without calling %s", name)
	case typestate.AtRepeat:
		message = fmt.Sprintf("%s is not called before the loop starts over%s: %s, once more in every round; call it in each", name, when, a.consequence())
		last = fmt.Sprintf("the loop comes back here, and the previous %s is lost", name)
	case typestate.AtOverwrite:
		message = fmt.Sprintf("%s is overwritten on line %d before it is called%s: %s; call it first", name, line, when, a.consequence())
		last = fmt.Sprintf("%s gets another value, and the function that it held is lost", name)
	}
	rule := lostOnPath
	if s.Lost.Kind == typestate.AtOverwrite {
		rule = overwritten
	}
	draft := pragma.Draft{Rule: rule, Message: message, Severity: c.lostSeverity(a, s), Pos: c.callPos(a), End: c.callEnd(a)}
	if a.Kept || byChoice(s) || a.returned(s.Lost) || againstContract(s.Lost) {
		draft.Confidence = finding.Possible
	}
	step := func(kind string, pos, end token.Pos, text string) {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: kind, Pos: pos, End: end, Text: text})
	}
	step("acquire", draft.Pos, draft.End, fmt.Sprintf("%s returns %s", a.name, name))
	for _, b := range branches {
		step("branch", b.Pos, b.End, b.Clause())
	}
	step("exit", exit, token.NoPos, last)
	if pos := s.Released.Pos(); pos.IsValid() {
		step("release", pos, token.NoPos, fmt.Sprintf("%s is released here, but not on that path", name))
	}
	if fix, ok := c.fixLost(a, s); ok {
		draft.Fixes = []analysis.SuggestedFix{fix}
	}
	c.reporter.Report(draft)
}

// lostSeverity says what losing the release function on a path costs.
func (c *checker) lostSeverity(a *acquisition, s *typestate.Track) finding.Severity {
	if s.Lost.Kind == typestate.AtReturn && !ssax.InCycle(a.Call.Block()) && c.endsProcess(a.Call.Parent()) {
		return finding.Info
	}
	return a.severity()
}

// reportLostInGoroutine reports a release function that a goroutine calls on
// some paths only, while nothing else calls it.
func (c *checker) reportLostInGoroutine(a *acquisition, s *typestate.Track) {
	if endsWithContext(s.Lost.Inner) {
		return
	}
	name := a.source.name(a.releaseWord())
	branches := describe(s.Lost.Inner)
	exit := token.NoPos
	if ret, ok := s.Lost.Inner.At.(*ssa.Return); ok {
		exit = ssax.ExitPos(ret)
	}
	if !exit.IsValid() {
		exit = s.Lost.Inner.At.Parent().Syntax().End() - 1
	}
	draft := pragma.Draft{
		Rule: lostOnPath, Severity: a.severity(), Pos: c.callPos(a), End: c.callEnd(a),
		Message: fmt.Sprintf("%s is left to a goroutine, which ends on line %d without calling it%s: %s; defer it there",
			name, c.pass.Fset.Position(exit).Line, ssax.Conditions(branches), a.consequence()),
	}
	if succeeds(s.Lost.Inner) && a.leavesRunning(s.Released) {
		draft.Confidence = finding.Possible
	}
	step := func(kind string, pos, end token.Pos, text string) {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: kind, Pos: pos, End: end, Text: text})
	}
	step("acquire", draft.Pos, draft.End, fmt.Sprintf("%s returns %s", a.name, name))
	if pos := s.Released.Pos(); pos.IsValid() {
		step("go", pos, token.NoPos, fmt.Sprintf("the goroutine that is to call %s starts", name))
	}
	for _, b := range branches {
		step("branch", b.Pos, b.End, b.Clause())
	}
	step("exit", exit, token.NoPos, fmt.Sprintf("the goroutine ends without calling %s", name))
	c.reporter.Report(draft)
}

// endsWithContext reports whether a path knows that some context has ended,
// which is likely the one in question, or its parent.
func endsWithContext(v *typestate.Violation) bool {
	isDone := func(channel ssa.Value) bool {
		call, ok := channel.(*ssa.Call)
		if !ok {
			return false
		}
		callee := ssax.Callee(call.Common())
		return callee != nil && callee.FullName() == contextDone
	}
	for _, block := range blocks(v, v.At.Parent().Blocks[0]) {
		for _, instr := range block.Instrs {
			if receive, ok := instr.(*ssa.UnOp); ok && receive.Op == token.ARROW && isDone(receive.X) {
				return true
			}
		}
	}
	return slices.ContainsFunc(v.Steps, func(e typestate.Edge) bool {
		state := ssax.ChosenCase(e.From, e.Succ)
		return state != nil && isDone(state.Chan)
	})
}

// exitPos returns where a lost path ends.
func (c *checker) exitPos(a *acquisition, l *typestate.Violation) token.Pos {
	switch {
	case l.Kind == typestate.AtRepeat:
		return c.callPos(a)
	case l.Kind == typestate.AtReturn:
		if pos := ssax.ExitPos(l.At.(*ssa.Return)); pos.IsValid() {
			return pos
		}
	case l.At.Pos().IsValid():
		return l.At.Pos()
	}
	return c.callPos(a)
}

// reassigned returns where, on a path that ends in a return, the variable of
// the release function gets that of a later call, and how many steps of the
// path lead there. The value itself is in a
// register and stays there, so that the trace goes on to the return.
func (c *checker) reassigned(a *acquisition, l *typestate.Violation) (at token.Pos, steps int) {
	target, ok := a.source.target.(*ast.Ident)
	if !ok || l.Kind != typestate.AtReturn {
		return token.NoPos, 0
	}
	variable := c.pass.TypesInfo.ObjectOf(target)
	for i, block := range blocks(l, a.Value.(ssa.Instruction).Block()) {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || call == a.Call || block == a.Call.Block() && comesBefore(call, a.Call) {
				continue
			}
			again := findAssignment(c.pass.Files, call.Pos(), a.Result)
			if id, ok := again.target.(*ast.Ident); ok && again.stmt != nil && c.pass.TypesInfo.ObjectOf(id) == variable {
				return again.stmt.Pos(), i
			}
		}
	}
	return token.NoPos, 0
}

// callPos returns the start of the producer's call.
func (c *checker) callPos(a *acquisition) token.Pos {
	if a.source.call != nil {
		return a.source.call.Pos()
	}
	return a.Call.Pos()
}

func (c *checker) callEnd(a *acquisition) token.Pos {
	if a.source.call != nil {
		return a.source.call.End()
	}
	return token.NoPos
}
