package ssax

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Callee returns the function or method that a call names statically, or nil.
// For an instance of a generic function it returns the generic one; for a
// call through an interface, the interface's method.
func Callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	fn := call.StaticCallee()
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	obj, _ := fn.Object().(*types.Func)
	return obj
}

// ChosenCase returns the case of a select statement that a path has chosen
// when it takes the edge from a block to one of its successors, or nil.
func ChosenCase(block *ssa.BasicBlock, succ int) *ssa.SelectState {
	branch, ok := lastInstr(block).(*ssa.If)
	if !ok || succ != 0 {
		return nil
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return nil
	}
	index, ok := cmp.X.(*ssa.Extract)
	if !ok || index.Index != 0 {
		return nil
	}
	sel, ok := index.Tuple.(*ssa.Select)
	if !ok {
		return nil
	}
	n, ok := cmp.Y.(*ssa.Const)
	if !ok || n.Int64() < 0 || n.Int64() >= int64(len(sel.States)) {
		return nil
	}
	return sel.States[n.Int64()]
}
