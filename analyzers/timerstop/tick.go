package timerstop

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rule about time.Tick in loops.

// tickInLoop reports a ticker per round.
func (c *checker) tickInLoop(a *acquisition) {
	if !c.receivedInCycle(a) {
		return
	}
	pos, end := c.span(a.call)
	draft := pragma.Draft{Rule: tickInLoop, Pos: pos, End: end}
	cost := "costs " + costNew + " per round"
	if c.pinned(pos) {
		cost, draft.Severity = "is never collected before Go 1.23", finding.Error
	}
	if !c.pinned(pos) && c.ticksEnd(a) {
		// Like time.After there: no tick is lost, and a round takes as long as
		// the interval, beside which an allocation is nothing.
		draft.Severity = finding.Info
	}
	draft.Message = fmt.Sprintf("%s makes a new ticker in every round, which starts its %s over and %s; make it once, before the loop", a.name, c.text(a.call, 0), cost)
	draft.Witness = []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: "each round makes a ticker and receives at most one tick from it"}}
	c.report(draft)
}

// ticksEnd reports whether a round that another one follows has always waited
// for its tick: all other ways on from the receive leave the loop.
func (c *checker) ticksEnd(a *acquisition) bool {
	for _, e := range c.selects(a) {
		sel := e.instr.(*ssa.Select)
		if !sel.Blocking {
			return false
		}
		for i := range sel.States {
			if i != e.state && again(sel, i, a.call) {
				return false
			}
		}
	}
	return true
}

// receivedInCycle reports whether the channel is received from only in the
// round that made it.
func (c *checker) receivedInCycle(a *acquisition) bool {
	for _, ref := range *a.call.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Select:
		case *ssa.UnOp:
			// "for range time.Tick(d)" inside of another loop receives many.
			if ref.CommaOk || ssax.Reaches(ref.Block(), ref.Block(), a.call.Block()) && selfReaches(ref.Block(), a.call.Block()) {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return len(c.uses(receives, []place{a.call})) > 0
}

// selfReaches reports whether a block is in a cycle that avoids another one.
func selfReaches(block, avoid *ssa.BasicBlock) bool {
	if block == avoid {
		return false
	}
	for _, succ := range block.Succs {
		if succ != avoid && ssax.Reaches(succ, block, avoid) {
			return true
		}
	}
	return false
}
