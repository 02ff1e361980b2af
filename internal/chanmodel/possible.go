package chanmodel

import (
	"slices"
)

// onlyBy reports whether what somebody waits for is something that the
// goroutines of thread t do, if they go on, and no other thread at any time.
func (s *scope) onlyBy(t int, st *stop, wanted uint64) bool {
	later := false
	for i := range s.threads {
		for _, e := range s.of(&s.threads[i]).ends {
			if e.fired&wanted != 0 {
				if i != t {
					return false
				}
				later = true
			}
		}
	}
	return later && st.fired&wanted == 0
}

// possible returns the resources that a goroutine can have got from, or got
// past, although the blocked one stays where it is. What the goroutines of
// thread self do counts only if there are several: one does not wait for what
// it does itself.
func (s *scope) possible(c *assumption, self int) uint64 {
	can := s.free
	for i := 0; i < len(s.bits); i++ {
		if s.others(s.bits[i]) {
			can |= s.bit(s.bits[i])
		}
	}
	missing := s.missing(c)
	can = can&^missing | c.stop.fired
	if c.t >= 0 {
		can |= c.scene.fired
	}
	for changed := true; changed; {
		changed = false
		try := func(e *tally) {
			if more := e.fired &^ missing; e.got&^can == 0 && more&^can != 0 {
				can |= more
				changed = true
			}
		}
		for i, n := range c.counts {
			// What another thread starts may depend on what that has got.
			if n == 0 || n == 1 && (i == c.t || i == self) || c.scene.spawned[i] == 0 && c.stop.spawned[i] == 0 && i != c.t {
				continue
			}
			all := s.of(&s.threads[i])
			for j := range all.ends {
				try(&all.ends[j].tally)
			}
			for j := range all.stops {
				try(&all.stops[j].tally)
			}
		}
	}
	return can
}

// missing returns the wait groups that the blocked goroutine still has to
// finish: who waits for them waits for it.
func (s *scope) missing(c *assumption) uint64 {
	if c.t < 0 {
		return 0
	}
	var later, missing uint64
	for _, e := range s.of(&s.threads[c.t]).ends {
		later |= e.fired &^ c.stop.fired
	}
	for _, r := range s.bits {
		if r.Kind == WaitGroup {
			missing |= s.bit(r) & later
		}
	}
	return missing
}

// others reports whether code outside of the scope may do what a goroutine
// waits for.
func (s *scope) others(r *Resource) bool {
	if r.Kind == Done || r.Kind == Timer {
		return r.Access&OthersSend != 0
	}
	if r.Access&OthersSend != 0 || r.Unknown || r.Kind == Mutex || r.Kind == Cond || r.Kind == Chan && len(r.Made) == 0 {
		return true
	}
	for _, u := range s.model.Uses(r) {
		switch u.Kind() {
		case Send, Close, Finish:
			if !s.inside[u.Func] {
				return true
			}
		}
	}
	return false
}

// worst returns the way for the goroutines of a thread to end that helps
// least; nil if they do not matter. It reports false if they may help for
// ever. If there is a way on which they start a certain child, it is such a
// one.
func (s *scope) worst(t *thread, kind OpKind, can uint64, child int) (*end, bool) {
	if kind == Receive && slices.ContainsFunc(t.frames, func(fr *frame) bool { return s.touch(fr.fn).tries }) {
		return nil, false // who tries to send knows that nobody relies on it
	}
	var worst *end
	ends := s.of(t).ends
	var most uint8
	for i := range ends {
		if child >= 0 {
			most = max(most, ends[i].spawned[child])
		}
	}
	for i := range ends {
		e := &ends[i]
		if child >= 0 && e.spawned[child] < most {
			continue
		}
		if e.got&^(can|e.fired) == 0 && (worst == nil || help(e.tally, kind) < help(worst.tally, kind)) {
			worst = e
		}
	}
	if worst != nil {
		return worst, true
	}
	for _, fr := range t.frames {
		does := s.touch(fr.fn)
		if kind == Send && does.recvs || kind != Send && (does.sends || does.closes) {
			return nil, false
		}
	}
	return nil, true
}

// steady reports whether the goroutines of a thread do equally much whatever
// path they take.
func (s *scope) steady(t *thread) bool {
	ends := s.of(t).ends
	for i := range ends {
		a, b := &ends[0], &ends[i]
		if a.sends != b.sends || a.offers != b.offers || a.recvs != b.recvs || a.closed != b.closed || b.sentAll || b.gotAll {
			return false
		}
	}
	return len(ends) > 0
}

// help says how much a tally helps a goroutine that waits at an operation of
// some kind.
func help(t tally, kind OpKind) int {
	switch {
	case t.closed:
		return 1000
	case kind == Send && t.gotAll, kind == Receive && t.sentAll:
		return 500
	case kind == Send:
		return 60*int(t.recvs) - int(t.sends)
	case kind == Range:
		return 0
	}
	return 60*int(t.sends+t.offers) - int(t.recvs)
}
