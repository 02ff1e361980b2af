package ssax

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Branch is a decision on a path in terms of the source.
type Branch struct {
	Pos, End token.Pos // of the condition
	Text     string    // what holds on the path, such as "err != nil"
	Kind     BranchKind
}

// A BranchKind says which statement decides.
type BranchKind int

// The kinds of branches.
const (
	IfBranch      BranchKind = iota // Text is a condition that holds
	CaseBranch                      // Text is the chosen case of a switch or select, such as "case <-done"
	LoopBranch                      // Text is the loop's header; it is run once more
	LoopEndBranch                   // Text is the loop's header; it ends
)

// DescribeBranch returns the decision that takes a path from a block that
// ends in an If to one of its successors. It reports false where the source
// has none that would mean something to a reader: a case that is not chosen,
// or a branch that the SSA builder made up.
func DescribeBranch(block *ssa.BasicBlock, succ int) (Branch, bool) {
	branch, ok := lastInstr(block).(*ssa.If)
	if !ok {
		return Branch{}, false
	}
	body := functionBody(block.Parent().Syntax())
	if body == nil {
		return Branch{}, false
	}
	if b, ok := byCondition(body, branch.Cond.Pos(), succ == 0); ok {
		return b, b.Text != ""
	}
	return byBody(body, block, succ)
}

// functionBody returns the body of a function's syntax, if it has one.
func functionBody(syntax ast.Node) *ast.BlockStmt {
	switch n := syntax.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	case *ast.RangeStmt: // the body of a range-over-func loop is a function
		return n.Body
	}
	return nil
}

// byCondition finds the condition at a position, which the SSA builder gives
// to comparisons and calls but not to plain variables. It reports false if
// the position is in no condition.
func byCondition(body *ast.BlockStmt, pos token.Pos, truth bool) (Branch, bool) {
	if !pos.IsValid() {
		return Branch{}, false
	}
	var found Branch
	ok := false
	within := func(n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil || !within(n) {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // has branches of its own
		case *ast.IfStmt:
			if within(n.Cond) {
				leaf := leafCondition(n.Cond, pos)
				found, ok = Branch{leaf.Pos(), leaf.End(), conditionText(leaf, truth), IfBranch}, true
			}
		case *ast.ForStmt:
			if n.Cond != nil && within(n.Cond) {
				found, ok = loopBranch(n.Cond, text(n.Cond), truth), true
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if within(e) {
					found, ok = Branch{e.Pos(), e.End(), "", CaseBranch}, true
					if truth {
						found.Text = "case " + text(e)
					}
				}
			}
		}
		return true
	})
	return found, ok
}

// byBody finds the statement that a branch belongs to by where it leads: the
// SSA builder names the block that begins the body of a statement after it.
func byBody(body *ast.BlockStmt, block *ssa.BasicBlock, succ int) (Branch, bool) {
	target := 0
	if to := block.Succs[1].Comment; to == "if.then" || to == "switch.body" && block.Succs[0].Comment != "switch.body" {
		target = 1 // "if !x", "case !x"
	}
	kind, part, _ := strings.Cut(block.Succs[target].Comment, ".")
	anchor := firstPos(block.Succs[target])
	inRange := strings.HasPrefix(kind, "range") // whose empty body is fused with its header
	if !anchor.IsValid() || part != "body" && part != "then" && !inRange {
		return Branch{}, false
	}
	taken := succ == target
	var found Branch
	ok := false
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil || anchor < n.Pos() || anchor >= n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if kind == "if" && anchor >= n.Body.Pos() && anchor < n.Body.End() {
				if leaf := lastLeaf(n.Cond, taken); leaf != nil {
					found, ok = Branch{leaf.Pos(), leaf.End(), conditionText(leaf, taken), IfBranch}, true
				}
			}
		case *ast.ForStmt:
			if kind == "for" && n.Cond != nil {
				found, ok = loopBranch(n.Cond, text(n.Cond), taken), true
			}
		case *ast.RangeStmt:
			// A body that begins with a loop has its anchor in that one's header.
			inner := part == "body" && (anchor == n.For || n.X.Pos() < anchor && anchor < n.X.End())
			if inRange && !inner {
				found, ok = loopBranch(n.X, "range "+text(n.X), taken), true
			}
		case *ast.CaseClause:
			if (kind == "switch" || kind == "typeswitch") && taken && len(n.List) > 0 && anchor > n.Colon {
				found, ok = Branch{n.Pos(), n.Colon, "case " + texts(n.List), CaseBranch}, true
			}
		case *ast.CommClause:
			if kind == "select" && taken && n.Comm != nil {
				found, ok = Branch{n.Pos(), n.Colon, "case " + commText(n.Comm), CaseBranch}, true
			}
		}
		return true
	})
	return found, ok
}

