package evidence

import (
	"go/ast"
	"go/token"

	"github.com/perflint/perflint/internal/finding"
)

// at returns a position as the compiler prints it.
func (f *sourceFile) at(pos token.Pos) finding.Position {
	p := f.fset.Position(pos)
	return finding.Position{File: p.Filename, Line: p.Line, Column: p.Column}
}

// anchor returns where the compiler prints its verdict on the expression of a
// site: for calls and conversions at the parenthesis, for concatenations at the
// last operator, for literals of slices and maps at the brace.
func (f *sourceFile) anchor(site finding.Site) finding.Position {
	best := site.Location
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil || f.at(n.End()).Compare(site.Location) < 0 || f.at(n.Pos()).Compare(site.Location) > 0 {
			return false
		}
		if f.at(n.Pos()) != site.Location || site.End != site.Location && f.at(n.End()) != site.End {
			return true
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			best = f.at(n.Lparen)
		case *ast.BinaryExpr:
			best = f.at(n.OpPos)
		case *ast.CompositeLit:
			best = f.at(n.Lbrace)
		case *ast.UnaryExpr, *ast.FuncLit, *ast.Ident:
			best = f.at(n.Pos())
		default:
			return true
		}
		return false // the outermost one
	})
	return best
}

// declares returns the name of the variable that is declared at a position.
func (f *sourceFile) declares(at finding.Position) (name string, ok bool) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil || f.at(n.End()).Compare(at) < 0 || f.at(n.Pos()).Compare(at) > 0 {
			return false
		}
		for _, expr := range declaredBy(n) {
			if id, isIdent := expr.(*ast.Ident); isIdent && f.at(id.Pos()) == at {
				name, ok = id.Name, true
			}
		}
		return true
	})
	return name, ok
}

// declaredBy returns the names of the variables that a node declares.
func declaredBy(n ast.Node) []ast.Expr {
	var idents []*ast.Ident
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE { // which may declare only some of them: silence about the others is silence about a use
			return n.Lhs
		}
	case *ast.RangeStmt:
		if n.Tok == token.DEFINE {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.ValueSpec:
		idents = n.Names
	case *ast.Field:
		idents = n.Names
	}
	var list []ast.Expr
	for _, id := range idents {
		list = append(list, id)
	}
	return list
}
