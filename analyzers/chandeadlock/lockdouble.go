package chandeadlock

import (
	"fmt"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// doubleLock reports a lock that is taken by the goroutine that holds it.
func (c *checker) doubleLock(d *chanmodel.DoubleLock) {
	name := c.lockName(d.Held, d.Resource)
	start, end := c.span(d.Op.Pos)
	draft := pragma.Draft{Rule: doubleLock, Pos: start, End: end}
	if d.Read && d.HeldRead {
		draft.Rule = recursiveRead
	}
	if d.Maybe {
		draft.Confidence = finding.Possible
	}
	draft.Message = c.doubleMessage(d, name)
	draft.Witness = append(draft.Witness, c.heldStep(d.Held, name, d.HeldRead))
	draft.Witness = append(draft.Witness, branchSteps(d.Branches)...)
	if d.Chain == nil {
		draft.Witness = append(draft.Witness, c.step("block", d.Op.Pos, fmt.Sprintf("%s.%s waits for the lock that this goroutine holds", name, verb(d.Read))))
	} else {
		draft.Witness = append(draft.Witness, c.chainSteps(d.Op, d.Chain, "takes the lock again", "with "+name+" held")...)
	}
	if len(d.Writers) > 0 {
		w := d.Writers[0]
		draft.Witness = append(draft.Witness, c.step("peer", w.Pos(), fmt.Sprintf("a Lock here, between the two, waits for the first RLock, and the second one waits behind it (%s)", w.Func.Label)))
	}
	if d.Deferred {
		draft.Fixes = c.deferLockFix(d)
	}
	c.reportLock(draft)
}

// chainSteps returns the calls that lead to the operation that blocks, which
// does something: "takes the lock again".
func (c *checker) chainSteps(call *chanmodel.Op, chain *chanmodel.Chain, does, with string) []pragma.Step {
	if len(chain.Links) == 0 {
		return []pragma.Step{c.step("block", call.Pos, fmt.Sprintf("%s, called %s, %s (%s)", call.Text, with, does, chain.Via))}
	}
	steps := []pragma.Step{c.step("call", call.Pos, fmt.Sprintf("%s is called %s", call.Text, with))}
	for i, link := range chain.Links {
		steps = append(steps, branchSteps(link.Path.Branches(link.In))...)
		if i == len(chain.Links)-1 && chain.Via == "" {
			return append(steps, c.step("block", link.Op.Pos, fmt.Sprintf("%s %s", link.In.Label, does)))
		}
		steps = append(steps, c.step("call", link.Op.Pos, fmt.Sprintf("%s calls %s", link.In.Label, link.Op.Text)))
	}
	last := &steps[len(steps)-1]
	last.Kind, last.Text = "block", last.Text+", which "+does+" ("+chain.Via+")"
	return steps
}

func (c *checker) doubleMessage(d *chanmodel.DoubleLock, name string) string {
	at := d.Op.Pos
	since := c.line(d.Held.Pos, at)
	again := "this " + verb(d.Read)
	do := "release it first"
	if d.Chain != nil {
		again = fmt.Sprintf("%s takes it again", d.Op.Text)
		if pos := d.Chain.Pos(); pos.IsValid() {
			again += fmt.Sprintf(" (%s)", c.line(pos, at))
		} else if d.Chain.Via != "" {
			again += fmt.Sprintf(" (%s)", d.Chain.Via)
		}
		do = "release it before the call, or call a variant that expects the lock to be held"
	}
	switch {
	case d.Deferred:
		return fmt.Sprintf("this defers another %s of %s, which is held since %s: the function never returns; defer %s instead",
			verb(d.Read), name, since, release(d.Read))
	case d.Read && d.HeldRead:
		if d.Chain == nil {
			again = "this RLock takes it again"
		}
		return fmt.Sprintf("%s is read-locked since %s, and %s: both wait for ever if a Lock (%s) comes between; %s",
			name, since, again, c.line(d.Writers[0].Pos(), at), do)
	case d.Chain == nil:
		return fmt.Sprintf("%s waits for ever: %s is held since %s by the same goroutine; %s", again, name, since, do)
	}
	return fmt.Sprintf("%s is held since %s, and %s: the goroutine waits for itself for ever; %s", name, since, again, do)
}
