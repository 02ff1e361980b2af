package ssax

import (
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
