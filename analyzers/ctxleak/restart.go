package ctxleak

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/typestate"
)

// restart reports methods that put a new release function into a field of
// their receiver and do not look at the one that it may still hold.
//
// Whether such a method ever runs twice cannot be seen from here, so the
// confidence is possible. It is silent where the method reads the field, be it
// through a method that it calls, or ends with an error in some states: it may
// refuse to start again.
func (c *checker) restart(fn *ssa.Function) {
	if fn.Signature.Recv() == nil || len(fn.Params) == 0 {
		return
	}
	for _, d := range derivations(fn) {
		if d.release == nil || d.bound == byDeadline {
			continue // a deadline ends the one that is overwritten
		}
		for _, ref := range *d.release.Referrers() {
			store, ok := ref.(*ssa.Store)
			if !ok || store.Val != d.release {
				continue
			}
			addr, ok := store.Addr.(*ssa.FieldAddr)
			if ok && addr.X == fn.Params[0] && !guarded(fn, addr) && !looksAt(fn, addr, make(map[*ssa.Function]bool)) {
				c.reportRestart(fn, d, store, addr)
			}
		}
	}
}

// looksAt reports whether a method, or one that it calls on its receiver,
// loads a field of the receiver.
func looksAt(fn *ssa.Function, field *ssa.FieldAddr, seen map[*ssa.Function]bool) bool {
	if seen[fn] || len(fn.Params) == 0 {
		return false
	}
	seen[fn] = true
	var operands []*ssa.Value
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if load, ok := instr.(*ssa.UnOp); ok && load.Op == token.MUL && sameField(load.X, field) {
				return true
			}
			operands = instr.Operands(operands[:0])
			if slices.ContainsFunc(operands, func(v *ssa.Value) bool { return inClosure(*v, field, seen) }) {
				return true
			}
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			callee := call.Common().StaticCallee()
			if callee != nil && callee.Signature.Recv() != nil && callee.Pkg == fn.Pkg && looksAt(callee, field, seen) {
				return true
			}
		}
	}
	return false
}

// inClosure reports whether a value is a closure that loads the field.
func inClosure(v ssa.Value, field *ssa.FieldAddr, seen map[*ssa.Function]bool) bool {
	made, ok := v.(*ssa.MakeClosure)
	if !ok || seen[made.Fn.(*ssa.Function)] {
		return false
	}
	fn := made.Fn.(*ssa.Function)
	seen[fn] = true
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if load, ok := instr.(*ssa.UnOp); ok && load.Op == token.MUL && sameField(load.X, field) {
				return true
			}
		}
	}
	return false
}

// sameField reports whether an address is that of a field, of whichever value
// of the type.
func sameField(v ssa.Value, field *ssa.FieldAddr) bool {
	addr, ok := v.(*ssa.FieldAddr)
	return ok && addr.Field == field.Field && types.Identical(addr.X.Type(), field.X.Type())
}

// guarded reports whether a method runs its work once only: it hands it to a
// function such as Once.Do, or returns early because of another field.
func guarded(fn *ssa.Function, addr *ssa.FieldAddr) bool {
	if fn.Parent() != nil {
		return true
	}
	for b := addr.Block(); b.Idom() != nil; b = b.Idom() {
		if branch, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If); ok && ofReceiver(fn, branch.Cond, 0) {
			return true
		}
	}
	return false
}

// ofReceiver reports whether a condition depends on the receiver's state.
func ofReceiver(fn *ssa.Function, v ssa.Value, depth int) bool {
	if v == fn.Params[0] {
		return true
	}
	instr, ok := v.(ssa.Instruction)
	if !ok || depth > 6 {
		return false
	}
	return slices.ContainsFunc(instr.Operands(nil), func(op *ssa.Value) bool { return *op != nil && ofReceiver(fn, *op, depth+1) })
}

func (c *checker) reportRestart(fn *ssa.Function, d *derivation, store *ssa.Store, addr *ssa.FieldAddr) {
	pos, end := c.span(d.call)
	field := fieldName(store, typestate.Field(store))
	c.reporter.Report(pragma.Draft{
		Rule: restartOverwrites, Pos: pos, End: end, Severity: c.unlessTest(pos, finding.Warning),
		Message: fmt.Sprintf("%s is overwritten without calling the function that it may hold: if %s runs twice, nothing can release the first context; call it first, or refuse to start again",
			field, functionName(fn)),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: pos, End: end, Text: fmt.Sprintf("%s returns the function that releases the context", d.name)},
			step("store", store.Pos(), fmt.Sprintf("it is stored in %s, which %s does not look at", field, functionName(fn))),
		},
	})
}
