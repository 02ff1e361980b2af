package escape

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// loopAround returns the innermost loop around a place in a function.
func loopAround(around []ast.Node) ast.Stmt {
	for _, n := range around {
		switch n := n.(type) {
		case *ast.RangeStmt:
			return n
		case *ast.ForStmt:
			return n
		case *ast.FuncLit:
			return nil
		}
	}
	return nil
}

// isNested reports whether a loop runs more than once for what is at a
// position before it: another loop is around it, but not around the position.
func (c *checker) isNested(loop ast.Stmt, pos token.Pos) bool {
	for _, n := range c.around(loop.Pos()) {
		switch n.(type) {
		case *ast.RangeStmt, *ast.ForStmt:
			if n != ast.Node(loop) && (pos < n.Pos() || n.End() <= pos) {
				return true
			}
		}
	}
	return false
}

// rounds returns the number of rounds of a loop as an expression that could
// as well stand before it, and its value if that is constant, else -1.
func (c *checker) rounds(loop ast.Stmt) (expr string, n int64) {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		t := c.pass.TypesInfo.TypeOf(loop.X)
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		switch u := t.Underlying().(type) {
		case *types.Array:
			return fmt.Sprint(u.Len()), u.Len()
		case *types.Slice, *types.Map:
			if isPlace(loop.X) {
				return "len(" + types.ExprString(loop.X) + ")", -1
			}
		case *types.Basic:
			if u.Info()&types.IsInteger != 0 {
				return c.bound(loop.X)
			}
		}
	case *ast.ForStmt:
		if expr, n = c.countedRounds(loop); expr != "" && !c.changes(loop, loop.Cond.(*ast.BinaryExpr).Y) {
			return expr, n
		}
	}
	return "", 0
}

// changes reports whether a loop assigns to a variable in its bound: a list of
// work grows while it is worked on.
func (c *checker) changes(loop *ast.ForStmt, bound ast.Expr) bool {
	changed := false
	in := make(map[types.Object]bool)
	ast.Inspect(bound, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			in[c.pass.TypesInfo.Uses[id]] = true
		}
		return true
	})
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, lhs := range assign.Lhs {
				if root := rootOf(lhs); root != nil && in[c.pass.TypesInfo.Uses[root]] {
					changed = true
				}
			}
		}
		return true
	})
	return changed
}

// rootOf returns the variable that an expression is, or is a part of.
func rootOf(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return rootOf(e.X)
	}
	return nil
}

// countedRounds returns the bound of "for i := 0; i < bound; i++".
func (c *checker) countedRounds(loop *ast.ForStmt) (expr string, n int64) {
	init, ok := loop.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 {
		return "", 0
	}
	zero := c.pass.TypesInfo.Types[init.Rhs[0]].Value
	cond, ok := loop.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.LSS || zero == nil || zero.Kind() != constant.Int || constant.Sign(zero) != 0 {
		return "", 0
	}
	post, ok := loop.Post.(*ast.IncDecStmt)
	if !ok || post.Tok != token.INC || types.ExprString(post.X) != types.ExprString(cond.X) || types.ExprString(init.Lhs[0]) != types.ExprString(cond.X) {
		return "", 0
	}
	return c.bound(cond.Y)
}

// bound returns a number of rounds: a constant, a variable of type int, or the
// length of something.
func (c *checker) bound(e ast.Expr) (expr string, n int64) {
	tv := c.pass.TypesInfo.Types[e]
	if tv.Value != nil {
		n, exact := constant.Int64Val(constant.ToInt(tv.Value))
		if !exact {
			return "", 0
		}
		return types.ExprString(e), n
	}
	if !types.Identical(tv.Type, types.Typ[types.Int]) {
		return "", 0
	}
	if call, ok := e.(*ast.CallExpr); ok {
		id, ok := call.Fun.(*ast.Ident)
		if !ok || id.Name != "len" || len(call.Args) != 1 || !isPlace(call.Args[0]) {
			return "", 0
		}
		return types.ExprString(e), -1
	}
	if !isPlace(e) {
		return "", 0
	}
	return types.ExprString(e), -1
}

// isPlace reports whether an expression is a variable or a field of one, which
// costs nothing to evaluate once more.
func isPlace(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPlace(e.X)
	}
	return false
}
