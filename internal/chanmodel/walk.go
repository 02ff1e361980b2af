package chanmodel

import (
	"slices"

	"github.com/perflint/perflint/internal/ssax"
)

// A Path is a place on a path through a function: the last of a list that
// leads back to where the walk began. It is immutable.
type Path struct {
	Prev  *Path
	Block int
	Succ  int // the edge that was taken from the block; -1 at the end
}

// Branches returns the decisions on the path, in order, where the source has
// some that mean something to a reader.
func (p *Path) Branches(f *Func) []ssax.Branch {
	var list []ssax.Branch
	for ; p != nil; p = p.Prev {
		if p.Succ < 0 {
			continue
		}
		if b, ok := f.branches.describe(p.Block, p.Succ); ok {
			list = append(list, b)
		}
	}
	slices.Reverse(list)
	return list
}

// A State is what a walk knows on a path. It is immutable.
type State interface {
	// Key is equal for states that need not be told apart.
	Key() uint64
}

// A Walk visits the feasible paths of one function, breadth first. It merges
// paths that come to the same block with equal states and equal knowledge of
// conditions.
type Walk[S State] struct {
	Func *Func
	// Step executes an operation, be it when it is reached or, if it was
	// deferred, when deferred calls run. It reports false if the path ends.
	Step func(s S, op *Op, at Place) (S, bool)
	// Edge is told of each edge that a path takes; may be nil. It reports
	// false if the path ends.
	Edge func(s S, e *Edge, at Place) (S, bool)
	// Enter is told of each block that a path comes to by an edge; may be nil.
	Enter func(s S, block int) S
	// Fresh takes away from a state what other paths have brought to the same
	// meeting, and reports whether anything is left to go on with; may be nil.
	// For states that are sets, whose members do not depend on each other.
	Fresh func(s S, m meeting) (S, bool)
	// Budget bounds the blocks visited; 0 means DefaultBudget.
	Budget int
	// Blind takes all paths for feasible: a walk that is much shorter, and sees
	// more than there is.
	Blind bool
	// Single gives up as soon as paths that meet do not agree.
	Single bool

	visited int // blocks, in the last run
	// agreed is set if all paths of the last run had the same state, and the
	// same deferred calls, wherever they met. Then to know more of conditions
	// tells no states apart.
	agreed bool
}

// DefaultBudget bounds a walk so that a function with very many paths costs
// milliseconds.
const DefaultBudget = 3000

// A Place is where on a path a walk is.
type Place struct {
	Block, Index int   // Index is that of the operation at which deferred ones run, for these
	Path         *Path // how the walk came to the block
	// Pending are the deferred operations that have not run yet.
	Pending *Defers
}

// Defers is a stack of deferred operations.
type Defers struct {
	Op   *Op
	Next *Defers
	hash uint64
}

func (d *Defers) push(op *Op, id uint64) *Defers {
	next := &Defers{Op: op, Next: d, hash: id * 0x9e3779b97f4a7c15}
	if d != nil {
		next.hash += d.hash * 31
	}
	return next
}

// full reports whether an operation is on the stack as often as it may be: a
// defer in a loop would make it grow for ever. Twice is enough to see what
// the second one does.
func (d *Defers) full(op *Op) bool {
	n := 0
	for ; d != nil; d = d.Next {
		if d.Op == op {
			n++
		}
	}
	return n >= 2
}

// deferIDs numbers the deferred operations that a walk has come across.
type deferIDs []*Op

// of returns the number of an operation, the first one's being 1.
func (ids *deferIDs) of(op *Op) uint64 {
	i := slices.Index(*ids, op)
	if i < 0 {
		i = len(*ids)
		*ids = append(*ids, op)
	}
	return uint64(i + 1)
}

type visit[S State] struct {
	state   S
	known   knowledge
	block   int
	path    *Path
	pending *Defers
}

// A meeting is where paths come together that need not be told apart if their
// states are equal, too.
type meeting struct {
	block                 int
	state, known, pending uint64
}

