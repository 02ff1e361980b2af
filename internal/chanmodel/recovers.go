package chanmodel

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// recovers reports whether a function defers a function, of its own package,
// that recovers from panics.
func recovers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			if callee := d.Call.StaticCallee(); callee != nil && callsRecover(callee) {
				return true
			}
		}
	}
	return false
}

func callsRecover(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}

// callsBefore reports whether there is a call of a function before an
// operation: most of them may panic.
func (f *Func) callsBefore(u Use) bool {
	if f.source == nil {
		return f.has(func(op *Op) bool { return op.Kind == Call && !op.Deferred })
	}
	for _, b := range f.source.Blocks {
		if b.Index != u.Block && !f.reaches(b.Index, u.Block) {
			continue
		}
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if _, builtin := call.Call.Value.(*ssa.Builtin); !builtin && call.Pos() < u.Op.Pos {
					return true
				}
			}
		}
	}
	return false
}

// recovered returns the successor of a block that is reached only after a
// panic, or -1. Deferred functions are followed on the paths of functions
// that return.
func recovered(b *ssa.BasicBlock) int {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return -1
	}
	test, ok := branch.Cond.(*ssa.BinOp)
	if !ok || !ssax.IsNil(test.Y) {
		return -1
	}
	call, ok := test.X.(*ssa.Call)
	if !ok {
		return -1
	}
	if builtin, ok := call.Call.Value.(*ssa.Builtin); !ok || builtin.Name() != "recover" {
		return -1
	}
	switch test.Op {
	case token.NEQ:
		return 0
	case token.EQL:
		return 1
	}
	return -1
}

// unfinished returns the successor of a block of a deferred literal that is
// reached only if the function around it has not come to its end, or -1: the
// branch asks for a variable that the function sets before each return.
func unfinished(b *ssa.BasicBlock) int {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return -1
	}
	cond, succ := branch.Cond, 1
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, succ = not.X, 0
	}
	load, ok := cond.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return -1
	}
	free, ok := load.X.(*ssa.FreeVar)
	if !ok || !setAtEnd(deferredBinding(free)) {
		return -1
	}
	return succ
}

// deferredBinding returns the variable that a literal has captured which is
// only deferred, or nil.
func deferredBinding(free *ssa.FreeVar) *ssa.Alloc {
	fn := free.Parent()
	if fn.Parent() == nil {
		return nil
	}
	var found *ssa.Alloc
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			made, ok := instr.(*ssa.MakeClosure)
			if !ok || made.Fn != ssa.Value(fn) {
				continue
			}
			for _, use := range *made.Referrers() {
				if d, ok := use.(*ssa.Defer); !ok || d.Call.Value != ssa.Value(made) {
					return nil
				}
			}
			for i, v := range fn.FreeVars {
				if v == free {
					found, _ = made.Bindings[i].(*ssa.Alloc)
				}
			}
		}
	}
	return found
}

// setAtEnd reports whether a variable is true at each return of its function,
// and the function never makes it false again.
func setAtEnd(cell *ssa.Alloc) bool {
	if cell == nil {
		return false
	}
	set := make([]bool, len(cell.Parent().Blocks))
	for _, use := range *cell.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			c, ok := use.Val.(*ssa.Const)
			if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
				return false
			}
			if constant.BoolVal(c.Value) {
				set[use.Block().Index] = true
			} else if use.Block().Index != 0 {
				return false
			}
		case *ssa.UnOp, *ssa.DebugRef, *ssa.MakeClosure:
		default:
			return false
		}
	}
	seen := make([]bool, len(set))
	work := []int{0}
	for len(work) > 0 {
		i := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[i] || set[i] {
			continue
		}
		seen[i] = true
		block := cell.Parent().Blocks[i]
		if _, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok && block.Comment != "recover" {
			return false
		}
		for _, next := range block.Succs {
			work = append(work, next.Index)
		}
	}
	return true
}
