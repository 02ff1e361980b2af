package chanmodel

import (
	"hash/maphash"
	"slices"
	"strings"
)

// maxThreads is how many go statements a channel may have.
const maxThreads = 6

// maxTallies bounds what is kept apart at one place of one path. More is
// dropped: it is existence that is asked for.
const maxTallies = 24

// A tally is what one goroutine has done on one path: to the channel that is
// counted, and to other resources that goroutines wait for.
type tally struct {
	sends  uint8 // sends for which there must be room or a receiver
	offers uint8 // sends in a select with other cases that were chosen
	recvs  uint8
	closed bool
	// Counts that nobody knows: it receives, or sends, as much as there is.
	gotAll, sentAll bool
	looped          bool // a loop that may run any number of times has run since it sent
	pumped          bool // such a loop that receives from another channel
	repeated        bool // it sent again after that
	respawned       bool // it has started goroutines again in such a loop
	driven          bool // the same, of a loop that receives
	early           bool // it left a loop that sends or receives in its middle
	spawned         [maxThreads]uint8
	// Other resources, as bits: what it has waited for and got, and what it
	// has done that others can wait for.
	got, fired uint64
	// Numbers that nobody knows and that the counts depend on, as bits.
	recvSyms, sendSyms uint64
	// The same of loops that it is in for the second time.
	loopSyms uint64
}

// plus returns what is done if another function is executed after this one.
func (t tally) plus(u tally) tally {
	t.sends, t.offers, t.recvs = clamp(t.sends, u.sends), clamp(t.offers, u.offers), clamp(t.recvs, u.recvs)
	t.closed = t.closed || u.closed
	t.gotAll, t.sentAll = t.gotAll || u.gotAll, t.sentAll || u.sentAll
	t.repeated, t.driven, t.early = t.repeated || u.repeated, t.driven || u.driven, t.early || u.early
	t.respawned = t.respawned || u.respawned
	if u.sends > 0 {
		t.repeated, t.driven = t.repeated || t.looped, t.driven || t.pumped
	}
	t.looped, t.pumped = t.looped || u.looped, t.pumped || u.pumped
	for i := range t.spawned {
		t.spawned[i] = clamp(t.spawned[i], u.spawned[i])
	}
	t.got, t.fired = t.got|u.got, t.fired|u.fired
	t.recvSyms, t.sendSyms, t.loopSyms = t.recvSyms|u.recvSyms, t.sendSyms|u.sendSyms, t.loopSyms|u.loopSyms
	return t
}

func clamp(a, b uint8) uint8 { return uint8(min(int(a)+int(b), 60)) }

// A stop is a place where a goroutine may wait for ever, and what it has done
// until then, this operation included.
type stop struct {
	tally
	op    *Op
	kind  OpKind
	ref   Ref
	own   bool // on the channel that is counted
	fn    *Func
	path  *Path
	inner *stop // in a function that it calls
}

// end is a way for a function to return.
type end struct {
	tally
	path *Path
	// again is set if it does not return but makes the channel once more.
	again bool
}

// effects are what executing a function can do.
type effects struct {
	ends    []end
	stops   []stop
	partial bool // there is more
}

// A frame is a call of a function, and what its names mean in terms of the
// function that the scope begins with.
type frame struct {
	fn     *Func
	bind   map[Object]Object
	consts map[Object]string // parameters that are constant
}

func (fr *frame) resolve(o Object) Object {
	root := o.Root()
	if to, ok := fr.bind[root]; ok {
		if to == "" {
			return ""
		}
		return to + o[len(root):]
	}
	return o
}

// call returns the frame of a callee.
func (fr *frame) call(c *Callee) *frame {
	inner := &frame{fn: c.Func, bind: make(map[Object]Object, len(fr.bind)+len(c.Args)), consts: c.Const}
	for k, v := range fr.bind {
		inner.bind[k] = v
	}
	for k, v := range c.Args {
		inner.bind[k] = fr.resolve(v)
	}
	return inner
}

