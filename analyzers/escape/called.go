package escape

import (
	"fmt"
	"go/types"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// calledRule finds calls in loops that allocate their result, which is dropped
// at the end of the round. One that can be reset serves for all rounds.
func (c *checker) calledRule(fn *ssa.Function) {
	if !c.reporter.Enabled(droppedResult) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !ssax.InCycle(b) || c.said(call.Pos()) {
				continue
			}
			called := c.model.Called(call)
			if called == nil || called.Count() == 0 || !called.Dropped() || !isConstructor(called.Callee) {
				continue
			}
			if heat := c.heat(call); heat.Level == allocmodel.Hot && heat.Loops > 0 {
				c.dropped(call, called, heat)
			}
		}
	}
}

func (c *checker) dropped(call *ssa.Call, called *allocmodel.Called, heat allocmodel.Heat) {
	expr, _ := c.callExpr(call.Pos())
	if expr == nil {
		return
	}
	d := pragma.Draft{
		Rule: droppedResult, Pos: expr.Pos(), End: expr.End(), Site: finding.SiteCall,
		Witness: c.costSteps(call, called),
	}
	message := fmt.Sprintf("%s %s, although nothing keeps what it returns; ", c.allocatesTimes(called), often(heat))
	vary := varying(call)
	switch {
	case canReset(call, called.Cost.Result, vary):
		d.Message = message + "make one before the loop and call Reset in each round"
		c.atHeat(d, heat)
	case len(vary) == 0 && !isTestFile(c.pass.Fset.Position(expr.Pos()).Filename):
		d.Message = message + "one that is made before the loop may serve for all rounds"
		d.Severity, d.Confidence = finding.Info, finding.Possible
		c.atHeat(d, heat)
	}
}

// allocatesTimes says how often a callee allocates, as a clause.
func (c *checker) allocatesTimes(called *allocmodel.Called) string {
	name, times := calleeName(c.pass.Pkg, called.Callee), ""
	if n := called.Count(); n > 1 {
		times = fmt.Sprintf(" %d times", n)
	}
	return name + " allocates" + times
}

// calleeName returns the name of a function as a caller spells it.
func calleeName(from *types.Package, fn *types.Func) string {
	if fn.Pkg() == nil || fn.Pkg() == from || fn.Signature().Recv() != nil {
		return fn.Name()
	}
	return fn.Pkg().Name() + "." + fn.Name()
}

// costSteps are the places where a callee allocates. Not all hosts know the
// positions of other packages: for a function of one, the step is the call.
func (c *checker) costSteps(call *ssa.Call, called *allocmodel.Called) []pragma.Step {
	const enough = 4
	var steps []pragma.Step
	for _, s := range called.Cost.Sites {
		if s = placed(s); s != nil && len(steps) < enough {
			steps = append(steps, pragma.Step{Kind: "call", Pos: s.Pos, Text: called.Callee.Name() + " allocates " + c.noun(s)})
		}
	}
	if steps == nil && called.Cost.Line > 0 {
		text := fmt.Sprintf("%s allocates a %s on line %d of its file", calleeName(c.pass.Pkg, called.Callee), called.Cost.First, called.Cost.Line)
		steps = append(steps, pragma.Step{Kind: "call", Pos: call.Pos(), Text: text})
	}
	return steps
}

// isConstructor reports whether a function is called as one that makes a value
// of nothing but its arguments. What other functions return, a response say,
// cannot be used again.
func isConstructor(fn *types.Func) bool {
	if fn.Signature().Recv() != nil {
		return false
	}
	for _, prefix := range []string{"New", "new", "Make", "make"} {
		rest, ok := strings.CutPrefix(fn.Name(), prefix)
		if ok && (rest == "" || !unicode.IsLower(rune(rest[0]))) {
			return true
		}
	}
	return false
}

// varying returns the types of the arguments of a call that differ from round to
// round of the loop around it.
func varying(call *ssa.Call) []types.Type {
	var list []types.Type
	params := call.Call.Signature().Params()
	for i, arg := range call.Call.Args {
		if !definedBefore(arg, call.Block()) {
			list = append(list, params.At(i).Type())
		}
	}
	return list
}

// canReset reports whether a result of a call has a method Reset that takes what
// differs from round to round.
func canReset(call *ssa.Call, result int, vary []types.Type) bool {
	t := call.Call.Signature().Results().At(result).Type()
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Reset")
	reset, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	for _, t := range vary {
		takes := false
		for v := range reset.Signature().Params().Variables() {
			takes = takes || types.Identical(v.Type(), t)
		}
		if !takes {
			return false
		}
	}
	return true
}

// pricedCall reports a call that allocates its result: of a function of the
// module in a loop for a profile to choose from. What it allocates otherwise is
// reported where it does.
func (c *checker) pricedCall(call *ssa.Call) {
	called := c.model.Called(call)
	if called == nil || called.Count() == 0 || called.Cost.Own == 0 {
		return
	}
	_, standard := makers.Of(called.Callee)
	if !standard && !ssax.InCycle(call.Block()) {
		return
	}
	heat := c.heat(call)
	c.atHeat(pragma.Draft{
		Rule: allocatingCall, Pos: call.Pos(), Severity: finding.Info, Confidence: finding.Possible, Site: finding.SiteCall,
		NeedsPrice: !standard || heat.Level != allocmodel.Hot, Witness: c.costSteps(call, called),
		Message: c.allocatesTimes(called) + " " + often(heat),
	}, heat)
}
