package chanmodel

import (
	"slices"
)

// effects returns what executing a function in a frame can do.
func (s *scope) effects(fr *frame) *effects {
	if fr.fn == s.root {
		return &effects{ends: []end{{}}} // it makes another channel
	}
	key := s.key(fr)
	if e, ok := s.done[key]; ok {
		return e
	}
	// A recursive call does what nobody knows.
	s.done[key] = &effects{ends: []end{{tally: tally{gotAll: true, sentAll: true, closed: true}}}}
	e := s.count(fr, nil)
	s.done[key] = e
	return e
}

// count walks through a function. If the scope begins with it, the channel
// does not exist on entry.
func (s *scope) count(fr *frame, root *origins) *effects {
	w := &tallier{s: s, fr: fr, root: root, loops: s.loops(fr.fn), result: new(effects), seen: make(map[seenKey]bool)}
	start := census{live: root == nil || root.op == nil && root.block == 0}
	if start.live {
		start.items = []tally{{}}
	}
	walk := Walk[census]{Func: fr.fn, Step: w.step, Edge: w.edge}
	if root == nil {
		if s.left <= 0 {
			w.result.partial = true
			return w.result
		}
		walk.Budget = min(DefaultBudget/3, s.left)
	}
	w.result.partial = !walk.Run(start) || w.result.partial
	if root == nil {
		s.left -= walk.visited
	}
	return w.result
}

// scopeBudget bounds the blocks that are visited in functions which the one
// that the channel belongs to calls or starts. A channel that is used in so
// much code has more users than can be counted one by one.
const scopeBudget = 4000

// origins is where in a function the channel comes to exist: in a block, or by
// a call.
type origins struct {
	block int
	op    *Op
}

// A tallier walks through one function.
type tallier struct {
	s      *scope
	fr     *frame
	root   *origins
	loops  []*loop
	result *effects
	seen   map[seenKey]bool
}

type seenKey struct {
	op    *Op
	ref   Ref
	tally tally
}

func (w *tallier) step(c census, op *Op, at Place) (census, bool) {
	if !c.live {
		if w.root == nil || w.root.op != op {
			return c, true
		}
		c.live, c.items = true, []tally{{}}
	} else if w.root != nil && w.root.op == op {
		w.end(c, at.Path, true)
		return c, false
	}
	switch op.Kind {
	case Send, Receive, Range:
		return w.channel(c, op, at), true
	case Close:
		if mine := w.s.mine(op.Ref, w.fr); mine != no {
			return c.each(func(t *tally) { t.closed = true }), true
		}
		return w.fire(c, op.Resource), true
	case Finish, Signal, Broadcast, Cancel:
		return w.fire(c, op.Resource), true
	case Wait:
		return w.waited(c, op, op.Kind, op.Ref, at), true
	case Select:
		c.sel = op
		if op.Default && slices.ContainsFunc(op.Cases, func(o Case) bool { return o.Kind == Send && w.s.mine(o.Ref, w.fr) != no }) {
			// It tries to send. Who does so knows that nobody relies on it.
			c = c.each(func(t *tally) { t.sentAll = true })
		}
		return c, op.Default || len(op.Cases) > 0
	case Go:
		return w.spawn(c, op, at.Block), true
	case Call:
		return w.call(c, op, at)
	case Return:
		w.end(c, at.Path, false)
	}
	return c, true
}

func (w *tallier) end(c census, path *Path, again bool) {
	for _, t := range c.items {
		same := func(e end) bool { return e.tally == t }
		switch {
		case slices.ContainsFunc(w.result.ends, same):
		case len(w.result.ends) == maxTallies:
			w.result.partial = true
		default:
			w.result.ends = append(w.result.ends, end{t, path, again})
		}
	}
}

func (w *tallier) fire(c census, r *Resource) census {
	bit := w.s.bit(r)
	return c.each(func(t *tally) { t.fired |= bit })
}

