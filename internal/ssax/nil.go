package ssax

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// IsNil reports whether a value is the constant nil.
func IsNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}

// IsError reports whether a type is the predeclared type error.
func IsError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// NilTest returns the value that a branch compares with nil, and whether the
// value is nil on the edge to the given successor. The value is nil if the
// block does not end in such a branch.
func NilTest(block *ssa.BasicBlock, succ int) (v ssa.Value, nilThere bool) {
	branch, ok := lastInstr(block).(*ssa.If)
	if !ok {
		return nil, false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL && cmp.Op != token.NEQ {
		return nil, false
	}
	x, y := cmp.X, cmp.Y
	if IsNil(x) {
		x, y = y, x
	}
	if !IsNil(y) {
		return nil, false
	}
	return x, (cmp.Op == token.EQL) == (succ == 0)
}
