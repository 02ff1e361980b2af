package timerstop

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rule about time.After in loops; tick.go has that about time.Tick.

// selects returns the select statements that receive from the channel of an
// acquisition, and its case in each.
func (c *checker) selects(a *acquisition) []event {
	var list []event
	for _, ref := range *a.call.Referrers() {
		if sel, ok := ref.(*ssa.Select); ok {
			for i, s := range sel.States {
				if s.Chan == a.call {
					list = append(list, event{kind: receives, instr: sel, state: i})
				}
			}
		}
	}
	return list
}

// again reports whether a case of a select statement may be followed by a
// repetition of an instruction.
func again(sel *ssa.Select, state int, instr ssa.Instruction) bool {
	for _, block := range sel.Parent().Blocks {
		for succ, to := range block.Succs {
			if ssax.ChosenCase(block, succ) == sel.States[state] {
				return ssax.Reaches(to, instr.Block(), nil)
			}
		}
	}
	// The last case of a select statement without default has no branch of
	// its own; where it has no body either, it goes wherever the rest goes.
	return state == len(sel.States)-1 && ssax.InCycle(instr.Block())
}

// inLoop reports time.After and time.Tick that a loop calls in every round.
func (c *checker) inLoop(a *acquisition) {
	if a.makes != after && a.makes != tick || !ssax.InCycle(a.call.Block()) {
		return
	}
	if a.makes == tick {
		c.tickInLoop(a)
		return
	}
	for _, e := range c.selects(a) {
		sel := e.instr.(*ssa.Select)
		best := unknownRate
		source := -1
		for i, s := range sel.States {
			if i == e.state || !again(sel, i, a.call) {
				continue
			}
			r := c.rateOf(s)
			if againByError(sel, i, a.call) {
				r = min(r, rareRate)
			}
			if r > best {
				best, source = r, i
			}
		}
		if source >= 0 {
			c.reportAfterInLoop(a, e, source, best)
			return
		}
	}
}

// The measured cost of one call of time.After, with Go 1.26 on amd64.
const (
	costNew = "248 bytes in 3 allocations"
	costOld = "some 270 bytes"
)

func (c *checker) reportAfterInLoop(a *acquisition, e event, source int, r rate) {
	sel := e.instr.(*ssa.Select)
	draft := pragma.Draft{Rule: afterInLoop}
	draft.Pos, draft.End = c.span(a.call)
	other := c.caseText(sel, source)
	d := c.text(a.call, 0)
	if c.pinned(draft.Pos) {
		draft.Message = fmt.Sprintf("%s makes a new timer each time that %s is chosen, and before Go 1.23 the old one stays, %s, until its %s are over; make one timer before the loop and Reset it", a.name, other, costOld, d)
		if long, ok := constantDuration(a.duration); ok && long < time.Second {
			draft.Severity = finding.Info
		}
	} else {
		draft.Message = fmt.Sprintf("%s makes a new timer each time that %s is chosen: %s of garbage per round; make one timer before the loop and Reset it", a.name, other, costNew)
	}
	if r < messageRate || c.counted(a.call) || c.awaits(a, e) || c.cheap(a, sel, source) {
		draft.Confidence, draft.Severity = finding.Possible, finding.Info
	}
	draft.Witness = []pragma.Step{
		{Kind: "branch", Pos: sel.States[source].Pos, Text: other + " is chosen, before the timer fires"},
		{Kind: "acquire", Pos: draft.Pos, End: draft.End, Text: fmt.Sprintf("the next round makes another timer for %s", d)},
	}
	if fix, ok := c.fixHoist(a, sel); ok {
		draft.Fixes = []analysis.SuggestedFix{fix}
	}
	c.report(draft)
}

// countsDown reports whether a condition compares numbers, such as that of the
// messages so far with that of those wanted.
func (c *checker) countsDown(cond ast.Expr) bool {
	b, ok := cond.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	basic, ok := c.pass.TypesInfo.TypeOf(b.X).Underlying().(*types.Basic)
	ordered := b.Op == token.LSS || b.Op == token.LEQ || b.Op == token.GTR || b.Op == token.GEQ
	return ok && ordered && basic.Info()&types.IsInteger != 0
}

// soon is a time in which few of the values that controls are for can come.
const soon = 30 * time.Second

// cheap reports whether the timers of a loop hardly matter: since Go 1.23,
// where they are garbage at once, until a profile says otherwise; before, if
// the case receives what seldom comes and they are over soon.
func (c *checker) cheap(a *acquisition, sel *ssa.Select, source int) bool {
	if !c.pinned(a.call.Pos()) {
		return true
	}
	d, known := constantDuration(a.duration)
	return known && d <= soon && c.isControl(sel.States[source])
}

// awaits reports whether a loop only waits for a message, which ends it.
func (c *checker) awaits(a *acquisition, e event) bool {
	sel := e.instr.(*ssa.Select)
	for i, s := range sel.States {
		if i != e.state && c.rateOf(s) == messageRate && !again(sel, i, a.call) {
			return true
		}
	}
	return false
}

// counted reports whether the loop around a call goes through a number of
// rounds that is known before: it then collects so many messages, and no more.
func (c *checker) counted(call *ssa.Call) bool {
	for _, n := range c.enclosing(call.Pos()) {
		switch n := n.(type) {
		case *ast.ForStmt:
			return n.Post != nil || c.countsDown(n.Cond)
		case *ast.RangeStmt:
			_, isChan := c.pass.TypesInfo.TypeOf(n.X).Underlying().(*types.Chan)
			return !isChan
		case *ast.FuncLit:
			return false
		}
	}
	return false
}

// caseText returns the source of a case of a select statement.
func (c *checker) caseText(sel *ssa.Select, state int) string {
	for _, n := range c.enclosing(sel.States[state].Pos) {
		if clause, ok := n.(*ast.CommClause); ok && clause.Comm != nil {
			return "case " + commText(clause.Comm)
		}
	}
	return "another case"
}

func commText(comm ast.Stmt) string {
	switch s := comm.(type) {
	case *ast.SendStmt:
		return types.ExprString(s.Chan) + " <- " + types.ExprString(s.Value)
	case *ast.ExprStmt:
		return types.ExprString(s.X)
	case *ast.AssignStmt:
		return types.ExprString(s.Rhs[0])
	}
	return "…"
}

// text returns the source of an argument of a call.
func (c *checker) text(call *ssa.Call, n int) string {
	if expr, _ := c.callExpr(call.Pos()); expr != nil && n < len(expr.Args) {
		return types.ExprString(expr.Args[n])
	}
	return "the duration"
}
