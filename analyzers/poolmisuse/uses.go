package poolmisuse

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkAfter reports what happens to an object after it was put back.
func (c *checker) checkAfter(put transfer) {
	if !c.reporter.Enabled(useAfterPut) && !c.reporter.Enabled(doublePut) && !c.reporter.Enabled(returnedAlias) {
		return
	}
	if root := strip(put.value); !refers(root) || besideFailure(root, put.call.Block()) {
		return
	}
	m := c.follow(put)
	if m == nil {
		return
	}
	if m.value == nil {
		c.reportDeferredTwice(put, m)
		return
	}
	if call, ok := m.at.(ssa.CallInstruction); ok {
		if again, ok := c.given(call); ok && again.value == m.value && m.hold == whole {
			c.reportDouble(put, again, m)
			return
		}
	}
	if _, ok := m.at.(*ssa.Return); ok && m.hold == part {
		c.reportReturned(put, m)
		return
	}
	c.reportUse(put, m)
}

// confidence is lower where the value may be another one than the object.
func (m *misuse) confidence() finding.Confidence {
	if m.merged {
		return finding.Possible
	}
	return finding.Likely
}

// refers reports whether a value refers to memory that its copies share.
func refers(v ssa.Value) bool {
	if _, constant := v.(*ssa.Const); constant {
		return false
	}
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		return t.Kind() == types.UnsafePointer
	case *types.Struct, *types.Array:
		return false
	}
	return true
}

func (c *checker) reportUse(put transfer, m *misuse) {
	object, putName := c.argumentText(put), c.calleeText(put.call)
	pos := position(m.at)
	if !pos.IsValid() {
		pos = put.call.Pos()
	}
	what := object
	if m.hold == part {
		what = "memory of " + object
	}
	verb := "used"
	switch m.at.(type) {
	case *ssa.Return:
		verb = "returned"
	case *ssa.Store, *ssa.MapUpdate:
		verb = "written"
	}
	draft := pragma.Draft{
		Rule: useAfterPut, Pos: pos, Confidence: m.confidence(),
		Message: fmt.Sprintf("%s is %s after %s gave %s back on line %d: another goroutine may own it by then; move the put behind the last use",
			what, verb, putName, pronoun(what, object), c.line(put.call.Pos())),
	}
	draft.Witness = append(draft.Witness, c.putStep(put))
	draft.Witness = append(draft.Witness, branchSteps(m.steps)...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "use", Pos: pos, Text: fmt.Sprintf("%s is %s here", what, verb)})
	c.report(draft)
}

func pronoun(what, object string) string {
	if what == object {
		return "it"
	}
	return object
}

func (c *checker) reportDouble(first, second transfer, m *misuse) {
	if first.pool != nil && second.pool != nil && first.pool != second.pool {
		return // the pools are for different kinds: flags tell which one it is
	}
	object := c.argumentText(first)
	pos, end := c.span(second.call)
	draft := pragma.Draft{Rule: doublePut, Pos: pos, End: end, Confidence: m.confidence()}
	line := c.line(first.call.Pos())
	if first.call == second.call {
		draft.Message = fmt.Sprintf("%s is put back once more in every round of the loop, though it is taken only once: the pool then hands one object to several goroutines; put it back behind the loop", object)
	} else {
		draft.Message = fmt.Sprintf("%s is put back twice, first on line %d: the pool then hands one object to two goroutines; remove one of the two", object, line)
		if _, early := first.call.(*ssa.Call); early && isDefer(second.call) {
			draft.Message = fmt.Sprintf("%s is put back at return though line %d has already done so: the pool then hands one object to two goroutines; remove one of the two", object, line)
		}
	}
	draft.Witness = append(draft.Witness, c.putStep(first))
	draft.Witness = append(draft.Witness, branchSteps(m.steps)...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "put", Pos: pos, End: end, Text: fmt.Sprintf("%s gives %s back again", c.calleeText(second.call), object)})
	c.report(draft)
}

func isDefer(call ssa.CallInstruction) bool {
	_, ok := call.(*ssa.Defer)
	return ok
}

