package ctxleak

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rules that follow no path: each looks at one function at a time and
// asks where a context goes rather than whether it is released.
const (
	deferInLoop       = "ctxleak/defer-in-loop"
	prematureCancel   = "ctxleak/premature-cancel"
	unusedDerived     = "ctxleak/unused-derived"
	valueGrowth       = "ctxleak/value-growth"
	zeroTimeout       = "ctxleak/zero-timeout"
	stopDropped       = "ctxleak/stop-dropped"
	circularWait      = "ctxleak/circular-wait"
	restartOverwrites = "ctxleak/restart-overwrites"
	valueAbuse        = "ctxleak/value-abuse"
	goroutineIgnores  = "ctxleak/goroutine-ignores-ctx"
	detachedCall      = "ctxleak/detached"
	requestWithoutCtx = "ctxleak/request-without-context"
	clientNoTimeout   = "ctxleak/client-without-timeout"
)

// A check is one such rule: what it is called and what it does with a
// function.
type check struct {
	rule  finding.Rule
	homes []string // packages without one of which there is nothing to find
	run   func(*checker, *ssa.Function)
}

// checks returns these rules in the order of their documentation.
func checks() []check {
	on := func(name, summary string, confidence finding.Confidence) finding.Rule {
		return finding.Rule{Name: name, Summary: summary, Severity: finding.Warning, Confidence: confidence, Default: true}
	}
	off := func(name, summary string) finding.Rule {
		return finding.Rule{Name: name, Summary: summary, Severity: finding.Info, Confidence: finding.Possible}
	}
	http := []string{httpHome}
	return []check{
		{on(deferInLoop, "a context's cancel function is deferred in a loop", finding.Likely), homes, (*checker).deferInLoop},
		{on(prematureCancel, "a cancel ends a context that a goroutine or a returned value still needs", finding.Likely), homes, (*checker).prematureCancel},
		{on(unusedDerived, "a derived context is never used, so its cancel function or timeout has no effect", finding.Likely), homes, (*checker).unusedDerived},
		{on(valueGrowth, "each round of a loop wraps the context of the round before", finding.Likely), homes, (*checker).valueGrowth},
		{on(zeroTimeout, "a timeout is zero, or a number of nanoseconds that was meant in another unit", finding.Likely), homes, (*checker).zeroTimeout},
		{on(stopDropped, "nothing can take back a function that context.AfterFunc registers again and again", finding.Likely), homes, (*checker).stopDropped},
		{off(circularWait, "a context's cancel function is called only after something has waited for that context's end"), homes, (*checker).circularWait},
		{off(restartOverwrites, "a method overwrites the cancel function that its receiver may hold"), homes, (*checker).restart},
		{off(valueAbuse, "a context carries what is not data of a request"), homes, (*checker).valueAbuse},
		{off(goroutineIgnores, "a goroutine loops for ever and does not watch the context at hand"), homes, (*checker).goroutineIgnores},
		{off(detachedCall, "a call is given context.Background although the function has a context"), homes, (*checker).detachedCall},
		{off(requestWithoutCtx, "an HTTP request does not carry the context at hand"), http, (*checker).requestWithoutContext},
		{off(clientNoTimeout, "an HTTP request in a handler or goroutine has no time limit"), http, (*checker).clientWithoutTimeout},
	}
}

// checkRules returns the rules of the checks.
func checkRules() []finding.Rule {
	var rules []finding.Rule
	for _, check := range checks() {
		r := check.rule
		r.Since, r.Doc = "v0.1.0", finding.MustExtractDoc(doc, "Rule "+r.Name)
		rules = append(rules, r)
	}
	return rules
}

// enabledChecks returns the checks that speak and have something to look at.
func (c *checker) enabledChecks() []check {
	return slices.DeleteFunc(checks(), func(check check) bool {
		imported := slices.ContainsFunc(check.homes, func(path string) bool { return ssax.Imports(c.pass.Pkg, path) })
		return !imported || !c.reporter.Enabled(check.rule.Name)
	})
}

// A derivation is a call of a producer whose results the function itself
// receives.
type derivation struct {
	call    *ssa.Call
	name    string       // of the producer as people write it
	result  int          // index of the release function among the results
	bound   bound        // what ends the context if nobody releases it
	context *ssa.Extract // nil if nothing receives it
	release *ssa.Extract // likewise
}

// derivations returns the calls in a function of producers that are known by
// name: with others, the context may have any other parent.
func derivations(fn *ssa.Function) []*derivation {
	var found []*derivation
	for call, callee := range calls(fn) {
		p, ok := producers.Of(callee)
		if !ok || slices.ContainsFunc(*call.Referrers(), isNotExtract) {
			continue // its results are returned or passed on together
		}
		found = append(found, &derivation{
			call: call, name: producerName(callee), result: p.Result, bound: bound(p.Class),
			context: result(call, p.Companion), release: result(call, p.Result),
		})
	}
	return found
}

func isNotExtract(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.Extract)
	return !ok
}

// calls yields the calls in a function whose callee is known, and the callee.
func calls(fn *ssa.Function) func(yield func(*ssa.Call, *types.Func) bool) {
	return func(yield func(*ssa.Call, *types.Func) bool) {
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				if callee := ssax.Callee(call.Common()); callee != nil && !yield(call, callee) {
					return
				}
			}
		}
	}
}

// calleeName returns the full name of what a call calls, or "".
func calleeName(call *ssa.CallCommon) string {
	if callee := ssax.Callee(call); callee != nil {
		return callee.FullName()
	}
	return ""
}

// variable returns what the source calls the n'th result of a call, or
// fallback.
func (c *checker) variable(call *ssa.Call, n int, fallback string) string {
	a := findAssignment(c.pass.Files, call.Pos(), n)
	return a.name(fallback)
}

// span returns the source range of a call, whose own position is that of its
// opening parenthesis.
func (c *checker) span(call *ssa.Call) (pos, end token.Pos) {
	if a := findAssignment(c.pass.Files, call.Pos(), 0); a.call != nil {
		return a.call.Pos(), a.call.End()
	}
	return call.Pos(), token.NoPos
}

func (c *checker) line(pos token.Pos) int { return c.pass.Fset.Position(pos).Line }

// inTest reports whether a position is in a test file, whose process ends
// with the tests.
func (c *checker) inTest(pos token.Pos) bool {
	return strings.HasSuffix(c.pass.Fset.Position(pos).Filename, "_test.go")
}

// step returns a step of a witness that is a point.
func step(kind string, pos token.Pos, text string) pragma.Step {
	return pragma.Step{Kind: kind, Pos: pos, Text: text}
}

// stepAt returns a step of a witness that is a call.
func (c *checker) stepAt(kind string, call *ssa.Call, text string) pragma.Step {
	pos, end := c.span(call)
	return pragma.Step{Kind: kind, Pos: pos, End: end, Text: text}
}

// follows reports whether an instruction can be executed after another.
func follows(second, first ssa.Instruction) bool {
	if first.Block() == second.Block() {
		instrs := first.Block().Instrs
		if slices.Index(instrs, first) < slices.Index(instrs, second) {
			return true
		}
	}
	return slices.ContainsFunc(first.Block().Succs, func(succ *ssa.BasicBlock) bool {
		return ssax.Reaches(succ, second.Block(), nil)
	})
}
