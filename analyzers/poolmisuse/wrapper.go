package poolmisuse

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An inferred is a function of this package that wraps a pool.
type inferred struct {
	wraps
	pool types.Object // which it works on, unless the pool belongs to the receiver
}

// inferWrappers finds the functions that return what they took from a pool,
// and those that put a parameter, until nothing new turns up: wrappers may
// wrap each other.
//
// It is a may-analysis for Gets: one return of an object is enough, for the
// others return nil or a new one. Puts is one too, and Sure says how far to
// trust it: a function that puts its parameter only when a counter is zero or
// a flag is set leaves it to the caller otherwise.
func (c *checker) inferWrappers(funcs []*ssa.Function) {
	c.wrappers = make(map[*types.Func]*inferred)
	candidates := c.candidates(funcs)
	for changed := len(candidates) > 0; changed; {
		changed = false
		for _, cand := range candidates {
			found := c.infer(cand)
			if found == nil {
				continue
			}
			if old := c.wrappers[cand.obj]; old == nil || old.wraps != found.wraps {
				c.wrappers[cand.obj], changed = found, true
			}
		}
	}
}

// A candidate is a function that may wrap a pool.
type candidate struct {
	fn    *ssa.Function
	obj   *types.Func
	calls []ssa.CallInstruction // those of wrappers, or of what may turn out to be one
}

// candidates returns the functions that may wrap a pool. If no function calls
// a wrapper that is known already, there are none.
func (c *checker) candidates(funcs []*ssa.Function) []candidate {
	var found []candidate
	sure := false
	for _, fn := range funcs {
		obj, ok := fn.Object().(*types.Func)
		if !ok {
			continue
		}
		if _, known := c.known.Of(obj); known {
			continue
		}
		cand := candidate{fn: fn, obj: obj}
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					continue
				}
				callee := ssax.Callee(call.Common())
				if callee == nil {
					continue
				}
				w, _ := c.wrapperOf(callee)
				if sure = sure || w != nil; w != nil || callee.Pkg() == c.pass.Pkg {
					cand.calls = append(cand.calls, call)
				}
			}
		}
		if len(cand.calls) > 0 {
			found = append(found, cand)
		}
	}
	if !sure {
		return nil
	}
	return found
}

// infer returns what a function does with pools, or nil.
func (c *checker) infer(cand candidate) *inferred {
	w := &inferred{}
	for _, call := range cand.calls {
		switch call := call.(type) {
		case *ssa.Call:
			for _, get := range c.got(call) {
				if results := returnedAs(get.value); results != 0 && !c.putWithin(cand.fn, get.value) {
					w.Gets |= results
					w.belongs(cand.fn, get)
				}
			}
			c.inferPut(cand.fn, call, w)
		case *ssa.Defer:
			c.inferPut(cand.fn, call, w)
		}
	}
	if w.Gets == 0 && w.Puts == 0 {
		return nil
	}
	return w
}

// belongs notes which pool a wrapper works on.
func (w *inferred) belongs(fn *ssa.Function, t transfer) {
	w.pool = t.pool
	w.Own = false
	if recv := fn.Signature.Recv(); recv != nil && len(fn.Params) > 0 {
		w.Own = t.pool != nil && reaches(poolAddress(t), fn.Params[0]) && !isPooledItself(t, fn.Params[0])
	}
}

// poolAddress returns the value through which a transfer names its pool.
func poolAddress(t transfer) ssa.Value {
	args := arguments(t.call.Common())
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// isPooledItself reports whether a method gives its own receiver back: the
// pool that the receiver remembers is then not what callers see it by.
func isPooledItself(t transfer, recv ssa.Value) bool { return strip(t.value) == recv }

// reaches reports whether an address leads through fields and elements of v.
func reaches(addr, v ssa.Value) bool {
	for addr != nil {
		if addr == v {
			return true
		}
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.Field:
			addr = a.X
		case *ssa.IndexAddr:
			addr = a.X
		case *ssa.UnOp:
			addr = a.X
		case *ssa.Lookup:
			addr = a.X
		default:
			return false
		}
	}
	return false
}

func (c *checker) inferPut(fn *ssa.Function, call ssa.CallInstruction, w *inferred) {
	put, ok := c.given(call)
	if !ok {
		return
	}
	root := strip(put.value)
	if cell, ok := root.(*ssa.Alloc); ok {
		if value := storedOnce(cell); value != nil { // the address of a parameter
			root = value
		}
	}
	for i, param := range fn.Params {
		if root != param || i > 62 {
			continue
		}
		w.Puts |= 1 << i
		w.Sure = w.Sure || put.sure && c.unconditional(call, param)
		w.Boxes = w.Boxes || c.boxes(put, param)
		w.belongs(fn, put)
	}
}

// boxes reports whether a put converts a parameter, whose type callers choose,
// to an interface.
func (c *checker) boxes(put transfer, param *ssa.Parameter) bool {
	if _, ok := types.Unalias(param.Type()).(*types.TypeParam); !ok {
		return false
	}
	if put.std {
		return strip(put.value) == param
	}
	return put.value == param && c.boxesArgument(put)
}

