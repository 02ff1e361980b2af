package chandeadlock

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/chanmodel"
)

// selectFix puts a send into a select that also waits for the context that
// its only receiver waits for. It is offered where the rest of the program
// stays as it is: the same variable must be in scope, and what follows the
// send must be executed once only, so that it may go on without having sent.
func (c *checker) selectFix(s *chanmodel.Stranded) []analysis.SuggestedFix {
	if len(s.Peers) != 1 || s.Case >= 0 || s.Func.Repeats(s.Block) {
		return nil
	}
	send, ok := c.sourceOf(s.Pos()).(*ast.SendStmt)
	if !ok {
		return nil
	}
	ctx := c.doneOf(s.Peers[0].On.Pos())
	if ctx == nil {
		return nil
	}
	scope := c.pass.Pkg.Scope().Innermost(send.Pos())
	if scope == nil {
		return nil
	}
	if _, found := scope.LookupParent(ctx.Name, send.Pos()); found == nil || found != c.pass.TypesInfo.Uses[ctx] {
		return nil
	}
	indent := strings.Repeat("\t", c.pass.Fset.Position(send.Pos()).Column-1)
	return []analysis.SuggestedFix{{
		Message: fmt.Sprintf("also wait for %s.Done()", ctx.Name),
		TextEdits: []analysis.TextEdit{
			{Pos: send.Pos(), End: send.Pos(), NewText: []byte("select {\n" + indent + "case ")},
			{Pos: send.End(), End: send.End(), NewText: []byte(":\n" + indent + "case <-" + ctx.Name + ".Done():\n" + indent + "}")},
		},
	}}
}

// sourceOf returns the node that an operation stands for, or nil.
func (c *checker) sourceOf(pos token.Pos) ast.Node {
	s, _ := c.syntaxAt(pos)
	return s.node
}

// doneOf returns the variable of a context whose Done channel is received
// from at a position, or nil.
func (c *checker) doneOf(pos token.Pos) *ast.Ident {
	s, ok := c.syntaxAt(pos)
	if !ok || s.on == nil {
		return nil
	}
	call, ok := ast.Unparen(s.on).(*ast.CallExpr)
	if !ok {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Done" {
		return nil
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return nil
	}
	if named, ok := types.Unalias(c.pass.TypesInfo.TypeOf(id)).(*types.Named); !ok || named.Obj().Name() != "Context" {
		return nil
	}
	return id
}
