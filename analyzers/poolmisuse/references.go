package poolmisuse

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkReferences reports a slice that is put back with what its elements
// refer to: truncating it hides the elements from its next user, not from the
// garbage collector.
func (c *checker) checkReferences(put transfer) {
	if !c.reporter.Enabled(retained) {
		return
	}
	root := typedRoot(put.value)
	elem := elementOf(root.Type())
	if elem == nil || !hasPointers(elem, 0) || c.clears(put.call.Parent(), root) {
		return
	}
	if callee, ok := root.(*ssa.Call); ok && c.clearsIn(callee) {
		return
	}
	pos, end := c.span(put.call)
	c.report(pragma.Draft{
		Rule: retained, Pos: pos, End: end,
		Message: fmt.Sprintf("%s goes back into the pool with what its elements of type %s refer to: all of that stays in memory as long as the pool keeps the slice; clear it up to its capacity, or up to its length before it is truncated", c.argumentText(put), c.typeText(elem)),
		Witness: []pragma.Step{{Kind: "put", Pos: pos, End: end, Text: "nothing in this function clears the elements before"}},
	})
}

// typedRoot is strip, but stops where the value is in an interface: its type
// is known only behind the assertion.
func typedRoot(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Slice:
			if _, ok := x.X.Type().Underlying().(*types.Slice); !ok {
				return v
			}
			v = x.X
		default:
			if root := strip(v); !types.IsInterface(root.Type()) {
				return root
			}
			return v
		}
	}
}

// elementOf returns the element type of a slice, or of one that a pointer
// points to.
func elementOf(t types.Type) types.Type {
	if p := pointee(t); p != nil {
		t = p
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		return s.Elem()
	}
	return nil
}

// hasPointers reports whether a value of a type keeps other memory alive.
func hasPointers(t types.Type, depth int) bool {
	if depth > 6 || isParam(t) && depth == 0 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Struct:
		for f := range u.Fields() {
			if hasPointers(f.Type(), depth+1) {
				return true
			}
		}
		return false
	case *types.Array:
		return hasPointers(u.Elem(), depth+1)
	case *types.TypeParam:
		return false
	}
	return true
}

// clears reports whether a function may clear the elements of a slice: by the
// builtin, by assigning to them, or in a function that gets it.
func (c *checker) clears(fn *ssa.Function, root ssa.Value) bool {
	held := c.holdings(root)
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if storesInto(instr, held) {
					return true
				}
			case *ssa.Call:
				if len(instr.Call.Args) == 0 || held[arguments(instr.Common())[0]] == nothing {
					continue
				}
				if b, ok := instr.Call.Value.(*ssa.Builtin); ok {
					if b.Name() == "clear" || b.Name() == "copy" {
						return true
					}
					continue
				}
				if _, put := c.given(instr); !put {
					return true
				}
			}
		}
	}
	return false
}

// storesInto reports whether a store goes into an element of a slice.
func storesInto(store *ssa.Store, held map[ssa.Value]hold) bool {
	addr := store.Addr
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
			continue
		case *ssa.IndexAddr:
			return held[a.X] != nothing
		}
		return false
	}
}

// clearsIn reports whether what is put is the result of a function that may
// have cleared it, such as slices.Delete.
func (c *checker) clearsIn(call *ssa.Call) bool {
	_, builtin := call.Call.Value.(*ssa.Builtin)
	return !builtin && len(c.got(call)) == 0
}

// checkTruncated reports fields that the reset of a pooled struct truncates
// without clearing what their elements refer to.
func (c *checker) checkTruncated(s *stock) {
	_, reset := c.resetMethod(s)
	if reset == nil || !c.reporter.Enabled(retained) {
		return
	}
	for _, block := range reset.Blocks {
		for _, instr := range block.Instrs {
			cut, ok := instr.(*ssa.Slice)
			if !ok || !isZero(cut.High) {
				continue
			}
			load, ok := cut.X.(*ssa.UnOp)
			if !ok {
				continue
			}
			addr, ok := load.X.(*ssa.FieldAddr)
			elem := elementOf(cut.Type())
			if !ok || elem == nil || !hasPointers(elem, 0) || clearsField(reset, addr) {
				continue
			}
			field := fieldOf(addr.X.Type(), addr.Field)
			c.report(pragma.Draft{
				Rule: retained, Pos: position(cut),
				Message: fmt.Sprintf("%s truncates field %s but leaves what its elements of type %s refer to: all of that stays in memory as long as the pool keeps the object; clear the field before it is truncated", reset.Name(), field.Name(), c.typeText(elem)),
				Witness: []pragma.Step{{Kind: "reset", Pos: position(cut), Text: "the length becomes 0, the elements stay"}},
			})
		}
	}
}

// clearsField reports whether a function clears, or assigns to elements of,
// the slice in a field.
func clearsField(fn *ssa.Function, addr *ssa.FieldAddr) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			load, ok := instr.(*ssa.UnOp)
			if !ok || !sameField(load.X, addr) {
				continue
			}
			for _, ref := range *load.Referrers() {
				switch ref := ref.(type) {
				case *ssa.Call:
					if b, ok := ref.Call.Value.(*ssa.Builtin); ok && b.Name() == "clear" {
						return true
					}
					if ssax.Callee(ref.Common()) != nil {
						return true
					}
				case *ssa.IndexAddr:
					for _, use := range *ref.Referrers() {
						switch use := use.(type) {
						case *ssa.Store, *ssa.FieldAddr:
							return true
						case *ssa.UnOp:
							_ = use
						}
					}
				}
			}
		}
	}
	return false
}
