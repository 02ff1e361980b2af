package chanmodel

import "slices"

// call applies the effects of what an operation calls.
func (w *lockWalk) call(s lockState, op *Op, at Place) lockState {
	w.reachedCall(s, op)
	for i := range op.Callees {
		c := &op.Callees[i]
		e := w.l.calleeEffect(c)
		for _, a := range e.acquires {
			a = c.translate(a)
			a.Object = w.reduce(s, a.Ref)
			if s.owes(a.Ref) >= 0 {
				continue
			}
			if w.search != nil && w.search.wants(w, s, a, op, c, at) {
				return s
			}
			w.acquired(s, a, op, c, at)
			if h := s.exact(a.Ref); h >= 0 && !s.held[h].maybe {
				w.doubled(double{held: s.held[h], op: op, callee: c, taken: a, at: at})
			}
		}
	}
	for i := range op.Callees {
		c := &op.Callees[i]
		for _, r := range w.l.calleeEffect(c).releases {
			if c.Func != nil && c.Func.Body { // one of its rounds may have done so
				s = w.doubt(s, Ref{c.In(r.Object), r.Resource}, r.read)
				continue
			}
			sure := c.Func == nil || !c.Func.takes(r.Resource)
			before := len(s.held)
			s = w.unlock(s, Ref{c.In(r.Object), r.Resource}, r.read, sure)
			if sure && len(s.held) == before && w.f.takes(r.Resource) {
				w.l.unmatched[r.Resource] = true
			}
		}
	}
	for i := range op.Callees {
		s = w.receive(s, op, &op.Callees[i], at)
	}
	return s
}

// reachedCall notes which locks are held at a call on all paths.
func (w *lockWalk) reachedCall(s lockState, op *Op) {
	before, ok := w.effect.atCall[op]
	if ok && len(before) == 0 {
		return
	}
	held := []*Resource{}
	for i := range s.held {
		if h := &s.held[i]; !h.maybe && !h.read && (!ok || slices.Contains(before, h.Resource)) {
			held = append(held, h.Resource)
		}
	}
	w.effect.atCall[op] = held
}

// receive adds the locks with which a callee returns.
func (w *lockWalk) receive(s lockState, op *Op, c *Callee, at Place) lockState {
	for _, x := range w.l.calleeEffect(c).holds {
		r := Ref{c.In(x.Object), x.Resource}
		if i := s.owes(r); i >= 0 {
			s = s.repay(i)
			continue
		}
		if s.exact(r) >= 0 {
			continue
		}
		s = s.take(hold{
			Ref: r, read: x.read, op: op, from: c.Func, path: at.Path,
			maybe: !x.always || c.guard || c.Func != nil && c.Func.Body || r.Object == "" || w.l.far[r.Resource] || len(op.Callees) > 1 || op.Unknown && c.Func != nil,
		})
	}
	return s
}
