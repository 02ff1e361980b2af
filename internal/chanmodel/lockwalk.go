package chanmodel

import "slices"

// A double is a lock that is taken while the same one is held.
type double struct {
	held   hold
	op     *Op
	callee *Callee // what op calls takes it, or nil
	taken  acquisition
	at     Place
}

// A leak is a lock that is held where the function returns.
type leak struct {
	held hold
	exit *Op
	path *Path
}

// An order is a lock that is taken while another one is held.
type order struct {
	held   hold
	others []*Resource // that are held as well
	op     *Op
	callee *Callee
	taken  acquisition
	path   *Path
}

// A slow is an operation that takes long while a lock is held.
type slow struct {
	held hold
	op   *Op
}

// A lockWalk follows the paths of one function.
type lockWalk struct {
	l      *Locks
	f      *Func
	effect *lockEffect
	ends   []lockState // at each return
	full   bool        // all paths were seen
	blind  bool        // see Walk
	agreed bool
	// relevant are the blocks from which something is reached that has to do
	// with locks.
	relevant []bool
	// returning are the blocks from which a return is reached.
	returning []bool
	// doomed are those from which only a panic is reached.
	doomed []bool
	seen   map[foundKey]bool
	handed []handing // see Locks.handed
	// search is set if the walk looks for one thing only, see Locks.reach.
	search *search
}

// A foundKey tells findings apart of which one path each is enough.
type foundKey struct {
	kind     byte
	held, op *Op
	r        *Resource
	lost     bool
}

func newLockWalk(l *Locks, f *Func) *lockWalk {
	return &lockWalk{l: l, f: f, effect: new(lockEffect), seen: make(map[foundKey]bool)}
}

// lockBudget bounds a walk. Few functions need more, and those that do would
// cost more than all others together.
const lockBudget = 1500

// run walks from the entry of the function.
func (w *lockWalk) run(start lockState, known knowledge) {
	w.effect.atCall = make(map[*Op][]*Resource)
	w.effect.found.released = make(map[*Op]bool)
	w.effect.found.anyRelease = make(map[*Resource]bool)
	w.relevant = w.f.reaching(w.l.concerns)
	w.returning = w.f.reaching(func(op *Op) bool { return op.Kind == Return })
	w.doomed = w.f.reaching(func(op *Op) bool { return op.Kind == Panic || op.Kind == Exit })
	for i := range w.doomed {
		w.doomed[i] = w.doomed[i] && !w.returning[i] && !w.f.reaches(i, i)
	}
	walk := &Walk[lockState]{Func: w.f, Budget: lockBudget, Step: w.step, Edge: w.edge, Blind: w.blind, Single: w.blind}
	w.full = walk.run(visit[lockState]{state: start, known: known}, 0)
	w.agreed = walk.agreed
}

// plain reports whether it is enough to have walked without conditions: all
// paths that meet hold the same locks, and nothing was found that one of them
// is evidence for.
func (w *lockWalk) plain() bool {
	found := &w.effect.found
	return w.full && w.agreed && len(found.doubles)+len(found.leaks)+len(found.orders) == 0
}

// reaching returns the blocks of a function from which an operation of some
// kind is reached.
func (f *Func) reaching(kind func(*Op) bool) []bool {
	reaches := make([]bool, len(f.Blocks))
	for i, b := range f.Blocks {
		reaches[i] = slices.ContainsFunc(b.Ops, kind)
	}
	for changed := true; changed; {
		changed = false
		for i := len(f.Blocks) - 1; i >= 0; i-- {
			if !reaches[i] && slices.ContainsFunc(f.Blocks[i].Succs, func(e Edge) bool { return reaches[e.To] }) {
				reaches[i], changed = true, true
			}
		}
	}
	return reaches
}

// concerns reports whether an operation has to do with locks.
func (l *Locks) concerns(op *Op) bool {
	switch op.Kind {
	case Lock, RLock, Unlock, RUnlock, TryLock, Slow:
		return true
	}
	return slices.ContainsFunc(op.Callees, func(c Callee) bool {
		e := l.calleeEffect(&c)
		return len(e.acquires)+len(e.holds)+len(e.releases)+len(e.borrows) > 0
	})
}

// first reports whether something is found for the first time.
func (w *lockWalk) first(k foundKey) bool {
	if w.seen[k] {
		return false
	}
	w.seen[k] = true
	return true
}

