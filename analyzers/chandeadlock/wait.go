package chandeadlock

import (
	"fmt"
	"go/token"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// The rules about waiting for others: with a lock that they need, for workers
// that do not finish, for conditions that nobody signals, and for oneself.
const (
	peerNeedsLock     = "chandeadlock/peer-needs-lock"
	doneSkipped       = "chandeadlock/done-skipped"
	neverDone         = "chandeadlock/never-done"
	waitInSpawnLoop   = "chandeadlock/wait-in-spawn-loop"
	waitsForItself    = "chandeadlock/waits-for-itself"
	waitBeforeReceive = "chandeadlock/wait-before-receive"
	workersQuit       = "chandeadlock/workers-quit"
	neverSignalled    = "chandeadlock/never-signalled"
	lostWakeUp        = "chandeadlock/lost-wake-up"
	lateAdd           = "chandeadlock/late-add"
	limitReached      = "chandeadlock/limit-reached"
)

// waitRules returns the rules of this file.
func waitRules() []finding.Rule {
	on := func(name string, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: finding.Warning, Confidence: finding.Likely, Default: true, Summary: summary}
	}
	off := func(name string, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: finding.Warning, Confidence: finding.Possible, Summary: summary}
	}
	return []finding.Rule{
		on(peerNeedsLock, "an operation waits, with a lock held, for somebody who needs that lock"),
		on(doneSkipped, "a goroutine that a wait group counts may end without Done"),
		on(neverDone, "nobody calls Done on a wait group that is waited for"),
		on(waitInSpawnLoop, "a loop waits for goroutines that only its later rounds start"),
		on(lateAdd, "a goroutine adds itself to a wait group, which may be too late"),
		on(limitReached, "a goroutine of a limited group waits for room in the same group"),
		on(waitsForItself, "a goroutine waits for what only it itself can provide"),
		on(waitBeforeReceive, "a wait for workers that send to whoever waits"),
		off(workersQuit, "a loop sends to workers that may all have left"),
		on(neverSignalled, "a wait for a condition that nobody signals"),
		off(lostWakeUp, "a wait for a condition may begin after the signal"),
	}
}

// waits applies the rules of this file.
func (c *checker) waits() {
	for _, b := range chanmodel.PeersThatNeedLocks(c.model) {
		c.peerNeedsLock(&b)
	}
	for _, d := range chanmodel.SkippedDones(c.model) {
		c.doneSkipped(&d)
	}
	for _, n := range chanmodel.NeverDones(c.model) {
		c.neverDone(&n)
	}
	for _, l := range chanmodel.WaitsInLoops(c.model) {
		c.waitInLoop(&l)
	}
	for _, l := range chanmodel.LateAdds(c.model) {
		c.lateAdd(&l)
	}
	for _, l := range chanmodel.LimitsReached(c.model) {
		c.limitReached(&l)
	}
	for _, w := range chanmodel.SelfWaits(c.model) {
		c.selfWait(&w)
	}
	for _, w := range chanmodel.WaitsBeforeDrains(c.model) {
		c.waitBeforeDrain(&w)
	}
	for _, q := range chanmodel.WorkersThatQuit(c.model) {
		c.workersQuit(&q)
	}
	for _, s := range chanmodel.CondsStuck(c.model) {
		c.condStuck(&s)
	}
}

// peerNeedsLock reports an operation that waits with a lock held for peers
// that need it.
func (c *checker) peerNeedsLock(b *chanmodel.PeerNeedsLock) {
	pos := b.Site.Pos()
	lock := c.name(b.Held.Op.Pos, b.Held.Resource.Name)
	peer := &b.Peers[0]
	may := "may block for ever"
	if b.Buffered {
		may = "may block for ever, once the buffer is full,"
	}
	owner := ""
	if len(b.Site.Links) > 0 {
		owner = " by " + b.Func.Label
	}
	d := pragma.Draft{
		Rule: peerNeedsLock,
		Message: fmt.Sprintf("%s %s with %s held%s (%s): %s; release %s first",
			c.operation(b.Site.Use), may, lock, owner, c.line(b.Held.Op.Pos, pos), c.peerReason(peer, len(b.Peers), lock, pos), lock),
	}
	d.Pos, d.End = c.span(pos)
	if !b.Sure {
		d.Confidence = finding.Possible
	}
	d.Witness = append(d.Witness, c.step("lock", b.Held.Op.Pos, fmt.Sprintf("%s takes %s", b.Func.Label, lock)))
	d.Witness = append(d.Witness, branchSteps(b.Path.Branches(b.Func))...)
	d.Witness = append(d.Witness, c.linkSteps(b.Site.Links)...)
	d.Witness = append(d.Witness, c.step("block", pos, fmt.Sprintf("%s waits, with %s held", c.operation(b.Site.Use), lock)))
	for i := range b.Peers {
		p := &b.Peers[i]
		d.Witness = append(d.Witness, c.step("peer", p.Pos(), c.peerDoes(p)))
		d.Witness = append(d.Witness, c.linkSteps(p.Lock.Links)...)
		if p.Lock.Op != b.Held.Op {
			d.Witness = append(d.Witness, c.step("lock", p.Lock.Op.Pos, fmt.Sprintf("%s is taken here: it waits for %s", lock, b.Func.Label)))
		}
	}
	d.Witness = append(d.Witness, c.createdSteps(b.Site.Ref().Resource)...)
	c.reporter.Report(d)
}

