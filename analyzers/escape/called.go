package escape

import (
	"fmt"
	"go/types"

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
			if called == nil || called.Count() == 0 || !called.Dropped() {
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
		Witness: c.costSteps(called),
	}
	message := fmt.Sprintf("%s %s, although nothing keeps what it returns; ", c.allocatesTimes(called), often(heat))
	switch {
	case canReset(call, called.Cost.Result):
		d.Message = message + "make one before the loop and call Reset in each round"
		c.atHeat(d, heat)
	case sameArguments(call):
		d.Message = message + "one that is made before the loop may serve for all rounds"
		d.Severity, d.Confidence, d.Cold = finding.Info, finding.Possible, true
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

// costSteps are the places where a callee allocates: those of a function of
// this package, or the declaration of another one.
func (c *checker) costSteps(called *allocmodel.Called) []pragma.Step {
	const enough = 4
	var steps []pragma.Step
	for _, s := range called.Cost.Sites {
		if s = placed(s); s != nil && len(steps) < enough {
			steps = append(steps, pragma.Step{Kind: "call", Pos: s.Pos, Text: called.Callee.Name() + " allocates " + c.noun(s)})
		}
	}
	if steps == nil && called.Callee.Pos().IsValid() && called.Cost.Line > 0 {
		text := fmt.Sprintf("%s allocates a %s on line %d", called.Callee.Name(), called.Cost.First, called.Cost.Line)
		steps = append(steps, pragma.Step{Kind: "call", Pos: called.Callee.Pos(), Text: text})
	}
	return steps
}

// canReset reports whether a result of a call has a method Reset.
func canReset(call *ssa.Call, result int) bool {
	t := call.Call.Signature().Results().At(result).Type()
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Reset")
	_, ok := obj.(*types.Func)
	return ok
}

// sameArguments reports whether the arguments of a call in a loop are there
// before the loop, and the call is not of a method, whose receiver may change.
func sameArguments(call *ssa.Call) bool {
	if call.Call.Signature().Recv() != nil {
		return false
	}
	for _, arg := range call.Call.Args {
		if !definedBefore(arg, call.Block()) {
			return false
		}
	}
	return true
}

// pricedCall reports a call that allocates: of a function of the module for a
// profile to choose from.
func (c *checker) pricedCall(call *ssa.Call) {
	called := c.model.Called(call)
	if called == nil || called.Count() == 0 || c.said(call.Pos()) {
		return
	}
	heat := c.heat(call)
	_, standard := makers.Of(called.Callee)
	c.atHeat(pragma.Draft{
		Rule: allocatingCall, Pos: call.Pos(), Severity: finding.Info, Confidence: finding.Possible, Cold: true, Site: finding.SiteCall,
		NeedsPrice: !standard || heat.Level != allocmodel.Hot, Witness: c.costSteps(called),
		Message: c.allocatesTimes(called) + " " + often(heat),
	}, heat)
}
