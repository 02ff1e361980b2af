package ctxleak

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
)

// goroutineIgnores reports goroutines that wait in a loop without any exit
// while the function that starts them has a context.
//
// The goroutine mentions no context at all, neither by parameter nor by field
// or method, and its loop waits: it receives, selects or sleeps. Whether it
// is meant to live as long as the process cannot be seen from here, so the
// rule is off by default.
func (c *checker) goroutineIgnores(fn *ssa.Function) {
	have, ok := contextInScope(fn)
	if !ok {
		return
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			start, ok := instr.(*ssa.Go)
			if !ok {
				continue
			}
			body := started(start)
			if body == nil || len(body.Blocks) == 0 || mentionsContext(body) {
				continue
			}
			l := waitsForEver(body)
			if l == nil {
				continue
			}
			c.reporter.Report(pragma.Draft{
				Rule: goroutineIgnores, Pos: start.Pos(),
				Message: fmt.Sprintf("the loop on line %d never ends, and the goroutine does not watch %s: it stays after the work is over; select on %s.Done() as well", c.line(l.pos(start.Pos())), have.expr, have.expr),
				Witness: []pragma.Step{
					step("context", have.pos, fmt.Sprintf("%s says when the work is over", have.expr)),
					step("go", start.Pos(), "the goroutine is not told"),
					step("loop", l.pos(start.Pos()), "this loop has no exit"),
				},
			})
		}
	}
}

// started returns the function that a go statement starts, or nil.
func started(start *ssa.Go) *ssa.Function {
	if closure, ok := start.Call.Value.(*ssa.MakeClosure); ok {
		return closure.Fn.(*ssa.Function)
	}
	return start.Call.StaticCallee()
}

// mentionsContext reports whether any value in a function is a context or the
// address of one.
func mentionsContext(fn *ssa.Function) bool {
	is := func(v ssa.Value) bool {
		t := v.Type()
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		return isContext(t)
	}
	for _, v := range fn.Params {
		if is(v) {
			return true
		}
	}
	for _, v := range fn.FreeVars {
		if is(v) {
			return true
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if v, ok := instr.(ssa.Value); ok && is(v) {
				return true
			}
		}
	}
	return false
}

// waitsForEver returns a loop of a function that waits and has no exit, or nil.
func waitsForEver(fn *ssa.Function) *loop {
	for _, b := range fn.Blocks {
		l := loopAround(b)
		if l == nil || l.header != b || !l.endless() {
			continue
		}
		if l.waits() || l.sleeps() {
			return l
		}
	}
	return nil
}

// sleeps reports whether a round calls time.Sleep.
func (l *loop) sleeps() bool {
	for b := range l.blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && calleeName(call.Common()) == "time.Sleep" {
				return true
			}
		}
	}
	return false
}