// census is the state of a walk: what can have been done on the way.
type census struct {
	live  bool // the channel exists
	sel   *Op  // the last select
	items []tally
	turns []round
}

// A round counts how often a loop has run.
type round struct {
	loop, n int
}

var censusSeed = maphash.MakeSeed()

func (c census) Key() uint64 {
	var sum uint64 = 1
	if c.live {
		sum = 3
	}
	for _, t := range c.items {
		sum += maphash.Comparable(censusSeed, t)
	}
	for _, r := range c.turns {
		sum += maphash.Comparable(censusSeed, r)
	}
	return sum
}

// each applies a change to everything that can have been done.
func (c census) each(change func(*tally)) census {
	items := slices.Clone(c.items)
	for i := range items {
		change(&items[i])
	}
	c.items = distinct(items)
	return c
}

func distinct(items []tally) []tally {
	var kept []tally
	for _, t := range items {
		if len(kept) < maxTallies && !slices.Contains(kept, t) {
			kept = append(kept, t)
		}
	}
	return kept
}

func (c census) round(loop int) int {
	for _, r := range c.turns {
		if r.loop == loop {
			return r.n
		}
	}
	return 0
}

func (c census) setRound(loop, n int) census {
	turns := slices.DeleteFunc(slices.Clone(c.turns), func(r round) bool { return r.loop == loop })
	if n > 0 {
		turns = append(turns, round{loop, n})
	}
	c.turns = turns
	return c
}

// key names a frame for the table of effects.
func (s *scope) key(fr *frame) string {
	var parts []string
	for k, v := range fr.bind {
		if strings.HasPrefix(string(v), "fn:") || s.relevant(v) {
			parts = append(parts, string(k)+"="+string(v))
		}
	}
	for k, v := range fr.consts {
		parts = append(parts, string(k)+"="+v)
	}
	slices.Sort(parts)
	return fr.fn.Name + " " + strings.Join(parts, " ")
}

// relevant reports whether an object leads to the channel.
func (s *scope) relevant(o Object) bool {
	return o != "" && slices.ContainsFunc(s.made.Objects, func(c Object) bool { return c.Under(o) })
}

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
		walk.Budget = DefaultBudget / 3
	}
	w.result.partial = !walk.Run(start) || w.result.partial
	return w.result
}

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

// edge follows an edge: cases of selects, what ranges receive, and loops.
func (w *tallier) edge(c census, e *Edge, at Place) (census, bool) {
	if c.live && w.root != nil && w.root.op == nil && e.To == w.root.block {
		w.end(c, at.Path, true)
		return c, false
	}
	if w.contradicts(e, at) {
		return c, false
	}
	if c.live {
		c = w.chosen(c, e, at)
	}
	c, feasible := w.loop(c, e, at)
	if !feasible {
		return c, false
	}
	if !c.live && w.root != nil && w.root.op == nil && e.To == w.root.block {
		c.live, c.items = true, []tally{{}}
	}
	return c, true
}

// contradicts reports whether an edge needs a parameter to be something else
// than the constant that the caller gives.
func (w *tallier) contradicts(e *Edge, at Place) bool {
	if e.Test.Param == "" {
		return false
	}
	if e.Test.Value == "nil" && e.Test.True && slices.Contains(w.s.made.Objects, w.fr.resolve(e.Test.Param)) {
		return true // it is the channel
	}
	have, known := w.fr.consts[e.Test.Param]
	return known && (have == e.Test.Value) != e.Test.True
}

