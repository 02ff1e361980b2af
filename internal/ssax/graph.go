package ssax

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/flow"
)

// inCycle reports, by block index, which blocks of a function lie on a cycle.
func inCycle(fn *ssa.Function) []bool {
	succs := make([][]int, len(fn.Blocks))
	for i, b := range fn.Blocks {
		for _, succ := range b.Succs {
			succs[i] = append(succs[i], succ.Index)
		}
	}
	of := flow.Components(len(succs), func(i int) []int { return succs[i] })
	size := make(map[int]int)
	for _, c := range of {
		size[c]++
	}
	cyclic := make([]bool, len(of))
	for i, c := range of {
		cyclic[i] = size[c] > 1 || slices.Contains(succs[i], i)
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
