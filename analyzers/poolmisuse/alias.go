package poolmisuse

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A hold says how a value refers to a pooled object.
type hold int

const (
	nothing hold = iota
	whole        // it is the object
	part         // it is memory that the object owns: a field, its bytes, a slice of them
)

// strip returns the value that conversions, assertions and slicing were
// applied to, and that a variable assigned once holds.
func strip(v ssa.Value) ssa.Value {
	for range 20 {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.TypeAssert:
			if x.CommaOk {
				return v
			}
			v = x.X
		case *ssa.Extract:
			a, ok := x.Tuple.(*ssa.TypeAssert)
			if !ok || x.Index != 0 {
				return v
			}
			v = a.X
		case *ssa.Convert:
			if !isUnsafe(x.Type()) && !isUnsafe(x.X.Type()) {
				return v
			}
			v = x.X
		case *ssa.Slice:
			if _, ok := x.X.Type().Underlying().(*types.Slice); !ok {
				return v
			}
			v = x.X
		case *ssa.UnOp:
			cell, ok := x.X.(*ssa.Alloc)
			if !ok || x.Op != token.MUL {
				return v
			}
			value := assignedOnce(cell)
			if value == nil {
				return v
			}
			v = value
		default:
			return v
		}
	}
	return v
}

func isUnsafe(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

// assignedOnce returns the only value that a variable ever gets, or nil. The
// variable may be captured by closures that do not assign to it.
func assignedOnce(cell *ssa.Alloc) ssa.Value {
	var value ssa.Value
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != cell || value != nil {
				return nil
			}
			value = ref.Val
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			i := slices.Index(ref.Bindings, ssa.Value(cell))
			if assigns(ref.Fn.(*ssa.Function).FreeVars[i], 0) {
				return nil
			}
		default:
			return nil
		}
	}
	return value
}

