package chanmodel

import "slices"

// reason returns why a peer cannot act while a lock is held.
func (p *peerLocks) reason(u Use, h *Held, buffered bool) (Peer, bool) {
	if lock, at, ok := p.under(u, h, u.Ref().Object, 3); ok {
		return Peer{u, PeerUnderLock, lock, at.in, at}, true
	}
	if lock, at, ok := p.between(u, h, 3); ok {
		return Peer{u, PeerBetweenLock, lock, at.in, at}, true
	}
	if !buffered {
		if lock, at, ok := p.takesFirst(u, h); ok {
			return Peer{u, PeerAfterLock, lock, at.in, at}, true
		}
	}
	return Peer{}, false
}

// under reports whether an operation, or call, is executed only with the lock
// held: on all paths through its function, or in all its callers. It returns
// one place where the lock is taken.
func (p *peerLocks) under(u Use, h *Held, on Object, depth int) (Site, tie, bool) {
	var found *Held
	for _, v := range p.visits[u.Func][u.Op] {
		have := v.find(h.Resource)
		if have == nil || have.Read && h.Read {
			found = nil
			break
		}
		found = have
	}
	if found != nil {
		return Site{Use{Func: u.Func, Op: found.Op, Case: -1}, found.Via}, tie{u.Func, found.Ref, on}, true
	}
	if depth == 0 || u.Func.Called || len(u.Func.Callers) == 0 {
		return Site{}, tie{}, false
	}
	var first Site
	var firstTie tie
	for i, at := range u.Func.Callers {
		if !callOf(at) {
			return Site{}, tie{}, false
		}
		outer := Object("")
		for j := range at.Op.Callees {
			if c := &at.Op.Callees[j]; c.Func == u.Func {
				outer = c.In(on)
			}
		}
		site, t, ok := p.under(Use{at.In, at.Block, 0, at.Op, -1}, h, outer, depth-1)
		if !ok {
			return Site{}, tie{}, false
		}
		if i == 0 {
			first, firstTie = site, t
		}
	}
	return first, firstTie, true
}

// between looks for a loop around a peer, in its function or in one that
// calls it, on which the lock is taken between two rounds.
func (p *peerLocks) between(u Use, h *Held, depth int) (Site, tie, bool) {
	if u.Func.Repeats(u.Block) && !u.Func.anewIn(u.Ref().Object, u.Block) {
		if site, ok := p.takenBehind(u, h); ok {
			return site, tie{u.Func, Ref{site.On().Object, h.Resource}, u.Ref().Object}, true
		}
	}
	if depth == 0 || u.Func.Called || len(u.Func.Callers) != 1 || !callOf(u.Func.Callers[0]) {
		return Site{}, tie{}, false
	}
	at := u.Func.Callers[0]
	site, t, ok := p.between(Use{at.In, at.Block, at.index(), at.Op, -1}, h, depth-1)
	if ok {
		for j := range at.Op.Callees {
			if c := &at.Op.Callees[j]; c.Func == u.Func {
				t.on = c.In(u.Ref().Object)
			}
		}
	}
	return site, t, ok
}

// anewIn reports whether each round of the loop around a block works on
// another object.
func (f *Func) anewIn(o Object, block int) bool {
	for b, roots := range f.Defs {
		if slices.Contains(roots, o.Root()) && f.together(b, block) {
			return true
		}
	}
	return false
}

// index returns the place of a call in its block.
func (at CallSite) index() int { return slices.Index(at.In.Blocks[at.Block].Ops, at.Op) }

// behindState is the state of walks that carry nothing.
type behindState struct{}

func (behindState) Key() uint64 { return 0 }

// takenBehind looks for a place where the lock is taken on a path that leads
// from an operation of a loop back to it.
func (p *peerLocks) takenBehind(u Use, h *Held) (Site, bool) {
	var found *Site
	w := &Walk[behindState]{Func: u.Func}
	w.Step = func(s behindState, op *Op, at Place) (behindState, bool) {
		if op == u.Op || found != nil {
			return s, false
		}
		if at.Block != u.Block && !u.Func.reaches(at.Block, u.Block) {
			return s, false // out of the loop
		}
		for _, site := range p.at(u.Func, at.Block, at.Index, op) {
			if h.excludes(site.Op) {
				found = &site
				return s, false
			}
		}
		return s, true
	}
	// A peer that is a call may take the lock itself, behind the operation.
	w.RunFrom(behindState{}, u.Block, u.Index, nil)
	if found == nil {
		return Site{}, false
	}
	return *found, true
}

// firstState says whether a path has taken the lock.
type firstState struct {
	lock *Site
}

func (s firstState) Key() uint64 {
	if s.lock != nil {
		return 1
	}
	return 0
}

// takesFirst reports whether every path through a peer's function takes the
// lock before it comes to the peer.
func (p *peerLocks) takesFirst(u Use, h *Held) (Site, tie, bool) {
	key := afterKey{u.Op, h.Resource, h.Read}
	site, ok := p.after[key]
	if !ok {
		all := true
		w := &Walk[firstState]{Func: u.Func}
		w.Step = func(s firstState, op *Op, at Place) (firstState, bool) {
			if op == u.Op {
				if s.lock == nil {
					all = false
				}
				site = s.lock
				return s, false
			}
			if h.excludes(op) {
				s.lock = &Site{Use: Use{u.Func, at.Block, at.Index, op, -1}}
			}
			return s, true
		}
		if !w.Run(firstState{}) || !all {
			site = nil
		}
		p.after[key] = site
	}
	if site == nil {
		return Site{}, tie{}, false
	}
	return *site, tie{u.Func, site.Op.Ref, u.Ref().Object}, true
}