func loopBranch(header ast.Expr, text string, again bool) Branch {
	kind := LoopEndBranch
	if again {
		kind = LoopBranch
	}
	return Branch{header.Pos(), header.End(), text, kind}
}

// leafCondition returns the operand of && and || that a position is in. At no
// position, it returns the condition itself if it has no such operands.
func leafCondition(cond ast.Expr, pos token.Pos) ast.Expr {
	switch e := cond.(type) {
	case *ast.ParenExpr:
		return leafCondition(e.X, pos)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return leafCondition(e.X, pos)
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			if !pos.IsValid() {
				return nil
			}
			if pos < e.OpPos {
				return leafCondition(e.X, pos)
			}
			return leafCondition(e.Y, pos)
		}
	}
	return cond
}

// lastLeaf returns the operand whose outcome leads into the body of an if
// statement or, if it is not taken, past it. It returns nil where operands of
// && or || leave that open.
func lastLeaf(cond ast.Expr, taken bool) ast.Expr {
	if e, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && taken && e.Op == token.LAND {
		return lastLeaf(e.Y, taken)
	}
	if leafCondition(cond, token.NoPos) == nil {
		return nil
	}
	return cond // with its negation
}

// conditionText returns the source of a condition, negated if it is false.
func conditionText(cond ast.Expr, truth bool) string {
	if truth {
		return text(cond)
	}
	switch e := cond.(type) {
	case *ast.ParenExpr:
		return conditionText(e.X, truth)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return conditionText(e.X, true)
		}
	case *ast.BinaryExpr:
		opposite := map[token.Token]token.Token{
			token.EQL: token.NEQ, token.NEQ: token.EQL,
			token.LSS: token.GEQ, token.GEQ: token.LSS,
			token.GTR: token.LEQ, token.LEQ: token.GTR,
		}
		if op, ok := opposite[e.Op]; ok {
			return shorten(types.ExprString(e.X) + " " + op.String() + " " + types.ExprString(e.Y))
		}
		return "!(" + text(cond) + ")"
	}
	return "!" + text(cond)
}

func commText(comm ast.Stmt) string {
	switch s := comm.(type) {
	case *ast.SendStmt:
		return shorten(types.ExprString(s.Chan) + " <- " + types.ExprString(s.Value))
	case *ast.ExprStmt:
		return text(s.X)
	case *ast.AssignStmt:
		return texts(s.Lhs) + " " + s.Tok.String() + " " + texts(s.Rhs)
	}
	return "…"
}

func texts(list []ast.Expr) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, types.ExprString(e))
	}
	return shorten(strings.Join(parts, ", "))
}

func text(e ast.Expr) string { return shorten(types.ExprString(e)) }

// shorten keeps a witness readable where a condition is long.
func shorten(s string) string {
	const limit = 70
	runes := []rune(strings.Join(strings.Fields(s), " ")) // a raw string may have line feeds
	if len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:limit-1]) + "…"
}

// firstPos returns the first position in a block or, if it is empty, in the
// blocks that it jumps to.
func firstPos(b *ssa.BasicBlock) token.Pos {
	for range 3 {
		for _, instr := range b.Instrs {
			if _, ok := instr.(*ssa.Phi); ok {
				continue // has the position of its variable
			}
			if pos := instr.Pos(); pos.IsValid() {
				return pos
			}
		}
		if len(b.Succs) != 1 {
			break
		}
		b = b.Succs[0]
	}
	return token.NoPos
}

// ExitPos returns the position of a return: its own, or that of the closing
// brace of a function that falls off its end.
func ExitPos(ret *ssa.Return) token.Pos {
	if ret.Pos().IsValid() {
		return ret.Pos()
	}
	if body := functionBody(ret.Parent().Syntax()); body != nil {
		return body.Rbrace
	}
	return token.NoPos
}
