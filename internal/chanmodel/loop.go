package chanmodel

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A loop is a natural loop of a function's graph.
type loop struct {
	header  int
	body    map[int]bool
	counted bool // it is known how often it runs
	turn    int  // its name in Turn.Loop, if it is counted
}

func (l *loop) turns(name int) bool { return l.counted && l.turn == name }

// naturalLoops returns the loops of a function, by header. It finds them once.
func (f *Func) naturalLoops() []*loop {
	if !f.searched {
		f.natural, f.searched = findLoops(f), true
	}
	return f.natural
}

// findLoops returns the loops of a function, by header. Edges to a block that
// is on the path of a depth-first search lead back; in the graphs that Go
// statements other than goto make, these are the edges to dominators.
func findLoops(f *Func) []*loop {
	preds := make([][]int, len(f.Blocks))
	for i, b := range f.Blocks {
		for _, e := range b.Succs {
			preds[e.To] = append(preds[e.To], i)
		}
	}
	var loops []*loop
	state := make([]uint8, len(f.Blocks)) // 1: on the path, 2: done
	var visit func(int)
	visit = func(i int) {
		state[i] = 1
		for _, e := range f.Blocks[i].Succs {
			switch state[e.To] {
			case 0:
				visit(e.To)
			case 1:
				at := slices.IndexFunc(loops, func(l *loop) bool { return l.header == e.To })
				if at < 0 {
					at = len(loops)
					loops = append(loops, &loop{header: e.To, body: map[int]bool{e.To: true}})
				}
				loops[at].include(i, preds)
			}
		}
		state[i] = 2
	}
	if len(f.Blocks) > 0 {
		visit(0)
	}
	for _, l := range loops {
		l.setCounted(f)
	}
	slices.SortFunc(loops, func(a, b *loop) int { return a.header - b.header })
	return loops
}

// setCounted notes whether edges of the loop say how often it runs.
func (l *loop) setCounted(f *Func) {
	for i := range l.body {
		for _, e := range f.Blocks[i].Succs {
			if e.Turn != nil && e.Turn.Loop == l.header {
				l.counted, l.turn = true, e.Turn.Loop
			}
		}
	}
}

// include adds a block and all from which it is reached to the loop's body.
func (l *loop) include(block int, preds [][]int) {
	if l.body[block] {
		return
	}
	l.body[block] = true
	for _, p := range preds[block] {
		l.include(p, preds)
	}
}

// sentinel reports whether an edge leaves a loop because of a counter or flag
// that the loop keeps, or because of a value other than an error that it has
// received: by these, goroutines tell each other how much there is.
func (f *Func) sentinel(block, succ int, l *loop) bool {
	if f.source == nil || succ < 0 {
		return false
	}
	b := f.source.Blocks[block]
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok || ssax.ChosenCase(b, succ) != nil {
		return false
	}
	if v, _ := ssax.NilTest(b, succ); v != nil && ssax.IsError(v.Type()) {
		return false
	}
	return kept(branch.Cond, l, 0)
}

// kept reports whether a value is computed from what a loop carries from one
// round to the next, or has received.
func kept(v ssa.Value, l *loop, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Phi:
		if v.Block().Index == l.header {
			return true
		}
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return true
		}
	case *ssa.Alloc:
		return keptCell(v, l, depth)
	case *ssa.Extract:
		switch from := v.Tuple.(type) {
		case *ssa.Select:
			return true
		case *ssa.UnOp:
			return from.Op == token.ARROW
		}
		return false
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "len" {
			return true
		}
	case *ssa.BinOp, *ssa.FieldAddr, *ssa.Field, *ssa.TypeAssert, *ssa.MakeInterface:
	default:
		return false
	}
	var operands [8]*ssa.Value
	for _, operand := range v.(ssa.Instruction).Operands(operands[:0]) {
		if *operand != nil && kept(*operand, l, depth+1) {
			return true
		}
	}
	return false
}

// keptCell is kept for a variable that lives in memory.
func keptCell(v *ssa.Alloc, l *loop, depth int) bool {
	for _, use := range *v.Referrers() {
		if store, ok := use.(*ssa.Store); ok && store.Addr == ssa.Value(v) && l.body[store.Block().Index] && kept(store.Val, l, depth+1) {
			return true
		}
	}
	return !l.body[v.Block().Index] && isCounter(v, l)
}

// isCounter reports whether a variable is changed in the loop.
func isCounter(v *ssa.Alloc, l *loop) bool {
	for _, use := range *v.Referrers() {
		if store, ok := use.(*ssa.Store); ok && store.Addr == ssa.Value(v) && l.body[store.Block().Index] {
			return true
		}
	}
	return false
}

// asked reports whether a way depends on what a received value is, other than
// whether it is an error.
func (s *scope) asked(way []Way) bool {
	for _, w := range way {
		for p := w.Path; p != nil; p = p.Prev {
			if p.Succ >= 0 && w.Func.asks(p.Block, p.Succ) {
				return true
			}
		}
	}
	return false
}

func (f *Func) asks(block, succ int) bool {
	if f.source == nil {
		return false
	}
	b := f.source.Blocks[block]
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok || ssax.ChosenCase(b, 0) != nil {
		return false // or the choice of a select
	}
	if v, _ := ssax.NilTest(b, succ); v != nil && ssax.IsError(v.Type()) {
		return false
	}
	return kept(branch.Cond, &loop{header: -1}, 0) // of no loop: what was received
}
