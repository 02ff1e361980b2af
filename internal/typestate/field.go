package typestate

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Field returns the field that a store assigns to, or nil: that of the generic
// type for an instance.
func Field(store *ssa.Store) *types.Var {
	if addr, ok := store.Addr.(*ssa.FieldAddr); ok {
		return fieldOf(addr.X.Type(), addr.Field)
	}
	return nil
}

// fieldOf returns the n'th field of a struct, or of what a pointer to one
// points to.
func fieldOf(t types.Type, n int) *types.Var {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	return t.Underlying().(*types.Struct).Field(n).Origin()
}

// Discharged reports whether anything in the package uses what is stored in a
// field, other than to compare it with nil: calls it, calls a method of it, or
// hands it to other code. Only the package that declares an unexported
// field can, so there the answer is complete, reflection apart.
func (e *Engine) Discharged(field *types.Var) bool {
	if e.fields == nil {
		e.fields = make(map[*types.Var]bool)
		for _, fn := range e.funcs {
			for _, block := range fn.Blocks {
				for _, instr := range block.Instrs {
					e.noteField(instr)
				}
			}
		}
	}
	return e.fields[field]
}

// noteField notes which field an instruction takes, if what it takes is used.
func (e *Engine) noteField(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Field:
		if used(instr) {
			e.fields[fieldOf(instr.X.Type(), instr.Field)] = true
		}
	case *ssa.FieldAddr:
		for _, ref := range *instr.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Store:
				if ref.Addr == instr {
					continue // assigned to
				}
			case *ssa.UnOp:
				if !used(ref) {
					continue
				}
			case *ssa.DebugRef:
				continue
			}
			e.fields[fieldOf(instr.X.Type(), instr.Field)] = true
		}
	}
}

// used reports whether a value is used other than in comparisons.
func used(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		switch ref.(type) {
		case *ssa.BinOp, *ssa.DebugRef:
		default:
			return true
		}
	}
	return false
}
