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

// receiver reports whether a send that the function chose in a select can have
// succeeded: there is a buffer, or the blocked goroutine or another one has
// received.
func (s *scope) receiver(c *assumption) bool {
	if s.made.Cap != (Cap{}) || c.stop.recvs > 0 || c.stop.gotAll {
		return true
	}
	for i, n := range c.counts {
		if n == 0 || n == 1 && i == c.t {
			continue
		}
		for _, e := range s.of(&s.threads[i]).ends {
			if e.recvs > 0 || e.gotAll {
				return true
			}
		}
		if slices.ContainsFunc(s.of(&s.threads[i]).stops, func(st stop) bool { return st.recvs > 0 || st.gotAll }) {
			return true
		}
	}
	return false
}

// helperBefore reports whether other paths to a stop start a goroutine that
// uses the channel: the condition may be the same as that of the operation.
func (s *scope) helperBefore(st *stop) bool {
	at := s.root.blockOf(st.op)
	for i, b := range s.root.Blocks {
		starts := slices.ContainsFunc(b.Ops, func(op *Op) bool {
			sends, recvs := s.opDoes(op)
			return op.Kind == Go && (sends || recvs || s.closes(op))
		})
		if starts && at >= 0 && s.root.reaches(i, at) {
			return true
		}
	}
	return false
}

func (s *scope) closes(op *Op) bool {
	return slices.ContainsFunc(op.Callees, func(c Callee) bool { return c.Func != nil && s.touch(c.Func).closes })
}
