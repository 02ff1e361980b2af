package ctxleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// What a closure does with a captured variable.
type capture int

const (
	closureIgnores  capture = iota // at most compares it with nil
	closureReleases                // calls it or hands it to other code
	closureWrites                  // assigns to it
)

// closureUse returns what a closure does with its i'th free variable.
// The depth bounds recursion through closures that refer to themselves.
func closureUse(fn *ssa.Function, i, depth int) capture {
	if depth > 4 || len(fn.Blocks) == 0 {
		return closureWrites // unknown
	}
	free := fn.FreeVars[i]
	use := closureIgnores
	for _, ref := range *free.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == free {
				return closureWrites
			}
			use = max(use, closureReleases) // its address is stored
		case *ssa.UnOp:
			use = max(use, valueUse(ref))
		case *ssa.MakeClosure:
			inner := slices.Index(ref.Bindings, ssa.Value(free))
			use = max(use, closureUse(ref.Fn.(*ssa.Function), inner, depth+1))
		case *ssa.DebugRef:
		default:
			use = max(use, closureReleases)
		}
	}
	return use
}

// valueUse returns what is done with a loaded value.
func valueUse(v ssa.Value) capture {
	for _, ref := range *v.Referrers() {
		switch ref.(type) {
		case *ssa.BinOp, *ssa.DebugRef:
		default:
			return closureReleases
		}
	}
	return closureIgnores
}

// sharedBefore reports whether, when a store into the cell of a variable is
// executed, other code may already know the cell: a closure that was made
// before, or anything that its address was given to. That code may call
// whatever the variable holds later, as in
//
//	var cancel context.CancelFunc
//	defer func() { cancel() }()
//	ctx, cancel = context.WithCancel(ctx)
func sharedBefore(cell *ssa.Alloc, store *ssa.Store) bool {
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.Store:
			if ref.Val == cell {
				return true
			}
		case *ssa.MakeClosure:
			i := slices.Index(ref.Bindings, ssa.Value(cell))
			if closureUse(ref.Fn.(*ssa.Function), i, 0) != closureIgnores && precedes(ref, store, cell) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// precedes reports whether an instruction can be executed before another
// without the cell being made anew in between.
func precedes(first, second ssa.Instruction, cell *ssa.Alloc) bool {
	if first.Block() == second.Block() && comesBefore(first, second) {
		return true
	}
	if cell.Block() == second.Block() {
		return false // made anew before the store, wherever the path comes from
	}
	for _, succ := range first.Block().Succs {
		if succ != cell.Block() && ssax.Reaches(succ, second.Block(), cell.Block()) {
			return true
		}
	}
	return false
}
