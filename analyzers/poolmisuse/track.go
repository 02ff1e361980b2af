package poolmisuse

import (
	"go/types"
	"maps"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// protocol returns what the typestate engine follows in this package: an
// object is acquired by a get, released by a put, and must not be used or
// released again after that. Which functions get and put is known from the
// table and from what was inferred of wrappers, so the engine need not
// summarise functions itself; code that it does not see borrows.
func (c *checker) protocol() *typestate.Spec {
	spec := &typestate.Spec{
		Match:    c.product,
		Releases: make(map[string]int),
		Carries:  make(map[string]int),
		Borrows:  maps.Clone(harmless),
		Unknown:  typestate.Identity,
		UseAfter: true,
		Once:     true,
	}
	for name, w := range c.known.All() {
		if w.Puts != 0 {
			spec.Releases[name] = firstBit(w.Puts)
		}
	}
	for fn, w := range c.wrappers {
		if w.Puts != 0 && w.Sure {
			spec.Releases[fn.FullName()] = firstBit(w.Puts)
		}
	}
	for name := range c.borrowers() {
		spec.Borrows[name] = true
	}
	for name := range aliasing {
		spec.Carries[name] = 0
	}
	for fn := range c.sharing {
		spec.Carries[fn.FullName()] = 0
	}
	return spec
}

// borrowers returns the functions of the package that get an object of a type
// that is pooled and only call its methods and those of other packages with
// it. The engine would find that out too, except in functions with very many
// paths, such as generated decoders.
func (c *checker) borrowers() map[string]bool {
	pooled := c.pooledTypes()
	found := make(map[string]bool)
	for _, fn := range c.funcs {
		obj, ok := fn.Object().(*types.Func)
		if !ok || len(fn.Blocks) == 0 || c.wrappers[obj] != nil {
			continue
		}
		some, all := false, true
		for _, param := range fn.Params {
			if pooled[param.Type().String()] {
				some = true
				all = all && onlyCalled(param)
			}
		}
		if some && all {
			found[obj.FullName()] = true
		}
	}
	return found
}

// pooledTypes returns the types of the objects that the package takes.
func (c *checker) pooledTypes() map[string]bool {
	pooled := make(map[string]bool)
	for _, s := range c.pools.ordered {
		for _, get := range s.gets {
			for v, h := range c.holdings(get.value) {
				if p := pointee(v.Type()); h == whole && p != nil {
					pooled[v.Type().String()] = true
				}
			}
		}
	}
	return pooled
}

// onlyCalled reports whether a parameter is only a receiver or argument of
// calls into other packages.
func onlyCalled(param *ssa.Parameter) bool {
	for _, ref := range *param.Referrers() {
		call, ok := ref.(*ssa.Call)
		if !ok {
			return false
		}
		callee := ssax.Callee(call.Common())
		if callee == nil || callee.Pkg() == param.Parent().Pkg.Pkg {
			return false
		}
	}
	return true
}

func firstBit(set uint64) int {
	for i := range 63 {
		if set&(1<<i) != 0 {
			return i
		}
	}
	return 0
}

// lookup tells the engine about wrappers in other packages, and about
// interfaces that are pools.
func (c *checker) lookup(fn *types.Func) *typestate.Summary {
	w, _ := c.wrapperOf(fn)
	if w == nil || w.Puts == 0 || !w.Sure {
		return nil
	}
	return &typestate.Summary{Params: []typestate.ParamEffect{{Index: firstBit(w.Puts), Effect: typestate.Release}}}
}

// product tells the engine what a call takes from a pool.
func (c *checker) product(call *ssa.CallCommon) (typestate.Product, bool) {
	callee := ssax.Callee(call)
	if callee == nil {
		return typestate.Product{}, false
	}
	w, _ := c.wrapperOf(callee)
	if w == nil || w.Gets == 0 {
		return typestate.Product{}, false
	}
	p := typestate.Product{Result: firstBit(w.Gets), Err: -1, Companion: -1}
	results := call.Signature().Results()
	if last := results.Len() - 1; last > 0 && ssax.IsError(results.At(last).Type()) {
		p.Err = last
	}
	return p, true
}

// checkAcquired reports what the engine finds out about the objects that a
// function takes.
func (c *checker) checkAcquired(fn *ssa.Function) {
	for _, a := range c.engine.Acquisitions(fn) {
		if a.Value == nil || !refers(a.Value) {
			continue
		}
		track := c.engine.Track(a)
		if track.Exhausted {
			continue
		}
		held := c.holdings(a.Value)
		for _, v := range []*typestate.Violation{track.Used, track.Twice, track.Leaked} {
			if v != nil {
				c.reportTracked(v, held)
			}
		}
		c.checkLost(a, track)
	}
}

// reportTracked reports a use or a put after a put, and memory that is
// returned beside a deferred put.
func (c *checker) reportTracked(v *typestate.Violation, held map[ssa.Value]hold) {
	put, ok := c.releaseOf(v.After)
	if !ok {
		return
	}
	if _, ok := v.At.(*ssa.Return); !ok && v.Kind == typestate.AtEscape {
		return // what is stored may end with the function: kept-alias knows
	}
	if call, ok := v.At.(ssa.CallInstruction); ok {
		if callee := ssax.Callee(call.Common()); callee != nil && harmless[callee.FullName()] {
			return
		}
	}
	m := &misuse{at: v.At, hold: usedAs(v.At, held), steps: stepsAfter(v), merged: mergedIn(v.At, held)}
	stmt, late := v.After.(*ssa.Defer)
	switch at := v.At.(type) {
	case *ssa.Return:
		switch {
		case v.Kind == typestate.AtRelease:
			if c.deferredAlways(put.call) {
				c.reportDeferredTwice(put, m)
			}
		case !late && besideError(at):
		case late:
			c.reportDeferredResult(deferred{transfer: put, stmt: stmt}, at, m, c.argumentText(put))
		case m.hold == part:
			c.reportReturned(put, m)
		default:
			c.reportUse(put, m)
		}
	case *ssa.Defer:
		if again, ok := c.given(at); ok {
			c.reportDouble(put, again, m)
		} else if late {
			c.reportOrder(deferred{transfer: put, stmt: stmt}, at, c.argumentText(put))
		} else {
			c.reportUse(put, m)
		}
	default:
		if call, ok := at.(ssa.CallInstruction); ok && v.Kind == typestate.AtRelease {
			if again, ok := c.given(call); ok {
				c.reportDouble(put, again, m)
			}
			return
		}
		c.reportUse(put, m)
	}
}

// releaseOf returns the put that a violation comes after, directly or in a
// deferred function literal. A put that only may happen, such as that of a
// counted reference, proves nothing.
func (c *checker) releaseOf(instr ssa.Instruction) (transfer, bool) {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return transfer{}, false
	}
	if put, ok := c.given(call); ok {
		return put, put.sure
	}
	for _, d := range c.deferred(call.Parent()) {
		if d.stmt == call && d.always {
			return d.transfer, true
		}
	}
	return transfer{}, false
}

