package chandeadlock

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// foreignWatchers reports goroutines that end a context when others end, and
// that stay when its cancel function, which the caller gets, is called first.
func (c *checker) foreignWatchers() {
	for _, f := range c.model.Funcs {
		if f.Source() == nil {
			continue
		}
		derivation := returnedDerivation(f.Source())
		if derivation == nil {
			continue
		}
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if op.Kind == chanmodel.Go && len(op.Callees) == 1 && op.Callees[0].Func != nil {
					c.watcher(f, derivation, op)
				}
			}
		}
	}
}

// returnedDerivation returns the call in a function that derives a context
// whose cancel function the function returns, or nil.
func returnedDerivation(fn *ssa.Function) *ssa.Call {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !isDerived(call.Common()) {
				continue
			}
			for _, ref := range *call.Referrers() {
				if x, ok := ref.(*ssa.Extract); ok && x.Index == 1 && returnsValue(x) {
					return call
				}
			}
		}
	}
	return nil
}

// returnsValue reports whether a function returns a value, or the variable
// that holds it.
func returnsValue(v ssa.Value) bool {
	seen := make(map[ssa.Value]bool)
	queue := []ssa.Value{v}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		if seen[v] {
			continue
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Return:
				return true
			case *ssa.ChangeType:
				queue = append(queue, ref)
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v {
					queue = append(queue, cell)
				}
			case *ssa.UnOp:
				if ref.Op == token.MUL {
					queue = append(queue, ref)
				}
			}
		}
	}
	return false
}

// watcher judges a goroutine that a function starts which derives a context.
func (c *checker) watcher(f *chanmodel.Func, derivation *ssa.Call, start *chanmodel.Op) {
	begin := start.Callees[0].Func
	wait := onlyWait(begin)
	if wait == nil || begin.Outer != f || !callsCaptured(begin.Source(), derivation) {
		return
	}
	var waited []string
	for _, u := range wait {
		o := u.Ref().Object
		if !slices.Contains(f.Params, o.Root()) {
			return // it may belong to the context, or end with the function
		}
		waited = append(waited, c.name(u.Pos(), u.Ref().Resource.Name))
	}
	c.reportWatcher(f, derivation, start, wait[0], waited)
}

// onlyWait returns what a function waits for, one of which suffices, if it
// waits once only.
func onlyWait(f *chanmodel.Func) []chanmodel.Use {
	var list []chanmodel.Use
	for i, b := range f.Blocks {
		for j, op := range b.Ops {
			switch op.Kind {
			case chanmodel.Receive:
				list = append(list, chanmodel.Use{Func: f, Block: i, Index: j, Op: op, Case: -1})
			case chanmodel.Select:
				if op.Default || len(list) > 0 {
					return nil
				}
				for k, one := range op.Cases {
					if one.Kind != chanmodel.Receive {
						return nil
					}
					list = append(list, chanmodel.Use{Func: f, Block: i, Index: j, Op: op, Case: k})
				}
			case chanmodel.Send, chanmodel.Range, chanmodel.Go, chanmodel.Wait:
				return nil
			}
		}
	}
	if slices.ContainsFunc(list, func(u chanmodel.Use) bool { return u.Op != list[0].Op }) {
		return nil
	}
	return list
}

// callsCaptured reports whether a function literal calls the cancel function
// of a derivation in the function around it.
func callsCaptured(fn *ssa.Function, derivation *ssa.Call) bool {
	held := make(map[ssa.Value]bool)
	for _, ref := range *derivation.Referrers() {
		x, ok := ref.(*ssa.Extract)
		if !ok || x.Index != 1 {
			continue
		}
		held[x] = true
		for _, use := range *x.Referrers() {
			if store, ok := use.(*ssa.Store); ok {
				held[store.Addr] = true
			}
		}
	}
	for _, b := range derivation.Parent().Blocks {
		for _, instr := range b.Instrs {
			made, ok := instr.(*ssa.MakeClosure)
			if ok && made.Fn == fn && slices.ContainsFunc(made.Bindings, func(v ssa.Value) bool { return held[v] }) {
				return true
			}
		}
	}
	return false
}

func (c *checker) reportWatcher(f *chanmodel.Func, derivation *ssa.Call, start *chanmodel.Op, wait chanmodel.Use, waited []string) {
	draft := pragma.Draft{Rule: foreignWatcher}
	draft.Pos, draft.End = c.span(wait.Op.Pos)
	if c.inTest(draft.Pos) {
		draft.Severity = finding.Info
	}
	if c.model.OnlyOnce(f) {
		draft.Confidence = finding.Possible // the one goroutine ends with the process
	}
	made := ssax.Callee(derivation.Common()).Name()
	draft.Message = fmt.Sprintf("this goroutine waits for %s only: when the caller of %s calls the cancel function that it gets, the goroutine stays until %s; wait for the Done channel of the context of %s (%s) as well",
		strings.Join(waited, " or "), f.Label, plural(waited), made, c.line(derivation.Pos(), draft.Pos))
	draft.Witness = []pragma.Step{
		c.step("make", derivation.Pos(), fmt.Sprintf("%s makes a context and the cancel function that %s returns", made, f.Label)),
		c.step("go", start.Pos, "the goroutine starts"),
		c.step("block", wait.Op.Pos, fmt.Sprintf("it waits for %s, and the cancel function changes nothing for it", strings.Join(waited, " or "))),
	}
	c.reporter.Report(draft)
}

func plural(waited []string) string {
	if len(waited) == 1 {
		return "that comes"
	}
	return "one of these comes"
}

// circularWaits reports goroutines that can wait for each other for ever.
func (c *checker) circularWaits() {
	for _, circle := range c.model.Circles() {
		first, second := circle.Sends[0], circle.Sends[1]
		if c.reported(first.Op.Pos) {
			continue
		}
		draft := pragma.Draft{Rule: circularWait}
		draft.Pos, draft.End = c.span(first.Op.Pos)
		if c.inTest(draft.Pos) {
			draft.Severity = finding.Info
		}
		a, b := c.channel(first), c.channel(second)
		draft.Message = fmt.Sprintf("this send on %s and the send on %s (%s) can wait for each other for ever: the only receiver of %s is the goroutine that sends on %s, and the reverse; receive from %s while sending, or give one of them a buffer",
			a, b, c.line(second.Op.Pos, draft.Pos), a, b, b)
		for i, name := range []string{a, b} {
			draft.Witness = append(draft.Witness,
				c.step("make", circle.Sends[i].Ref().Resource.Made[0].Pos, fmt.Sprintf("%s has no buffer", name)),
				c.step("block", circle.Sends[i].Op.Pos, fmt.Sprintf("%s waits in the send on %s", circle.Sends[i].Func.Label, name)),
				c.step("peer", circle.Receives[i].Pos(), fmt.Sprintf("only %s receives it, in the goroutine that waits in the other send", circle.Receives[i].Func.Label)))
		}
		c.reporter.Report(draft)
	}
}
