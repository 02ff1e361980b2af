package chanmodel

import (
	"slices"
)

// A scene is how far the function that the channel belongs to has come.
type scene struct {
	tally
	way   []Way
	waits *stop
	again bool
}

// A jury looks for shortages of one channel.
type jury struct {
	*scope
	send, recv bool // which operations can be judged
	found      []Shortage
}

func (j *jury) wanted(st *stop) bool {
	switch {
	case !st.own, st.kind == Range && j.resource.Field(): // workers that live as long as their owner
		return false
	case st.kind == Send:
		return j.send
	}
	return j.recv
}

// report adds a shortage, unless it says much the same as another one.
func (j *jury) report(sh *Shortage) {
	same := func(o Shortage) bool { return o.Op == sh.Op || o.Blocked.Go == sh.Blocked.Go && o.Kind == sh.Kind }
	if sh != nil && !slices.ContainsFunc(j.found, same) {
		j.found = append(j.found, *sh)
	}
}

// judge looks for shortages, given what the function can do that the channel
// belongs to.
func (j *jury) judge(e *effects) {
	for i := range e.stops {
		if st := &e.stops[i]; j.wanted(st) {
			j.report(j.blocked(&scene{tally: st.tally, way: j.since(st.way()), waits: st}, -1, st))
		}
	}
	scenes := j.scenes(e)
	for t := 0; t < len(j.threads); t++ { // looking at one may find more
		if !slices.ContainsFunc(j.threads[t].frames, func(fr *frame) bool { return j.users[fr.fn] }) {
			continue // what it does is looked at when somebody waits for it
		}
		stops := j.of(&j.threads[t]).stops
		for i := range stops {
			if st := &stops[i]; j.wanted(st) {
				j.report(j.judgeThread(scenes, t, st, e.partial))
			}
		}
	}
}

// judgeThread returns the first shortage of a goroutine at a stop.
func (j *jury) judgeThread(scenes []scene, t int, st *stop, partial bool) *Shortage {
	var first *Shortage
	always := !partial
	for i := range scenes {
		sc := &scenes[i]
		sh := j.blocked(sc, t, st)
		if first == nil {
			first = sh
		}
		if sh == nil && sc.waits == nil && sc.spawned[t] > 0 {
			always = false
		}
	}
	if first != nil {
		first.Always = always
	}
	return first
}

// scenes returns how the function that the channel belongs to ends, and where
// it may wait for something else.
func (s *scope) scenes(e *effects) []scene {
	var scenes []scene
	for i, end := range e.ends {
		if s.root.Outer != nil || s.root.Name != "main" { // with main, all ends
			scenes = append(scenes, scene{tally: e.ends[i].tally, way: s.since([]Way{{s.root, end.path}}), again: end.again})
		}
	}
	for i := range e.stops {
		// That workers wait for room while they are waited for is plain if there
		// is no buffer, and then no question of counts.
		if st := &e.stops[i]; !st.own && !st.passing && (st.kind != Wait || s.made.Cap != Cap{}) {
			scenes = append(scenes, scene{tally: st.tally, way: s.since(st.way()), waits: st})
		}
	}
	return scenes
}

// way returns the paths that lead to a stop, the outermost function's first.
func (st *stop) way() []Way {
	var ways []Way
	for ; st != nil; st = st.inner {
		ways = append(ways, Way{st.fn, st.path})
	}
	return ways
}

// skips reports whether a way passes by an operation that would help: one in
// a branch that leads back to where the way goes on. The condition knows more.
func (s *scope) skips(way []Way, kind OpKind) bool {
	for _, w := range way {
		for p := w.Path; p != nil; p = p.Prev {
			if p.Succ < 0 {
				continue
			}
			succs := w.Func.Blocks[p.Block].Succs
			for i, e := range succs {
				other := w.Func.Blocks[e.To]
				if i != p.Succ && len(other.Succs) == 1 && other.Succs[0].To == succs[p.Succ].To &&
					slices.ContainsFunc(other.Ops, func(op *Op) bool { return op.Resource == s.resource && helps(op.Kind, kind) }) {
					return true
				}
			}
		}
	}
	return false
}

// since returns the part of a way that begins where the channel is made.
func (s *scope) since(way []Way) []Way {
	if len(way) == 0 || way[0].Func != s.made.Func {
		return way
	}
	var kept []*Path
	for p := way[0].Path; p != nil; p = p.Prev {
		kept = append(kept, p)
		if p.Block == s.made.Block {
			break
		}
	}
	var path *Path
	for i := len(kept) - 1; i >= 0; i-- {
		path = &Path{path, kept[i].Block, kept[i].Succ}
	}
	return append([]Way{{way[0].Func, path}}, way[1:]...)
}

