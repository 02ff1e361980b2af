package poolmisuse

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// checkArgument reports what is wrong with the object of a put itself.
func (c *checker) checkArgument(put transfer) {
	if put.std || c.boxesArgument(put) {
		c.checkPointer(put)
	}
	c.checkFront(put)
	c.checkSizeClass(put)
	c.checkReferences(put)
	c.checkNil(put)
	c.checkOversize(put)
}

// checkPointer reports objects that are boxed anew by each put.
func (c *checker) checkPointer(put transfer) {
	value := put.value
	if boxed, ok := value.(*ssa.MakeInterface); ok {
		value = boxed.X
	}
	if _, constant := value.(*ssa.Const); constant || isParam(value.Type()) {
		return
	}
	pos, end := c.span(put.call)
	object := c.argumentText(put)
	if size := c.boxedSize(value.Type()); size > 0 {
		var severity finding.Severity
		if c.makesLarge(put.pool) {
			severity = finding.Info
		}
		c.report(pragma.Draft{
			Rule: nonPointer, Pos: pos, End: end, Severity: severity,
			Message: fmt.Sprintf("%s is a %s, not a pointer: every Put allocates %d bytes to hold it, which a pool is there to avoid; keep a pointer to it from Get to Put", object, c.typeText(value.Type()), size),
			Witness: []pragma.Step{{Kind: "put", Pos: pos, End: end, Text: fmt.Sprintf("%s is converted to an interface, which copies it to the heap", object)}},
		})
		return
	}
	cell, ok := value.(*ssa.Alloc)
	if !ok || !isSliceOrMap(pointee(cell.Type())) || cell.Comment == "new" {
		return
	}
	c.report(pragma.Draft{
		Rule: freshPointer, Pos: pos, End: end,
		Message: fmt.Sprintf("%s is the address of a variable of this function: every call allocates %d bytes for that variable, as Put of the slice itself would; keep the pointer that Get returned", object, c.sizeof(pointee(cell.Type()))),
		Witness: []pragma.Step{
			{Kind: "variable", Pos: cell.Pos(), Text: "the variable moves to the heap, because the pool keeps its address"},
			{Kind: "put", Pos: pos, End: end, Text: "its address is put"},
		},
	})
}

// large is the size of slices from which an allocation of a few bytes hardly
// matters: to fill one takes a thousand times as long.
const large = 64 << 10

// makesLarge reports whether all that is assigned to a pool's New makes slices
// of a size that is known and large. Pools in an array are one here.
func (c *checker) makesLarge(pool types.Object) bool {
	s := c.pools.byObject[pool]
	return s != nil && len(s.news) > 0 && !slices.ContainsFunc(s.news, func(fn *ssa.Function) bool {
		return !slices.ContainsFunc(fn.Blocks, c.allocatesLarge)
	})
}

// allocatesLarge reports whether a block makes a large slice. Where the size is
// constant, make is a new array.
func (c *checker) allocatesLarge(b *ssa.BasicBlock) bool {
	return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
		array, ok := instr.(*ssa.Alloc)
		return ok && array.Comment == "makeslice" && c.sizeof(pointee(array.Type())) >= large
	})
}

func isSliceOrMap(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

// boxedSize returns how many bytes the conversion of a type to an interface
// allocates.
func (c *checker) boxedSize(t types.Type) int64 {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return 0
	case *types.Basic:
		if u.Kind() == types.UnsafePointer || u.Info()&types.IsBoolean != 0 {
			return 0
		}
	case *types.Struct:
		if u.NumFields() == 1 && c.boxedSize(u.Field(0).Type()) == 0 {
			return 0 // shaped like a pointer
		}
	}
	return c.sizeof(t)
}

func (c *checker) sizeof(t types.Type) int64 {
	return c.pass.TypesSizes.Sizeof(t)
}

// checkFront reports a slice whose front is cut off before it is put: nobody
// gets that part of its array back.
func (c *checker) checkFront(put transfer) {
	cut := frontCut(put.value)
	if cut == nil {
		return
	}
	pos, end := c.span(put.call)
	c.report(pragma.Draft{
		Rule: shrinks, Pos: pos, End: end,
		Message: fmt.Sprintf("%s begins behind the start of its array: what is cut off in front never comes back, and the buffer shrinks with every use; put the whole slice", c.argumentText(put)),
		Witness: []pragma.Step{
			{Kind: "slice", Pos: cut.Pos(), Text: "the front is cut off"},
			{Kind: "put", Pos: pos, End: end, Text: "the rest is put"},
		},
	})
}

// frontCut returns the slicing that cuts the front off a put slice, or off
// the slice that a put pointer points to.
func frontCut(v ssa.Value) *ssa.Slice {
	for range 10 {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Slice:
			if x.Low != nil && !isZero(x.Low) {
				if _, ok := x.X.Type().Underlying().(*types.Slice); ok {
					return x
				}
				return nil
			}
			v = x.X
		case *ssa.UnOp:
			return nil
		default:
			return nil
		}
	}
	return nil
}

// checkSizeClass reports a slice that goes to one of several pools, chosen by
// its length.
func (c *checker) checkSizeClass(put transfer) {
	args := arguments(put.call.Common())
	if !put.std || !c.reporter.Enabled(sizeByLen) || len(args) == 0 {
		return
	}
	element, ok := args[0].(*ssa.IndexAddr)
	if !ok {
		return
	}
	object := strip(put.value)
	byLen := lengthIn(element.Index, object, "len", 0)
	if byLen == nil || lengthIn(element.Index, object, "cap", 0) != nil {
		return
	}
	pos, end := c.span(put.call)
	c.report(pragma.Draft{
		Rule: sizeByLen, Pos: pos, End: end,
		Message: fmt.Sprintf("the pool for %s is chosen by its length, not by its capacity: a large buffer that is filled little goes to the pool of small ones; use cap", c.argumentText(put)),
		Witness: []pragma.Step{
			{Kind: "length", Pos: byLen.Pos(), Text: "the length is taken"},
			{Kind: "put", Pos: pos, End: end, Text: "it decides about the pool"},
		},
	})
}

// lengthIn returns the call of len or cap on an object that an index is
// computed from.
func lengthIn(index, object ssa.Value, builtin string, depth int) *ssa.Call {
	if depth > 6 {
		return nil
	}
	switch v := index.(type) {
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok {
			if arg := v.Call.Args[0]; b.Name() == builtin && (strip(arg) == object || loadOf(arg) == object) {
				return v
			}
			return nil
		}
		for _, arg := range v.Call.Args {
			if found := lengthIn(arg, object, builtin, depth+1); found != nil {
				return found
			}
		}
	case *ssa.BinOp:
		if found := lengthIn(v.X, object, builtin, depth+1); found != nil {
			return found
		}
		return lengthIn(v.Y, object, builtin, depth+1)
	case *ssa.Convert:
		return lengthIn(v.X, object, builtin, depth+1)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if found := lengthIn(e, object, builtin, depth+1); found != nil {
				return found
			}
		}
	}
	return nil
}

// loadOf returns the pointer that a value was loaded through.
func loadOf(v ssa.Value) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		return strip(load.X)
	}
	return nil
}
