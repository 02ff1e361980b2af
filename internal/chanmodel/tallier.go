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
	if !s.loud[fr.fn] {
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
	if strings.Contains(key, "=") { // it may ask whether a parameter is nil: the channel is not
		key = fmt.Sprint(key, s.made.Objects)
	}
	returns, known := s.survey.returns[key]
	if !known {
		s.survey.returns[key] = true // of a recursive call
		returns = s.returns(fr)
		s.survey.returns[key] = returns
	}
	if returns {
		return &effects{ends: []end{{}}}
	}
	return new(effects)
}

// returns reports whether some path through a function that is not loud comes
// to its end.
func (s *scope) returns(fr *frame) bool {
	w := &tallier{s: s, fr: fr}
	found := false
	walk := Walk[waiting]{Func: fr.fn}
	walk.Step = func(n waiting, op *Op, _ Place) (waiting, bool) {
		switch op.Kind {
		case Return:
			found = true
		case Select:
			return n, op.Default || len(op.Cases) > 0
		case Call:
			callees := s.callees(op, fr)
			return n, len(callees) == 0 || slices.ContainsFunc(callees, func(inner *frame) bool { return len(s.effects(inner).ends) > 0 })
		}
		return n, !found
	}
	walk.Edge = func(n waiting, e *Edge, at Place) (waiting, bool) { return n, !found && !w.contradicts(e, at) }
	return !walk.Run(waiting{}) || found
}

// count walks through a function. If the scope begins with it, the channel
// does not exist on entry.
func (s *scope) count(fr *frame, root *origins) *effects {
	w := &tallier{
		s: s, fr: fr, root: root, loops: fr.fn.naturalLoops(), result: new(effects),
		seen: make(map[seenKey]bool), called: make(map[*Op][]*frame), started: make(map[*Op]int),
		then: make(map[sequel][]int32), met: make(map[meeting][]int32), idles: make(map[*loop]bool),
	}
	start := census{live: root == nil || root.op == nil && root.block == 0}
	if start.live {
		start.items = []int32{0}
	}
	walk := Walk[census]{Func: fr.fn, Step: w.step, Edge: w.edge, Fresh: w.fresh}
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
const scopeBudget = 2000

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
	then    map[sequel][]int32
	met     map[meeting][]int32 // tallies that have come together
	idles   map[*loop]bool      // see idle
}

// fresh drops the tallies that other paths have brought to a meeting, and what
// is too much there.
func (w *tallier) fresh(c census, m meeting) (census, bool) {
	met, known := w.met[m]
	if !c.live {
		w.met[m] = met
		return c, !known
	}
	had := len(met)
	for _, n := range c.items {
		if len(met) < maxTallies && !slices.Contains(met, n) {
			met = append(met, n)
		}
	}
	w.met[m] = met
	c.items = met[had:len(met):len(met)]
	return c, len(c.items) > 0
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
		c.live, c.items = true, []int32{0}
	} else if w.root != nil && w.root.op == op {
		w.end(c, at.Path, true)
		return c, false
	}
	switch op.Kind {
	case Send, Receive, Range:
		return w.channel(c, op, at), true
	case Close:
		if mine := w.s.mine(op.Ref, w.fr); mine != no {
			return w.each(c, func(t *tally) { t.closed = true }), true
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
			c = w.each(c, func(t *tally) { t.sentAll = true })
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
	for _, n := range c.items {
		t := w.s.book.tallies[n]
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
	return w.each(c, func(t *tally) { t.fired |= bit })
}

// waited notes that a goroutine waits for another resource, and then that it
// got it.
func (w *tallier) waited(c census, op *Op, kind OpKind, ref Ref, at Place) census {
	w.stop(c, op, kind, ref, false, at)
	bit := w.s.bit(ref.Resource)
	return w.each(c, func(t *tally) { t.got |= bit })
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
		return w.each(c, func(t *tally) { t.gotAll, t.sentAll = true, true })
	}
	switch op.Kind {
	case Send:
		c = w.each(c, func(t *tally) {
			t.sends, t.repeated, t.driven = clamp(t.sends, 1), t.repeated || t.looped, t.driven || t.pumped
		})
	case Receive:
		c = w.each(c, func(t *tally) { t.recvs = clamp(t.recvs, 1) })
	}
	w.stop(c, op, op.Kind, op.Ref, true, at)
	return c
}

func (w *tallier) stop(c census, op *Op, kind OpKind, ref Ref, own bool, at Place) {
	if w.crowded() {
		return
	}
	passing := !own && (kind == Send || w.s.bit(ref.Resource) == 0)
	for _, n := range c.items {
		t := w.s.book.tallies[n]
		if !passing || t.fired != 0 {
			w.add(stop{tally: t, op: op, kind: kind, ref: ref, own: own, passing: passing, fn: w.fr.fn, path: at.Path})
		}
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
	key := seenKey{st.op, st.ref, st.tally}
	if st.passing {
		key.op, key.ref = nil, Ref{}
	}
	if !w.seen[key] {
		w.seen[key] = true
		w.result.stops = append(w.result.stops, st)
	}
}

func (w *tallier) spawn(c census, op *Op, block int) census {
	i, known := w.started[op]
	if !known {
		var ok bool
		if i, ok = w.s.thread(op, w.fr); !ok {
			return w.each(c, func(t *tally) { t.gotAll, t.sentAll = true, true })
		}
		w.started[op] = i
	}
	if i < 0 {
		return c
	}
	again := w.again(c, block)
	return w.each(c, func(t *tally) { t.spawned[i], t.respawned = clamp(t.spawned[i], 1), t.respawned || again })
}
