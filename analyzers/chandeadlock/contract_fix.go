package chandeadlock

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// selectFix puts a send into a select that also waits for the context that
// its only receiver waits for. It is offered where the rest of the program
// stays as it is: the same variable must be in scope; and what follows the
// send is executed once only, so that it may go on without having sent, or
// nothing follows but further rounds of its loop, so that it may return.
func (c *checker) selectFix(s *chanmodel.Stranded) []analysis.SuggestedFix {
	if len(s.Peers) != 1 || s.Case >= 0 {
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
	leave, ok := "", true
	if s.Func.Repeats(s.Block) {
		leave, ok = c.leaving(send, ctx.Name)
	}
	if !ok {
		return nil
	}
	indent := strings.Repeat("\t", c.pass.Fset.Position(send.Pos()).Column-1)
	if leave != "" {
		leave = indent + "\t" + leave + "\n"
	}
	return []analysis.SuggestedFix{{
		Message: fmt.Sprintf("also wait for %s.Done()", ctx.Name),
		TextEdits: []analysis.TextEdit{
			{Pos: send.Pos(), End: send.Pos(), NewText: []byte("select {\n" + indent + "case ")},
			{Pos: send.End(), End: send.End(), NewText: []byte(":\n" + indent + "case <-" + ctx.Name + ".Done():\n" + leave + indent + "}")},
		},
	}}
}

// leaving returns the statement by which a function ends instead of sending in
// a loop. It reports false unless that skips nothing: neither the round, nor a
// loop around it, nor the function does anything behind the send, but for a
// return of an error. A break would leave the select only.
func (c *checker) leaving(send *ast.SendStmt, ctx string) (statement string, ok bool) {
	var file *ast.File
	for _, f := range c.pass.Files {
		if f.FileStart <= send.Pos() && send.Pos() < f.FileEnd {
			file = f
		}
	}
	path, _ := astutil.PathEnclosingInterval(file, send.Pos(), send.End())
	for i, n := range path {
		switch n := n.(type) {
		case *ast.BlockStmt:
			ok = i > 0 && endsWith(n.List, path[i-1], i+1 < len(path) && isFunc(path[i+1]))
		case *ast.CaseClause:
			ok = endsWith(n.Body, path[i-1], false)
		case *ast.CommClause:
			ok = endsWith(n.Body, path[i-1], false)
		case *ast.SendStmt, *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.LabeledStmt, *ast.ForStmt, *ast.RangeStmt:
			ok = true
		case *ast.FuncLit:
			return c.failing(n.Type.Results, ctx)
		case *ast.FuncDecl:
			return c.failing(n.Type.Results, ctx)
		default:
			return "", false
		}
		if !ok {
			return "", false
		}
	}
	return "", false
}

func isFunc(n ast.Node) bool {
	switch n.(type) {
	case *ast.FuncLit, *ast.FuncDecl:
		return true
	}
	return false
}

// endsWith reports whether a statement is the last of a list; a return may
// follow if that is allowed.
func endsWith(list []ast.Stmt, last ast.Node, orReturn bool) bool {
	i := slices.IndexFunc(list, func(s ast.Stmt) bool { return s == last })
	if i < 0 || i == len(list)-1 {
		return i >= 0
	}
	_, returns := list[i+1].(*ast.ReturnStmt)
	return returns && orReturn
}

// failing returns a return statement with zero values and the error of a
// context. It reports false if the results have no error for it, or types
// whose zero value has no short name.
func (c *checker) failing(results *ast.FieldList, ctx string) (string, bool) {
	if results.NumFields() == 0 {
		return "return", true
	}
	var values []string
	for _, field := range results.List {
		t := c.pass.TypesInfo.TypeOf(field.Type)
		for range max(1, len(field.Names)) {
			zero := zeroText(t)
			if ssax.IsError(t) {
				zero = ctx + ".Err()"
			}
			if zero == "" || len(values) > 0 && strings.HasSuffix(values[len(values)-1], ".Err()") {
				return "", false
			}
			values = append(values, zero)
		}
	}
	return "return " + strings.Join(values, ", "), strings.HasSuffix(values[len(values)-1], ".Err()")
}

// zeroText returns how the zero value of a type is written, or "" if its type
// would have to be named.
func zeroText(t types.Type) string {
	if _, generic := types.Unalias(t).(*types.TypeParam); generic {
		return ""
	}
	switch t := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return "nil"
	case *types.Basic:
		switch info := t.Info(); {
		case info&types.IsBoolean != 0:
			return "false"
		case info&types.IsNumeric != 0:
			return "0"
		case info&types.IsString != 0:
			return `""`
		}
	}
	return ""
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
