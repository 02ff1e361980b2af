package chandeadlock

import (
	"fmt"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// missingUnlock reports a lock that some path of a function leaves held.
func (c *checker) missingUnlock(leak *chanmodel.LockLeak) {
	if runsOnce(leak.Func) || len(leak.Elsewhere) == 0 && takesForCaller(leak.Func) {
		return
	}
	name := c.lockName(leak.Lock, leak.Resource)
	start, end := c.span(leak.Lock.Pos)
	d := pragma.Draft{Rule: missingUnlock, Pos: start, End: end, Message: c.leakMessage(leak, name)}
	if leak.Contract || isLocker(leak.Func) {
		d.Confidence = finding.Possible
	}
	d.Witness = append(d.Witness, c.heldStep(leak.Lock, name, leak.Read))
	for i, exit := range leak.Exits {
		if i < maxExits {
			d.Witness = append(d.Witness, branchSteps(exit.Branches)...)
			d.Witness = append(d.Witness, c.exitStep(&exit, name))
		}
	}
	for _, op := range leak.Elsewhere {
		d.Witness = append(d.Witness, c.step("release", op.Pos, fmt.Sprintf("another path releases %s here", name)))
	}
	d.Fixes = c.unlockFixes(leak, name)
	c.reportLock(d)
}

// maxExits bounds the exits whose paths a witness shows.
const maxExits = 4

// leakMessage says where the lock is still held.
func (c *checker) leakMessage(leak *chanmodel.LockLeak, name string) string {
	exit := leak.Exits[0]
	unlock := name + "." + release(leak.Read)
	at := leak.Lock.Pos
	when := ssax.Conditions(exit.Branches)
	switch {
	case exit.Round && exit.Pending != nil:
		return fmt.Sprintf("the deferred %s on %s runs when %s returns, not at the end of the round: the next round waits here for ever; unlock at the end of the round, or move the body of the loop into a function",
			unlock, c.line(exit.Pending.Pos, at), leak.Func.Label)
	case exit.Round:
		return fmt.Sprintf("%s is still held when the loop comes back to this %s%s: the goroutine waits for itself for ever; call %s before the next round",
			name, verb(leak.Read), when, unlock)
	case exit.Lost:
		return fmt.Sprintf("the round ends with %s locked%s, and nothing can release it any more: whoever needs it next waits for ever; call %s before the next round",
			name, when, unlock)
	case len(leak.Elsewhere) == 0:
		return fmt.Sprintf("%s returns with %s locked, and nothing in the package releases it: the next %s waits for ever; add defer %s()",
			leak.Func.Label, name, verb(leak.Read), unlock)
	}
	more := ""
	if n := len(leak.Exits); n > 1 {
		more = fmt.Sprintf(" (and on %d more)", n-1)
	}
	end, advice := "return", ", or defer it"
	if leak.Func.Body { // deferred calls run when the loop's function returns
		end, advice = "end of the round", ""
	}
	return fmt.Sprintf("%s is still locked at the %s on %s%s%s, unlike on other paths (%s): the next %s waits for ever; call %s there%s",
		name, end, c.line(exit.Op.Pos, at), more, when, c.line(leak.Elsewhere[0].Pos, at), verb(false), unlock, advice)
}

// exitStep returns the step at which a path leaves the lock held.
func (c *checker) exitStep(exit *chanmodel.LockExit, name string) pragma.Step {
	switch {
	case exit.Round:
		return c.step("block", exit.Op.Pos, fmt.Sprintf("the loop comes back to %s.%s, which waits for ever", name, "Lock"))
	case exit.Lost:
		return pragma.Step{Kind: "exit", Pos: exit.Op.Pos, Text: fmt.Sprintf("%s of an earlier round is still locked", name)}
	}
	return pragma.Step{Kind: "exit", Pos: exit.Op.Pos, Text: fmt.Sprintf("the function returns with %s locked", name)}
}