// edge forgets the objects whose roots the next block computes anew, and
// learns that a TryLock has taken its lock.
func (w *lockWalk) edge(s lockState, e *Edge, at Place) (lockState, bool) {
	if len(s.held) == 0 && len(s.owed) == 0 {
		if !w.relevant[e.To] && w.search == nil && at.Pending == nil {
			if w.returning[e.To] {
				w.ends = append(w.ends, s)
			}
			return s, false // nothing more to see
		}
		return s, true
	}
	for _, root := range w.f.Defs[e.To] {
		s = s.lose(at.Path, func(o Object) bool { return o.DependsOn(root) })
	}
	if e.Took == nil {
		return s, true
	}
	i := slices.IndexFunc(s.held, func(h hold) bool { return h.op == e.Took })
	if i >= 0 {
		s = s.change(i, func(h *hold) { h.maybe = false })
	}
	return s, true
}

func (w *lockWalk) step(s lockState, op *Op, at Place) (lockState, bool) {
	if w.search != nil && w.search.found != nil {
		return s, false
	}
	switch op.Kind {
	case Lock, RLock:
		return w.lock(s, op, at)
	case TryLock:
		return s.take(hold{Ref: op.Ref, op: op, path: at.Path, maybe: true, try: true}), true
	case Unlock, RUnlock:
		return w.unlock(s, op.Ref, op.Kind == RUnlock, true), true
	case HandOver:
		s = w.give(s, op)
	case Reassign:
		s = s.lose(at.Path, func(o Object) bool { return o.Under(op.Object) })
	case Slow:
		w.takesLong(s, op)
	case Call:
		return w.call(s, op, at), true
	case Go:
		for i := range op.Callees {
			for _, r := range w.l.calleeEffect(&op.Callees[i]).borrows {
				s = w.handOver(s, Ref{op.Callees[i].In(r.Object), r.Resource}, r.read)
			}
		}
	case Return:
		w.returns(s, op, at)
	}
	return s, true
}

// give notes that a function value is made that releases a lock.
func (w *lockWalk) give(s lockState, op *Op) lockState {
	give := func(r Ref) {
		if i := s.exact(r); i >= 0 {
			s = s.change(i, func(h *hold) { h.given = true })
		}
	}
	if op.Resource != nil {
		give(op.Ref)
	}
	for i := range op.Gives {
		c := &op.Gives[i]
		for _, r := range w.l.calleeEffect(c).borrows {
			give(Ref{c.In(r.Object), r.Resource})
		}
	}
	return s
}

// lock takes a lock. The path ends if it is held already.
func (w *lockWalk) lock(s lockState, op *Op, at Place) (lockState, bool) {
	a := acquisition{Ref: op.Ref, read: op.Kind == RLock}
	if i := s.owes(op.Ref); i >= 0 {
		return s.repay(i), true
	}
	if w.search != nil && w.search.wants(w, s, a, op, nil, at) {
		return s, false
	}
	w.acquired(s, a, op, nil, at)
	i := s.exact(Ref{w.reduce(s, op.Ref), op.Resource})
	if i >= 0 && s.held[i].maybe {
		s = s.drop(i)
		i = -1
	}
	if i >= 0 {
		h := s.held[i]
		w.doubled(double{held: h, op: op, taken: a, at: at})
		if !h.read || !a.read {
			return s, false
		}
	}
	return s.take(hold{Ref: op.Ref, read: a.read, op: op, path: at.Path, given: slices.Contains(w.l.effects[w.f].gives, op.Ref)}), true
}

// reduce returns the object of the held lock that another path leads back to.
func (w *lockWalk) reduce(s lockState, r Ref) Object {
	for i := range s.held {
		if s.held[i].Resource == r.Resource {
			r.Object = w.l.reduce(r.Object, s.held[i].Object, r.Resource)
		}
	}
	return r.Object
}

// acquired records that a lock is taken: for the callers of the function, and
// in which order.
func (w *lockWalk) acquired(s lockState, a acquisition, op *Op, callee *Callee, at Place) {
	w.effect.acquire(a.leaving(w.f))
	if w.doomed[at.Block] {
		return // what panics breaks worse things than the order
	}
	for i := range s.held {
		h := s.held[i]
		if h.maybe || h.Resource == a.Resource || !w.first(foundKey{'o', h.op, op, a.Resource, h.Resource == nil}) {
			continue
		}
		o := order{held: h, op: op, callee: callee, taken: a, path: at.Path}
		for j := range s.held {
			if j != i && !s.held[j].maybe && !s.held[j].read {
				o.others = append(o.others, s.held[j].Resource)
			}
		}
		w.effect.found.orders = append(w.effect.found.orders, o)
	}
}