// boxesArgument reports whether the function that a put calls boxes what it
// gets.
func (c *checker) boxesArgument(put transfer) bool {
	w, _ := c.wrapperOf(ssax.Callee(put.call.Common()))
	return w != nil && w.Boxes
}

// storedOnce returns the only value that is stored in a variable whose address
// is taken, or nil.
func storedOnce(cell *ssa.Alloc) ssa.Value {
	var value ssa.Value
	for _, ref := range *cell.Referrers() {
		if s, ok := ref.(*ssa.Store); ok && s.Addr == cell {
			if value != nil {
				return nil
			}
			value = s.Val
		}
	}
	return value
}

// putWithin reports whether a function gives an object back itself.
func (c *checker) putWithin(fn *ssa.Function, object ssa.Value) bool {
	held := c.holdings(object)
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				if put, ok := c.given(call); ok && held[strip(put.value)] == whole {
					return true
				}
			}
		}
	}
	return false
}

// returnedAs returns the results, as bits, that an object is returned as.
func returnedAs(object ssa.Value) uint64 {
	var results uint64
	seen := make(map[ssa.Value]bool)
	var follow func(ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] || v.Referrers() == nil {
			return
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Return:
				for i, r := range ref.Results {
					if r == v && i < 63 {
						results |= 1 << i
					}
				}
			case *ssa.Phi, *ssa.TypeAssert, *ssa.ChangeType, *ssa.MakeInterface, *ssa.ChangeInterface:
				follow(ref.(ssa.Value))
			case *ssa.UnOp:
				if _, ok := ref.Type().Underlying().(*types.Slice); ok && ref.X == v {
					follow(ref) // the pool keeps pointers to slices
				}
			case *ssa.Slice:
				if _, ok := ref.X.Type().Underlying().(*types.Slice); ok {
					follow(ref)
				}
			case *ssa.Extract:
				if _, ok := ref.Tuple.(*ssa.TypeAssert); ok && ref.Index == 0 {
					follow(ref)
				}
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v {
					for _, use := range *cell.Referrers() {
						if load, ok := use.(*ssa.UnOp); ok {
							follow(load)
						}
					}
				}
			}
		}
	}
	follow(object)
	return results
}

// unconditional reports whether a put of a parameter happens whenever the
// function runs, apart from branches that ask how large the parameter is or
// whether there is one.
func (c *checker) unconditional(call ssa.CallInstruction, param ssa.Value) bool {
	block := call.Block()
	for b := block; b.Idom() != nil; b = b.Idom() {
		above := b.Idom()
		branch, ok := above.Instrs[len(above.Instrs)-1].(*ssa.If)
		if !ok || postdominates(b, above) {
			continue
		}
		if ssax.InCycle(above) && counts(branch.Cond) {
			continue // looks for the pool of its size
		}
		if !asksSize(branch.Cond, param, 0) {
			return false
		}
	}
	return true
}

// counts reports whether a condition compares a counter.
func counts(cond ssa.Value) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.LSS {
		return false
	}
	b, ok := cmp.X.Type().Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// postdominates reports whether every path from a block to the function's
// return leads through b.
func postdominates(b, from *ssa.BasicBlock) bool {
	if b == from {
		return true
	}
	for _, succ := range from.Succs {
		for _, other := range b.Parent().Blocks {
			if _, ok := other.Instrs[len(other.Instrs)-1].(*ssa.Return); ok && other != b &&
				succ != b && ssax.Reaches(succ, other, b) {
				return false
			}
		}
	}
	return true
}

// asksSize reports whether a condition is about the length or capacity of an
// object, or about whether it is nil.
func asksSize(cond, object ssa.Value, depth int) bool {
	if depth > 6 {
		return false
	}
	switch v := cond.(type) {
	case *ssa.BinOp:
		if ssax.IsNil(v.Y) && strip(v.X) == object || ssax.IsNil(v.X) && strip(v.Y) == object {
			return true
		}
		return asksSize(v.X, object, depth+1) || asksSize(v.Y, object, depth+1)
	case *ssa.UnOp:
		return v.Op == token.NOT && asksSize(v.X, object, depth+1)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if asksSize(e, object, depth+1) {
				return true
			}
		}
	case *ssa.Convert:
		return asksSize(v.X, object, depth+1)
	case *ssa.Extract:
		return asksSize(v.Tuple, object, depth+1)
	case *ssa.Call:
		return sizes(v)
	}
	return false
}

// sizes reports whether a call returns a length or a capacity.
func sizes(call *ssa.Call) bool {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		return b.Name() == "cap" || b.Name() == "len"
	}
	callee := ssax.Callee(call.Common())
	if callee == nil {
		return false
	}
	switch callee.Name() {
	case "Cap", "Len", "Size", "Available":
		return true
	}
	return false
}
