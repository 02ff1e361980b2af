package chanmodel

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// leftByCount reports whether the last decision on a way is about a number
// that the function counts up: whether it is zero.
func leftByCount(way []Way) bool {
	for i := len(way) - 1; i >= 0; i-- {
		f := way[i].Func
		for p := way[i].Path; p != nil && f.source != nil; p = p.Prev {
			instrs := f.source.Blocks[p.Block].Instrs
			if branch, ok := instrs[len(instrs)-1].(*ssa.If); ok && p.Succ >= 0 {
				return isZeroTest(branch.Cond)
			}
		}
	}
	return false
}

// isZeroTest reports whether a condition compares a counter with zero.
func isZeroTest(cond ssa.Value) bool {
	test, ok := cond.(*ssa.BinOp)
	if !ok || test.Op != token.EQL && test.Op != token.NEQ {
		return false
	}
	zero, ok := test.Y.(*ssa.Const)
	if !ok || zero.Value == nil || zero.Value.ExactString() != "0" {
		return false
	}
	return countsUp(test.X, nil)
}

func countsUp(v ssa.Value, seen []*ssa.Phi) bool {
	phi, ok := v.(*ssa.Phi)
	if !ok || slices.Contains(seen, phi) {
		return false
	}
	seen = append(seen, phi)
	return slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool {
		sum, ok := e.(*ssa.BinOp)
		return ok && sum.Op == token.ADD || countsUp(e, seen)
	})
}