// blocked decides whether a goroutine waits for ever at a stop in a scene:
// one of a thread, or that of the function that the channel belongs to (-1).
func (s *scope) blocked(sc *scene, t int, st *stop) *Shortage {
	c := s.assume(sc, t, st)
	if t >= 0 && c.counts[t] == 0 {
		return nil
	}
	if t >= 0 && c.counts[t] > 1 && s.mutual(&s.threads[t], st) {
		return nil
	}
	if t >= 0 && st.kind == Send && sc.offers > 0 && !s.receiver(&c) {
		return nil // who sent in a select had somebody who received
	}
	can := s.possible(&c, -1)
	if st.got&^can != 0 || t >= 0 && sc.got&^can != 0 {
		return nil
	}
	if t >= 0 && sc.waits != nil && !s.onlyBy(t, st, s.bit(sc.waits.ref.Resource)&^can) {
		return nil // it may go on
	}
	sh := &Shortage{Resource: s.resource, Made: s.made, Root: s.root, Kind: st.kind, Op: st.op, Again: sc.again, Steady: t < 0}
	sh.Blocked = Actor{Count: 1, Sends: int(st.sends), Recvs: int(st.recvs), Way: st.way()}
	if t < 0 {
		sh.Blocked.Way = sc.way
	} else {
		sh.Blocked.Go, sh.Blocked.Count = s.threads[t].op, c.counts[t]
		if sc.waits != nil {
			sh.Waits = sc.waits.op
		}
	}
	sum := ledger{kind: st.kind, needSyms: c.syms}
	sum.blocked(st, sh.Blocked.Count, s.made.Cap != Cap{})
	if !s.gather(sh, &sum, &c) || !sum.short(s, sh) {
		return nil
	}
	sh.Alone, sh.Peers = s.alone(st.kind), s.peers(st.kind)
	sh.Guessed = sh.Guessed || s.guessed(sh, &c)
	return sh
}

// mutual reports whether goroutines of one kind help each other: when one has
// got past the stop, it does the other half.
func (s *scope) mutual(t *thread, st *stop) bool {
	return slices.ContainsFunc(s.of(t).ends, func(e end) bool {
		if st.kind == Send {
			return e.recvs > st.recvs || e.gotAll
		}
		return e.sends > st.sends || e.offers > st.offers || e.sentAll
	})
}

// An assumption is that a goroutine waits at a stop in a scene.
type assumption struct {
	*scene
	t      int // its thread; -1 for the function that the channel belongs to
	stop   *stop
	counts [maxThreads]int // how many goroutines there are
	syms   uint64          // on which numbers that depends
}

func (s *scope) assume(sc *scene, t int, st *stop) assumption {
	c := assumption{scene: sc, t: t, stop: st}
	for i, n := range sc.spawned {
		c.counts[i] = int(n)
	}
	c.syms = s.nested(&c.counts, t)
	if t >= 0 {
		for i, n := range st.spawned {
			c.counts[i] += int(n) * c.counts[t]
		}
	}
	return c
}

// gather adds up what all others do. It reports false if some may help for
// ever.
func (s *scope) gather(sh *Shortage, sum *ledger, c *assumption) bool {
	child := -1 // of one of the others, which must start it then
	if c.t >= 0 {
		sum.other(c.scene.tally, 1)
		sh.Other = append(sh.Other, Actor{Count: 1, Sends: int(c.scene.sends), Recvs: int(c.scene.recvs), Way: c.way})
		if c.scene.spawned[c.t] == 0 {
			child = c.t
		}
	}
	for i, n := range c.counts {
		if n == 0 || i == c.t {
			continue
		}
		t := &s.threads[i]
		worst, ok := s.worst(t, sh.Kind, s.possible(c, i), child)
		if !ok {
			return false
		}
		if worst == nil {
			continue
		}
		sum.other(worst.tally, n)
		sh.Steady = sh.Steady && s.steady(t)
		sh.Other = append(sh.Other, Actor{t.op, n, int(worst.sends), int(worst.recvs), []Way{{t.frames[0].fn, worst.path}}})
	}
	return true
}

// guessed reports whether a shortage needs something that need not be.
func (s *scope) guessed(sh *Shortage, c *assumption) bool {
	st := c.stop
	switch {
	case st.driven, st.repeated && !(c.t >= 0 && c.early):
		return true
	case c.respawned && sh.Blocked.Count > 1 && sh.Cap > 0:
		return true
	case c.t >= 0 && leftByCount(c.way):
		return true // it has counted what it has started
	case st.kind != Send && s.computed(st.loopSyms, st.kind):
		return true
	case st.kind != Send && slices.ContainsFunc(sh.Other, func(a Actor) bool { return s.skips(a.Way, st.kind) }):
		return true
	case st.kind == Receive && st.recvs > 1 && s.asked(sh.Blocked.Way):
		return true // what was received says that there is more
	case s.resource.Field() && !sh.Alone && len(sh.Other) > 0:
		return true // what is kept in a field has a protocol that counts do not show
	case c.t >= 0 || len(sh.Other) > 0:
		return false
	case s.helperBefore(st):
		return true
	}
	// Somebody may be started on other paths, or in the body of the loop; and a
	// receive that nothing else belongs to may be there to wait for ever.
	does := s.touch(s.root)
	return st.kind == Range || st.kind == Send && does.recvs && sh.Cap > 0 || st.kind == Receive && (does.sends || len(s.model.Uses(s.resource)) == 1)
}

// nested adds the goroutines that other threads start, of which as many of
// thread t as can be. It returns the numbers on which that depends.
func (s *scope) nested(counts *[maxThreads]int, t int) (syms uint64) {
	var done [maxThreads]bool
	for again := true; again; {
		again = false
		for i := range counts {
			if counts[i] == 0 || done[i] || i == t {
				continue
			}
			done[i], again = true, true
			var best *end
			ends := s.of(&s.threads[i]).ends
			for j := range ends {
				if best == nil || t >= 0 && ends[j].spawned[t] > best.spawned[t] {
					best = &ends[j]
				}
			}
			if best == nil {
				continue
			}
			for j := range counts {
				counts[j] += int(best.spawned[j]) * counts[i]
				if best.spawned[j] > 0 {
					syms |= best.sendSyms
				}
			}
		}
	}
	return syms
}
