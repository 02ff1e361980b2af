package poolmisuse

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

// growable reports whether a type is a buffer of bytes that grows with what is
// written, or a pointer to a struct with such a field, and names that.
func (c *checker) growable(t types.Type) string {
	if p := pointee(t); p != nil {
		t = p
	}
	if accumulating[typeName(t)] {
		return c.typeText(t)
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if isByte(u.Elem()) {
			return c.typeText(t)
		}
	case *types.Struct:
		for f := range u.Fields() {
			s, ok := f.Type().Underlying().(*types.Slice)
			if accumulating[typeName(f.Type())] || ok && isByte(s.Elem()) && c.recycled[f.Origin()] {
				return "its field " + f.Name()
			}
		}
	}
	return ""
}

// checkOversize reports buffers that are put back however large they are.
func (c *checker) checkOversize(put transfer) {
	if !c.reporter.Enabled(oversize) || !put.std {
		return
	}
	boxed, ok := put.value.(*ssa.MakeInterface)
	if !ok {
		return
	}
	what := c.growable(boxed.X.Type())
	if what == "" || limited(put.call.Parent(), 0) {
		return
	}
	pos, end := c.span(put.call)
	c.report(pragma.Draft{
		Rule: oversize, Pos: pos, End: end,
		Message: fmt.Sprintf("%s goes back into the pool however large it (%s) has grown: one large use keeps its memory for all later small ones; drop it above some capacity", c.argumentText(put), what),
		Witness: []pragma.Step{{Kind: "put", Pos: pos, End: end, Text: "nothing in this function asks for a capacity before"}},
	})
}

// limited reports whether a function asks how large something is.
func limited(fn *ssa.Function, depth int) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "cap" {
				return true
			}
			if callee := ssax.Callee(call.Common()); callee != nil && callee.Name() == "Cap" {
				return true
			}
		}
	}
	return depth == 0 && fn.Parent() != nil && limited(fn.Parent(), 1)
}