// assigns reports whether a closure does more with a captured variable than
// read it.
func assigns(free *ssa.FreeVar, depth int) bool {
	if depth > 4 {
		return true
	}
	for _, ref := range *free.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			i := slices.Index(ref.Bindings, ssa.Value(free))
			if assigns(ref.Fn.(*ssa.Function).FreeVars[i], depth+1) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// holdings returns every value that surely refers to an object from the
// moment it is computed: a phi does only if all its operands do.
func (c *checker) holdings(object ssa.Value) map[ssa.Value]hold {
	held := map[ssa.Value]hold{object: whole}
	work := []ssa.Value{object}
	for len(work) > 0 {
		v := work[0]
		work = work[1:]
		if v.Referrers() == nil {
			continue
		}
		for _, ref := range *v.Referrers() {
			if s, ok := ref.(*ssa.Store); ok && s.Val == v {
				work = append(work, c.loads(s, held[v], held)...)
				continue
			}
			derived, ok := ref.(ssa.Value)
			if !ok || held[derived] != nothing {
				continue
			}
			if h := c.derive(ref, func(v ssa.Value) hold { return held[v] }); h != nothing {
				held[derived] = h
				work = append(work, derived)
			}
		}
	}
	return held
}

// loads marks the loads of a variable that is assigned once.
func (c *checker) loads(store *ssa.Store, h hold, held map[ssa.Value]hold) []ssa.Value {
	cell, ok := store.Addr.(*ssa.Alloc)
	if !ok || assignedOnce(cell) == nil {
		return nil
	}
	var found []ssa.Value
	for _, ref := range *cell.Referrers() {
		if load, ok := ref.(*ssa.UnOp); ok && held[load] == nothing {
			held[load] = h
			found = append(found, load)
		}
	}
	return found
}

// derive returns how the value that an instruction computes refers to an
// object, if its operands do.
func (c *checker) derive(instr ssa.Instruction, of func(ssa.Value) hold) hold {
	switch v := instr.(type) {
	case *ssa.MakeInterface:
		return of(v.X)
	case *ssa.ChangeType:
		return of(v.X)
	case *ssa.ChangeInterface:
		return of(v.X)
	case *ssa.TypeAssert:
		return of(v.X)
	case *ssa.Extract:
		if _, ok := v.Tuple.(*ssa.TypeAssert); ok && v.Index == 0 {
			return of(v.Tuple)
		}
	case *ssa.Convert:
		if isUnsafe(v.Type()) || isUnsafe(v.X.Type()) {
			return of(v.X)
		}
	case *ssa.Phi:
		return c.derivePhi(v, of)
	case *ssa.Slice:
		if isZero(v.Max) {
			return nothing // to append to it makes a copy
		}
		if _, ok := v.X.Type().Underlying().(*types.Slice); ok {
			return of(v.X)
		}
		if of(v.X) != nothing {
			return part
		}
	case *ssa.FieldAddr:
		if of(v.X) != nothing {
			return part
		}
	case *ssa.IndexAddr:
		if of(v.X) != nothing {
			return part
		}
	case *ssa.UnOp:
		if v.Op == token.MUL && of(v.X) != nothing && c.sharesOnLoad(v) {
			return part
		}
	case *ssa.Call:
		return c.deriveCall(v, of)
	}
	return nothing
}

func (c *checker) derivePhi(phi *ssa.Phi, of func(ssa.Value) hold) hold {
	h := nothing
	for _, e := range phi.Edges {
		if e == phi || ssax.IsNil(e) {
			continue
		}
		if of(e) == nothing {
			return nothing
		}
		h = max(h, of(e))
	}
	return h
}

// sharesOnLoad reports whether what a load from an object yields shares the
// object's memory. What a pooled slice points to does. A slice in a field
// does if the package reuses its array from one use of the object to the
// next; other fields may point to what somebody else owns.
func (c *checker) sharesOnLoad(load *ssa.UnOp) bool {
	if _, ok := load.Type().Underlying().(*types.Slice); !ok {
		return false
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		_, element := load.X.(*ssa.IndexAddr)
		return !element
	}
	return c.recycled[fieldOf(field.X.Type(), field.Field)] || typeName(pointee(field.X.Type())) == byteBuffer
}

// byteBuffer is a buffer whose exported field is its content.
const byteBuffer = "github.com/valyala/bytebufferpool.ByteBuffer"

func (c *checker) deriveCall(call *ssa.Call, of func(ssa.Value) hold) hold {
	args := arguments(call.Common())
	if len(args) == 0 || of(args[0]) == nothing {
		return nothing
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "append":
			return of(args[0])
		case "String", "StringData", "SliceData", "Slice", "Add": // of unsafe
			return part
		}
		return nothing
	}
	callee := ssax.Callee(call.Common())
	if callee == nil {
		return nothing
	}
	if aliasing[callee.FullName()] || c.sharing[callee] {
		return part
	}
	return nothing
}

// findRecycled notes the slice fields that the package truncates in place:
// their arrays serve again.
func (c *checker) findRecycled(funcs []*ssa.Function) {
	c.recycled = make(map[*types.Var]bool)
	for _, fn := range funcs {
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				s, ok := instr.(*ssa.Slice)
				if !ok || !isZero(s.High) {
					continue
				}
				if load, ok := s.X.(*ssa.UnOp); ok {
					if f, ok := load.X.(*ssa.FieldAddr); ok {
						c.recycled[fieldOf(f.X.Type(), f.Field)] = true
					}
				}
			}
		}
	}
}

func isZero(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.Value != nil && k.Value.String() == "0"
}

// findSharing notes the functions whose only result shares memory with their
// first parameter, such as a method that returns the bytes of a buffer.
func (c *checker) findSharing(funcs []*ssa.Function) {
	c.sharing = make(map[*types.Func]bool)
	for changed := true; changed; {
		changed = false
		for _, fn := range funcs {
			obj, ok := fn.Object().(*types.Func)
			if ok && !c.sharing[obj] && c.shares(fn) {
				c.sharing[obj], changed = true, true
			}
		}
	}
}

func (c *checker) shares(fn *ssa.Function) bool {
	if len(fn.Params) == 0 || fn.Signature.Results().Len() != 1 || len(fn.Blocks) == 0 {
		return false
	}
	held := c.holdings(fn.Params[0])
	for _, block := range fn.Blocks {
		if ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok && held[ret.Results[0]] == part {
			return true
		}
	}
	return false
}
