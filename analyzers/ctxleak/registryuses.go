package ctxleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A registry is what a package does with a collection of release functions,
// apart from putting some into it, asking how many there are, and replacing
// it by an empty one.
type registry struct {
	takes    []ssa.Instruction // what looks at an entry
	removals []ssa.Instruction // what removes entries without looking
	unknown  bool              // whether anything else is done with it
}

// takenAround reports whether the declaration around a function, or one that
// calls it by name, looks at entries: what it removes may have been called.
func (r *registry) takenAround(fn *ssa.Function) bool {
	fn = outermost(fn)
	for _, take := range r.takes {
		taker := outermost(take.Parent())
		if taker == fn || mentions(taker, fn) || mentions(fn, taker) {
			return true
		}
	}
	return false
}

// outermost returns the declaration around a function literal.
func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// mentions reports whether a function, or a literal in it, refers to another.
func mentions(fn, other *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			for _, operand := range instr.Operands(nil) {
				if *operand == ssa.Value(other) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(fn.AnonFuncs, func(literal *ssa.Function) bool { return mentions(literal, other) })
}

// enterRegistries adds what one instruction does with collections.
func enterRegistries(known map[*types.Var]*registry, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Field: // of a struct that was copied
		st := instr.X.Type().Underlying().(*types.Struct)
		if r := known[st.Field(instr.Field).Origin()]; r != nil {
			r.unknown = true
		}
		return
	case *ssa.FieldAddr:
		if r := known[collectionAt(instr)]; r != nil {
			for _, ref := range *instr.Referrers() {
				r.address(instr, ref)
			}
		}
		return
	}
	for _, operand := range instr.Operands(nil) {
		if global, ok := (*operand).(*ssa.Global); ok {
			if r := known[collectionAt(global)]; r != nil {
				r.address(global, instr)
			}
		}
	}
}

// address adds what an instruction does with the address of a collection.
func (r *registry) address(addr ssa.Value, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.DebugRef:
	case *ssa.UnOp:
		for _, ref := range *instr.Referrers() {
			r.loaded(instr, ref)
		}
	case *ssa.Store:
		if instr.Addr != addr || !r.replaces(instr) {
			r.unknown = true
		}
	case ssa.CallInstruction:
		r.method(addr, instr)
	default:
		r.unknown = true
	}
}

// replaces reports whether what is assigned to a collection is a new one, nil,
// or the same with one entry more or none.
func (r *registry) replaces(store *ssa.Store) bool {
	switch v := store.Val.(type) {
	case *ssa.MakeMap, *ssa.MakeSlice:
		return len(*v.Referrers()) == 1
	case *ssa.Const:
		return true
	case *ssa.Slice:
		if array, ok := v.X.(*ssa.Alloc); ok { // an empty literal, or a constant capacity
			return len(*v.Referrers()) == 1 && len(*array.Referrers()) == 1
		}
		return collectionOf(v.X) == collectionAt(store.Addr)
	case *ssa.Call:
		return appendedTo(v) != nil
	}
	return false
}

// method adds what a method of sync.Map does.
func (r *registry) method(addr ssa.Value, call ssa.CallInstruction) {
	switch calleeName(call.Common()) {
	case syncMap + "Store":
		r.unknown = r.unknown || call.Common().Args[0] != addr
	case syncMap + "Delete", syncMap + "Clear":
		r.removals = append(r.removals, call)
	default:
		r.unknown = true
	}
}

// loaded adds what an instruction does with a collection that was loaded.
func (r *registry) loaded(v ssa.Value, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.DebugRef, *ssa.BinOp:
	case *ssa.MapUpdate:
		r.unknown = r.unknown || instr.Map != v
	case *ssa.Lookup:
		r.looked(instr, instr, 0)
	case *ssa.Range:
		for _, next := range *instr.Referrers() {
			if next, ok := next.(*ssa.Next); ok {
				r.looked(next, instr, 2)
			}
		}
	case *ssa.IndexAddr:
		for _, ref := range *instr.Referrers() {
			if store, ok := ref.(*ssa.Store); !ok || store.Addr != instr {
				r.takes = append(r.takes, ref)
			}
		}
	case *ssa.Slice:
		for _, ref := range *instr.Referrers() {
			if store, ok := ref.(*ssa.Store); !ok || collectionAt(store.Addr) != collectionOf(v) {
				r.unknown = true
			}
		}
	case ssa.CallInstruction:
		r.builtin(v, instr)
	default:
		r.unknown = true
	}
}

// looked adds a look at an entry, which is the n'th of a tuple or the value
// itself, unless it asks only whether there is one.
func (r *registry) looked(v ssa.Value, instr ssa.Instruction, n int) {
	if _, tuple := v.Type().(*types.Tuple); !tuple {
		if usedBeyondNil(v) {
			r.takes = append(r.takes, instr)
		}
		return
	}
	for _, ref := range *v.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == n && usedBeyondNil(x) {
			r.takes = append(r.takes, instr)
		}
	}
}

// usedBeyondNil reports whether anything but comparisons is done with a value.
func usedBeyondNil(v ssa.Value) bool {
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch ref.(type) {
		case *ssa.BinOp, *ssa.DebugRef:
			return false
		}
		return true
	})
}

// builtin adds what a call does with a collection.
func (r *registry) builtin(v ssa.Value, instr ssa.CallInstruction) {
	b, ok := instr.Common().Value.(*ssa.Builtin)
	call, now := instr.(*ssa.Call)
	switch {
	case !ok:
		r.unknown = true
	case b.Name() == "delete" || b.Name() == "clear":
		r.removals = append(r.removals, instr)
	case b.Name() == "append":
		r.unknown = r.unknown || !now || call.Call.Args[0] != v || appendedTo(call) == nil
	case b.Name() != "len" && b.Name() != "cap":
		r.unknown = true
	}
}