func (w *lockWalk) doubled(d double) {
	if d.held.op != nil && w.first(foundKey{'d', d.held.op, d.op, d.held.Resource, d.taken.read}) {
		w.effect.found.doubles = append(w.effect.found.doubles, d)
	}
}

// unlock releases a lock, or one of the caller if none is held. Sure is false
// if that is done by a function that also takes the lock, which may have
// taken it on the same path.
func (w *lockWalk) unlock(s lockState, r Ref, read, sure bool) lockState {
	i := s.exact(r)
	if i >= 0 && s.held[i].read != read {
		// A write lock and a read lock of one object cannot both be held, but
		// for mistakes: prefer the mode that fits.
		for j, h := range s.held {
			if h.Object == r.Object && h.Resource == r.Resource && h.read == read && !h.lost {
				i = j
			}
		}
	}
	if i >= 0 && s.held[i].op != nil {
		w.effect.found.released[s.held[i].op] = true
	}
	if i < 0 {
		i = s.likely(r, read)
	}
	w.effect.found.anyRelease[r.Resource] = true
	if i < 0 && !sure {
		return s
	}
	if i < 0 {
		w.reverse(s, r, read)
		w.effect.borrows = addEnd(w.effect.borrows, w.end(r, read))
		return s.owe(debt{r, read})
	}
	if from := s.held[i].from; from != nil && sure {
		w.handed = append(w.handed, handing{from, r.Resource})
	}
	return s.drop(i)
}

// reverse notes the locks that a path has taken to release one of somebody
// else: to them it is as if they were taken with that lock held.
func (w *lockWalk) reverse(s lockState, r Ref, read bool) {
	for i := range s.held {
		h := s.held[i]
		if h.maybe || h.Resource == r.Resource || h.op == nil || w.f.takes(r.Resource) || !w.first(foundKey{'o', nil, h.op, r.Resource, true}) {
			continue
		}
		w.effect.found.orders = append(w.effect.found.orders, order{
			held: hold{Ref: r, read: read}, op: h.op, path: h.path,
			taken: acquisition{Ref: h.Ref, read: h.read},
		})
	}
}

// handOver gives a lock to somebody who will release it.
func (w *lockWalk) handOver(s lockState, r Ref, read bool) lockState {
	i := s.exact(r)
	if i < 0 {
		i = s.likely(r, read)
	}
	if i < 0 {
		return s
	}
	if from := s.held[i].from; from != nil {
		w.handed = append(w.handed, handing{from, r.Resource})
	}
	return s.drop(i)
}

// takesLong records a slow operation.
func (w *lockWalk) takesLong(s lockState, op *Op) {
	for _, h := range s.held {
		if !h.maybe && h.op != nil && w.first(foundKey{'s', h.op, op, h.Resource, false}) {
			w.effect.found.slows = append(w.effect.found.slows, slow{h, op})
		}
	}
}

// returns records what is held at a return.
func (w *lockWalk) returns(s lockState, exit *Op, at Place) {
	w.ends = append(w.ends, s)
	for _, h := range s.held {
		if h.op != nil && !h.maybe && !h.given && w.first(foundKey{'l', h.op, exit, h.Resource, h.lost}) {
			w.effect.found.leaks = append(w.effect.found.leaks, leak{h, exit, &Path{at.Path, at.Block, -1}})
		}
	}
}

// finish sums up what the function returns with and without.
func (w *lockWalk) finish() {
	for _, h := range w.handed {
		w.l.handed[h] = true
	}
	for _, end := range w.ends {
		for _, h := range end.held {
			if h.op != nil {
				w.effect.holds = addEnd(w.effect.holds, w.end(h.Ref, h.read))
			}
		}
		for _, r := range end.owed {
			w.effect.releases = addEnd(w.effect.releases, w.end(r.Ref, r.read))
		}
	}
	for i := range w.effect.holds {
		e := &w.effect.holds[i]
		e.always = w.full
		for _, end := range w.ends {
			at := end.exact(e.Ref)
			e.always = e.always && at >= 0 && !end.held[at].maybe && !end.held[at].given
		}
	}
}

func (w *lockWalk) end(r Ref, read bool) endState {
	if r.Object != "" && !outlives(w.f, r.Object) {
		r.Object = ""
	}
	return endState{Ref: r, read: read}
}

func addEnd(list []endState, e endState) []endState {
	if len(list) >= maxEntries || slices.ContainsFunc(list, func(x endState) bool { return x.Ref == e.Ref }) {
		return list
	}
	return append(list, e)
}
