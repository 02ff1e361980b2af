package ctxleak

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// circularWait reports contexts whose cancel function is called only after
// something has waited for the end of that context.
//
// Only contexts under one that never ends count: to wait for the end of a
// parent, or for a deadline, may be all that is wanted.
//
// All calls of the cancel function must be known: it is followed into
// function literals and into functions of the package, and whatever else
// happens to it ends the search. Then, if no path leads to any of these calls
// but through a wait, none can be the first, and nothing ends the
// context. Conditions are not looked at, which errs towards
// silence.
func (c *checker) circularWait(fn *ssa.Function) {
	for _, d := range derivations(fn) {
		if d.context == nil || d.release == nil || d.bound != byParent || !d.parentNeverEnds() {
			continue // something else ends the context, which may be what is waited for
		}
		released := spread(d.release)
		if released.elsewhere || len(released.calls) == 0 {
			continue
		}
		w := &waits{start: d.call, contexts: spread(d.context).values, reached: released.reached}
		circular := true
		for _, call := range released.calls {
			circular = circular && w.precede(call, 0)
		}
		if circular && w.first != nil {
			c.reportCircularWait(d, released.calls[0], w)
		}
	}
}

func (c *checker) reportCircularWait(d *derivation, call ssa.CallInstruction, w *waits) {
	context, release := c.variable(d.call, 0, "the context"), c.variable(d.call, d.result, "cancel")
	pos, end := c.span(d.call)
	draft := pragma.Draft{Rule: circularWait, Pos: pos, End: end, Severity: c.unlessTest(pos, finding.Error)}
	if runsOnce(d.call.Parent()) {
		draft.Severity = finding.Info // to block main for ever may be what is wanted
	}
	what := "that"
	if w.joined != nil {
		what = "a goroutine that ends only with " + context
	}
	draft.Message = fmt.Sprintf("%s, which is to end %s, is called on line %d only after line %d has waited for %s: nothing else can end %s, so both wait for ever; call %s when the work is done, before anything waits for %s",
		release, context, c.line(call.Pos()), c.line(w.first.Pos()), what, context, release, context)
	draft.Witness = []pragma.Step{c.stepAt("acquire", d.call, fmt.Sprintf("%s returns %s and %s", d.name, context, release))}
	if w.joined != nil {
		draft.Witness = append(draft.Witness, step("goroutine", w.joined.Pos(), fmt.Sprintf("the goroutine ends when %s has ended", context)))
	}
	draft.Witness = append(draft.Witness, step("wait", w.first.Pos(), "every path to the call waits, here for one"))
	text := "the call comes after that"
	if _, deferred := call.(*ssa.Defer); deferred {
		text = "the call is deferred, and the function does not return before that"
	}
	draft.Witness = append(draft.Witness, step("release", call.Pos(), text))
	c.reporter.Report(draft)
}

// A spreading is where a value goes in its function, the literals in it, and
// functions of the package that it is given to.
type spreading struct {
	values    map[ssa.Value]bool
	calls     []ssa.CallInstruction                   // of the value itself
	reached   map[*ssa.Function][]ssa.CallInstruction // how it came into a function
	elsewhere bool                                    // whether it goes to other places as well
}

func spread(v ssa.Value) *spreading {
	s := &spreading{values: make(map[ssa.Value]bool), reached: make(map[*ssa.Function][]ssa.CallInstruction)}
	s.add(v)
	return s
}

func (s *spreading) add(v ssa.Value) {
	if s.values[v] {
		return
	}
	s.values[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.UnOp, *ssa.ChangeType:
			s.add(ref.(ssa.Value))
		case *ssa.Store:
			if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v && assignedOnce(cell) {
				s.add(cell)
			} else if ref.Val == v || !s.values[ref.Val] {
				s.elsewhere = true
			}
		case *ssa.MakeClosure:
			s.capture(ref, v)
		case ssa.CallInstruction:
			s.call(ref, v)
		default:
			s.elsewhere = true
		}
	}
}

// assignedOnce reports whether the function that has a variable assigns to it
// in one place only.
func assignedOnce(cell *ssa.Alloc) bool {
	n := 0
	for _, ref := range *cell.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
			n++
		}
	}
	return n == 1
}

// capture follows a value into a function literal.
func (s *spreading) capture(closure *ssa.MakeClosure, v ssa.Value) {
	fn := closure.Fn.(*ssa.Function)
	for _, ref := range *closure.Referrers() {
		if call, ok := ref.(ssa.CallInstruction); ok {
			s.reached[fn] = append(s.reached[fn], call)
		}
	}
	for i, binding := range closure.Bindings {
		if binding == v && fn.Synthetic == "" {
			s.add(fn.FreeVars[i])
		} else if binding == v {
			s.elsewhere = true
		}
	}
}

// call follows a value into a function that gets it.
func (s *spreading) call(call ssa.CallInstruction, v ssa.Value) {
	common := call.Common()
	if common.Value == v {
		if !common.IsInvoke() {
			s.calls = append(s.calls, call)
		}
		return
	}
	fn := common.StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 || fn.Pkg != call.Parent().Pkg || len(fn.Params) != len(common.Args) {
		s.elsewhere = true
		return
	}
	s.reached[fn] = append(s.reached[fn], call)
	for i, arg := range common.Args {
		if arg == v {
			s.add(fn.Params[i])
		}
	}
}
