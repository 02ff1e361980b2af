package poolmisuse

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// What happens to an object after it was put back.
//
// Followed is one put, along every feasible path from there, breadth first.
// The state of a path is what refers to the object: registers, local
// variables, and the field that the object was read from, until the path
// assigns to it. The first use on a path ends it, as does making the object's
// register anew.
//
// It is a may-analysis over paths and errs towards silence: what refers to
// the object before the put counts only if it surely does; a call that gets
// the owner of the field may change the field; what a closure does when it
// runs is not seen, deferred ones that put apart. See [ssax.Paths] for
// infeasible paths.

// maxSteps bounds the blocks visited for one put.
const maxSteps = 2_000

// A misuse is the first thing that happens to an object after it was put back.
type misuse struct {
	at    ssa.Instruction
	value ssa.Value // what refers to the object; nil if a deferred call does
	hold  hold
	steps []edge
	// merged says that the value is one of several that a branch or a round
	// of a loop chose: that it is the object may be beyond what is known of
	// paths, as when two buffers change places in every round.
	merged bool
}

// merges reports whether a value is the object on some paths only.
func merges(v ssa.Value, held map[ssa.Value]hold) bool {
	_, ok := v.(*ssa.Phi)
	return ok && held[v] == nothing
}

// An edge is one step of a path in the control-flow graph.
type edge struct {
	from *ssa.BasicBlock
	succ int
}

// A spot is a point on a path: about to execute block from instruction next.
type spot struct {
	block *ssa.BasicBlock
	next  int
	env   ssax.Env
	held  map[ssa.Value]hold  // registers
	cells map[*ssa.Alloc]hold // local variables
	moved bool                // whether the field may hold another object by now
	prev  *spot
	via   edge
}

// A follower follows one put.
type follower struct {
	c       *checker
	paths   *ssax.Paths
	put     transfer
	field   ssa.Value // the load of a field that the object came from, or nil
	ids     map[ssa.Value]int
	sure    map[ssa.Value]hold // what refers to the object on every path
	visited map[string]bool
	queue   []*spot
	found   *misuse
}

// follow returns the first misuse after a put, or nil.
func (c *checker) follow(put transfer) *misuse {
	fn := put.call.Parent()
	f := &follower{c: c, paths: c.engine.Paths(fn), put: put, ids: make(map[ssa.Value]int), visited: make(map[string]bool)}
	root := strip(put.value)
	if load, ok := root.(*ssa.UnOp); ok && load.Op == token.MUL {
		if _, ok := load.X.(*ssa.FieldAddr); ok {
			f.field = load
		}
	}
	block := put.call.Block()
	at := slices.Index(block.Instrs, put.call.(ssa.Instruction))
	start := &spot{block: block, next: at + 1, env: f.paths.At(block), held: make(map[ssa.Value]hold), cells: make(map[*ssa.Alloc]hold)}
	start.moved = f.field != nil && f.movedBefore(at)
	f.sure = c.holdings(root)
	for v, h := range f.sure {
		if precedes(v, block, at) {
			start.held[v] = h
			c.holdCells(start, v, h, put.call)
		}
	}
	f.queue = []*spot{start}
	for steps := 0; len(f.queue) > 0 && f.found == nil && steps < maxSteps; steps++ {
		s := f.queue[0]
		f.queue = f.queue[1:]
		f.visit(s)
	}
	return f.found
}

// holdCells notes the local variables that hold a value at a put: those whose
// assignments before it all are of that value.
func (c *checker) holdCells(s *spot, v ssa.Value, h hold, put ssa.CallInstruction) {
	if v.Referrers() == nil {
		return
	}
	for _, ref := range *v.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok || store.Val != v {
			continue
		}
		cell, ok := store.Addr.(*ssa.Alloc)
		if !ok || !dominates(store, put.(ssa.Instruction)) {
			continue
		}
		if !slices.ContainsFunc(*cell.Referrers(), func(other ssa.Instruction) bool {
			o, ok := other.(*ssa.Store)
			return ok && o != store && o.Val != v && ssax.Reaches(o.Block(), put.Block(), nil)
		}) {
			s.cells[cell] = h
		}
	}
}

// precedes reports whether a value has surely been computed before an
// instruction of a block.
func precedes(v ssa.Value, block *ssa.BasicBlock, at int) bool {
	instr, ok := v.(ssa.Instruction)
	if !ok {
		return true // a parameter or the like
	}
	if instr.Block() == block {
		return slices.Index(block.Instrs[:at], instr) >= 0
	}
	return instr.Block() != nil && instr.Block().Dominates(block)
}

// dominates reports whether one instruction is executed before another on
// every path to it.
func dominates(first, second ssa.Instruction) bool {
	block := second.Block()
	if first.Block() != block {
		return first.Block().Dominates(block)
	}
	return slices.Index(block.Instrs, first) < slices.Index(block.Instrs, second)
}

// visit executes the rest of a block and queues what follows.
func (f *follower) visit(s *spot) {
	for _, instr := range s.block.Instrs[s.next:] {
		if v, h := f.uses(s, instr); h != nothing {
			f.found = &misuse{at: instr, value: v, hold: h, steps: s.steps(), merged: merges(v, f.sure)}
			return
		}
		f.execute(s, instr)
	}
	for i, to := range s.block.Succs {
		env, feasible := f.paths.Follow(s.env, s.block, i)
		if !feasible {
			continue
		}
		next := f.enter(s, to)
		next.env, next.prev, next.via = env, s, edge{s.block, i}
		if len(next.held) == 0 && len(next.cells) == 0 && (f.field == nil || next.moved) {
			continue // nothing refers to the object any more
		}
		if key := f.key(next); !f.visited[key] {
			f.visited[key] = true
			f.queue = append(f.queue, next)
		}
	}
}

