package ctxleak

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// unusedDerived reports contexts that are made and cancelled but that nothing
// ever uses: most often the calls that follow are given the parent.
//
// It is silent where the cancel function is handed to other code, which may
// want nothing but such a function, and about signal.NotifyContext, which
// redirects the signals even so.
func (c *checker) unusedDerived(fn *ssa.Function) {
	for _, d := range derivations(fn) {
		if d.release == nil || d.bound == bySignal || used(d.context) || !onlyReleased(d.release) {
			continue
		}
		pos, end := c.span(d.call)
		context := c.variable(d.call, 0, "")
		if context == "" {
			context = "the context"
		}
		message := fmt.Sprintf("%s that %s returns is never used, so calling %s ends nothing; pass it to the calls that it is for", context, d.name, c.variable(d.call, d.result, "cancel"))
		severity := finding.Info // it does no harm
		if d.bound == byDeadline {
			message = fmt.Sprintf("%s that %s returns is never used, so the time limit has no effect; pass it to the calls that it is for", context, d.name)
			severity = c.unlessTest(pos, finding.Warning)
		}
		c.reporter.Report(pragma.Draft{
			Rule: unusedDerived, Pos: pos, End: end, Message: message, Severity: severity,
			Witness: []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: "nothing reads the context that is made here"}},
		})
	}
}

// used reports whether anything reads a value, or the variable that it is
// assigned to later than that.
func used(v *ssa.Extract) bool {
	if v == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok {
			return true
		}
		cell, local := store.Addr.(*ssa.Alloc)
		if !local {
			return true
		}
		for _, ref := range *cell.Referrers() {
			if _, ok := ref.(*ssa.Store); !ok && follows(ref, store) {
				return true
			}
			if _, ok := ref.(*ssa.MakeClosure); ok {
				return true // which may run at any time
			}
		}
	}
	return false
}

// onlyReleased reports whether a function value is called or deferred, and
// nothing else.
func onlyReleased(release ssa.Value) bool {
	called := false
	for v := range holders(release) {
		if v.Referrers() == nil {
			continue
		}
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Call:
				if ref.Call.Value != v {
					return false
				}
				called = true
			case *ssa.Defer:
				if ref.Call.Value != v {
					return false
				}
				called = true
			case *ssa.Store:
				if _, local := ref.Addr.(*ssa.Alloc); !local {
					return false
				}
			case *ssa.MakeClosure:
				if !calledHere(ref) {
					return false
				}
			case *ssa.UnOp, *ssa.Phi, *ssa.ChangeType, *ssa.BinOp:
			default:
				return false
			}
		}
	}
	return called
}
