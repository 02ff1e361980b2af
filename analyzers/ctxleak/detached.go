package ctxleak

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// detachedCall reports calls that are given context.Background or
// context.TODO although the function has a context of its own.
//
// To detach work from its caller can be right: in goroutines and deferred
// calls, for clean-up, and once the context has ended. These are not reported;
// elsewhere only the author knows, so the rule is off by default.
func (c *checker) detachedCall(fn *ssa.Function) {
	if !runsWithCaller(fn) {
		return
	}
	have, ok := contextInScope(fn)
	if !ok {
		return
	}
	for call, callee := range calls(fn) {
		if from, _ := detached.Of(callee); from != root { // the other way is the right one
			continue
		}
		for _, ref := range *call.Referrers() {
			user, ok := ref.(*ssa.Call)
			if !ok || cleansUp(user) || cleansUpName(fn.Name()) || afterEnd(call.Block()) {
				continue
			}
			pos, end := c.span(call)
			c.reporter.Report(pragma.Draft{
				Rule: detachedCall, Pos: pos, End: end,
				Message: fmt.Sprintf("this call gets %s although %s is at hand: neither its cancellation nor its deadline and values reach the work; pass %s, or context.WithoutCancel(%s) if it must go on", shortName(callee.FullName()), have.expr, have.expr, have.expr),
				Witness: []pragma.Step{
					step("context", have.pos, fmt.Sprintf("the caller gives %s", have.expr)),
					{Kind: "use", Pos: pos, End: end, Text: "the call gets a context that never ends"},
				},
			})
		}
	}
}

// shortName returns the name of a function as people write it.
func shortName(full string) string { return full[strings.LastIndex(full, "/")+1:] }

// runsWithCaller reports whether a function runs while the one that declares
// the context does: a declared function, the body of a loop, or a literal
// that is called where it stands.
func runsWithCaller(fn *ssa.Function) bool {
	for ; fn.Parent() != nil; fn = fn.Parent() {
		if ssax.IsLoopBody(fn) {
			continue
		}
		for _, p := range fn.Params {
			if isContext(p.Type()) || isRequest(p.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// cleansUp reports whether the name of what a call calls says that it undoes
// something, which has to be done even if the caller has given up.
func cleansUp(call *ssa.Call) bool {
	callee := ssax.Callee(call.Common())
	return callee != nil && cleansUpName(callee.Name())
}

func cleansUpName(name string) bool {
	for _, word := range camelWords(name) {
		if cleanUpWords[word] {
			return true
		}
	}
	return false
}

// afterEnd reports whether a block is executed only after some context ended.
func afterEnd(block *ssa.BasicBlock) bool {
	for b := block; b.Idom() != nil; b = b.Idom() {
		above := b.Idom()
		for succ, to := range above.Succs {
			state := ssax.ChosenCase(above, succ)
			if state != nil && to.Dominates(block) && isCallOf(state.Chan, contextDone) {
				return true
			}
		}
		for _, instr := range above.Instrs {
			if recv, ok := instr.(*ssa.UnOp); ok && isCallOf(recv.X, contextDone) {
				return true
			}
		}
	}
	return false
}

func isCallOf(v ssa.Value, name string) bool {
	call, ok := v.(*ssa.Call)
	return ok && calleeName(call.Common()) == name
}
