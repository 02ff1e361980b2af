package timerstop

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"
)

// enclosing returns the nodes around a position, innermost first.
func (c *checker) enclosing(pos token.Pos) []ast.Node {
	for _, file := range c.pass.Files {
		if file.FileStart <= pos && pos < file.FileEnd {
			path, _ := astutil.PathEnclosingInterval(file, pos, pos+1)
			return path
		}
	}
	return nil
}

// span returns where a call stands in the source.
func (c *checker) span(call ssa.CallInstruction) (pos, end token.Pos) {
	if expr, _ := c.callExpr(call.Pos()); expr != nil {
		return expr.Pos(), expr.End()
	}
	return call.Pos(), token.NoPos
}

// nameOf returns what the source calls a timer, or fallback.
func (c *checker) nameOf(v ssa.Value, fallback string) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return v.Name()
	case *ssa.UnOp:
		return c.nameAt(v.X, fallback)
	case *ssa.Field:
		if f, ok := structField(v.X.Type(), v.Field).(*types.Var); ok {
			return f.Name()
		}
	case *ssa.Call:
		return c.assigned(v, fallback)
	case *ssa.Phi:
		if v.Comment != "" {
			return v.Comment
		}
	}
	return fallback
}

// nameAt returns what the source calls what is at an address.
func (c *checker) nameAt(addr ssa.Value, fallback string) string {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		if addr.Comment != "" && token.IsIdentifier(addr.Comment) {
			return addr.Comment
		}
	case *ssa.FreeVar:
		return addr.Name()
	case *ssa.Global:
		return addr.Name()
	case *ssa.FieldAddr:
		if f, ok := structField(addr.X.Type(), addr.Field).(*types.Var); ok {
			base := ""
			switch x := addr.X.(type) {
			case *ssa.Parameter:
				base = x.Name() + "."
			case *ssa.UnOp:
				if free, ok := x.X.(*ssa.FreeVar); ok {
					base = free.Name() + "."
				}
			}
			return base + f.Name()
		}
	}
	return fallback
}

// assigned returns the variable or field that receives the result of a call.
func (c *checker) assigned(call *ssa.Call, fallback string) string {
	expr, around := c.callExpr(call.Pos())
	if expr == nil || len(around) == 0 {
		return fallback
	}
	var target ast.Expr
	switch n := around[0].(type) {
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if rhs == ast.Expr(expr) && len(n.Lhs) == len(n.Rhs) {
				target = n.Lhs[i]
			}
		}
	case *ast.ValueSpec:
		for i, value := range n.Values {
			if value == ast.Expr(expr) && len(n.Names) == len(n.Values) {
				target = n.Names[i]
			}
		}
	case *ast.KeyValueExpr:
		target = n.Key
	}
	switch target := target.(type) {
	case *ast.Ident:
		if target.Name != "_" {
			return target.Name
		}
	case *ast.SelectorExpr:
		return types.ExprString(target)
	}
	return fallback
}

// functionName returns what people call a function.
func functionName(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "the function literal in " + functionName(outermost(fn))
	}
	if recv := fn.Signature.Recv(); recv != nil {
		t := recv.Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			return named.Obj().Name() + "." + fn.Name()
		}
	}
	return fn.Name()
}

func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}