// reportDeferredTwice reports a put that a deferred one repeats at return.
func (c *checker) reportDeferredTwice(put transfer, m *misuse) {
	object := c.argumentText(put)
	stmt := token.NoPos
	for _, d := range c.deferred(put.call.Parent()) {
		if d.always && dominates(d.stmt, put.call.(ssa.Instruction)) {
			stmt = d.stmt.Pos()
		}
	}
	pos, end := c.span(put.call)
	draft := pragma.Draft{
		Rule: doublePut, Pos: pos, End: end,
		Message: fmt.Sprintf("%s is put back here and once more by the defer on line %d: the pool then hands one object to two goroutines; remove one of the two", object, c.line(stmt)),
	}
	draft.Witness = append(draft.Witness,
		pragma.Step{Kind: "defer", Pos: stmt, Text: fmt.Sprintf("a put of %s is deferred", object)}, c.putStep(put))
	draft.Witness = append(draft.Witness, branchSteps(m.steps)...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: position(m.at), Text: "the function returns, and the deferred put runs"})
	c.report(draft)
}

func (c *checker) reportReturned(put transfer, m *misuse) {
	object := c.argumentText(put)
	pos := position(m.at)
	draft := pragma.Draft{
		Rule: returnedAlias, Pos: pos, Confidence: m.confidence(),
		Message: fmt.Sprintf("the result shares memory with %s, which line %d has put back: the next user of the pool overwrites it; return a copy", object, c.line(put.call.Pos())),
	}
	draft.Witness = append(draft.Witness, c.putStep(put))
	draft.Witness = append(draft.Witness, branchSteps(m.steps)...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: pos, Text: "the function returns memory of " + object})
	c.report(draft)
}

// checkDeferred reports what a deferred put leaves behind: results that share
// the object's memory, and deferred calls that run after it.
func (c *checker) checkDeferred(d deferred) {
	if d.stmt.Block() == d.stmt.Parent().Recover {
		return
	}
	c.checkLoop(d)
	if d.cell != nil {
		return
	}
	root := strip(d.value)
	held := c.holdings(root)
	object := c.nameOf(root, d)
	if d.always {
		c.checkResults(d, held, object)
		c.checkOrder(d, held, object)
	}
}

// nameOf returns what the source calls a deferred put's object.
func (c *checker) nameOf(root ssa.Value, d deferred) string {
	if text := c.argumentText(d.transfer); text != "the object" {
		return text
	}
	if root.Name() != "" && !strings.HasPrefix(root.Name(), "t") {
		return root.Name()
	}
	return "the object"
}

func (c *checker) checkResults(d deferred, held map[ssa.Value]hold, object string) {
	for _, block := range d.stmt.Parent().Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || block == d.stmt.Parent().Recover || block != d.stmt.Block() && !ssax.Reaches(d.stmt.Block(), block, nil) {
			continue
		}
		for _, r := range ret.Results {
			h := held[r]
			if h == nothing {
				h = held[storedIn(r, ret)]
			}
			if h == nothing {
				continue
			}
			c.reportDeferredResult(d, ret, &misuse{hold: h}, object)
			return
		}
	}
}

// storedIn returns the value that the block of a return stores in the variable
// of a result, or nil: functions with defers read results only at the end.
func storedIn(r ssa.Value, ret *ssa.Return) ssa.Value {
	load, ok := r.(*ssa.UnOp)
	if !ok {
		return nil
	}
	cell, ok := load.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var value ssa.Value
	for _, instr := range ret.Block().Instrs {
		if store, ok := instr.(*ssa.Store); ok && store.Addr == cell {
			value = store.Val
		}
	}
	return value
}

func (c *checker) reportDeferredResult(d deferred, ret *ssa.Return, m *misuse, object string) {
	pos := position(ret)
	what := "the result shares memory with " + object
	if m.hold == whole {
		what = "the result is " + object
	}
	draft := pragma.Draft{
		Rule: returnedAlias, Pos: pos, Confidence: m.confidence(),
		Message: fmt.Sprintf("%s, which the defer on line %d puts back before the caller sees it: the next user of the pool overwrites it; return a copy, or leave the put to the caller", what, c.line(d.stmt.Pos())),
	}
	draft.Witness = []pragma.Step{
		{Kind: "defer", Pos: d.stmt.Pos(), Text: fmt.Sprintf("a put of %s is deferred", object)},
		{Kind: "exit", Pos: pos, Text: what + "; the deferred put runs before the caller goes on"},
	}
	c.report(draft)
}

