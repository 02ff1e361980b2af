package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// splitRule finds lists of substrings that are made to be ranged over, and for
// nothing else, where an iterator gives the same substrings without a list.
func (c *checker) splitRule(fn *ssa.Function) {
	if !c.reporter.Enabled(splitToIterate) || !ssax.Imports(c.pass.Pkg, "strings") {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			iterator, ok := splitters.Of(ssax.Callee(&call.Call))
			if !ok {
				continue
			}
			if heat := c.heat(call); heat.Level != allocmodel.Cold {
				c.split(call, iterator, heat)
			}
		}
	}
}

func (c *checker) split(call *ssa.Call, iterator string, heat allocmodel.Heat) {
	expr, around := c.callExpr(call.Pos())
	if expr == nil {
		return
	}
	loop, def := c.rangeOver(expr, around)
	if loop == nil || loop.Key != nil && !isBlank(loop.Key) {
		return // the index counts, too
	}
	name := ssax.Callee(&call.Call).Name()
	d := pragma.Draft{
		Rule: splitToIterate, Pos: expr.Pos(), End: expr.End(),
		Message: "strings." + name + " makes a list " + often(heat) + ", only to be ranged over; range over strings." + iterator + ", which makes none",
	}
	if language := c.reporter.Versions(expr.Pos()).Language; version.Compare(language, "go1.24") < 0 { // has no such iterators
		if name != "Split" || !hasSeparator(call) || version.Compare(language, "go1.18") < 0 {
			return
		}
		d.Message = "strings.Split makes a list " + often(heat) + ", only to be ranged over; take off one part after the other with strings.Cut, which makes none"
		c.atHeat(d, heat)
		return
	}
	if fix, ok := c.fixSplit(expr, loop, def, iterator); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// rangeOver returns the range statement that is all that uses the result of a
// call, and the statement that defines a variable in between, if there is one.
func (c *checker) rangeOver(call *ast.CallExpr, around []ast.Node) (loop *ast.RangeStmt, def *ast.AssignStmt) {
	if len(around) == 0 {
		return nil, nil
	}
	switch parent := around[0].(type) {
	case *ast.RangeStmt:
		if parent.X == ast.Expr(call) {
			return parent, nil
		}
	case *ast.AssignStmt:
		if parent.Tok != token.DEFINE || len(parent.Lhs) != 1 {
			return nil, nil
		}
		id, ok := parent.Lhs[0].(*ast.Ident)
		obj := c.pass.TypesInfo.Defs[id]
		if !ok || obj == nil {
			return nil, nil
		}
		if loop := c.onlyRange(obj, functionAround(around)); loop != nil {
			return loop, parent
		}
	}
	return nil, nil
}

// onlyRange returns the range statement that is the only use of a variable.
func (c *checker) onlyRange(v types.Object, body *ast.BlockStmt) *ast.RangeStmt {
	if body == nil {
		return nil
	}
	uses := 0
	var found *ast.RangeStmt
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if c.pass.TypesInfo.Uses[n] == v {
				uses++
			}
		case *ast.RangeStmt:
			if id, ok := n.X.(*ast.Ident); ok && c.pass.TypesInfo.Uses[id] == v {
				found = n
			}
		}
		return true
	})
	if uses != 1 {
		return nil
	}
	return found
}

// fixSplit ranges over the iterator:
//
//	for part := range strings.SplitSeq(s, ",") {   // was: for _, part := range strings.Split(s, ",")
//
// A variable in between must be defined right before the loop, so that what it
// is made from is still the same.
func (c *checker) fixSplit(call *ast.CallExpr, loop *ast.RangeStmt, def *ast.AssignStmt, iterator string) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || loop.Key != nil && loop.Tok != token.DEFINE {
		return none, false
	}
	var edits []analysis.TextEdit
	switch {
	case loop.Value != nil:
		edits = append(edits, analysis.TextEdit{Pos: loop.Key.Pos(), End: loop.Value.Pos()})
	case loop.Key != nil:
		return none, false // for _ = range
	}
	if def == nil {
		edits = append(edits, analysis.TextEdit{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(iterator)})
	} else {
		if c.stmtBefore(loop) != ast.Stmt(def) || c.comments(def.Pos(), def.End()) {
			return none, false
		}
		text := c.text(call.Pos(), sel.Sel.Pos()) + iterator + c.text(sel.Sel.End(), call.End())
		edits = append(edits, c.removal(def), analysis.TextEdit{Pos: loop.X.Pos(), End: loop.X.End(), NewText: []byte(text)})
	}
	return analysis.SuggestedFix{Message: "Range over strings." + iterator, TextEdits: edits}, true
}