// waited notes that a goroutine waits for another resource, and then that it
// got it.
func (w *tallier) waited(c census, op *Op, kind OpKind, ref Ref, at Place) census {
	w.stop(c, op, kind, ref, false, at)
	bit := w.s.bit(ref.Resource)
	return c.each(func(t *tally) { t.got |= bit })
}

// channel executes an operation on a channel that is not in a select.
func (w *tallier) channel(c census, op *Op, at Place) census {
	mine := w.s.mine(op.Ref, w.fr)
	switch {
	case mine == no && op.Kind == Send:
		w.stop(c, op, op.Kind, op.Ref, false, at)
		return w.fire(c, op.Resource)
	case mine == no:
		return w.waited(c, op, op.Kind, op.Ref, at)
	case mine == maybe:
		return c.each(func(t *tally) { t.gotAll, t.sentAll = true, true })
	}
	switch op.Kind {
	case Send:
		c = c.each(func(t *tally) {
			t.sends, t.repeated, t.driven = clamp(t.sends, 1), t.repeated || t.looped, t.driven || t.pumped
		})
	case Receive:
		c = c.each(func(t *tally) { t.recvs = clamp(t.recvs, 1) })
	}
	w.stop(c, op, op.Kind, op.Ref, true, at)
	return c
}

func (w *tallier) stop(c census, op *Op, kind OpKind, ref Ref, own bool, at Place) {
	for _, t := range c.items {
		w.add(stop{tally: t, op: op, kind: kind, ref: ref, own: own, fn: w.fr.fn, path: at.Path})
	}
}

// again reports whether a block is executed again by a loop that may run any
// number of times.
func (w *tallier) again(c census, block int) bool {
	return slices.ContainsFunc(w.loops, func(l *loop) bool {
		return l.body[block] && !l.counted && c.round(-1-l.header) > 0
	})
}

// receives reports whether a loop receives from another channel.
func (w *tallier) receives(l *loop) bool {
	for i := range l.body {
		for _, op := range w.fr.fn.Blocks[i].Ops {
			if (op.Kind == Range || op.Kind == Receive) && op.Resource != w.s.resource {
				return true
			}
		}
	}
	return false
}

// maxStops bounds the stops of a function.
const maxStops = 200

func (w *tallier) add(st stop) {
	key := seenKey{st.op, st.ref, st.tally}
	if !w.seen[key] && len(w.result.stops) < maxStops {
		w.seen[key] = true
		w.result.stops = append(w.result.stops, st)
	}
}

func (w *tallier) spawn(c census, op *Op, block int) census {
	i, ok := w.s.thread(op, w.fr)
	if !ok {
		return c.each(func(t *tally) { t.gotAll, t.sentAll = true, true })
	}
	if i < 0 {
		return c
	}
	again := w.again(c, block)
	return c.each(func(t *tally) { t.spawned[i], t.respawned = clamp(t.spawned[i], 1), t.respawned || again })
}

// call executes a call: each thing that can have been done before it with
// each that the callee can do.
func (w *tallier) call(c census, op *Op, at Place) (census, bool) {
	callees := w.s.callees(op, w.fr)
	if len(callees) == 0 {
		return c, true
	}
	if slices.ContainsFunc(callees, func(inner *frame) bool { return inner.fn.Body && w.s.touch(inner.fn) != (touch{}) }) {
		// Nobody knows how often an iterator runs the body of its loop.
		return c.each(func(t *tally) { t.gotAll, t.sentAll, t.closed = true, true, true }), true
	}
	var after []tally
	for _, inner := range callees {
		e := w.s.effects(inner)
		// A function that closes the channel under a condition knows why.
		closes := w.s.touch(inner.fn).closes
		for _, before := range c.items {
			for _, done := range e.ends {
				sum := before.plus(done.tally)
				sum.closed = sum.closed || closes
				after = append(after, sum)
			}
			for i := range e.stops {
				st := &e.stops[i]
				w.add(stop{tally: before.plus(st.tally), op: st.op, kind: st.kind, ref: st.ref, own: st.own, fn: w.fr.fn, path: at.Path, inner: st})
			}
		}
	}
	c.items = distinct(after)
	return c, len(c.items) > 0
}