// checkOrder reports deferred calls that use the object after the put: they
// run in the reverse order of their statements.
func (c *checker) checkOrder(d deferred, held map[ssa.Value]hold, object string) {
	for _, block := range d.stmt.Parent().Blocks {
		for _, instr := range block.Instrs {
			first, ok := instr.(*ssa.Defer)
			if !ok || first == d.stmt || !dominates(first, d.stmt) || !deferUses(first, held) {
				continue
			}
			if callee := ssax.Callee(first.Common()); callee != nil && harmless[callee.FullName()] {
				continue
			}
			if put, ok := c.given(first); ok {
				c.reportDouble(put, d.transfer, &misuse{})
				continue
			}
			c.reportOrder(d, first, object)
		}
	}
}

func deferUses(d *ssa.Defer, held map[ssa.Value]hold) bool {
	for _, arg := range arguments(d.Common()) {
		if held[arg] != nothing {
			return true
		}
	}
	return false
}

func (c *checker) reportOrder(d deferred, first *ssa.Defer, object string) {
	pos, end := c.span(first)
	c.report(pragma.Draft{
		Rule: useAfterPut, Pos: pos, End: end,
		Message: fmt.Sprintf("%s runs after the put that line %d defers, because deferred calls run in reverse order: another goroutine may own %s by then; exchange the two", c.calleeText(first), c.line(d.stmt.Pos()), object),
		Witness: []pragma.Step{
			{Kind: "defer", Pos: d.stmt.Pos(), Text: fmt.Sprintf("a put of %s is deferred last, so it runs first", object)},
			{Kind: "use", Pos: pos, End: end, Text: c.calleeText(first) + " runs after it"},
		},
	})
}

// checkLoop reports a put that is deferred in the loop that takes the object.
func (c *checker) checkLoop(d deferred) {
	if !c.reporter.Enabled(deferInLoop) || d.value == nil {
		return
	}
	from, ok := strip(d.value).(*ssa.Call)
	if !ok || len(c.got(from)) == 0 || from.Parent() != d.stmt.Parent() || ssax.IsLoopBody(from.Parent()) {
		return
	}
	if !ssax.InCycle(d.stmt.Block()) || !ssax.Reaches(d.stmt.Block(), from.Block(), nil) || d.stmt.Block() == from.Block() && !ssax.InCycle(from.Block()) {
		return
	}
	if !loops(d.stmt.Block(), from.Block()) || outlivesRound(from) {
		return
	}
	pos := d.stmt.Pos()
	c.report(pragma.Draft{
		Rule: deferInLoop, Pos: pos,
		Message: fmt.Sprintf("the put of %s is deferred in the loop that takes it: every round takes another object, and none comes back before the function returns; put it back at the end of the round", c.nameOf(from, d)),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: from.Pos(), Text: "every round takes an object"},
			{Kind: "defer", Pos: pos, Text: "the put runs when the function returns, not at the end of the round"},
		},
	})
}

// outlivesRound reports whether a variable takes an object along into the next
// round: "if buf == nil" may then keep that from taking another.
func outlivesRound(object ssa.Value) bool {
	for _, ref := range *object.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Phi:
			return true
		case *ssa.TypeAssert:
			if outlivesRound(ref) {
				return true
			}
		case *ssa.Store:
			if cell, ok := ref.Addr.(*ssa.Alloc); ok && !ssax.InCycle(cell.Block()) {
				return true
			}
		}
	}
	return false
}

// loops reports whether a path from one block comes back to another.
func loops(from, to *ssa.BasicBlock) bool {
	for _, succ := range from.Succs {
		if ssax.Reaches(succ, to, nil) {
			return true
		}
	}
	return false
}
