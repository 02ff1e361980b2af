package ctxleak

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// nobodyReads reports whether a product of a function that only its package
// can call is a response whose body no caller reads. The status and the
// header have arrived by then.
func (c *checker) nobodyReads(fn *ssa.Function, p product) bool {
	if p.held.what != heldResponse.what || fn.Parent() != nil || ast.IsExported(fn.Name()) {
		return false
	}
	called := false
	for _, caller := range c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get().Funcs {
		for _, block := range caller.Blocks {
			for _, instr := range block.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || call.Call.StaticCallee() != fn {
					if slices.ContainsFunc(instr.Operands(nil), func(v *ssa.Value) bool { return *v == ssa.Value(fn) }) {
						return false // anybody may call it
					}
					continue
				}
				if response := firstResult(call); response != nil && needsBody(response) {
					return false
				}
				called = true
			}
		}
	}
	return called
}

// needsBody reports whether anything but closing is done with a response's
// body, or the response is handed on.
func needsBody(response ssa.Value) bool {
	f := trackProduct(product{value: response, held: heldResponse, call: new(ssa.Call)})
	if slices.ContainsFunc(f.uses, isNotClose) {
		return true
	}
	for v := range f.found {
		for _, ref := range *v.Referrers() {
			if _, ok := ref.(*ssa.Return); ok {
				return true
			}
		}
	}
	return false
}

func isNotClose(instr ssa.Instruction) bool {
	call, ok := instr.(ssa.CallInstruction)
	return !ok || !call.Common().IsInvoke() || call.Common().Method.Name() != "Close"
}
