package chanmodel

import "slices"

// given returns the locks of which a function, or what it calls, makes
// function values that release them, or which it gives to code that is not in
// the model. Such a value may be called at any time, also if it was made
// before the lock is taken.
func (l *Locks) given(f *Func) []Ref {
	var list []Ref
	add := func(r Ref) {
		if r.Object != "" && len(list) < maxEntries && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == HandOver && op.Resource != nil {
				add(op.Ref)
			}
			for i := range op.Gives {
				c := &op.Gives[i]
				for _, r := range l.calleeEffect(c).borrows {
					add(Ref{c.In(r.Object), r.Resource})
				}
			}
			for i := range op.Callees {
				c := &op.Callees[i]
				for _, r := range l.calleeEffect(c).gives {
					add(Ref{c.In(r.Object), r.Resource})
				}
			}
		}
	}
	for _, literal := range l.literals[f] {
		for _, b := range literal.Blocks {
			for _, op := range b.Ops {
				if op.Resource != nil && (op.Kind == HandOver || (op.Kind == Unlock || op.Kind == RUnlock) && !literal.takes(op.Resource)) {
					add(op.Ref)
				}
			}
		}
	}
	return list
}

// findLiterals notes the function literals that others may call: what a
// function makes, and neither it nor another literal of it calls.
func (l *Locks) findLiterals() {
	l.literals = make(map[*Func][]*Func)
	for _, f := range l.model.Funcs {
		for outer := f.Outer; outer != nil; outer = outer.Outer {
			within := func(c CallSite) bool { return c.In == outer || c.In.inside(outer) }
			if f.Called || !slices.ContainsFunc(f.Callers, within) {
				l.literals[outer] = append(l.literals[outer], f)
			}
		}
	}
}

// literalMay reports whether a literal of a function that others may call
// leads to a release of a lock, under whatever conditions.
func (l *Locks) literalMay(f *Func, r *Resource) bool {
	return slices.ContainsFunc(l.literals[f], func(literal *Func) bool {
		for g := range reach(literal) {
			if g.has(func(op *Op) bool { return (op.Kind == Unlock || op.Kind == RUnlock) && op.Resource == r }) {
				return true
			}
		}
		return false
	})
}
