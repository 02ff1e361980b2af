package chandeadlock

import (
	"fmt"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/pragma"
)

// slowUnderLock reports an operation that may take long while a lock is held.
func (c *checker) slowUnderLock(s *chanmodel.SlowUnder) {
	name := c.lockName(s.Held, s.Resource)
	start, end := c.span(s.Op.Pos)
	c.reportLock(pragma.Draft{
		Rule: slowUnderLock, Pos: start, End: end,
		Message: fmt.Sprintf("%s is held since %s while this waits for the world outside: all who need the lock wait as long; release it first, or do this before the %s",
			name, c.line(s.Held.Pos, s.Op.Pos), verb(s.Read)),
		Witness: []pragma.Step{
			c.heldStep(s.Held, name, s.Read),
			c.step("block", s.Op.Pos, "this takes as long as the other side likes"),
		},
	})
}
