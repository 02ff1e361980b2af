package timerstop

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// fixDefer adds a deferred Stop behind the statement that makes a timer:
//
//	tk := time.NewTicker(d)
//	defer tk.Stop()
//	~~~~~~~~~~~~~~~
//
// The timer does not leave the function and no closure has it, so that nobody
// can notice that it stops when the function returns.
func (c *checker) fixDefer(a *acquisition) (analysis.SuggestedFix, bool) {
	if slices.ContainsFunc(a.places, func(p place) bool { return p != place(a.call) }) {
		return analysis.SuggestedFix{}, false
	}
	_, around := c.callExpr(a.call.Pos())
	if len(around) < 3 {
		return analysis.SuggestedFix{}, false
	}
	assign, ok := around[0].(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 || assign.Tok != token.DEFINE || !isFunctionBody(around[1], around[2]) {
		return analysis.SuggestedFix{}, false
	}
	id, ok := assign.Lhs[0].(*ast.Ident)
	if !ok || id.Name == "_" {
		return analysis.SuggestedFix{}, false
	}
	stop := "defer " + id.Name + ".Stop()"
	text := "\n" + c.indent(assign.Pos()) + stop
	return analysis.SuggestedFix{
		Message:   "Defer " + id.Name + ".Stop()",
		TextEdits: []analysis.TextEdit{{Pos: assign.End(), End: assign.End(), NewText: []byte(text)}},
	}, true
}

func isFunctionBody(block, parent ast.Node) bool {
	switch fn := parent.(type) {
	case *ast.FuncDecl:
		return fn.Body == block
	case *ast.FuncLit:
		return fn.Body == block
	}
	return false
}

// indent returns the tabs before the statement at a position, as gofmt would
// write them.
func (c *checker) indent(pos token.Pos) string {
	posn := c.pass.Fset.PositionFor(pos, false)
	src, err := c.pass.ReadFile(posn.Filename)
	if err != nil || posn.Offset > len(src) {
		return "\t"
	}
	start := posn.Offset - (posn.Column - 1)
	line := string(src[start:posn.Offset])
	return line[:len(line)-len(strings.TrimLeft(line, "\t"))]
}

// fixHoist replaces time.After in the select statement of a loop by one timer:
//
//	timer := time.NewTimer(d)
//	defer timer.Stop()
//	~~~~~~~~~~~~~~~~~~~~~~~~~
//	for {
//		timer.Reset(d)
//		~~~~~~~~~~~~~~
//		select {
//		case m := <-in:
//			…
//		case <-timer.C:
//		       ~~~~~~~
//
// Only since Go 1.23 does Reset leave no old value in the channel, so that
// each select statement sees what it saw before. The duration must be a
// constant or a variable that never changes, because it is evaluated once more.
func (c *checker) fixHoist(a *acquisition, sel *ssa.Select) (analysis.SuggestedFix, bool) {
	none := analysis.SuggestedFix{}
	if c.old(a.call.Pos()) || a.name != "time.After" || len(*a.call.Referrers()) != 1 {
		return none, false
	}
	call, around := c.callExpr(a.call.Pos())
	site, ok := findSite(call, around)
	if !ok || !c.settled(call.Args[0], site.body) {
		return none, false
	}
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return none, false
	}
	name := freeName(site.body)
	if name == "" {
		return none, false
	}
	pkg, d := types.ExprString(fun.X), types.ExprString(call.Args[0])
	outer, inner := c.indent(site.loop.Pos()), c.indent(site.sel.Pos())
	before := fmt.Sprintf("%s := %s.NewTimer(%s)\n%sdefer %s.Stop()\n%s", name, pkg, d, outer, name, outer)
	return analysis.SuggestedFix{
		Message: "Make one timer before the loop and Reset it",
		TextEdits: []analysis.TextEdit{
			{Pos: site.loop.Pos(), End: site.loop.Pos(), NewText: []byte(before)},
			{Pos: site.sel.Pos(), End: site.sel.Pos(), NewText: []byte(fmt.Sprintf("%s.Reset(%s)\n%s", name, d, inner))},
			{Pos: call.Pos(), End: call.End(), NewText: []byte(name + ".C")},
		},
	}, true
}

// A site is the select statement around a call of time.After, directly in the
// body of a loop that is itself in no other loop.
type site struct {
	sel  *ast.SelectStmt
	loop ast.Stmt // a for or range statement without a label
	body *ast.BlockStmt
}

func findSite(call *ast.CallExpr, around []ast.Node) (site, bool) {
	var s site
	for i, n := range around {
		switch n := n.(type) {
		case *ast.SelectStmt:
			if s.sel == nil {
				s.sel = n
				if i+2 >= len(around) || loopBody(around[i+2]) != around[i+1] {
					return s, false
				}
				s.loop = around[i+2].(ast.Stmt)
			}
		case *ast.ForStmt, *ast.RangeStmt:
			if s.loop == nil || n != ast.Node(s.loop) {
				return s, false // another loop
			}
		case *ast.LabeledStmt:
			return s, false
		case *ast.FuncLit:
			s.body = n.Body
			return s, s.loop != nil
		case *ast.FuncDecl:
			s.body = n.Body
			return s, s.loop != nil
		}
	}
	return s, false
}

func loopBody(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

// settled reports whether an expression is the same whenever a function
// evaluates it: a constant, or a parameter or variable of the function that is
// written only where it is declared.
func (c *checker) settled(e ast.Expr, body *ast.BlockStmt) bool {
	if tv := c.pass.TypesInfo.Types[e]; tv.Value != nil {
		return true
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.IsField() || v.Parent() == nil || v.Parent() == c.pass.Pkg.Scope() || insideLoop(body, v.Pos()) {
		return false
	}
	written := false
	for _, file := range c.pass.Files {
		if v.Pos() < file.FileStart || v.Pos() > file.FileEnd {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				written = written || n.Tok != token.DEFINE && slices.ContainsFunc(n.Lhs, func(x ast.Expr) bool { return c.names(x, v) }) ||
					n.Tok == token.DEFINE && slices.ContainsFunc(n.Lhs, func(x ast.Expr) bool { return c.names(x, v) && x.Pos() != v.Pos() })
			case *ast.IncDecStmt:
				written = written || c.names(n.X, v)
			case *ast.UnaryExpr:
				written = written || n.Op == token.AND && c.names(n.X, v)
			case *ast.RangeStmt:
				written = written || n.Key != nil && c.names(n.Key, v) || n.Value != nil && c.names(n.Value, v)
			}
			return true
		})
	}
	return !written
}

func (c *checker) names(e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && c.pass.TypesInfo.ObjectOf(id) == v
}

// insideLoop reports whether a position is inside a loop of a function.
func insideLoop(body *ast.BlockStmt, pos token.Pos) bool {
	inside := false
	ast.Inspect(body, func(n ast.Node) bool {
		if loop := loopBody(n); n != nil && loop != nil && n.Pos() <= pos && pos < n.End() {
			inside = true
		}
		return true
	})
	return inside
}

// freeName returns a name for a timer that a function does not use yet.
func freeName(body *ast.BlockStmt) string {
	used := make(map[string]bool)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			used[n.Name] = true
		case *ast.BranchStmt:
			used["goto"] = used["goto"] || n.Tok == token.GOTO
		}
		return true
	})
	if used["goto"] {
		return ""
	}
	for _, name := range []string{"timer", "timeout", "timeoutTimer"} {
		if !used[name] {
			return name
		}
	}
	return ""
}
