package chanmodel

import (
	"maps"
	"slices"
	"strings"
)

// A Chain leads from a call to an operation. Its links are in the functions
// that are called, outermost first; the last one is the operation. It is
// empty if the operation is in another package.
type Chain struct {
	Links []Hop
	Via   string // where another package does it
	// Maybe is set if a function on the way decides by a flag or a mode, of
	// which nothing is known here, or calls one of several functions.
	Maybe bool
}

// A search looks for an operation that a function leads to on a feasible
// path, given what its caller holds and the constants that it is called with.
type search struct {
	target Ref // object and resource; any object if that is empty
	read   bool
	held   Ref // must be held at the end, if it has an object
	given  constants
	depth  int
	found  *Chain
}

// constants are the values of parameters in one call, as [Callee.Const].
type constants map[Object]string

// maxChain bounds the calls that a chain may lead through.
const maxChain = 8

// A reachKey names a search.
type reachKey struct {
	f            *Func
	target, held Ref
	read         bool
	given        string
}

// wants reports whether an acquisition, or one in a callee, is what the
// search is for. It then knows the chain.
func (q *search) wants(w *lockWalk, s lockState, a acquisition, op *Op, c *Callee, at Place) bool {
	if a.Resource != q.target.Resource || a.read != q.read || q.target.Object != "" && a.Object != q.target.Object {
		return false
	}
	if q.held.Object != "" && s.exact(q.held) < 0 {
		return false // was released before
	}
	link := Hop{CallSite{w.f, at.Block, op}, c, &Path{at.Path, at.Block, -1}}
	if c == nil {
		q.found = &Chain{Links: []Hop{link}, Maybe: w.f.optional(link, q.given)}
		return true
	}
	chain := w.l.into(c, q.target, q.held, a, q.given, q.depth+1)
	if chain == nil {
		return false
	}
	maybe := chain.Maybe || w.f.optional(link, q.given) || len(op.Callees) > 1 || op.Unknown && c.Func != nil || c.Func == w.f && op.Object != ""
	q.found = &Chain{Links: append([]Hop{link}, chain.Links...), Via: chain.Via, Maybe: maybe}
	return true
}

// into returns the chain by which a callee takes a lock that its caller holds
// (or, if the target has no object, any lock of a resource), or nil if it
// does not on any path that it can take.
func (l *Locks) into(c *Callee, target, held Ref, a acquisition, given constants, depth int) *Chain {
	if c.Func == nil {
		return &Chain{Via: a.via}
	}
	if depth > maxChain {
		return nil
	}
	for _, inner := range l.effects[c.Func].acquires {
		if inner.Resource != a.Resource || inner.read != a.read || target.Object != "" && l.reduce(c.In(inner.Object), target.Object, inner.Resource) != target.Object {
			continue
		}
		want := Ref{inner.Object, inner.Resource}
		holding := want
		if target.Object == "" {
			want.Object = ""
			holding = Ref{c.out(held.Object), held.Resource}
		}
		if chain := l.reach(c.Func, want, holding, a.read, c.pass(given), depth); chain != nil {
			return chain
		}
	}
	return nil
}

// out translates an object of the caller into one of the callee, as far as
// that is one of its parameters'.
func (c *Callee) out(o Object) Object {
	best, name := -1, Object("")
	for param, arg := range c.Args {
		if o.Under(arg) && (len(arg) > best || len(arg) == best && param < name) {
			best, name = len(arg), param
		}
	}
	if best < 0 {
		return ""
	}
	return name + o[best:]
}

// reach looks for a path of a function to an acquisition.
func (l *Locks) reach(f *Func, target, held Ref, read bool, given constants, depth int) *Chain {
	key := reachKey{f, target, held, read, given.String()}
	if chain, ok := l.reached[key]; ok {
		return chain
	}
	l.reached[key] = nil // recursion leads nowhere new
	q := &search{target: target, held: held, read: read, given: given, depth: depth}
	w := newLockWalk(l, f)
	w.search = q
	var start lockState
	if held.Object != "" {
		start = start.take(hold{Ref: held})
	}
	w.run(start, f.branches.given(given))
	l.reached[key] = q.found
	return q.found
}

// pass returns the constants that a callee is called with, given those of its
// caller.
func (c *Callee) pass(given constants) constants {
	known := make(constants)
	if c.Func != nil {
		for outer := c.Func.Outer; outer != nil; outer = outer.Outer {
			for _, param := range outer.Params {
				if v, ok := given[param]; ok {
					known[param] = v
				}
			}
		}
	}
	maps.Copy(known, c.Const)
	for param, arg := range c.Args {
		if v, ok := given[arg]; ok && arg != "" {
			known[param] = v
		}
	}
	return known
}

// String returns a text that is equal for equal constants.
func (c constants) String() string {
	parts := make([]string, 0, len(c))
	for param, v := range c {
		parts = append(parts, string(param)+"="+v)
	}
	slices.Sort(parts)
	return strings.Join(parts, ";")
}

// optional reports whether the path to an operation passes a decision by a
// flag or a mode ([branches.mode]) that could as well go past the operation.
// A guard clause, which returns at once, is no such decision, nor one that
// the constants decide with which the function is called.
func (f *Func) optional(link Hop, given constants) bool {
	known := f.branches.given(given)
	for p := link.Path; p != nil; p = p.Prev {
		if p.Succ < 0 || !f.branches.mode(p.Block) {
			continue
		}
		for i, e := range f.Blocks[p.Block].Succs {
			_, feasible := f.branches.follow(known, p.Block, i)
			if i != p.Succ && feasible && !f.endsAt(e.To) && f.avoids(e.To, link.Op) {
				return true
			}
		}
	}
	return false
}

// endsAt reports whether a block does nothing but return.
func (f *Func) endsAt(block int) bool {
	b := f.Blocks[block]
	return len(b.Succs) == 0 && f.branches.idle(block) && slices.ContainsFunc(b.Ops, func(op *Op) bool { return op.Kind == Return })
}

// avoids reports whether a return is reached from a block without an
// operation.
func (f *Func) avoids(from int, op *Op) bool {
	seen := make(map[int]bool)
	var visit func(i int) bool
	visit = func(i int) bool {
		if seen[i] || slices.Contains(f.Blocks[i].Ops, op) {
			return false
		}
		seen[i] = true
		return slices.ContainsFunc(f.Blocks[i].Ops, func(op *Op) bool { return op.Kind == Return }) ||
			slices.ContainsFunc(f.Blocks[i].Succs, func(e Edge) bool { return visit(e.To) })
	}
	return visit(from)
}
