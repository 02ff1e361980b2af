package chanmodel

import (
	"hash/maphash"
	"slices"
)

// A Held is a lock that a path holds.
type Held struct {
	Ref
	Read bool
	Op   *Op   // that took it, or the call that returned with it
	Via  []Hop // if a function took it and returned with it
}

// excludes reports whether a lock that is held keeps another taking of it
// waiting: readers do not wait for readers.
func (h *Held) excludes(op *Op) bool {
	return op.Resource == h.Resource && (op.Kind == Lock || op.Kind == RLock && !h.Read)
}

// A Visit is a way to come to an operation: the locks that are held, and one
// path.
type Visit struct {
	Held []Held
	Path *Path
	key  uint64 // of what is held
}

// find returns the entry for a lock.
func (v *Visit) find(lock *Resource) *Held {
	for i := range v.Held {
		if v.Held[i].Resource == lock {
			return &v.Held[i]
		}
	}
	return nil
}

// heldSet is the state of a walk: the locks that are held, in the order in
// which they were taken. It is immutable.
type heldSet struct {
	list []Held
	key  uint64
}

func (s heldSet) Key() uint64 { return s.key }

func newHeldSet(list []Held) heldSet {
	var key uint64
	for i := range list {
		h := &list[i]
		key = key*31 + maphash.Comparable(seed, struct {
			r    *Resource
			o    Object
			read bool
		}{h.Resource, h.Object, h.Read})
	}
	return heldSet{list, key}
}

func (s heldSet) with(h Held) heldSet {
	for _, have := range s.list {
		if have.Ref == h.Ref && have.Read == h.Read {
			return s
		}
	}
	return newHeldSet(append(slices.Clip(s.list), h))
}

// without releases a lock: the one with the same object or else, as paths
// that differ may lead to one object, any of the resource. So it never claims
// too much to be held.
func (s heldSet) without(r Ref) heldSet {
	at := -1
	for i, h := range s.list {
		if h.Resource == r.Resource && (at < 0 || h.Object == r.Object) {
			at = i
		}
	}
	if at < 0 {
		return s
	}
	return newHeldSet(slices.Delete(slices.Clone(s.list), at, at+1))
}

// forget makes objects unknown that a path leads to no longer.
func (s heldSet) forget(gone func(Object) bool) heldSet {
	if !slices.ContainsFunc(s.list, func(h Held) bool { return gone(h.Object) }) {
		return s
	}
	list := slices.Clone(s.list)
	for i := range list {
		if gone(list[i].Object) {
			list[i].Object = ""
		}
	}
	return newHeldSet(list)
}

// drop gives up locks of which a loop is about to take another one: some other
// loop may release them all.
func (s heldSet) drop(gone func(Object) bool) heldSet {
	if !slices.ContainsFunc(s.list, func(h Held) bool { return gone(h.Object) }) {
		return s
	}
	return newHeldSet(slices.DeleteFunc(slices.Clone(s.list), func(h Held) bool { return gone(h.Object) }))
}

// underLock knows, for every function that takes locks, what is held where.
type underLock struct {
	*sites
	visits map[*Func]map[*Op][]Visit
	// leaves are the locks that a function returns with, on every path.
	leaves map[*Func][]Held
	// exact are the functions whose paths have to be feasible ones. In others,
	// conditions matter only where paths that meet hold different locks.
	exact map[*Func]bool
	// frees are the locks that it releases without having taken them.
	frees map[*Func][]Ref
}

// newUnderLock walks the functions that take locks, and then those that call
// functions which return with locks.
func newUnderLock(m *Model, s *sites, exact map[*Func]bool) *underLock {
	u := &underLock{sites: s, exact: exact, visits: make(map[*Func]map[*Op][]Visit), leaves: make(map[*Func][]Held), frees: make(map[*Func][]Ref)}
	todo := make(map[*Func]bool)
	for _, f := range m.Funcs {
		if f.has(func(op *Op) bool {
			return op.Kind == Lock || op.Kind == RLock || op.Kind == TryLock || op.Kind == Unlock || op.Kind == RUnlock
		}) {
			todo[f] = true
		}
	}
	// Wrappers of wrappers are rare: three rounds see all of them.
	for range 3 {
		next := make(map[*Func]bool)
		for _, f := range m.Funcs {
			if !todo[f] {
				continue
			}
			leaves, frees := len(u.leaves[f]), len(u.frees[f])
			u.walk(f)
			if len(u.leaves[f]) != leaves || len(u.frees[f]) != frees {
				for _, at := range f.Callers {
					next[at.In] = true // or starts it, to release the lock
				}
			}
		}
		todo = next
	}
	return u
}

