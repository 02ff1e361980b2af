package chanmodel

import (
	"fmt"
	"slices"
	"strings"
)

// effects returns what executing a function in a frame can do.
func (s *scope) effects(fr *frame) *effects {
	if fr.fn == s.root {
		return &effects{ends: []end{{}}} // it makes another channel
	}
	key := s.key(fr)
	if !s.survey.loud[fr.fn] {
		return s.quiet(fr, key)
	}
	if e, ok := s.done[key]; ok {
		return e
	}
	// A recursive call does what nobody knows.
	s.done[key] = &effects{ends: []end{{tally: tally{gotAll: true, sentAll: true, closed: true}}}}
	e := s.count(fr, nil)
	s.done[key] = e
	return e
}

// quiet returns what executing a function can do that is not loud: to return,
// or not. That is the same for all channels.
func (s *scope) quiet(fr *frame, key string) *effects {
	key = fmt.Sprintf("%d %s", s.unknown, key)
	if strings.Contains(key, "=") { // it may ask whether a parameter is nil: the channel is not
		key = fmt.Sprint(key, s.made.Objects)
	}
	e := s.survey.quiet[key]
	if e == nil {
		left := s.left
		s.left = DefaultBudget // what others use again is not at the cost of one
		e = s.count(fr, nil)
		s.left = left
		s.survey.quiet[key] = e
	}
	return e
}

// count walks through a function. If the scope begins with it, the channel
// does not exist on entry.
func (s *scope) count(fr *frame, root *origins) *effects {
	w := &tallier{s: s, fr: fr, root: root, loops: fr.fn.naturalLoops(), result: new(effects), seen: make(map[seenKey]bool), called: make(map[*Op][]*frame), started: make(map[*Op]int)}
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

// calls reports whether some calls are of what makes the channel, too.
func (o *origins) calls(frames []*frame) bool {
	return slices.ContainsFunc(frames, func(fr *frame) bool {
		return slices.ContainsFunc(o.op.Callees, func(c Callee) bool { return c.Func == fr.fn })
	})
}

// A tallier walks through one function.
type tallier struct {
	s      *scope
	fr     *frame
	root   *origins
	loops  []*loop
	result *effects
	seen   map[seenKey]bool
	// called are the calls that operations are, and started the threads.
	called  map[*Op][]*frame
	started map[*Op]int
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
	if w.crowded() {
		return
	}
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

// crowded reports whether no more stops are kept.
func (w *tallier) crowded() bool { return len(w.result.stops) == maxStops }

func (w *tallier) add(st stop) {
	if w.crowded() {
		return
	}
	if key := (seenKey{st.op, st.ref, st.tally}); !w.seen[key] {
		w.seen[key] = true
		w.result.stops = append(w.result.stops, st)
	}
}

func (w *tallier) spawn(c census, op *Op, block int) census {
	i, known := w.started[op]
	if !known {
		var ok bool
		if i, ok = w.s.thread(op, w.fr); !ok {
			return c.each(func(t *tally) { t.gotAll, t.sentAll = true, true })
		}
		w.started[op] = i
	}
	if i < 0 {
		return c
	}
	again := w.again(c, block)
	return c.each(func(t *tally) { t.spawned[i], t.respawned = clamp(t.spawned[i], 1), t.respawned || again })
}

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
		return c.each(func(t *tally) { t.gotAll, t.sentAll, t.closed = true, true, true }), true
	}
	if w.root != nil && w.root.op != nil && op != w.root.op && w.root.calls(callees) {
		return c, true // it makes a channel of its own
	}
	var after []tally
	again, loops := w.again(c, at.Block), w.fr.fn.Repeats(at.Block)
	for _, inner := range callees {
		e := w.s.effects(inner)
		// A function that closes the channel under a condition knows why.
		closes := w.s.touch(inner.fn).closes
		if len(callees) == 1 && !closes && e.nothing() {
			return c, true
		}
		for _, before := range c.items {
			for i := range e.ends {
				if len(after) == maxTallies {
					break
				}
				sum := before.plus(e.ends[i].tally)
				sum.closed = sum.closed || closes
				again := again || loops && restarts(before, e.ends[i].tally)
				sum.respawned = sum.respawned || again && e.ends[i].spawned != [maxThreads]uint8{}
				if !slices.Contains(after, sum) {
					after = append(after, sum)
				}
			}
			w.inner(before, e, at)
		}
	}
	c.items = after
	return c, len(c.items) > 0
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
		w.add(stop{tally: before.plus(st.tally), op: st.op, kind: st.kind, ref: st.ref, own: st.own, fn: w.fr.fn, path: at.Path, inner: st})
	}
}

// nothing reports whether a call does nothing but return.
func (e *effects) nothing() bool {
	return len(e.stops) == 0 && len(e.ends) == 1 && e.ends[0].tally == tally{}
}
