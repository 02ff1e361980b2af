package allocmodel

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// build adds the flow in a function to the graph.
func (b *batch) build(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			b.instr(instr)
		}
	}
}

func (b *batch) instr(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Phi:
		if loc := b.ref(instr).loc; loc != nil {
			for _, operand := range instr.Edges {
				b.flowValue(loc, operand, 0, Step{Why: Assigned, Pos: instr.Pos()})
			}
		}
	case *ssa.Store:
		b.store(instr)
	case *ssa.MapUpdate:
		step := Step{Why: MapElement, Pos: instr.Pos()}
		b.flowValue(b.heap, instr.Key, 0, step)
		b.flowValue(b.heap, instr.Value, 0, step)
		if !b.m.shape(instr.Parent()).colons[instr.Pos()] { // a literal is made large enough for its elements
			b.storage(MapGrowth, instr, instr.Pos(), instr.Map.Type(), -1)
		}
	case *ssa.Send:
		b.flowValue(b.heap, instr.X, 0, Step{Why: Sent, Pos: instr.Pos()})
	case *ssa.Select:
		for _, state := range instr.States {
			if state.Send != nil {
				b.flowValue(b.heap, state.Send, 0, Step{Why: Sent, Pos: state.Pos})
			}
		}
	case *ssa.Panic:
		b.flowValue(b.heap, instr.X, 0, Step{Why: Panicked, Pos: instr.Pos()})
	case *ssa.Return:
		for i, loc := range b.results[instr.Parent()] {
			if i < len(instr.Results) {
				b.flowValue(loc, instr.Results[i], 0, Step{Why: Returned, Pos: instr.Pos()})
			}
		}
	case *ssa.MakeChan:
		b.storage(MakeChan, instr, instr.Pos(), instr.Type(), -1)
	case ssa.CallInstruction:
		b.call(instr)
	}
	if v, ok := instr.(ssa.Value); ok {
		b.ref(v) // for its site, although nothing may use it
	}
}

// store adds the flow of an assignment to something in memory.
func (b *batch) store(s *ssa.Store) {
	if !hasPointers(s.Val.Type()) || isSelfAssignment(s) {
		return
	}
	dst, why := b.target(s.Addr, s.Pos())
	b.flowValue(dst, s.Val, 0, Step{Why: why, Pos: s.Pos()})
}

// target returns the location that a store to an address changes. What is
// behind a pointer is on the heap, as far as anybody knows.
func (b *batch) target(addr ssa.Value, pos token.Pos) (*location, Why) {
	switch addr := addr.(type) {
	case *ssa.Global:
		return b.heap, StoredGlobal
	case *ssa.Alloc, *ssa.FreeVar:
		if r := b.ref(addr); r.loc != nil && r.derefs == -1 && !b.m.shape(parentOf(addr)).pointers[pos] {
			return r.loc, Assigned
		}
	case *ssa.FieldAddr:
		if !b.m.shape(addr.Parent()).pointers[addr.Pos()] {
			return b.target(addr.X, token.NoPos)
		}
	case *ssa.IndexAddr:
		_, isSlice := addr.X.Type().Underlying().(*types.Slice)
		if !isSlice && !b.m.shape(addr.Parent()).pointers[addr.Pos()] {
			return b.target(addr.X, token.NoPos)
		}
	}
	return b.heap, StoredIndirect
}

func parentOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Alloc:
		return v.Parent()
	case *ssa.FreeVar:
		return v.Parent()
	}
	return nil
}

// isSelfAssignment reports whether a store puts part of an object back into
// it, as x.buf = x.buf[n:] does: it makes nothing live longer.
func isSelfAssignment(s *ssa.Store) bool {
	to, ok := s.Addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	val := s.Val
	if slice, ok := val.(*ssa.Slice); ok {
		if isPointer(slice.X.Type()) {
			return false // of an array, which is part of the object: a new pointer into it
		}
		val = slice.X
	}
	load, ok := val.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	from, ok := load.X.(*ssa.FieldAddr)
	return ok && sameAddress(to.X, from.X, 4)
}

// sameAddress reports whether two pointers are read from the same chain of
// fields.
func sameAddress(x, y ssa.Value, depth int) bool {
	if x == y {
		return true
	}
	if depth == 0 {
		return false
	}
	switch x := x.(type) {
	case *ssa.UnOp:
		y, ok := y.(*ssa.UnOp)
		return ok && x.Op == token.MUL && y.Op == token.MUL && sameAddress(x.X, y.X, depth-1)
	case *ssa.FieldAddr:
		y, ok := y.(*ssa.FieldAddr)
		return ok && x.Field == y.Field && sameAddress(x.X, y.X, depth-1)
	}
	return false
}