func (w *tallier) chosen(c census, e *Edge, at Place) census {
	block := w.fr.fn.Blocks[at.Block]
	if e.Case >= 0 && c.sel != nil && e.Case < len(c.sel.Cases) {
		chosen := &c.sel.Cases[e.Case]
		mine := w.s.mine(chosen.Ref, w.fr)
		bit := w.s.bit(chosen.Resource)
		c = c.each(func(t *tally) {
			switch {
			case mine == maybe:
				t.gotAll, t.sentAll = true, true
			case mine == yes && chosen.Kind == Send:
				t.offers = clamp(t.offers, 1)
			case mine == yes:
				t.recvs = clamp(t.recvs, 1)
			case chosen.Kind == Send:
				t.fired |= bit
			default:
				t.got |= bit
			}
		})
	}
	for _, r := range e.Closed {
		if r == w.s.resource {
			c = c.each(func(t *tally) { t.gotAll = true })
		}
	}
	for _, op := range block.Ops {
		if op.Kind == Range && w.s.mine(op.Ref, w.fr) == yes {
			body := e == &block.Succs[0]
			c = c.each(func(t *tally) {
				if body {
					t.recvs = clamp(t.recvs, 1)
				} else {
					t.gotAll = true
				}
			})
		}
	}
	return c
}

// loop keeps count of the rounds of loops, and notes how they are left.
func (w *tallier) loop(c census, e *Edge, at Place) (census, bool) {
	over := -1
	if e.Turn != nil {
		var syms uint64
		n := e.Turn.Count.Value(w.s.unknown, func(sym string) { syms |= w.s.symbol(w.fr, sym) })
		if n > maxRounds {
			n = w.s.unknown
		}
		done := c.round(e.Turn.Loop)
		if e.Turn.Again {
			if done >= n {
				return c, false
			}
			c = c.setRound(e.Turn.Loop, done+1)
			if done > 0 && syms != 0 {
				c = c.each(func(t *tally) { t.loopSyms |= syms })
			}
		} else {
			if done != n {
				return c, false
			}
			c = c.setRound(e.Turn.Loop, 0)
			over = e.Turn.Loop
			c = w.multiplied(c, e.Turn.Loop, syms)
		}
	}
	for _, l := range w.loops {
		if !l.body[at.Block] {
			continue
		}
		switch {
		case e.To == l.header && !l.counted: // back
			id := -1 - l.header
			if c.round(id) >= w.s.unknown {
				return c, false
			}
			c = c.setRound(id, c.round(id)+1)
			pumps := w.receives(l)
			c = c.each(func(t *tally) {
				t.looped, t.pumped = t.looped || t.sends > 0, t.pumped || t.sends > 0 && pumps
			})
		case !l.body[e.To]:
			c = c.setRound(-1-l.header, 0)
			if l.counted && over >= 0 && l.turns(over) {
				continue
			}
			c = c.setRound(l.turn, 0)
			c = w.left(c, l, e, at)
		}
	}
	return c, true
}

// maxRounds is the largest number of rounds that are counted as they are.
const maxRounds = 16

// multiplied notes that counts depend on how often a loop runs.
func (w *tallier) multiplied(c census, turn int, syms uint64) census {
	if syms == 0 || !c.live {
		return c
	}
	for _, l := range w.loops {
		if l.turns(turn) {
			sends, recvs := w.s.does(w.fr, l)
			c = c.each(func(t *tally) {
				if sends {
					t.sendSyms |= syms
				}
				if recvs {
					t.recvSyms |= syms
				}
			})
		}
	}
	return c
}

// left notes that a loop is left otherwise than by its count. If it ends by a
// condition of its own, it is taken to have sent or received what it should;
// so is one that ends because of what it has received, or by what it has
// counted.
func (w *tallier) left(c census, l *loop, e *Edge, at Place) census {
	if !c.live {
		return c
	}
	sends, recvs := w.s.does(w.fr, l)
	if !sends && !recvs {
		return c
	}
	succs := w.fr.fn.Blocks[at.Block].Succs
	succ := slices.IndexFunc(succs, func(have Edge) bool { return have.To == e.To })
	selects := slices.ContainsFunc(succs, func(have Edge) bool { return have.Case >= 0 })
	own := !l.counted && at.Block == l.header && len(succs) > 1
	natural := !selects && (own || w.fr.fn.sentinel(at.Block, succ, l))
	return c.each(func(t *tally) {
		if !natural {
			t.early = true
			return
		}
		t.sentAll = t.sentAll || sends
		t.gotAll = t.gotAll || recvs
	})
}
