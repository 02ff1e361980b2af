package chanmodel

import "slices"

// A PeerReason says why a peer cannot help whoever waits with a lock held.
type PeerReason int

// The reasons.
const (
	PeerUnderLock   PeerReason = iota + 1 // it acts only with the lock held
	PeerBetweenLock                       // it takes the lock before it acts the next time
	PeerAfterLock                         // it takes the lock before it acts
	PeerBeforeEnd                         // a worker takes the lock before it ends
)

// A Peer is who could let a blocked operation go on, and why it cannot.
type Peer struct {
	Use
	Why PeerReason
	// Lock is where it takes the lock. It may be far from the peer itself: in
	// a function that is called from a loop, or in the peer's caller.
	Lock Site
	// In is the function in whose terms that is: the worker, the one with the
	// loop, or that of the peer.
	In *Func
	at tie
}

// A PeerNeedsLock is an operation that waits, with a lock held, for peers all
// of which need that lock.
type PeerNeedsLock struct {
	Func  *Func // that holds the lock
	Site  Site  // what waits, seen from there
	Held  Held
	Path  *Path
	Peers []Peer
	// Sure is set if all of them work on the same lock object, rather than on
	// one that the same field of another value may hold.
	Sure bool
	// Buffered is set if a send waits only when a buffer is full.
	Buffered bool
}

// peerLocks looks for operations that wait with a lock held.
type peerLocks struct {
	*underLock
	m     *Model
	after map[afterKey]*Site
	found []PeerNeedsLock
	index map[waitKey]int
}

type waitKey struct {
	op   *Op
	lock *Resource
}

type afterKey struct {
	use  *Op
	lock *Resource
	read bool
}

// PeersThatNeedLocks returns the operations that wait with a lock held for
// peers that need it, in the order of the model.
//
// That is the wait-for cycle of a lock and one other resource. A peer of a
// channel or condition has a reason if it cannot act without the lock, be it
// that it always holds it, always takes it first, or is a loop that may be
// about to take it between two rounds. All peers of a closed resource must
// have one. A wait group needs all its workers: one that takes the lock before
// it ends suffices.
//
// It is unsound where a peer has passed its lock surely before the operation,
// because of something the model does not see, such as a flag.
func PeersThatNeedLocks(m *Model) []PeerNeedsLock {
	s := m.sites()
	found := peersThatNeedLocks(m, s, nil)
	if len(found) == 0 {
		return nil
	}
	// Again, with paths that are feasible where it matters.
	exact := make(map[*Func]bool)
	for i := range found {
		exact[found[i].Func] = true
		for _, p := range found[i].Peers {
			exact[p.Func], exact[p.In] = true, true
		}
	}
	return peersThatNeedLocks(m, s, exact)
}

func peersThatNeedLocks(m *Model, s *sites, exact map[*Func]bool) []PeerNeedsLock {
	p := &peerLocks{underLock: newUnderLock(m, s, exact), m: m, after: make(map[afterKey]*Site), index: make(map[waitKey]int)}
	for _, f := range m.Funcs {
		visits := p.visits[f]
		for i, b := range f.Blocks {
			for j, op := range b.Ops {
				for _, v := range visits[op] {
					if len(v.Held) > 0 {
						p.visit(f, i, j, op, v)
					}
				}
			}
		}
	}
	return p.found
}

// visit checks what an operation does under the locks of one path.
func (p *peerLocks) visit(f *Func, block, index int, op *Op, v Visit) {
	list := p.at(f, block, index, op)
	for _, h := range v.Held {
		if slices.ContainsFunc(list, func(s Site) bool {
			return (s.Op.Kind == Unlock || s.Op.Kind == RUnlock) && s.Op.Resource == h.Resource
		}) {
			continue // the call may release it in between
		}
		for _, s := range list {
			if s.Op.Kind == CondWait && s.Op.mayRelease(&h) {
				continue
			}
			p.check(PeerNeedsLock{Func: f, Site: s, Held: h, Path: v.Path.since(f.blockOf(h.Op))})
		}
	}
}

// mayRelease reports whether the wait for a condition may release a lock: it
// is the condition's, or nobody knows which that is, or the condition has a
// value that the lock is embedded in.
func (op *Op) mayRelease(h *Held) bool {
	l := op.Locker
	return l.Resource == nil || l.Resource == h.Resource || l.Resource.Kind != Mutex || h.Object.Under(l.Object)
}

