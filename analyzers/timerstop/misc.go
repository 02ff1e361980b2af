package timerstop

import (
	"fmt"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// Rules that are off by default.

// ignoredStop reports that what the function of an AfterFunc timer uses is
// closed although Stop may have come too late.
func (c *checker) ignoredStop(e event) {
	call, ok := e.instr.(*ssa.Call)
	made := c.madeBy(e.places)
	if !ok || len(*call.Referrers()) > 0 || made == nil || made.makes != callback {
		return
	}
	closure, ok := made.function.(*ssa.MakeClosure)
	if !ok {
		return
	}
	w := &walk{paths: c.pathsOf(call.Parent()), instr: func(instr ssa.Instruction) verdict {
		closing, ok := instr.(*ssa.Call)
		if !ok {
			return goOn
		}
		b, ok := closing.Call.Value.(*ssa.Builtin)
		if ok && b.Name() == "close" && c.sendsTo(closure, closing.Call.Args[0]) {
			return found
		}
		return goOn
	}}
	t := w.after(call)
	if t == nil {
		return
	}
	name := c.nameOf(e.timer, "the timer")
	pos, end := c.span(call)
	c.report(pragma.Draft{
		Rule: stopIgnored, Pos: pos, End: end,
		Message: fmt.Sprintf("%s.Stop does not wait for the function of %s, which may be running and use the channel that line %d closes; look at the result of Stop, and wait for the function if it is false", name, name, c.line(t.at.Pos())),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: made.call.Pos(), Text: "the function uses the channel"},
			{Kind: "release", Pos: pos, End: end, Text: "Stop returns false if the function has started, and nobody looks"},
			{Kind: "close", Pos: t.at.Pos(), Text: "the channel is closed while the function may use it: a panic"},
		},
	})
}

// sendsTo reports whether a closure sends to or closes a channel.
func (c *checker) sendsTo(closure *ssa.MakeClosure, channel ssa.Value) bool {
	for i, free := range closure.Fn.(*ssa.Function).FreeVars {
		if root(channel) != root(closure.Bindings[i]) {
			continue
		}
		for _, ref := range *free.Referrers() {
			load, ok := ref.(*ssa.UnOp)
			if !ok {
				continue
			}
			for _, use := range *load.Referrers() {
				switch use := use.(type) {
				case *ssa.Send, *ssa.Select:
					return true
				case *ssa.Call:
					if b, ok := use.Call.Value.(*ssa.Builtin); ok && b.Name() == "close" {
						return true
					}
				}
			}
		}
	}
	return false
}

// resetInCallback reports a Reset in the function of the timer itself.
func (c *checker) resetInCallback(e event) {
	for _, a := range c.made {
		if a.makes != callback || !share(a.places, e.places) {
			continue
		}
		closure, ok := a.function.(*ssa.MakeClosure)
		if !ok || closure.Fn != ssa.Value(e.instr.Parent()) {
			continue
		}
		pos := e.instr.Pos()
		name := c.nameOf(e.timer, "the timer")
		c.report(pragma.Draft{
			Rule: resetInCallback, Pos: pos,
			Message: fmt.Sprintf("the function of %s resets %s itself: a Stop elsewhere that comes while it runs does not end it; check a flag under a lock first, or use a ticker", name, name),
			Witness: []pragma.Step{{Kind: "acquire", Pos: a.call.Pos(), Text: fmt.Sprintf("%s runs this function", name)}},
		})
		return
	}
}

// sleep reports a loop that sleeps and never looks at the context that its
// function has.
func (c *checker) sleep(instr ssa.Instruction) {
	call, ok := instr.(*ssa.Call)
	if !ok || !ssax.IsNamed(ssax.Callee(call.Common()), timeSleep) || !ssax.InCycle(call.Block()) {
		return
	}
	if d, ok := constantDuration(call.Call.Args[0]); ok && d < time.Second {
		return
	}
	name := c.context(call.Parent())
	if name == "" || c.looksAtContext(call) {
		return
	}
	pos, end := c.span(call)
	c.report(pragma.Draft{
		Rule: sleepIgnoresCtx, Pos: pos, End: end,
		Message: fmt.Sprintf("the loop goes on sleeping when %s has ended: nothing in it looks at %s; select on a timer and on %s.Done()", name, name, name),
	})
}

// context returns the name of the context that a function is given, or "".
func (c *checker) context(fn *ssa.Function) string {
	for _, p := range fn.Params {
		if isContext(p.Type()) {
			return p.Name()
		}
	}
	for _, free := range fn.FreeVars {
		if ptr, ok := free.Type().(*types.Pointer); ok && isContext(ptr.Elem()) {
			return free.Name()
		}
	}
	return ""
}

func isContext(t types.Type) bool { return typeIs(t, "context", "Context") }

// looksAtContext reports whether the loop around a call uses any context.
func (c *checker) looksAtContext(call *ssa.Call) bool {
	for _, block := range call.Parent().Blocks {
		if !selfContains(block, call.Block()) {
			continue
		}
		for _, instr := range block.Instrs {
			for _, op := range instr.Operands(nil) {
				if *op == nil {
					continue
				}
				t := (*op).Type()
				if ptr, ok := t.(*types.Pointer); ok {
					t = ptr.Elem()
				}
				if isContext(t) {
					return true
				}
			}
		}
	}
	return false
}

// contextTimer reports a context whose only use is to wait for its deadline.
func (c *checker) contextTimer(instr ssa.Instruction) {
	call, ok := instr.(*ssa.Call)
	if !ok || !ssax.IsNamed(ssax.Callee(call.Common()), contextWithTimeout) || !ssax.InCycle(call.Block()) {
		return
	}
	for _, ref := range *call.Referrers() {
		if ctx, ok := ref.(*ssa.Extract); ok && ctx.Index == 0 && onlyAwaited(ctx) {
			pos, end := c.span(call)
			c.report(pragma.Draft{
				Rule: contextAsTimer, Pos: pos, End: end,
				Message: "each round makes a context only to wait for its deadline; one timer that each round resets does the same without allocating",
			})
		}
	}
}

// onlyAwaited reports whether nothing but Done is called on a context.
func onlyAwaited(ctx *ssa.Extract) bool {
	awaited := false
	for _, ref := range *ctx.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.Call:
			if !ref.Call.IsInvoke() || ref.Call.Value != ctx || ref.Call.Method.Name() != "Done" {
				return false
			}
			awaited = awaited || slices.ContainsFunc(*ref.Referrers(), func(use ssa.Instruction) bool {
				_, isReceive := use.(*ssa.UnOp)
				_, isSelect := use.(*ssa.Select)
				return isReceive || isSelect
			})
		default:
			return false
		}
	}
	return awaited
}
