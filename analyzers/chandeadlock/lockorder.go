package chandeadlock

import (
	"fmt"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// lockOrder reports two locks that are taken in both orders.
func (c *checker) lockOrder(cycle *chanmodel.LockCycle) {
	a, b := &cycle.Edges[0], &cycle.Edges[1]
	if b.Op.Pos < a.Op.Pos {
		a, b = b, a
	}
	start, end := c.span(a.Op.Pos)
	d := pragma.Draft{Rule: lockOrder, Pos: start, End: end}
	if !cycle.Sure {
		d.Confidence = finding.Possible
	}
	d.Message = fmt.Sprintf("%s, but %s (%s): two goroutines that do so at the same time wait for each other for ever; take the locks in one order",
		c.edgeClause(a), c.edgeClause(b), c.line(b.Op.Pos, a.Op.Pos))
	d.Witness = append(c.edgeSteps(a, "one"), c.edgeSteps(b, "another")...)
	c.reportLock(d)
}

// edgeClause says in which order an edge takes its locks.
func (c *checker) edgeClause(e *chanmodel.LockEdge) string {
	held, taken := c.edgeNames(e)
	how := "takes"
	if e.Chain != nil {
		how = fmt.Sprintf("calls %s, which takes", e.Op.Text)
	}
	if e.HeldOp == nil {
		return fmt.Sprintf("%s takes %s before it releases %s, which somebody holds", e.Func.Label, taken, held)
	}
	return fmt.Sprintf("%s holds %s when it %s %s", e.Func.Label, held, how, taken)
}

func (c *checker) edgeNames(e *chanmodel.LockEdge) (held, taken string) {
	return e.Held.Resource.Name, e.Taken.Resource.Name
}

// edgeSteps returns what one goroutine does.
func (c *checker) edgeSteps(e *chanmodel.LockEdge, who string) []pragma.Step {
	held, taken := c.edgeNames(e)
	var steps []pragma.Step
	if e.HeldOp != nil {
		step := c.heldStep(e.HeldOp, held, e.HeldRead)
		step.Text = who + " goroutine: " + step.Text
		steps = append(steps, step)
		steps = append(steps, branchSteps(e.Branches)...)
	}
	if e.Chain != nil {
		return append(steps, c.chainSteps(e.Op, e.Chain, fmt.Sprintf("takes %s", taken), fmt.Sprintf("with %s held", held))...)
	}
	text := fmt.Sprintf("%s.%s takes %s while %s is held", taken, verb(e.Read), taken, held)
	if e.HeldOp == nil {
		text = fmt.Sprintf("%s goroutine: %s takes %s, which it needs to release %s", who, verb(e.Read), taken, held)
	}
	return append(steps, c.step("block", e.Op.Pos, text))
}
