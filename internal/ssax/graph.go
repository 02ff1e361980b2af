package ssax

import (
	"go/ast"

	"golang.org/x/tools/go/ssa"
)

// inCycle reports, by block index, which blocks of a function lie on a cycle.
func inCycle(fn *ssa.Function) []bool {
	cyclic := make([]bool, len(fn.Blocks))
	for _, b := range fn.Blocks {
		for _, succ := range b.Succs {
			if succ == b || Reaches(succ, b, nil) {
				cyclic[b.Index] = true
				break
			}
		}
	}
	return cyclic
}

// InCycle reports whether a block can be executed more than once in one call
// of its function. The body of a range-over-func loop, which the SSA builder
// makes a function of its own, counts as a part of the loop's function.
func InCycle(b *ssa.BasicBlock) bool {
	if IsLoopBody(b.Parent()) {
		return true
	}
	for _, succ := range b.Succs {
		if Reaches(succ, b, nil) {
			return true
		}
	}
	return false
}

// IsLoopBody reports whether a function is the body of a range-over-func loop.
// Such a function returns true to go on with the loop and false to leave it.
func IsLoopBody(fn *ssa.Function) bool {
	_, ok := fn.Syntax().(*ast.RangeStmt)
	return ok
}

// Reaches reports whether there is a path in the control-flow graph from one
// block to another, which may be the same, that does not enter the block to
// avoid (unless it starts or ends there).
func Reaches(from, to, avoid *ssa.BasicBlock) bool {
	seen := make([]bool, len(from.Parent().Blocks))
	stack := []*ssa.BasicBlock{from}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if b == to {
			return true
		}
		if seen[b.Index] || b == avoid && b != from {
			continue
		}
		seen[b.Index] = true
		stack = append(stack, b.Succs...)
	}
	return false
}