// meeting returns where a path meets others that need not be told apart.
func (v *visit[S]) meeting() meeting {
	m := meeting{block: v.block, state: v.state.Key()}
	if v.known != nil {
		m.known = v.known.Hash()
	}
	if v.pending != nil {
		m.pending = v.pending.hash
	}
	return m
}

// Run walks from the entry, or from behind a place. It reports false if the
// budget did not suffice: then not all paths were seen.
func (w *Walk[S]) Run(start S) bool {
	return w.run(visit[S]{state: start}, 0)
}

// RunFrom walks from an operation of a block on, which is not executed
// itself. The path begins there; what was deferred before is given.
func (w *Walk[S]) RunFrom(start S, block, index int, pending *Defers) bool {
	return w.run(visit[S]{state: start, known: w.Func.branches.at(block), block: block, pending: pending}, index+1)
}

func (w *Walk[S]) run(first visit[S], index int) bool {
	budget := w.Budget
	if budget == 0 {
		budget = DefaultBudget
	}
	var ids deferIDs
	seen := make(map[meeting]bool)
	queue := []visit[S]{first}
	w.visited, w.agreed = 0, true
	at := make(map[int]meeting)
	for ; len(queue) > 0; budget-- {
		if budget == 0 || w.Single && !w.agreed {
			return false
		}
		w.visited++
		v := queue[0]
		queue = queue[1:]
		if !w.block(&v, index, &ids) {
			index = 0
			continue
		}
		index = 0
		block := w.Func.Blocks[v.block]
		for succ := range block.Succs {
			edge := &block.Succs[succ]
			known, feasible := w.follow(v.known, v.block, succ)
			if !feasible {
				continue
			}
			next := visit[S]{v.state, known, edge.To, &Path{v.path, v.block, succ}, v.pending}
			if w.Edge != nil {
				var on bool
				if next.state, on = w.Edge(v.state, edge, Place{v.block, len(block.Ops), next.path, v.pending}); !on {
					continue
				}
			}
			if w.Enter != nil {
				next.state = w.Enter(next.state, edge.To)
			}
			key := next.meeting()
			if first, met := at[edge.To]; !met {
				at[edge.To] = key
			} else {
				w.agreed = w.agreed && first.state == key.state && first.pending == key.pending
			}
			fresh := !seen[key]
			if w.Fresh != nil {
				next.state, fresh = w.Fresh(next.state, key)
			} else if fresh {
				seen[key] = true
			}
			if fresh {
				queue = append(queue, next)
			}
		}
	}
	return true
}

// follow returns what is known behind an edge, and whether a path can take it.
func (w *Walk[S]) follow(known knowledge, block, succ int) (knowledge, bool) {
	if w.Blind {
		return nil, !w.Func.branches.closed(block, succ)
	}
	return w.Func.branches.follow(known, block, succ)
}

// block executes a block from an operation on. It reports false if the path
// ends in it.
func (w *Walk[S]) block(v *visit[S], index int, ids *deferIDs) bool {
	on := true
	step := func(op *Op, i int) bool {
		v.state, on = w.Step(v.state, op, Place{v.block, i, v.path, v.pending})
		return on
	}
	for i := index; i < len(w.Func.Blocks[v.block].Ops); i++ {
		op := w.Func.Blocks[v.block].Ops[i]
		switch {
		case op.Kind == Never:
			return false
		case op.Deferred:
			if !v.pending.full(op) {
				v.pending = v.pending.push(op, ids.of(op))
			}
		case op.Kind == RunDefers || op.Kind == Panic:
			for v.pending != nil {
				deferred := v.pending.Op
				v.pending = v.pending.Next
				if !step(deferred, i) {
					return false
				}
			}
			if op.Kind == Panic {
				step(op, i)
				return false
			}
		case !step(op, i) || op.Kind == Return || op.Kind == Exit:
			return false
		}
	}
	return true
}
