package chandeadlock

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// A syntax is the statement or expression that an operation stands for.
type syntax struct {
	node ast.Node
	// on is what is worked on: the channel, the lock, or the function that is
	// called.
	on ast.Expr
}

// syntaxAt returns the source of the operation at a position of the model.
func (c *checker) syntaxAt(pos token.Pos) (syntax, bool) {
	if c.source == nil {
		c.source, c.noted = make(map[token.Pos]syntax), make(map[*ast.File]bool)
	}
	for _, file := range c.pass.Files {
		if file.FileStart <= pos && pos < file.FileEnd && !c.noted[file] {
			c.noted[file] = true
			ast.Inspect(file, c.note)
		}
	}
	s, ok := c.source[pos]
	return s, ok
}

// note indexes a node by the position that SSA gives to its instruction.
func (c *checker) note(n ast.Node) bool {
	call := func(pos token.Pos, n ast.Node, call *ast.CallExpr) {
		s := syntax{n, call.Fun}
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "close" && len(call.Args) == 1 {
			s.on = call.Args[0]
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && c.pass.TypesInfo.Selections[sel] != nil {
			s.on = sel.X
		}
		c.source[pos] = s
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		call(n.Lparen, n, n)
	case *ast.DeferStmt:
		call(n.Defer, n, n.Call)
	case *ast.GoStmt:
		call(n.Go, n, n.Call)
	case *ast.SendStmt:
		c.source[n.Arrow] = syntax{n, n.Chan}
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			c.source[n.OpPos] = syntax{n, n.X}
		}
	case *ast.RangeStmt:
		c.source[n.For] = syntax{n, n.X}
	case *ast.SelectStmt:
		c.source[n.Select] = syntax{n, nil}
	}
	return true
}

// name returns what the source calls the thing that the operation at a
// position works on, or another name if that is long.
func (c *checker) name(pos token.Pos, other string) string {
	if s, ok := c.syntaxAt(pos); ok && s.on != nil {
		if text := types.ExprString(ast.Unparen(s.on)); len(text) <= 40 && !strings.ContainsAny(text, "\n{") {
			return text
		}
	}
	return other
}

// span returns the range of the operation at a position in the source. Of a
// statement with a body it is the header's keyword.
func (c *checker) span(pos token.Pos) (start, end token.Pos) {
	s, ok := c.syntaxAt(pos)
	if !ok {
		return pos, token.NoPos
	}
	switch n := s.node.(type) {
	case *ast.RangeStmt:
		return n.For, n.X.End()
	case *ast.SelectStmt:
		return n.Select, n.Select + token.Pos(len("select"))
	}
	return s.node.Pos(), s.node.End()
}

// line returns a position as messages name it: "line 12", with the file if it
// is another one than that of the finding.
func (c *checker) line(pos, from token.Pos) string {
	at, here := c.pass.Fset.Position(pos), c.pass.Fset.Position(from)
	if at.Filename != here.Filename {
		return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
	}
	return fmt.Sprintf("line %d", at.Line)
}

// inTest reports whether a position is in a test file.
func (c *checker) inTest(pos token.Pos) bool {
	return strings.HasSuffix(c.pass.Fset.Position(pos).Filename, "_test.go")
}

// step returns a step of a witness at an operation.
func (c *checker) step(kind string, pos token.Pos, text string) pragma.Step {
	start, end := c.span(pos)
	return pragma.Step{Kind: kind, Pos: start, End: end, Text: text}
}

// branchSteps returns the decisions of a path as steps of a witness.
func branchSteps(path []ssax.Branch) []pragma.Step {
	var steps []pragma.Step
	for _, b := range path {
		steps = append(steps, pragma.Step{Kind: "branch", Pos: b.Pos, End: b.End, Text: b.Clause()})
	}
	return steps
}