// steps returns the edges that led to a spot.
func (s *spot) steps() []edge {
	var steps []edge
	for ; s.prev != nil; s = s.prev {
		steps = append(steps, s.via)
	}
	slices.Reverse(steps)
	return steps
}

// enter returns the state once the path is in a block: phis take values over,
// and registers that the block computes anew forget theirs.
func (f *follower) enter(s *spot, to *ssa.BasicBlock) *spot {
	next := &spot{block: to, held: make(map[ssa.Value]hold), cells: make(map[*ssa.Alloc]hold), moved: s.moved}
	for v, h := range s.held {
		if instr, ok := v.(ssa.Instruction); !ok || instr.Block() != to {
			next.held[v] = h
		}
	}
	for cell, h := range s.cells {
		if cell.Block() != to {
			next.cells[cell] = h
		}
	}
	pred := slices.Index(to.Preds, s.block)
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if h := s.held[phi.Edges[pred]]; h != nothing {
			next.held[phi] = h
		}
	}
	if f.field != nil && dependsOn(f.field, to) {
		next.moved = true // its owner may be another one in the next round
	}
	return next
}

// dependsOn reports whether an object that leads to a field is computed in a
// block.
func dependsOn(load ssa.Value, block *ssa.BasicBlock) bool {
	owner := load.(*ssa.UnOp).X.(*ssa.FieldAddr).X
	for {
		if instr, ok := owner.(ssa.Instruction); ok && instr.Block() == block {
			return true
		}
		switch v := owner.(type) {
		case *ssa.FieldAddr:
			owner = v.X
		case *ssa.IndexAddr:
			owner = v.X
		case *ssa.UnOp:
			owner = v.X
		default:
			return false
		}
	}
}

// execute applies an instruction to a state.
func (f *follower) execute(s *spot, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Store:
		s.env = f.paths.Store(s.env, instr)
		if cell, ok := instr.Addr.(*ssa.Alloc); ok {
			delete(s.cells, cell)
			if h := s.held[instr.Val]; h != nothing {
				s.cells[cell] = h
			}
		}
		s.moved = s.moved || f.moves(instr)
		return
	case *ssa.UnOp:
		if cell, ok := instr.X.(*ssa.Alloc); ok && s.cells[cell] != nothing {
			s.held[instr] = s.cells[cell]
			return
		}
		if f.field != nil && !s.moved && instr.Op == token.MUL && f.paths.Same(instr, f.field) {
			s.held[instr] = whole
			return
		}
	case *ssa.MakeClosure:
		for _, b := range instr.Bindings {
			if cell, ok := b.(*ssa.Alloc); ok {
				delete(s.cells, cell) // whoever runs it may assign to the variable
			}
		}
	case ssa.CallInstruction:
		s.moved = s.moved || f.moves(instr)
	case *ssa.Phi:
		return // done on entry
	}
	if v, ok := instr.(ssa.Value); ok {
		if h := f.c.derive(instr, func(v ssa.Value) hold { return s.held[v] }); h != nothing {
			s.held[v] = h
		}
	}
}

// moves reports whether an instruction gives the field, or what holds it,
// another value, or may.
func (f *follower) moves(instr ssa.Instruction) bool {
	if f.field == nil {
		return false
	}
	field := f.field.(*ssa.UnOp).X.(*ssa.FieldAddr)
	switch instr := instr.(type) {
	case *ssa.Store:
		return sameField(instr.Addr, field) || reaches(f.field, instr.Addr)
	case ssa.CallInstruction:
		return slices.Contains(arguments(instr.Common()), field.X)
	}
	return false
}

// movedBefore reports whether the field gets another value between the load
// of the object and its put, which is the at'th instruction of its block: a
// list's first element is taken off before it is put back.
func (f *follower) movedBefore(at int) bool {
	load, put := f.field.(*ssa.UnOp).Block(), f.put.call.Block()
	first := slices.Index(load.Instrs, f.field.(ssa.Instruction))
	if load == put && first < at {
		return slices.ContainsFunc(put.Instrs[first:at], f.moves)
	}
	return slices.ContainsFunc(load.Instrs[first:], f.moves) ||
		slices.ContainsFunc(put.Instrs[:at], f.moves) ||
		slices.ContainsFunc(load.Parent().Blocks, func(b *ssa.BasicBlock) bool {
			return b != load && b != put && slices.ContainsFunc(b.Instrs, f.moves) &&
				slices.ContainsFunc(load.Succs, func(succ *ssa.BasicBlock) bool { return ssax.Reaches(succ, b, load) }) &&
				ssax.Reaches(b, put, load)
		})
}

// sameField reports whether two addresses are of the same field of a type.
// The objects may be different ones.
func sameField(x, y ssa.Value) bool {
	a, ok := x.(*ssa.FieldAddr)
	b, both := y.(*ssa.FieldAddr)
	return ok && both && a.Field == b.Field && types.Identical(a.X.Type(), b.X.Type())
}
