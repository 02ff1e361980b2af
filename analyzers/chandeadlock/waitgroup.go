package chandeadlock

import (
	"fmt"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// draft returns a finding at an operation.
func (c *checker) draft(rule string, u chanmodel.Use, message string, args ...any) pragma.Draft {
	d := pragma.Draft{Rule: rule, Message: fmt.Sprintf(message, args...)}
	d.Pos, d.End = c.span(u.Pos())
	return d
}

// startStep returns the start of a goroutine as a step of a witness.
func (c *checker) startStep(f *chanmodel.Func, at chanmodel.CallSite) pragma.Step {
	return c.step("go", at.Op.Pos, fmt.Sprintf("%s starts the goroutine, %s", at.In.Label, f.Label))
}

// doneSkipped reports a goroutine that may end without Done: at the return,
// because that is where it is missing.
func (c *checker) doneSkipped(d *chanmodel.DoneSkipped) {
	group := c.name(d.Done.Pos(), d.Group.Name)
	wait := c.step("block", d.Wait.Pos(), fmt.Sprintf("%s waits for ever", c.operation(d.Wait)))
	if d.Panics {
		draft := c.draft(doneSkipped, d.Done, "%s.Done is skipped by a panic, from which the goroutine recovers: %s.Wait (%s) then blocks for ever; defer it",
			group, group, c.line(d.Wait.Pos(), d.Done.Pos()))
		draft.Witness = []pragma.Step{c.startStep(d.Worker, d.Start), wait}
		c.reporter.Report(draft)
		return
	}
	path := d.Path.Branches(d.Worker)
	if guarded(path, group) {
		return
	}
	exit := chanmodel.Use{Func: d.Worker, Op: d.Exit, Case: -1}
	draft := c.draft(doneSkipped, exit, "the goroutine ends here without %s.Done%s: %s.Wait (%s) blocks for ever; defer %s.Done at its beginning",
		group, ssax.Conditions(path), group, c.line(d.Wait.Pos(), d.Exit.Pos), group)
	draft.Witness = append(draft.Witness, c.startStep(d.Worker, d.Start))
	draft.Witness = append(draft.Witness, branchSteps(path)...)
	draft.Witness = append(draft.Witness,
		c.step("exit", d.Exit.Pos, "it ends without "+group+".Done"),
		c.step("release", d.Done.Pos(), "other paths come to "+group+".Done here"), wait)
	c.reporter.Report(draft)
}

// guarded reports whether a path depends on whether there is a wait group.
func guarded(path []ssax.Branch, group string) bool {
	for _, b := range path {
		if b.Text == group+" == nil" {
			return true
		}
	}
	return false
}

func (c *checker) neverDone(n *chanmodel.NeverDone) {
	group := c.name(n.Wait.Pos(), n.Wait.Op.Resource.Name)
	d := c.draft(neverDone, n.Wait, "%s.Wait blocks for ever: nothing calls %s.Done for what %s.Add adds (%s)", group, group, group, c.line(n.Add.Pos(), n.Wait.Pos()))
	d.Witness = []pragma.Step{
		c.step("acquire", n.Add.Pos(), c.name(n.Add.Pos(), group)+".Add"),
		c.step("block", n.Wait.Pos(), "no Done can come, in the whole package"),
	}
	c.reporter.Report(d)
}

func (c *checker) waitInLoop(l *chanmodel.WaitInLoop) {
	group := c.name(l.Wait.Pos(), l.Wait.Op.Resource.Name)
	d := c.draft(waitInSpawnLoop, l.Wait, "%s.Wait blocks in the first round of the loop: %s.Add (%s) counts goroutines that only later rounds start (%s); wait behind the loop",
		group, group, c.line(l.Add.Pos(), l.Wait.Pos()), c.line(l.Start.Op.Pos, l.Wait.Pos()))
	d.Witness = []pragma.Step{
		c.step("acquire", l.Add.Pos(), group+" counts the goroutines of all rounds"),
		c.step("go", l.Start.Op.Pos, "the first round starts one of them"),
		c.step("block", l.Wait.Pos(), group+".Wait waits for the others, which are not started"),
	}
	c.reporter.Report(d)
}

// lateAdd reports an Add in the goroutine that it counts.
func (c *checker) lateAdd(l *chanmodel.LateAdd) {
	group := c.name(l.Add.Pos(), l.Add.Op.Resource.Name)
	wait := c.name(l.Wait.Pos(), group)
	d := c.draft(lateAdd, l.Add.Use, "%s.Add runs in the goroutine that it counts: %s.Wait (%s) may have returned before; call Add before the goroutine is started (%s)",
		group, wait, c.line(l.Wait.Pos(), l.Add.Pos()), c.line(l.Start.Op.Pos, l.Add.Pos()))
	d.Witness = append(d.Witness, c.startStep(l.Worker, l.Start))
	d.Witness = append(d.Witness, branchSteps(l.Path.Branches(l.Start.In))...)
	d.Witness = append(d.Witness, c.linkSteps(l.Wait.Links)...)
	d.Witness = append(d.Witness, c.step("wait", l.Wait.Pos(), wait+".Wait finds the counter at zero and returns"))
	d.Witness = append(d.Witness, c.linkSteps(l.Add.Links)...)
	d.Witness = append(d.Witness, c.step("late", l.Add.Pos(), "the goroutine comes to "+group+".Add later"))
	c.reporter.Report(d)
}

// limitReached reports a start that may wait for room for ever.
func (c *checker) limitReached(l *chanmodel.LimitReached) {
	group := c.name(l.Start.Pos(), l.Start.Op.Resource.Name)
	limit := c.line(l.Limit.Pos(), l.Start.Pos())
	if l.Worker == nil {
		d := c.draft(limitReached, l.Start.Use, "%s.Go blocks for ever: the limit of the group is zero (%s)", group, limit)
		d.Witness = []pragma.Step{
			c.step("limit", l.Limit.Pos(), "there is no room for any goroutine"),
			c.step("block", l.Start.Pos(), group+".Go waits for room"),
		}
		c.reporter.Report(d)
		return
	}
	when := "when as many of these goroutines run as the limit allows"
	if l.Sure {
		when = "because the limit is one"
	}
	d := c.draft(limitReached, l.Start.Use, "%s.Go blocks for ever %s (%s): it is called in a goroutine of the same group (%s), which keeps its own place while it waits; use TryGo, or start it from outside of the group",
		group, when, limit, c.line(l.Outer.Op.Pos, l.Start.Pos()))
	if l.Limit.Op.N == chanmodel.Unknown {
		d.Confidence = finding.Possible
	}
	d.Witness = append(d.Witness, c.step("limit", l.Limit.Pos(), "the group gets a limit"), c.startStep(l.Worker, l.Outer))
	d.Witness = append(d.Witness, c.linkSteps(l.Start.Links)...)
	d.Witness = append(d.Witness, c.step("block", l.Start.Pos(), group+".Go waits until another goroutine of the group ends"))
	c.reporter.Report(d)
}

// selfWait reports a goroutine that waits for itself.
func (c *checker) selfWait(w *chanmodel.SelfWait) {
	what := c.operation(w.Site.Use)
	var why string
	provider := c.line(w.Provider.Pos(), w.Site.Pos())
	switch {
	case w.Provider.Op.Kind == chanmodel.Go:
		why = fmt.Sprintf("this runs in a goroutine that the group counts until it returns (%s)", provider)
	case w.Provider.Op.Deferred:
		why = fmt.Sprintf("only this goroutine could end the wait, with %s when it returns (%s)", c.operation(w.Provider), provider)
	default:
		why = fmt.Sprintf("only this goroutine could end the wait, with %s behind it (%s)", c.operation(w.Provider), provider)
	}
	d := c.draft(waitsForItself, w.Site.Use, "%s blocks for ever: %s", what, why)
	if !w.Sure {
		d.Confidence = finding.Possible
	}
	if w.Start != nil {
		d.Witness = append(d.Witness, c.startStep(w.Thread, *w.Start))
	}
	d.Witness = append(d.Witness, branchSteps(w.Path.Branches(w.Thread))...)
	d.Witness = append(d.Witness, c.linkSteps(w.Site.Links)...)
	d.Witness = append(d.Witness, c.step("block", w.Site.Pos(), what+" waits"))
	if w.Provider.Op.Kind != chanmodel.Go {
		d.Witness = append(d.Witness, c.step("peer", w.Provider.Pos(), "what would end the wait comes after it"))
	}
	d.Witness = append(d.Witness, c.createdSteps(w.Site.Ref().Resource)...)
	c.reporter.Report(d)
}

// waitBeforeDrain reports a wait for workers that block in a send.
func (c *checker) waitBeforeDrain(w *chanmodel.WaitBeforeDrain) {
	ch := c.name(w.Send.Pos(), w.Send.Op.Resource.Name)
	group := c.name(w.Wait.Pos(), w.Wait.Op.Resource.Name)
	full := ""
	if w.Buffered {
		full = " once the buffer is full"
	}
	d := c.draft(waitBeforeReceive, w.Send.Use, "the send to %s blocks for ever%s: who receives from it (%s) waits first for the goroutine that sends, in %s.Wait (%s); receive first, or wait in a goroutine of its own",
		ch, full, c.line(w.Receive.Pos(), w.Send.Pos()), group, c.line(w.Wait.Pos(), w.Send.Pos()))
	if w.Buffered {
		d.Confidence = finding.Possible
	}
	d.Witness = append(d.Witness, c.startStep(w.Worker, w.Start))
	d.Witness = append(d.Witness, c.linkSteps(w.Send.Links)...)
	d.Witness = append(d.Witness, c.step("send", w.Send.Pos(), "the worker waits for a receiver of "+ch))
	d.Witness = append(d.Witness, c.step("block", w.Wait.Pos(), group+".Wait waits for the worker"))
	d.Witness = append(d.Witness, c.step("peer", w.Receive.Pos(), "the only receiver comes later"))
	d.Witness = append(d.Witness, c.createdSteps(w.Send.Op.Resource)...)
	c.reporter.Report(d)
}

// workersQuit reports a send to workers that may all have left.
func (c *checker) workersQuit(q *chanmodel.WorkersQuit) {
	ch := c.name(q.Send.Pos(), q.Send.Ref().Resource.Name)
	path := q.Path.Branches(q.Worker)
	d := c.draft(workersQuit, q.Send, "the send to %s blocks for ever when its receivers have left: each ends early%s (%s), and nothing tells the sender; %s then waits as well (%s)",
		ch, ssax.Conditions(path), c.line(q.Exit.Pos, q.Send.Pos()), c.operation(q.Wait), c.line(q.Wait.Pos(), q.Send.Pos()))
	d.Witness = append(d.Witness, c.startStep(q.Worker, q.Start))
	d.Witness = append(d.Witness, c.step("peer", q.Receive.Pos(), "it receives from "+ch))
	d.Witness = append(d.Witness, branchSteps(path)...)
	d.Witness = append(d.Witness,
		c.step("exit", q.Exit.Pos, "it ends, and receives no more"),
		c.step("block", q.Send.Pos(), "the send waits for a receiver"),
		c.step("wait", q.Wait.Pos(), c.operation(q.Wait)+" waits for the sender, or is not reached"))
	d.Witness = append(d.Witness, c.createdSteps(q.Send.Ref().Resource)...)
	c.reporter.Report(d)
}

// condStuck reports a wait for a condition that may never end.
func (c *checker) condStuck(s *chanmodel.CondStuck) {
	cond := c.name(s.Wait.Pos(), s.Wait.Op.Resource.Name)
	var d pragma.Draft
	switch s.Why {
	case chanmodel.NeverSignalled:
		d = c.draft(neverSignalled, s.Wait, "%s.Wait blocks for ever: nothing in the package calls Signal or Broadcast on it", cond)
	case chanmodel.NeverChanges:
		d = c.draft(lostWakeUp, s.Wait, "the loop around %s.Wait cannot end: its condition is a constant", cond)
	case chanmodel.NoPredicate:
		d = c.draft(lostWakeUp, s.Wait, "%s.Wait waits without looking whether it has to: a Signal (%s) that comes first is lost, and it blocks for ever; check a condition in a loop, with the lock held",
			cond, c.line(s.Signal.Pos(), s.Wait.Pos()))
		d.Witness = append(d.Witness, c.step("lock", s.Lock.Pos, "the lock is taken"))
	case chanmodel.SignalledFirst:
		d = c.draft(lostWakeUp, s.Wait, "%s.Wait may begin after the Signal (%s), which is then lost, and block for ever: the signal is given with the lock held since before the waiter was started",
			cond, c.line(s.Signal.Pos(), s.Wait.Pos()))
	}
	d.Witness = append(d.Witness, c.step("block", s.Wait.Pos(), cond+".Wait waits"))
	if s.Signal != nil {
		d.Witness = append(d.Witness, c.step("peer", s.Signal.Pos(), c.operation(*s.Signal)+" may have been given before"))
	}
	c.reporter.Report(d)
}
