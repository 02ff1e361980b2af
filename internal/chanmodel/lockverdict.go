package chanmodel

import (
	"cmp"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/ssax"
)

// A LockLeak is a lock that some path of a function does not release.
type LockLeak struct {
	Func *Func
	Lock *Op // takes the lock, or calls a function that returns with it
	Ref
	Read   bool
	Callee *Func // that returns with the lock, or nil
	// Exits are the returns that are reached with the lock held, and the Lock
	// itself if a loop comes back to it; in source order.
	Exits []LockExit
	// Elsewhere are the operations that release it on other paths. If there
	// are none, nothing in the package releases it behind this function.
	Elsewhere []*Op
	// Contract is set if somebody may release it when the function has
	// returned: a method that unlocks what it has not locked, or other
	// packages.
	Contract bool
}

// A LockExit is the end of a path that leaves a lock held.
type LockExit struct {
	Op *Op
	// Branches are the decisions since the lock was taken.
	Branches []ssax.Branch
	// Round is set if the path comes to the Lock again.
	Round bool
	// Pending is the deferred release that has not run yet, or nil.
	Pending *Op
	// Lost is set if the function cannot name the lock any more at its end:
	// that of a loop's former round.
	Lost bool
}

// A DoubleLock is a lock that is taken while the same goroutine holds it.
type DoubleLock struct {
	Func *Func
	Ref
	Held     *Op // takes it first, or calls a function that returns with it
	HeldRead bool
	Op       *Op // takes it again, or calls a function that does
	Read     bool
	Deferred bool // Op is a deferred Lock
	Chain    *Chain
	Branches []ssax.Branch // between the two
	Writers  []Use         // of a read lock that is taken twice
	Maybe    bool          // the call may lead elsewhere
}

// A SlowUnder is an operation that takes long while a lock is held.
type SlowUnder struct {
	Func *Func
	Ref
	Read     bool
	Held, Op *Op
}

// SlowUnder returns the operations that take as long as the world outside
// likes while the function holds a lock.
func (l *Locks) SlowUnder() []SlowUnder {
	var list []SlowUnder
	for _, f := range l.model.Funcs {
		for _, s := range l.effects[f].found.slows {
			list = append(list, SlowUnder{f, s.held.Ref, s.held.read, s.held.op, s.op})
		}
	}
	slices.SortStableFunc(list, func(a, b SlowUnder) int { return cmp.Compare(a.Op.Pos, b.Op.Pos) })
	return slices.CompactFunc(list, func(a, b SlowUnder) bool { return a.Op == b.Op })
}

// Leaks returns the locks that some path does not release.
func (l *Locks) Leaks() []LockLeak {
	releasers := l.releasers()
	var list []LockLeak
	for _, f := range l.model.Funcs {
		found := &l.effects[f].found
		byLock := make(map[foundKey]int)
		add := func(h hold, e LockExit) {
			key := foundKey{held: h.op, r: h.Resource}
			i, ok := byLock[key]
			if !ok {
				i = len(list)
				byLock[key] = i
				list = append(list, LockLeak{
					Func: f, Lock: h.op, Ref: h.Ref, Read: h.read, Callee: h.from,
					Contract: releasers[h.Resource] || l.handed[handing{f, h.Resource}],
				})
			}
			lost := func(x LockExit) bool { return x.Lost }
			if !e.Lost || !slices.ContainsFunc(list[i].Exits, lost) { // one is enough: it is about the loop
				list[i].Exits = append(list[i].Exits, e)
			}
		}
		for _, x := range found.leaks {
			if l.leaks(f, x.held) && (!x.held.lost || found.released[x.held.op]) {
				end := x.path
				if x.held.lost {
					end = x.held.gone
				}
				add(x.held, LockExit{Op: x.exit, Branches: between(f, x.held.path, end), Lost: x.held.lost})
			}
		}
		for _, d := range found.doubles {
			if d.callee == nil && d.held.op == d.op && (!d.held.read || !d.taken.read) {
				end := &Path{d.at.Path, d.at.Block, -1}
				add(d.held, LockExit{Op: d.op, Branches: between(f, d.held.path, end), Round: true, Pending: pending(d)})
			}
		}
	}
	for i := range list {
		list[i].Elsewhere = l.elsewhere(&list[i])
		slices.SortStableFunc(list[i].Exits, func(a, b LockExit) int { return cmp.Compare(a.Op.Pos, b.Op.Pos) })
	}
	slices.SortStableFunc(list, func(a, b LockLeak) int { return cmp.Compare(a.Lock.Pos, b.Lock.Pos) })
	return list
}

// leaks reports whether a lock that a function returns with should have been
// released: the function does so on another path, or nobody else could.
func (l *Locks) leaks(f *Func, h hold) bool {
	found := &l.effects[f].found
	if l.handed[handing{f, h.Resource}] || l.literalReleases(f, h.Resource) || h.try && l.literalMay(f, h.Resource) {
		return false
	}
	if found.released[h.op] {
		return true
	}
	// Never released by its name. Whoever takes the lock of something that
	// others can reach, or that the function makes and returns, may mean them
	// to release it.
	return !found.anyRelease[h.Resource] && !h.try && h.from == nil && h.Resource.Access&OthersSend == 0 &&
		!h.Resource.Unknown && h.Resource.shared() && h.Object != "" && outlives(f, h.Object) && !l.releasedForCaller(h.Resource)
}

// shared reports whether a lock is a field or global, rather than a variable
// of a function, which may be the only one that uses it.
func (r *Resource) shared() bool { return r.Field() || strings.HasPrefix(r.ID, "G:") }