// check decides about one operation and one lock.
func (p *peerLocks) check(b PeerNeedsLock) {
	ok := false
	b.Sure = true
	op := b.Site.Op
	switch op.Kind {
	case Send, Receive, Range:
		ok = p.channel(&b, op.Kind, op.Ref)
	case CondWait:
		ok = p.allPeers(&b, op.Ref, false, OthersSend, Signal, Broadcast)
	case Wait:
		ok = p.workers(&b)
	case Select:
		ok = !op.Default && len(op.Cases) > 0
		for i := range op.Cases {
			c := &op.Cases[i]
			ok = ok && p.channel(&b, c.Kind, c.Ref)
		}
	}
	if !ok || b.byFlag() {
		return
	}
	key := waitKey{op, b.Held.Resource}
	if i, dup := p.index[key]; dup {
		if old := &p.found[i]; b.Sure && !old.Sure || b.Sure == old.Sure && len(b.Site.Links) < len(old.Site.Links) {
			*old = b
		}
		return
	}
	p.index[key] = len(p.found)
	p.found = append(p.found, b)
}

// channel checks the peers of a send or receive.
func (p *peerLocks) channel(b *PeerNeedsLock, kind OpKind, on Ref) bool {
	if on.Resource == nil || on.Resource.Kind != Chan || len(on.Resource.Made) == 0 {
		return false
	}
	size := capacityOf(on.Resource)
	if kind == Send {
		if size != 0 && !on.Resource.Field() && (size == Unknown || b.fresh(on.Resource) || !sendsOften(b.Site)) {
			return false // it has room for what is sent
		}
		b.Buffered = b.Buffered || size != 0
		// Most buffers have room for all that can be under way: a signal that is
		// given once, or a number of sends that whoever makes it knows.
		b.Sure = b.Sure && size == 0
		return p.allPeers(b, on, size != 0, OthersReceive, Receive, Range)
	}
	// What is in a buffer already needs no peer.
	return size == 0 && p.allPeers(b, on, false, OthersSend, Send, Close)
}

// capacityOf returns the largest capacity of a channel: Unknown if that is no
// constant.
func capacityOf(ch *Resource) int {
	size := 0
	for _, c := range ch.Made {
		if c.Cap.Sym != "" {
			return Unknown
		}
		size = max(size, c.Cap.N)
	}
	return size
}

// fresh reports whether the call that waits has made the channel itself, or
// got it from a function that it called, rather than from outside: from a
// field or a function around it.
func (b *PeerNeedsLock) fresh(r *Resource) bool {
	return !r.Field() && !r.Many && !slices.ContainsFunc(r.Made, func(c Creation) bool {
		return c.Func == nil || b.Func.inside(c.Func) || b.Site.Func.inside(c.Func)
	})
}

// allPeers finds for every peer a reason why it cannot help. Of a channel with
// a buffer, only a peer that acts again and again shows that more may be sent
// than the buffer holds.
func (p *peerLocks) allPeers(b *PeerNeedsLock, on Ref, buffered bool, others Access, kinds ...OpKind) bool {
	if on.Resource.Unknown || on.Resource.Access&others != 0 {
		return false
	}
	here := tie{b.Func, b.Held.Ref, b.Site.In(on.Object)}
	n := len(b.Peers)
	for _, u := range p.m.Uses(on.Resource) {
		if !slices.Contains(kinds, u.Kind()) || u.Op == b.Site.Op {
			continue
		}
		peer, ok := p.reason(u, &b.Held, buffered)
		if !ok {
			return false
		}
		switch alike(here, peer.at) {
		case differs:
			return false
		case same:
			// A loop that stops its timer may do so while nobody waits for it.
			halts := func(block int) bool { return peer.Func.reaches(block, peer.Block) }
			if peer.Why == PeerBetweenLock && slices.ContainsFunc(peer.Func.halts, halts) {
				b.Sure = false
			}
		case unknown:
			if peer.Why == PeerAfterLock {
				return false // the channel may have been published with the lock held
			}
			b.Sure = false
		}
		if peer.Why == PeerUnderLock && peer.In == b.Func && b.fresh(on.Resource) {
			return false // the same goroutine: the lock does not matter
		}
		b.Peers = append(b.Peers, peer)
	}
	if buffered && !slices.ContainsFunc(b.Peers[n:], func(p Peer) bool { return p.Func.Repeats(p.Block) || p.Why == PeerBetweenLock }) {
		return false
	}
	return len(b.Peers) > n
}

// workers looks for a goroutine that a wait group waits for and that takes the
// lock before it ends. One is enough: the others cannot help.
func (p *peerLocks) workers(b *PeerNeedsLock) bool {
	on := b.Site.On()
	here := tie{b.Func, b.Held.Ref, on.Object}
	best := false
	try := func(w worker) {
		if best && b.Sure {
			return
		}
		site, ok := p.beforeEnd(w, on.Resource, func(s Site) bool { return b.Held.excludes(s.Op) })
		if !ok {
			return
		}
		t := tie{w.fn, Ref{site.On().Object, b.Held.Resource}, w.on}
		like := alike(here, t)
		if like == differs || like == unknown && best {
			return
		}
		best, b.Sure = true, like == same
		b.Peers = []Peer{{w.end, PeerBeforeEnd, site, w.fn, t}}
	}
	for _, w := range workersOf(p.m, on.Resource) {
		if p.counted(p.m, w, on.Resource) {
			try(w)
		}
	}
	return best
}
