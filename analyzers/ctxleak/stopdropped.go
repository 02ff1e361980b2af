package ctxleak

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// stopDropped reports context.AfterFunc whose result nothing reads, where the
// registrations pile up on a context that lives on: in a loop that only an
// event ends, and in an HTTP handler under a context that is not the
// request's. A loop over a collection registers one function for each of its
// elements, which may be all that is wanted: confidence is possible.
func (c *checker) stopDropped(fn *ssa.Function) {
	for call, callee := range calls(fn) {
		if !ssax.IsNamed(callee, afterFunc) || !dropped(call) {
			continue
		}
		parent := call.Call.Args[0]
		if l := loopAround(call.Block()); l != nil {
			if invariant(parent, l) && !l.few(c.pass.TypesInfo) {
				c.reportStopDropped(call, l)
			}
			continue
		}
		if handles(fn) && longLived(parent) {
			c.reportStopDropped(call, nil)
		}
	}
}

// dropped reports whether nothing reads the result of a call.
func dropped(call *ssa.Call) bool {
	for _, ref := range *call.Referrers() {
		if store, ok := ref.(*ssa.Store); ok {
			if cell, local := store.Addr.(*ssa.Alloc); local && len(*cell.Referrers()) == 1 {
				continue
			}
		}
		return false
	}
	return true
}

// handles reports whether a function serves an HTTP request.
func handles(fn *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		for _, p := range fn.Params {
			if isRequest(p.Type()) {
				return true
			}
		}
	}
	return false
}

// longLived reports whether a context was read from a field or a variable of
// the package, which is not made for one request.
func longLived(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	switch addr := load.X.(type) {
	case *ssa.Global:
		return true
	case *ssa.FieldAddr:
		fn := addr.Parent()
		return fn.Signature.Recv() != nil && len(fn.Params) > 0 && addr.X == fn.Params[0]
	}
	return false
}

func (c *checker) reportStopDropped(call *ssa.Call, l *loop) {
	pos, end := c.span(call)
	where, severity, confidence := "every request", finding.Error, finding.Likely
	witness := []pragma.Step{c.stepAt("acquire", call, "the function and all that it refers to stay registered with the context")}
	if l != nil {
		where = "every round"
		witness = append(witness, step("loop", l.pos(pos), "the loop registers it again in its next round"))
		if !l.unbounded(c.pass.TypesInfo) {
			severity, confidence = finding.Warning, finding.Possible
		}
	}
	c.reporter.Report(pragma.Draft{
		Rule: stopDropped, Pos: pos, End: end, Confidence: confidence, Severity: c.unlessTest(pos, severity), Witness: witness,
		Message: fmt.Sprintf("%s registers one more function with a context that lives on, and the stop function that context.AfterFunc returns is dropped: what they refer to is kept until that context ends; call stop when the work is done", where),
	})
}
