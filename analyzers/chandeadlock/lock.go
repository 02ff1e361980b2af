package chandeadlock

import (
	"fmt"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// The rules about locks.
const (
	missingUnlock = "chandeadlock/missing-unlock"
	doubleLock    = "chandeadlock/double-lock"
	recursiveRead = "chandeadlock/recursive-read-lock"
	lockOrder     = "chandeadlock/lock-order"
	slowUnderLock = "chandeadlock/slow-under-lock"
)

// lockRules returns the rules of this file.
func lockRules() []finding.Rule {
	on := func(name string, s finding.Severity, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: s, Confidence: finding.Likely, Default: true, Summary: summary}
	}
	return []finding.Rule{
		on(missingUnlock, finding.Error, "a lock is still held where a path returns or comes back to it"),
		on(doubleLock, finding.Error, "a goroutine waits for a lock that it holds itself"),
		on(recursiveRead, finding.Warning, "a goroutine takes a read lock that it holds, with writers about"),
		on(lockOrder, finding.Warning, "two locks are taken in both orders"),
		{Name: slowUnderLock, Severity: finding.Info, Confidence: finding.Possible, Summary: "a lock is held during network or file I/O, or a sleep"},
	}
}

// locks applies the rules of this file.
func (c *checker) locks(locks *chanmodel.Locks) {
	for _, leak := range locks.Leaks() {
		c.missingUnlock(&leak)
	}
	for _, d := range locks.Doubles() {
		c.doubleLock(&d)
	}
	for _, cycle := range locks.Cycles() {
		c.lockOrder(&cycle)
	}
	if c.reporter.Enabled(slowUnderLock) {
		for _, s := range locks.SlowUnder() {
			c.slowUnderLock(&s)
		}
	}
}

// lockName returns what the source calls the lock of an operation.
func (c *checker) lockName(op *chanmodel.Op, r *chanmodel.Resource) string {
	if op.Kind == chanmodel.Call {
		return r.Name
	}
	return c.name(op.Pos, r.Name)
}

// verb returns the method that takes a lock.
func verb(read bool) string {
	if read {
		return "RLock"
	}
	return "Lock"
}

// release returns the method that releases a lock.
func release(read bool) string {
	if read {
		return "RUnlock"
	}
	return "Unlock"
}

// heldStep returns the step of a witness at which a lock is taken.
func (c *checker) heldStep(op *chanmodel.Op, name string, read bool) pragma.Step {
	if op.Kind == chanmodel.Call {
		return c.step("acquire", op.Pos, fmt.Sprintf("%s returns with %s locked", op.Text, name))
	}
	return c.step("acquire", op.Pos, fmt.Sprintf("%s.%s takes the lock", name, verb(read)))
}

// reportLock hands a draft to the gate. What is in a test ends with the
// process and is never more than info.
func (c *checker) reportLock(d pragma.Draft) {
	if c.inTest(d.Pos) {
		d.Severity = finding.Info
	}
	c.reporter.Report(d)
}
