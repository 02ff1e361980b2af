package allocmodel

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// tripCount returns the number of rounds of a loop that counts up by one from
// a constant to a constant, or over an array.
func tripCount(l *loop) (n int64, ok bool) {
	if l.header.Comment != "rangeint.body" {
		return l.tripsBy(l.header)
	}
	for _, latch := range l.header.Preds { // range over an integer compares behind each round
		if l.inside[latch.Index] {
			n, ok = l.tripsBy(latch)
			return n + 1, ok
		}
	}
	return 0, false
}

// tripsBy returns how often the comparison at the end of a block holds.
func (l *loop) tripsBy(b *ssa.BasicBlock) (n int64, ok bool) {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return 0, false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.LSS && cmp.Op != token.LEQ && cmp.Op != token.NEQ {
		return 0, false
	}
	bound, ok := constantBound(cmp.Y)
	if !ok {
		return 0, false
	}
	first, ok := l.firstValue(cmp.X)
	if !ok {
		return 0, false
	}
	if cmp.Op == token.LEQ {
		bound++
	}
	return max(bound-first, 0), true
}

// isFlagged reports whether a loop goes on as long as a local flag says so that
// is only set to constants: it tries something again, once most often.
func (l *loop) isFlagged() bool {
	branch, ok := l.header.Instrs[len(l.header.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cond := branch.Cond
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond = not.X
	}
	phi, ok := cond.(*ssa.Phi)
	return ok && phi.Block() == l.header && allConstant(phi, make(map[*ssa.Phi]bool))
}

func allConstant(phi *ssa.Phi, seen map[*ssa.Phi]bool) bool {
	seen[phi] = true
	for _, edge := range phi.Edges {
		if inner, ok := edge.(*ssa.Phi); ok {
			if !seen[inner] && !allConstant(inner, seen) {
				return false
			}
		} else if _, ok := edge.(*ssa.Const); !ok {
			return false
		}
	}
	return true
}

// firstValue returns what a counter is when it is compared for the first time.
func (l *loop) firstValue(v ssa.Value) (int64, bool) {
	add := int64(0)
	if sum, ok := v.(*ssa.BinOp); ok && sum.Op == token.ADD && isOne(sum.Y) {
		v, add = sum.X, 1 // range counts before it compares
	}
	phi, ok := v.(*ssa.Phi)
	if !ok || phi.Block() != l.header {
		return 0, false
	}
	first, found := int64(0), false
	for i, edge := range phi.Edges {
		if l.inside[phi.Block().Preds[i].Index] {
			if sum, ok := edge.(*ssa.BinOp); !ok || sum.Op != token.ADD || sum.X != ssa.Value(phi) || !isOne(sum.Y) {
				return 0, false
			}
			continue
		}
		c, ok := edge.(*ssa.Const)
		if !ok || c.Value == nil || c.Value.Kind() != constant.Int || found {
			return 0, false
		}
		first, found = c.Int64(), true
	}
	return first + add, found
}

func isOne(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value != nil && c.Value.Kind() == constant.Int && c.Int64() == 1
}

// constantBound returns a constant, or the length of a slice of a whole array,
// which is what a slice literal is.
func constantBound(v ssa.Value) (int64, bool) {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil || v.Value.Kind() != constant.Int {
			return 0, false
		}
		return v.Int64(), true
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); !ok || b.Name() != "len" {
			return 0, false
		}
		slice, ok := v.Call.Args[0].(*ssa.Slice)
		if !ok || slice.Low != nil || slice.High != nil {
			return 0, false
		}
		ptr, ok := slice.X.Type().Underlying().(*types.Pointer)
		if !ok {
			return 0, false
		}
		array, ok := ptr.Elem().Underlying().(*types.Array)
		if !ok {
			return 0, false
		}
		return array.Len(), true
	}
	return 0, false
}
