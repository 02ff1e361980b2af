package poolmisuse

import (
	"fmt"
	"go/token"
	"slices"
	"sort"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// uses returns what an instruction uses the object through.
func (f *follower) uses(s *spot, instr ssa.Instruction) (ssa.Value, hold) {
	switch instr := instr.(type) {
	case *ssa.Call:
		return f.callUses(s, instr)
	case *ssa.Defer:
		return f.callUses(s, instr)
	case *ssa.Go:
		return f.callUses(s, instr)
	case *ssa.UnOp:
		if instr.Op == token.MUL {
			return instr.X, s.held[instr.X]
		}
	case *ssa.Store:
		return instr.Addr, s.held[instr.Addr]
	case *ssa.MapUpdate:
		return instr.Map, s.held[instr.Map]
	case *ssa.Lookup:
		return instr.X, s.held[instr.X]
	case *ssa.Range:
		return instr.X, s.held[instr.X]
	case *ssa.Send:
		return instr.X, s.held[instr.X]
	case *ssa.Convert:
		if !isUnsafe(instr.Type()) && !isUnsafe(instr.X.Type()) {
			return instr.X, s.held[instr.X] // string(b) copies, and so reads
		}
	case *ssa.Return:
		for _, r := range instr.Results {
			if h := s.held[r]; h != nothing && !besideError(instr) {
				return r, h
			}
		}
		if d := f.deferredBefore(s); d != nil {
			return nil, whole
		}
	}
	return nil, nothing
}

// besideError reports whether a return hands out an error that may not be nil:
// callers leave the other results alone then.
func besideError(ret *ssa.Return) bool {
	if len(ret.Results) < 2 {
		return false
	}
	last := ret.Results[len(ret.Results)-1]
	if stored := storedIn(last, ret); stored != nil {
		last = stored
	}
	return ssax.IsError(last.Type()) && !ssax.IsNil(last)
}

// callUses returns which argument of a call refers to the object.
func (f *follower) callUses(s *spot, call ssa.CallInstruction) (ssa.Value, hold) {
	common := call.Common()
	args := arguments(common)
	if b, ok := common.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "copy", "clear", "delete":
		case "append":
			args = slices.Clone(args)
			if len(args) > 1 && s.held[args[1]] == nothing {
				args = args[:1]
			}
		default:
			return nil, nothing // len, cap and print read no memory
		}
	}
	if callee := ssax.Callee(common); callee != nil && harmless[callee.FullName()] {
		return nil, nothing
	}
	for _, arg := range args {
		if h := s.held[arg]; h != nothing {
			return arg, h
		}
	}
	return nil, nothing
}

// deferredBefore returns a deferred put of the same object that was pending
// when the followed one ran, and has nothing to tell it not to put again.
func (f *follower) deferredBefore(s *spot) ssa.Instruction {
	for _, d := range f.c.deferred(f.put.call.Parent()) {
		if d.call == f.put.call || !d.always || !dominates(d.stmt, f.put.call.(ssa.Instruction)) {
			continue
		}
		if d.cell != nil && s.cells[d.cell] == whole || d.cell == nil && strip(d.value) == strip(f.put.value) {
			return d.stmt
		}
	}
	return nil
}

// key identifies a state among those of the same block.
func (f *follower) key(s *spot) string {
	var ids []int
	id := func(v ssa.Value) {
		if _, ok := f.ids[v]; !ok {
			f.ids[v] = len(f.ids)
		}
		ids = append(ids, f.ids[v])
	}
	for v := range s.held {
		id(v)
	}
	for cell := range s.cells {
		id(cell)
	}
	sort.Ints(ids)
	return fmt.Sprint(s.block.Index, ids, s.moved, s.env.Hash())
}

// besideFailure reports whether an object is what a call returned beside an
// error that is not nil in a block: then there is most likely no object.
func besideFailure(object ssa.Value, block *ssa.BasicBlock) bool {
	result, ok := object.(*ssa.Extract)
	if !ok {
		return false
	}
	for b := block; b.Idom() != nil; b = b.Idom() {
		branch, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 {
			continue
		}
		cmp, ok := branch.Cond.(*ssa.BinOp)
		if !ok || !ssax.IsNil(cmp.Y) || cmp.Op != token.NEQ && cmp.Op != token.EQL {
			continue
		}
		failure, ok := cmp.X.(*ssa.Extract)
		if ok && failure.Tuple == result.Tuple && failure != result && (cmp.Op == token.NEQ) == (b.Idom().Succs[0] == b) {
			return true
		}
	}
	return false
}
