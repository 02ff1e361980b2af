package poolmisuse

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"

	"github.com/perflint/perflint/internal/pragma"
)

// checkNil reports a nil pointer of a concrete type: sync.Pool ignores nil,
// but not that.
func (c *checker) checkNil(put transfer) {
	if !put.std || !c.reporter.Enabled(typedNil) {
		return
	}
	boxed, ok := put.value.(*ssa.MakeInterface)
	if !ok {
		return
	}
	if _, ok := boxed.X.Type().Underlying().(*types.Pointer); !ok {
		return
	}
	var why ssa.Instruction
	if load, ok := boxed.X.(*ssa.UnOp); ok {
		why = nilResult(put.call, load)
	}
	if why == nil && !ssax.IsNil(boxed.X) {
		return
	}
	pos, end := c.span(put.call)
	draft := pragma.Draft{Rule: typedNil, Pos: pos, End: end}
	if why == nil {
		draft.Message = fmt.Sprintf("%s puts a nil %s: Put ignores nil but stores this, and a Get returns it; put nothing", c.calleeText(put.call), c.typeText(boxed.X.Type()))
		draft.Witness = []pragma.Step{{Kind: "put", Pos: pos, End: end, Text: "a nil pointer is converted to an interface that is not nil"}}
	} else {
		at := position(why)
		draft.Message = fmt.Sprintf("the return on line %d has set %s to nil when this put runs: the pool stores the nil %s and loses the object; put a variable that the return does not set", c.line(at), c.argumentText(put), c.typeText(boxed.X.Type()))
		draft.Witness = []pragma.Step{
			{Kind: "exit", Pos: at, Text: "the return assigns nil to the result"},
			{Kind: "put", Pos: pos, End: end, Text: "then the deferred function puts it"},
		}
	}
	c.report(draft)
}

// nilResult returns a return of the enclosing function that sets to nil the
// result that a deferred literal puts, if nothing in the literal looks.
func nilResult(call ssa.CallInstruction, load *ssa.UnOp) ssa.Instruction {
	body := call.Parent()
	free, ok := load.X.(*ssa.FreeVar)
	if !ok || !isErrorGuard(call.Block(), body) {
		return nil
	}
	cell := binding(free)
	if cell == nil || !isNamedResult(cell) {
		return nil
	}
	for _, ref := range *cell.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok || store.Addr != cell || !ssax.IsNil(store.Val) || !store.Pos().IsValid() && store.Block().Index == 0 {
			continue
		}
		if ret, ok := store.Block().Instrs[len(store.Block().Instrs)-1].(*ssa.Return); ok && store.Block() != cell.Parent().Recover && setsError(ret) {
			return ret
		}
	}
	return nil
}

// binding returns the variable that a deferred literal captures.
func binding(free *ssa.FreeVar) *ssa.Alloc {
	fn := free.Parent()
	if fn.Parent() == nil {
		return nil
	}
	for _, block := range fn.Parent().Blocks {
		for _, instr := range block.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			closure, ok := d.Call.Value.(*ssa.MakeClosure)
			if !ok || closure.Fn != fn {
				continue
			}
			for i, v := range fn.FreeVars {
				if v == free {
					cell, _ := closure.Bindings[i].(*ssa.Alloc)
					return cell
				}
			}
		}
	}
	return nil
}

func isNamedResult(cell *ssa.Alloc) bool {
	for v := range cell.Parent().Signature.Results().Variables() {
		if v.Name() == cell.Comment && v.Pos() == cell.Pos() {
			return true
		}
	}
	return false
}

// isErrorGuard reports whether a block is reached always, or under a check of
// an error only.
func isErrorGuard(block *ssa.BasicBlock, fn *ssa.Function) bool {
	if block == fn.Blocks[0] {
		return true
	}
	if block.Idom() != fn.Blocks[0] {
		return false
	}
	branch, ok := fn.Blocks[0].Instrs[len(fn.Blocks[0].Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	return ok && cmp.Op == token.NEQ && ssax.IsNil(cmp.Y) && ssax.IsError(cmp.X.Type()) &&
		fn.Blocks[0].Succs[0] == block
}

// setsError reports whether the block of a return assigns an error that is
// not the constant nil.
func setsError(ret *ssa.Return) bool {
	for _, instr := range ret.Block().Instrs {
		if s, ok := instr.(*ssa.Store); ok && ssax.IsError(s.Val.Type()) && !ssax.IsNil(s.Val) {
			return true
		}
	}
	return false
}