// has reports whether an operation of a function satisfies a condition.
func (f *Func) has(is func(*Op) bool) bool {
	return slices.ContainsFunc(f.Blocks, func(b *Block) bool { return slices.ContainsFunc(b.Ops, is) })
}

// maxVisits is how many different sets of locks are kept for an operation.
const maxVisits = 8

func (u *underLock) walk(f *Func) {
	if u.exact[f] || !u.walkAs(f, true) {
		u.walkAs(f, false)
	}
}

// walkAs reports whether it is enough to have walked the way it is told to.
func (u *underLock) walkAs(f *Func, blind bool) bool {
	visits := make(map[*Op][]Visit)
	var returned [][]Held
	u.frees[f] = nil
	w := &Walk[heldSet]{Func: f, Blind: blind, Single: blind}
	w.Enter = func(s heldSet, block int) heldSet {
		for _, root := range f.Defs[block] {
			s = s.drop(func(o Object) bool { return o.DependsOn(root) })
		}
		return s
	}
	w.Edge = func(s heldSet, e *Edge, _ Place) (heldSet, bool) {
		if e.Took != nil {
			s = s.with(Held{Ref: e.Took.Ref, Op: e.Took})
		}
		return s, true
	}
	w.Step = func(s heldSet, op *Op, at Place) (heldSet, bool) {
		if list := visits[op]; len(list) < maxVisits && !slices.ContainsFunc(list, func(v Visit) bool { return v.key == s.key }) {
			visits[op] = append(list, Visit{s.list, at.Path, s.key})
		}
		if op.Kind == Return {
			returned = append(returned, s.list)
		}
		return u.step(f, s, op, at.Block), true
	}
	full := w.Run(heldSet{})
	u.visits[f] = visits
	u.leaves[f] = common(returned)
	return full && w.agreed
}

// step returns what is held behind an operation.
func (u *underLock) step(f *Func, s heldSet, op *Op, block int) heldSet {
	switch op.Kind {
	case Lock, RLock:
		return s.with(Held{Ref: op.Ref, Read: op.Kind == RLock, Op: op})
	case Unlock, RUnlock:
		if after := s.without(op.Ref); after.key != s.key {
			return after
		}
		if !slices.Contains(u.frees[f], op.Ref) {
			u.frees[f] = append(u.frees[f], op.Ref)
		}
	case Reassign:
		return s.forget(func(o Object) bool { return o != op.Object && o.Under(op.Object) })
	case Go:
		// The goroutine may release what the path holds.
		for _, c := range op.Callees {
			for _, r := range u.frees[c.Func] {
				s = s.without(Ref{c.In(r.Object), r.Resource})
			}
		}
	case Call:
		for i := range op.Callees {
			c := &op.Callees[i]
			for _, r := range u.frees[c.Func] {
				s = s.without(Ref{c.In(r.Object), r.Resource})
			}
			if len(op.Callees) > 1 || c.Func != nil && c.Func.Body {
				continue
			}
			for _, h := range u.leaves[c.Func] {
				via := append([]Hop{{CallSite: CallSite{f, block, op}, Callee: c}}, h.Via...)
				s = s.with(Held{Ref{c.In(h.Object), h.Resource}, h.Read, h.Op, via})
			}
		}
	}
	return s
}

// common returns the locks that are held at all of several places.
func common(lists [][]Held) []Held {
	if len(lists) == 0 {
		return nil
	}
	var all []Held
	for _, h := range lists[0] {
		if !slices.ContainsFunc(lists[1:], func(list []Held) bool {
			return !slices.ContainsFunc(list, func(o Held) bool { return o.Resource == h.Resource && o.Read == h.Read })
		}) {
			all = append(all, h)
		}
	}
	return all
}
