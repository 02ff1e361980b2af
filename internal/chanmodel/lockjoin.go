package chanmodel

import (
	"go/types"
	"slices"
)

// joined reports whether a function waits, before it takes the first lock of
// an edge, for the end of what the other edge runs in: it receives from a
// channel that only a deferred call closes, in a function which all calls of
// the other one come through.
func (l *Locks) joined(a, b *LockEdge) bool {
	if a.HeldOp == nil {
		return false
	}
	block := a.Func.blockOf(a.HeldOp)
	if block < 0 {
		return false
	}
	taken := Use{a.Func, block, slices.Index(a.Func.Blocks[block].Ops, a.HeldOp), a.HeldOp, -1}
	return !reachedWithout(taken, func(op *Op) bool {
		return op.Kind == Receive && op.Resource != nil && l.endOf(op.Resource, b.Func)
	})
}

// endOf reports whether a channel says that a function is not executed any
// more.
func (l *Locks) endOf(ch *Resource, f *Func) bool {
	if ch.Kind != Chan || ch.Unknown || ch.Access&OthersSend != 0 {
		return false
	}
	some := false
	for _, u := range l.model.Uses(ch) {
		switch {
		case u.Kind() == Send, u.Kind() == Close && !(u.Op.Deferred && f.onlyWithin(u.Func, nil)):
			return false
		case u.Kind() == Close:
			some = true
		}
	}
	return some
}

// onlyWithin reports whether a function is only executed while another one
// is, in the same goroutine.
func (f *Func) onlyWithin(outer *Func, seen []*Func) bool {
	if f == outer || slices.Contains(seen, f) {
		return true
	}
	if f.Called || len(f.Callers) == 0 {
		return false
	}
	seen = append(seen, f)
	return !slices.ContainsFunc(f.Callers, func(at CallSite) bool { return !callOf(at) || !at.In.onlyWithin(outer, seen) })
}

// uncalled reports whether a function is reached only through named functions
// of which the model knows no call, as those in a table: nobody knows in which
// goroutine.
func uncalled(f *Func) bool {
	seen := make(map[*Func]bool)
	var visit func(f *Func) bool
	visit = func(f *Func) bool {
		if seen[f] {
			return true
		}
		seen[f] = true
		if f.Outer != nil && len(f.Callers) == 0 {
			return false // a literal that goes somewhere may well be started
		}
		return !f.Called && !slices.ContainsFunc(f.Callers, func(at CallSite) bool { return !callOf(at) || !visit(at.In) })
	}
	return visit(f)
}

// apart reports whether nothing keeps two orders from being about the same
// objects at the same time: the type of a lock that several types embed may be
// that of different ones, and what a loop such as "run" calls, which is
// started once for each object, happens one after the other.
func apart(a, b *LockEdge) bool {
	for _, r := range []*Resource{a.Held.Resource, a.Taken.Resource} {
		if r.embedded {
			return false
		}
	}
	if slices.ContainsFunc(a.Func.guards(), func(c string) bool { return slices.Contains(b.Func.guards(), c) }) {
		return false // a lock of another kind may keep them apart
	}
	return !uncalled(a.Func) && !uncalled(b.Func) && !oneLoop(a.Func, b.Func)
}

// oneLoop reports whether two functions are only executed while a function is
// that is started as a goroutine, outside of loops and function literals.
func oneLoop(f, g *Func) bool {
	seen := make(map[*Func]bool)
	var visit func(loop *Func) bool
	visit = func(loop *Func) bool {
		if seen[loop] {
			return false
		}
		seen[loop] = true
		started := loop.Outer == nil && !loop.byOthers() && slices.ContainsFunc(loop.Callers, func(at CallSite) bool {
			return at.Op.Kind == Go && !at.In.Repeats(at.Block)
		})
		if started && f.onlyIn(loop, nil) && g.onlyIn(loop, nil) {
			return true
		}
		return slices.ContainsFunc(loop.Callers, func(at CallSite) bool { return callOf(at) && visit(at.In) })
	}
	return visit(f)
}

// onlyIn is onlyWithin, but takes the exported methods of a type that is not
// exported for the package's own if the package calls them.
func (f *Func) onlyIn(outer *Func, seen []*Func) bool {
	if f == outer || slices.Contains(seen, f) {
		return true
	}
	if f.byOthers() || len(f.Callers) == 0 {
		return false
	}
	seen = append(seen, f)
	return !slices.ContainsFunc(f.Callers, func(at CallSite) bool { return !callOf(at) || !at.In.onlyIn(outer, seen) })
}

// byOthers reports whether others call a function, by its name if that can be
// told.
func (f *Func) byOthers() bool {
	if !f.Called || f.source == nil {
		return f.Called
	}
	recv := f.source.Signature.Recv()
	if recv == nil {
		return true
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return !ok || named.Obj().Exported()
}

// guards returns the things on which a function, or one around it, calls
// methods that are named like those of locks.
func (f *Func) guards() []string {
	var list []string
	for ; f != nil; f = f.Outer {
		list = append(list, f.locklike...)
	}
	return list
}
