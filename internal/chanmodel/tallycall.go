package chanmodel

import "slices"

// callees returns the calls that an operation can be.
func (w *tallier) callees(op *Op) []*frame {
	frames, known := w.called[op]
	if !known {
		frames = w.s.callees(op, w.fr)
		w.called[op] = frames
	}
	return frames
}

// call executes a call: each thing that can have been done before it with
// each that the callee can do.
func (w *tallier) call(c census, op *Op, at Place) (census, bool) {
	callees := w.callees(op)
	if len(callees) == 0 {
		return c, true
	}
	if slices.ContainsFunc(callees, func(inner *frame) bool { return inner.fn.Body && w.s.touch(inner.fn) != (touch{}) }) {
		// Nobody knows how often an iterator runs the body of its loop.
		return w.each(c, func(t *tally) { t.gotAll, t.sentAll, t.closed = true, true, true }), true
	}
	if w.root != nil && w.root.op != nil && op != w.root.op && w.root.calls(callees) {
		return c, true // it makes a channel of its own
	}
	var after []int32
	again, loops := w.again(c, at.Block), w.fr.fn.Repeats(at.Block)
	for i, inner := range callees {
		e := w.s.effects(inner)
		// A function that closes the channel under a condition knows why.
		closes := w.s.touch(inner.fn).closes
		if len(callees) == 1 && !closes && e.nothing() {
			return c, true
		}
		for _, before := range c.items {
			key := sequel{op, i, before, again}
			then, known := w.then[key]
			if !known {
				then = w.plus(before, e, closes, again, loops)
				w.then[key] = then
				w.inner(w.s.book.tallies[before], e, at)
			}
			after = append(after, then...)
		}
	}
	c.items = distinct(after)
	return c, len(c.items) > 0
}

// A sequel is a call of something after something else. It is looked at once.
type sequel struct {
	op     *Op
	callee int
	before int32
	again  bool // a loop has come to the call before
}

// plus returns what can have been done after a call.
func (w *tallier) plus(before int32, e *effects, closes, again, loops bool) []int32 {
	var then []int32
	first := w.s.book.tallies[before]
	for i := range e.ends {
		done := &e.ends[i].tally
		sum := first.plus(*done)
		sum.closed = sum.closed || closes
		again := again || loops && restarts(first, *done)
		sum.respawned = sum.respawned || again && done.spawned != [maxThreads]uint8{}
		then = append(then, w.s.book.number(sum))
	}
	return distinct(then)
}

// restarts reports whether a call starts goroutines of which some have been
// started before.
func restarts(before, done tally) bool {
	for i, n := range done.spawned {
		if n > 0 && before.spawned[i] > 0 {
			return true
		}
	}
	return false
}

// inner adds the stops of a callee.
func (w *tallier) inner(before tally, e *effects, at Place) {
	for i := range e.stops {
		if w.crowded() {
			return
		}
		st := &e.stops[i]
		w.add(stop{tally: before.plus(st.tally), op: st.op, kind: st.kind, ref: st.ref, own: st.own, passing: st.passing, fn: w.fr.fn, path: at.Path, inner: st})
	}
}

// nothing reports whether a call does nothing but return.
func (e *effects) nothing() bool {
	return len(e.stops) == 0 && len(e.ends) == 1 && e.ends[0].tally == tally{}
}