// literalReleases reports whether a literal of the function, which somebody
// else calls, releases the lock.
func (l *Locks) literalReleases(f *Func, r *Resource) bool {
	within := func(g *Func) bool {
		for ; g != nil; g = g.Outer {
			if g == f {
				return true
			}
		}
		return false
	}
	for _, g := range l.model.Funcs {
		if g != f && within(g) && !slices.ContainsFunc(g.Callers, func(c CallSite) bool { return within(c.In) }) &&
			slices.ContainsFunc(l.effects[g].borrows, func(e endState) bool { return e.Resource == r }) {
			return true
		}
	}
	return false
}

// releasedForCaller reports whether any function releases a lock that it has
// not taken.
func (l *Locks) releasedForCaller(r *Resource) bool {
	for _, f := range l.model.Funcs {
		if slices.ContainsFunc(l.effects[f].borrows, func(e endState) bool { return e.Resource == r }) {
			return true
		}
	}
	return false
}

// releasers returns the locks that the package releases in functions that
// have not taken them, for callers that it does not know: such a lock may be
// held on purpose where a function returns.
func (l *Locks) releasers() map[*Resource]bool {
	if l.openers == nil {
		l.openers = maps.Clone(l.unmatched)
		for _, f := range l.model.Funcs {
			if !f.Called && len(f.Callers) > 0 {
				continue
			}
			for _, r := range l.effects[f].releases {
				// One that also takes it may do so as often as it releases it, in
				// another loop.
				if !f.takes(r.Resource) {
					l.openers[r.Resource] = true
				}
			}
		}
	}
	return l.openers
}

// takes reports whether a function takes a lock itself.
func (f *Func) takes(r *Resource) bool {
	return slices.ContainsFunc(f.Blocks, func(b *Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *Op) bool {
			return (op.Kind == Lock || op.Kind == RLock || op.Kind == TryLock) && op.Resource == r
		})
	})
}

// elsewhere returns the operations of a function that release the lock.
func (l *Locks) elsewhere(k *LockLeak) []*Op {
	if !l.effects[k.Func].found.released[k.Lock] {
		return nil
	}
	var list []*Op
	for _, b := range k.Func.Blocks {
		for _, op := range b.Ops {
			if (op.Kind == Unlock || op.Kind == RUnlock) && op.Resource == k.Resource && op.Object == k.Object || l.releasesByCall(op, k.Ref) {
				list = append(list, op)
			}
		}
	}
	return list
}

func (l *Locks) releasesByCall(op *Op, r Ref) bool {
	return op.Kind == Call && slices.ContainsFunc(op.Callees, func(c Callee) bool {
		return slices.ContainsFunc(l.calleeEffect(&c).releases, func(e endState) bool {
			return e.Resource == r.Resource && c.In(e.Object) == r.Object
		})
	})
}

// pending returns the deferred operation that would release the lock.
func pending(d double) *Op {
	for p := d.at.Pending; p != nil; p = p.Next {
		if (p.Op.Kind == Unlock || p.Op.Kind == RUnlock) && p.Op.Resource == d.held.Resource {
			return p.Op
		}
	}
	return nil
}

// Doubles returns the locks that are taken while they are held.
func (l *Locks) Doubles() []DoubleLock {
	var list []DoubleLock
	for _, f := range l.model.Funcs {
		for _, d := range l.effects[f].found.doubles {
			if d.callee == nil && d.held.op == d.op && (!d.held.read || !d.taken.read) {
				continue // a leak: the loop comes back to the lock
			}
			x := DoubleLock{
				Func: f, Ref: d.held.Ref, Held: d.held.op, HeldRead: d.held.read,
				Op: d.op, Read: d.taken.read, Deferred: d.op.Deferred && d.callee == nil,
				Branches: between(f, d.held.path, &Path{d.at.Path, d.at.Block, -1}),
				Maybe:    d.held.given || len(d.op.Callees) > 1 || d.op.Unknown && d.callee != nil && d.callee.Func != nil,
			}
			if d.callee != nil {
				if x.Chain = l.into(d.callee, d.held.Ref, d.held.Ref, d.taken, nil, 0); x.Chain == nil {
					continue
				}
				x.Maybe = x.Maybe || x.Chain.Maybe || d.callee.Func == f && d.op.Object != ""
			}
			if x.Read && x.HeldRead {
				if x.Writers = l.writers(d.held.Resource); len(x.Writers) == 0 {
					continue
				}
			}
			list = append(list, x)
		}
	}
	// Of two ways to the same lock, the one that surely blocks counts.
	reads := func(d DoubleLock) int {
		if d.Read && d.HeldRead {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b DoubleLock) int {
		return cmp.Or(cmp.Compare(a.Op.Pos, b.Op.Pos), cmp.Compare(a.Resource.ID, b.Resource.ID), cmp.Compare(reads(a), reads(b)))
	})
	return slices.CompactFunc(list, func(a, b DoubleLock) bool { return a.Op.Pos == b.Op.Pos && a.Resource == b.Resource })
}

// writers returns the places that take a lock for writing.
func (l *Locks) writers(r *Resource) []Use {
	return slices.DeleteFunc(slices.Clone(l.model.Uses(r)), func(u Use) bool { return u.Kind() != Lock })
}

// between returns the decisions of a path behind one of its places.
func between(f *Func, from, to *Path) []ssax.Branch {
	var list []ssax.Branch
	for p := to; p != nil && p != from; p = p.Prev {
		if p.Succ < 0 {
			continue
		}
		if b, ok := f.branches.describe(p.Block, p.Succ); ok {
			list = append(list, b)
		}
	}
	slices.Reverse(list)
	return list
}

// Pos returns the position of the operation at the end of a chain.
func (c *Chain) Pos() token.Pos {
	if len(c.Links) == 0 {
		return token.NoPos
	}
	return c.Links[len(c.Links)-1].Op.Pos
}
