package escape

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checksumRule finds checksums that are made as a slice, where a function or
// method returns them as a number or an array, which needs no memory.
func (c *checker) checksumRule(fn *ssa.Function) {
	if !c.reporter.Enabled(checksumSlice) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !call.Call.IsInvoke() || call.Call.Method.Name() != "Sum" || len(call.Call.Args) != 1 || !ssax.IsNil(call.Call.Args[0]) {
				continue
			}
			if heat := c.heat(call); heat.Level != allocmodel.Cold {
				c.checksum(call, heat)
			}
		}
	}
}

func (c *checker) checksum(sum *ssa.Call, heat allocmodel.Heat) {
	object := sum.Call.Value
	number := numberHashes[types.TypeString(object.Type(), nil)]
	of, local := checksumOf(object)
	if !local {
		if number != "" {
			c.reportChecksum(sum, heat, "", number+" returns it as a number")
		}
		return
	}
	if isNumber := number != ""; isNumber != c.keeps(sum, 4) {
		return // the compiler sees through all of it, or an array would be kept as well
	}
	switch {
	case of.once != "" && c.oneWrite(object):
		c.reportChecksum(sum, heat, ", with an object to make it,", of.once+" needs neither")
	case number != "":
		c.reportChecksum(sum, heat, "", number+" returns it as a number")
	}
}

func (c *checker) reportChecksum(sum *ssa.Call, heat allocmodel.Heat, more, instead string) {
	expr, _ := c.callExpr(sum.Pos())
	if expr == nil {
		return
	}
	c.atHeat(pragma.Draft{
		Rule: checksumSlice, Pos: expr.Pos(), End: expr.End(),
		Message: fmt.Sprintf("a checksum is made as a slice%s %s; %s", more, often(heat), instead),
	}, heat)
}

// checksumOf returns what makes an object, if that is a function of the table
// or one of this package that returns what such a function returns.
func checksumOf(object ssa.Value) (hasher, bool) {
	call, ok := object.(*ssa.Call)
	if !ok {
		return hasher{}, false
	}
	if of, ok := hashers.Of(ssax.Callee(&call.Call)); ok {
		return of, true
	}
	callee := call.Call.StaticCallee()
	if callee == nil || len(callee.Blocks) != 1 {
		return hasher{}, false
	}
	ret, ok := callee.Blocks[0].Instrs[len(callee.Blocks[0].Instrs)-1].(*ssa.Return)
	if !ok || len(ret.Results) != 1 {
		return hasher{}, false
	}
	inner, ok := ret.Results[0].(*ssa.Call)
	if !ok {
		return hasher{}, false
	}
	return hashers.Of(ssax.Callee(&inner.Call))
}

// oneWrite reports whether an object gets all that it is to sum up by one call,
// and is asked for the checksum once.
func (c *checker) oneWrite(object ssa.Value) bool {
	calls := make(map[string]int)
	for _, use := range *object.Referrers() {
		if _, ok := use.(*ssa.DebugRef); ok {
			continue
		}
		call, ok := use.(*ssa.Call)
		if !ok || !call.Call.IsInvoke() || call.Call.Value != object {
			return false
		}
		name := call.Call.Method.Name()
		if calls[name]++; name == "Write" && ssax.InCycle(call.Block()) && call.Block() != object.(*ssa.Call).Block() {
			return false
		}
	}
	return calls["Write"] == 1 && calls["Sum"] == 1 && len(calls) == 2
}

// keeps reports whether a slice of bytes may outlive its function.
func (c *checker) keeps(v ssa.Value, depth int) bool {
	if depth == 0 {
		return true
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.Index, *ssa.IndexAddr, *ssa.Convert:
		case *ssa.Slice:
			if c.keeps(use, depth-1) {
				return true
			}
		case *ssa.Call:
			if c.callKeeps(use, v) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func (c *checker) callKeeps(call *ssa.Call, v ssa.Value) bool {
	if builtin, ok := call.Call.Value.(*ssa.Builtin); ok {
		return builtin.Name() == "append" && call.Call.Args[0] == v
	}
	callee := ssax.Callee(&call.Call)
	if callee == nil || call.Call.IsInvoke() {
		return true
	}
	summary := c.model.SummaryOf(callee)
	if summary == nil {
		return true
	}
	for i, arg := range call.Call.Args {
		if arg == v && i < len(summary.Params) && !summary.Params[i].Empty() {
			return true
		}
	}
	return false
}
