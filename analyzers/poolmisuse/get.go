package poolmisuse

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkGet reports what becomes of an object that a function takes.
func (c *checker) checkGet(get transfer) {
	c.checkFinalizer(get)
	c.checkKept(get)
	c.checkRequestBody(get)
}

// checkFinalizer reports a finalizer or cleanup on an object that goes back
// into its pool: it runs when the pool drops the object, perhaps much later,
// and the next user attaches another.
func (c *checker) checkFinalizer(get transfer) {
	held := c.holdings(get.value)
	for _, block := range get.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			callee := ssax.Callee(call.Common())
			if callee == nil || !attachers[callee.FullName()] || held[call.Call.Args[0]] != whole || ssax.IsNil(strip(call.Call.Args[1])) {
				continue
			}
			if removed(call) {
				continue
			}
			pos, end := c.span(call)
			c.report(pragma.Draft{
				Rule: finalizer, Pos: pos, End: end,
				Message: fmt.Sprintf("%s leaves a function on an object of a pool: it stays there when the object goes back, and the next user attaches another; attach it in the pool's New, or remove it before the put", c.calleeText(call)),
				Witness: []pragma.Step{
					{Kind: "acquire", Pos: get.call.Pos(), Text: "the object is taken from the pool"},
					{Kind: "attach", Pos: pos, End: end, Text: "every user attaches one more"},
				},
			})
			return
		}
	}
}

// removed reports whether what a call attaches is removed again: the Cleanup
// is used, or the finalizer set to nil.
func removed(call *ssa.Call) bool {
	if len(*call.Referrers()) > 0 {
		return true
	}
	for _, block := range call.Parent().Blocks {
		for _, instr := range block.Instrs {
			other, ok := instr.(*ssa.Call)
			if !ok || other == call {
				continue
			}
			callee := ssax.Callee(other.Common())
			if callee != nil && attachers[callee.FullName()] && ssax.IsNil(strip(other.Call.Args[1])) {
				return true
			}
		}
	}
	return false
}