// peerReason says in a message who the peers are and why they cannot help.
func (c *checker) peerReason(p *chanmodel.Peer, n int, lock string, from token.Pos) string {
	who := "the only " + peerNoun(p.Kind())
	if n > 1 {
		who = fmt.Sprintf("each of the %d that could end this, such as the %s on %s,", n, peerNoun(p.Kind()), c.line(p.Pos(), from))
	} else if p.Why != chanmodel.PeerBeforeEnd {
		who += " (" + c.line(p.Pos(), from) + ")"
	}
	at := c.line(p.Lock.Op.Pos, from)
	switch p.Why {
	case chanmodel.PeerUnderLock:
		return fmt.Sprintf("%s needs %s to get there (%s)", who, lock, at)
	case chanmodel.PeerBetweenLock:
		return fmt.Sprintf("%s takes %s between two rounds of its loop (%s)", who, lock, at)
	case chanmodel.PeerAfterLock:
		return fmt.Sprintf("%s takes %s first (%s)", who, lock, at)
	}
	return fmt.Sprintf("a goroutine that it waits for, %s, takes %s before it is done (%s)", p.In.Label, lock, at)
}

// peerNoun names who does something.
func peerNoun(k chanmodel.OpKind) string {
	switch k {
	case chanmodel.Send:
		return "sender"
	case chanmodel.Receive, chanmodel.Range:
		return "receiver"
	case chanmodel.Close:
		return "close"
	case chanmodel.Signal, chanmodel.Broadcast:
		return "signal"
	}
	return "worker"
}

// peerDoes says in a witness what a peer would do.
func (c *checker) peerDoes(p *chanmodel.Peer) string {
	if p.Why == chanmodel.PeerBeforeEnd {
		return "the worker that is waited for ends here"
	}
	return fmt.Sprintf("%s, in %s, could end the wait", c.operation(p.Use), p.Func.Label)
}

// operation names an operation in messages.
func (c *checker) operation(u chanmodel.Use) string {
	name := ""
	if r := u.Ref().Resource; r != nil {
		name = c.name(u.Pos(), r.Name)
	}
	switch u.Kind() {
	case chanmodel.Send:
		return "the send to " + name
	case chanmodel.Receive:
		return "the receive from " + name
	case chanmodel.Range:
		return "the range over " + name
	case chanmodel.Close:
		return "the close of " + name
	case chanmodel.Select:
		return "the select"
	case chanmodel.Wait, chanmodel.CondWait:
		return name + ".Wait"
	case chanmodel.Finish:
		return name + ".Done"
	case chanmodel.Signal:
		return name + ".Signal"
	case chanmodel.Broadcast:
		return name + ".Broadcast"
	}
	return u.Kind().String() + " of " + name
}

// linkSteps returns the calls that lead to an operation as steps of a witness.
func (c *checker) linkSteps(links []chanmodel.Hop) []pragma.Step {
	var steps []pragma.Step
	for _, l := range links {
		steps = append(steps, c.step("call", l.Op.Pos, l.In.Label+" calls "+l.Callee.Name))
	}
	return steps
}

// createdSteps returns where a resource is made as steps of a witness.
func (c *checker) createdSteps(r *chanmodel.Resource) []pragma.Step {
	if r == nil || len(r.Made) == 0 {
		return nil
	}
	return []pragma.Step{c.step("create", r.Made[0].Pos, r.Name+" is made here")}
}
