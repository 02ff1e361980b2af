package ctxleak

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
)

// An assignment is the statement that receives a producer's results.
type assignment struct {
	stmt   ast.Stmt      // nil if the results are used in another way
	call   *ast.CallExpr // of the producer; nil if not found
	target ast.Expr      // of the release function
	block  []ast.Node    // the nodes around the statement, innermost first
}

// findAssignment returns the assignment around a call, whose position is that
// of its opening parenthesis, and the target of its n'th result.
func findAssignment(files []*ast.File, lparen token.Pos, n int) assignment {
	var a assignment
	for _, file := range files {
		if lparen < file.FileStart || lparen > file.FileEnd {
			continue
		}
		path, _ := astutil.PathEnclosingInterval(file, lparen, lparen+1)
		for i, node := range path {
			switch node := node.(type) {
			case *ast.CallExpr:
				if node.Lparen == lparen {
					a.call = node
				}
			case *ast.AssignStmt:
				if len(node.Lhs) > n && len(node.Rhs) == 1 && ast.Unparen(node.Rhs[0]) == a.call {
					a.stmt, a.target, a.block = node, node.Lhs[n], path[i+1:]
				}
				return a
			case *ast.ValueSpec:
				if len(node.Names) > n && len(node.Values) == 1 && ast.Unparen(node.Values[0]) == a.call {
					a.target = node.Names[n]
				}
				return a
			case *ast.ExprStmt, *ast.FuncLit, *ast.FuncDecl:
				return a
			}
		}
	}
	return a
}

// name returns what the source calls the release function: the variable that
// receives it, or, if it has none, fallback.
func (a *assignment) name(fallback string) string {
	switch target := a.target.(type) {
	case *ast.Ident:
		if target.Name != "_" {
			return target.Name
		}
	case *ast.SelectorExpr:
		return target.Sel.Name
	}
	return fallback
}

// blank reports whether the source throws the release function away openly.
func (a *assignment) blank() bool {
	if a.target == nil {
		return true
	}
	id, ok := a.target.(*ast.Ident)
	return ok && id.Name == "_"
}
