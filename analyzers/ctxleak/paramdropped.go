package ctxleak

import (
	"fmt"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// reportParamDropped reports a release function that nothing calls although
// the function gave it away: who got it neither calls nor keeps it. Callers
// cannot see that, and take it for somebody else's from there on.
func (c *checker) reportParamDropped(a *acquisition, lent []ssa.CallInstruction) {
	name := a.source.name(a.releaseWord())
	first := lent[0]
	fn := ssax.Callee(first.Common())
	callee := producerName(fn)
	if fn.Pkg() == c.pass.Pkg {
		callee = fn.Name()
	}
	draft := pragma.Draft{
		Rule: paramDropped, Pos: c.callPos(a), End: c.callEnd(a), Severity: a.severity(),
		Message: fmt.Sprintf("%s is given to %s, which neither calls nor keeps it: %s; call it in %s, or here when the work is done",
			name, callee, a.consequence(), callee),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: c.callPos(a), End: c.callEnd(a), Text: fmt.Sprintf("%s returns %s", a.name, name)},
			step("give", first.Pos(), fmt.Sprintf("%s gets %s", callee, name)),
		},
	}
	if param := a.parameterOf(first); param != nil && param.Pos().IsValid() {
		draft.Witness = append(draft.Witness, step("drop", param.Pos(), fmt.Sprintf("%s comes in here, and no path of %s calls it", name, callee)))
	}
	if a.meantToLiveOn() {
		draft.Confidence = finding.Possible
	}
	if fix, ok := c.fixDiscarded(a); ok {
		draft.Fixes = []analysis.SuggestedFix{fix}
	}
	c.reporter.Report(draft)
}

// parameterOf returns the parameter by which a function of the same package
// gets the release function, or nil.
func (a *acquisition) parameterOf(call ssa.CallInstruction) *ssa.Parameter {
	fn := call.Common().StaticCallee()
	if fn == nil || fn.Pkg != a.Call.Parent().Pkg {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	mine := holders(a.Value)
	for i, arg := range call.Common().Args {
		if mine[arg] && i < len(fn.Params) {
			return fn.Params[i]
		}
	}
	return nil
}
