package allocmodel

import (
	"go/ast"
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// BoxPos returns where a value becomes an interface value: at the expression
// that is passed, returned or assigned. SSA form has a position for explicit
// conversions only, and that of the value may be far away.
func (m *Model) BoxPos(v *ssa.MakeInterface) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	for _, use := range *v.Referrers() {
		if pos := m.usePos(v, use); pos.IsValid() {
			return pos
		}
	}
	return v.X.Pos()
}

// usePos returns the position of the expression by which an instruction uses a
// value, or of the instruction.
func (m *Model) usePos(v ssa.Value, use ssa.Instruction) token.Pos {
	switch use := use.(type) {
	case ssa.CallInstruction:
		for i, arg := range use.Common().Args {
			if arg == v {
				return m.argumentPos(use, i)
			}
		}
	case *ssa.Return:
		stmt := m.shape(use.Parent()).returns[use.Pos()]
		for i, result := range use.Results {
			if result == v && stmt != nil && i < len(stmt.Results) && len(stmt.Results) == len(use.Results) {
				return stmt.Results[i].Pos()
			}
		}
	case *ssa.Store:
		if index, ok := use.Addr.(*ssa.IndexAddr); ok {
			if pos := m.elementPos(index); pos.IsValid() {
				return pos
			}
		}
	case *ssa.MapUpdate, *ssa.Send:
	default: // of a variable; the value is likely to be made where it is assigned
		if made, ok := v.(*ssa.MakeInterface); ok && !isParameter(made.X) {
			return made.X.Pos()
		}
	}
	return use.Pos()
}

func isParameter(v ssa.Value) bool {
	_, ok := v.(*ssa.Parameter)
	return ok
}

// elementPos returns the position of the argument of a call that an element of
// a variadic slice comes from.
func (m *Model) elementPos(index *ssa.IndexAddr) token.Pos {
	alloc, ok := index.X.(*ssa.Alloc)
	if !ok || alloc.Comment != "varargs" {
		return token.NoPos
	}
	n, ok := index.Index.(*ssa.Const)
	if !ok || n.Value == nil {
		return token.NoPos
	}
	nth, _ := constant.Int64Val(n.Value)
	call, last, ok := variadicCall(alloc)
	if !ok {
		return token.NoPos
	}
	return m.argumentPos(call, last+int(nth))
}

// argumentPos returns the position of an operand of a call.
func (m *Model) argumentPos(call ssa.CallInstruction, i int) token.Pos {
	expr := m.shape(call.Parent()).calls[call.Pos()]
	if expr == nil {
		return call.Pos()
	}
	common := call.Common()
	if !common.IsInvoke() && common.Signature().Recv() != nil {
		if i == 0 {
			if sel, ok := expr.Fun.(*ast.SelectorExpr); ok {
				return sel.X.Pos()
			}
		}
		if !isMethodExpr(m, expr) {
			i--
		}
	}
	if i < 0 || i >= len(expr.Args) {
		return call.Pos()
	}
	return expr.Args[i].Pos()
}

// isMethodExpr reports whether a call is one of T.Method, with the receiver
// among the arguments.
func isMethodExpr(m *Model, call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && m.opts.Info.Types[sel.X].IsType()
}

// variadicCall returns the call that a slice of arguments is made for, and the
// index of that operand.
func variadicCall(v *ssa.Alloc) (ssa.CallInstruction, int, bool) {
	for _, use := range *v.Referrers() {
		slice, ok := use.(*ssa.Slice)
		if !ok {
			continue
		}
		for _, use := range *slice.Referrers() {
			if call, ok := use.(ssa.CallInstruction); ok {
				return call, len(call.Common().Args) - 1, true
			}
		}
	}
	return nil, 0, false
}
