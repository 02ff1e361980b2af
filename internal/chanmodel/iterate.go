package chanmodel

import (
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// Loops over functions.
//
// The compiler makes the body of a range-over-func loop a function literal, an
// argument of the iterator. Here it is called by the call that the loop is, in
// the same goroutine, any number of times. What depends on how often is not
// concluded: a lock that the body releases may still be held behind the loop,
// and nothing is counted in it.

// loopBody returns the body of a range-over-func loop that a value is. It is
// an argument of the call that the loop is, and nobody else gets it.
func loopBody(v ssa.Value) *ssa.Function {
	fn, _ := v.(*ssa.Function)
	if made, ok := v.(*ssa.MakeClosure); ok {
		fn = made.Fn.(*ssa.Function)
	}
	if fn == nil || !ssax.IsLoopBody(fn) {
		return nil
	}
	return fn
}

// openParams notes that others call a function with values of theirs.
func (x *extractor) openParams(fn *ssa.Function) {
	for _, p := range fn.Params {
		if x.carries(p.Type()) {
			c := x.ref(p).class.find()
			c.foreign = true
			c.open(Open)
		}
	}
}

// doubt notes that a lock may have been released.
func (w *lockWalk) doubt(s lockState, r Ref, read bool) lockState {
	w.effect.found.anyRelease[r.Resource] = true
	i := s.exact(r)
	if i < 0 {
		i = s.likely(r, read)
	}
	if i < 0 {
		return s
	}
	if s.held[i].op != nil {
		w.effect.found.released[s.held[i].op] = true
	}
	return s.change(i, func(h *hold) { h.maybe = true })
}