// deferredAlways reports whether a put that is pending when another one
// happens will happen too: it is deferred unconditionally, and of an object
// that the function cannot exchange.
func (c *checker) deferredAlways(put ssa.CallInstruction) bool {
	for _, d := range c.deferred(put.Parent()) {
		if d.always && d.cell == nil && dominates(d.stmt, put) {
			return true
		}
	}
	return false
}

// mergedIn reports whether an instruction refers to an object through a value
// that is it on some paths only.
func mergedIn(instr ssa.Instruction, held map[ssa.Value]hold) bool {
	for _, op := range instr.Operands(nil) {
		if *op != nil && merges(*op, held) {
			return true
		}
	}
	return false
}

// usedAs returns how an instruction refers to an object.
func usedAs(instr ssa.Instruction, held map[ssa.Value]hold) hold {
	h := nothing
	for _, op := range instr.Operands(nil) {
		if *op != nil {
			h = max(h, held[*op])
		}
	}
	if h != nothing {
		return h
	}
	if _, ok := instr.(*ssa.Return); ok {
		return part // read back from the variable of a result
	}
	return whole
}

// stepsAfter returns the edges of a path behind its release.
func stepsAfter(v *typestate.Violation) []edge {
	var steps []edge
	for _, e := range v.Steps {
		if e.From == v.After.Block() {
			steps = nil
		}
		steps = append(steps, edge{e.From, e.Succ})
	}
	return steps
}
