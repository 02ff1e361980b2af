// Package lockdouble has goroutines that take a lock which they hold.
package lockdouble

import (
	"fmt"
	"sync"
)

type store struct {
	mu       sync.RWMutex
	m        map[string]int
	parent   *store
	children []*store
	onEvict  func()
	peers    []*peer
}

func (s *store) twice() {
	s.mu.Lock()
	s.mu.Lock() // want `this Lock waits for ever: s.mu is held since line 19 by the same goroutine; release it first`
	s.mu.Unlock()
	s.mu.Unlock()
}

func (s *store) upgrade() {
	s.mu.RLock()
	s.mu.Lock() // want `this Lock waits for ever: s.mu is held since line 26`
	s.mu.Unlock()
	s.mu.RUnlock()
}

func (s *store) deferTypo(k string) {
	s.mu.Lock()
	defer s.mu.Lock() // want `this defers another Lock of s.mu, which is held since line 33: the function never returns; defer Unlock instead`
	s.m[k]++
}

func (s *store) get(k string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[k]
}

func (s *store) sum() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get("a") + // want `s.mu is held since line 45, and get takes it again \(line 39\): the goroutine waits for itself for ever; release it before the call`
		s.m["b"]
}

func (s *store) sumUnlocked() int {
	s.mu.Lock()
	n := s.m["b"]
	s.mu.Unlock()
	return s.get("a") + n // ok
}

func (s *store) chain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.middle() // want `s.mu is held since line 59, and middle takes it again \(line 39\)`
}

func (s *store) middle() { s.get("x") }

func (s *store) tree() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.parent.get("x") // ok: another store
	for _, c := range s.children {
		n += c.get("x") // ok
	}
	return n
}

func (s *store) recursive(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > 0 {
		s.recursive(n - 1) // want `s.mu is held since line 77, and recursive takes it again \(line 77\)`
	}
}

func (s *store) recursiveTree() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.children {
		c.recursiveTree() // ok: from the root down
	}
}

func (s *store) remove(k string, locked bool) {
	if !locked {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	delete(s.m, k)
}

func (s *store) removes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove("a", true)  // ok
	s.remove("b", false) // want `s.mu is held since line 101, and remove takes it again`
	s.removeAll(true)    // ok: handed on
}

func (s *store) removeAll(locked bool) { s.remove("a", locked) }

func (s *store) flushLocked() {
	s.mu.Unlock()
	s.get("x") // ok: not held here
	s.mu.Lock()
}

func (s *store) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked() // ok
}

func (s *store) String() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return fmt.Sprint(len(s.m))
}

func (s *store) describe() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("store %v", s) // want `s.mu is held since line 129, and String takes it again \(line 123\)`
}

func (s *store) literal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := func() { s.get("x") }
	f() // want `s.mu is held since line 135, and .* takes it again`
}

func (s *store) spawned() {
	s.mu.Lock()
	defer s.mu.Unlock()
	go s.get("x") // ok: waits, but not for itself
	go func() { s.get("x") }()
}

func (s *store) once(o *sync.Once) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.Do(func() { s.get("x") }) // want `s.mu is held since line 149, and Do takes it again`
}

func (s *store) spawnedOnce(o *sync.Once) {
	s.mu.Lock()
	defer s.mu.Unlock()
	go o.Do(func() { s.get("x") }) // ok: another goroutine waits
}

func (s *store) methodValue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.get
	f("x") // want `s.mu is held since line \d+, and get takes it again`
}

func (s *store) methodValueUnlock() {
	s.mu.Lock()
	unlock := s.mu.Unlock
	unlock()
	s.get("x") // ok
}

type getter interface {
	get(string) int
	put(string)
}

type other struct{ mu sync.Mutex }

type single interface{ touch() }

func (o *other) touch() {
	o.mu.Lock()
	defer o.mu.Unlock()
}

func (o *other) viaInterface() {
	var s single = o
	o.mu.Lock()
	defer o.mu.Unlock()
	s.touch() // want `o.mu is held since line \d+, and touch takes it again`
}

type embedded struct {
	sync.Mutex
	n int
}

func (e *embedded) inc() {
	e.Lock()
	defer e.Unlock()
	e.n++
}

func (e *embedded) both() {
	e.Lock()
	defer e.Unlock()
	e.inc() // want `e is held since line \d+, and inc takes it again`
}

type generic[T any] struct {
	mu sync.Mutex
	v  T
}

func (g *generic[T]) load() T {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.v
}

func (g *generic[T]) reload() {
	g.mu.Lock()
	g.v = g.load() // want `g.mu is held since line \d+, and load takes it again`
	g.mu.Unlock()
}

func newStore() *store {
	s := &store{}
	s.setOnEvict(func() { s.get("x") })
	return s
}

func (s *store) setOnEvict(f func()) { s.onEvict = f }

func (s *store) evict() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onEvict() // want `s.mu is held since line \d+, and .* takes it again \(line 39\)`
}

type peer struct{ owner *store }

func (s *store) addPeer() {
	p := &peer{owner: s}
	s.peers = append(s.peers, p)
}

func (p *peer) notify() { p.owner.get("x") }

func (s *store) notifyAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.peers {
		p.notify() // want `s.mu is held since line \d+, and notify takes it again`
	}
}

func (s *store) maybe(b bool) {
	if b {
		s.mu.Lock()
	}
	s.m["x"]++
	if b {
		s.mu.Unlock()
	}
	s.get("y") // ok
}

func (s *store) tryThenLock() {
	if !s.mu.TryLock() {
		s.mu.Lock() // ok: not taken
	}
	s.mu.Unlock()
}

func swap(a, b *store) {
	a.mu.Lock()
	b.mu.Lock() // ok: another one
	a.m, b.m = b.m, a.m
	b.mu.Unlock()
	a.mu.Unlock()
}

func (s *store) climbs() {
	s.mu.Lock()
	s = s.parent
	s.mu.Lock() // ok: another store
	s.mu.Unlock()
}

func (s *store) drop(k string, needLock bool) {
	lock := func() {
		if needLock {
			s.mu.Lock()
		}
	}
	unlock := func() {
		if needLock {
			s.mu.Unlock()
		}
	}
	lock()
	delete(s.m, k)
	unlock()
}

func (s *store) drops() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop("a", false) // ok
	s.drop("b", true)  // want `s.mu is held since line \d+, and drop takes it again`
}

// A type that is made of itself is no lock.
type recursive []recursive

func (r recursive) first() recursive { return r[0] }

func typed(v any) {
	if s, ok := v.(*store); ok {
		s.mu.Lock()
	}
	if s, ok := v.(*store); ok {
		s.mu.Unlock()
	}
	if s, ok := v.(*store); ok {
		s.mu.Lock() // ok
		s.mu.Unlock()
	}
}

// What is done depends on a mode that is not known here.

func (s *store) token(params map[string]int) int {
	if _, ok := params["token"]; !ok {
		return s.get("token")
	}
	s.m["token"]++
	return 0
}

func (s *store) usesToken(params map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token(params) // want `s.mu is held since line \d+, and token takes it again`
}

func (s *store) guarded(open bool) int {
	if !open {
		return 0
	}
	return s.get("a")
}

func (s *store) usesGuarded(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guarded(open) // want `s.mu is held since line \d+, and guarded takes it again`
}

// A literal that calls what was there before it.

type hooks struct {
	mu   sync.Mutex
	hook func()
}

func (h *hooks) wrap() {
	old := h.hook
	h.hook = func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if old != nil {
			old() // want `h.mu is held since line \d+`
		}
	}
}

// flush expects the lock and releases it, whatever happens on the way.
func (s *store) flushed(n int) {
	defer s.mu.Unlock()
	for i := range n {
		if i > 3 {
			s.m["x"]++
		}
	}
}

func (s *store) flushes() {
	for range 3 {
		s.mu.Lock() // ok
		s.flushed(2)
	}
	s.mu.Lock()
	s.flushed(1)
}

// Two ways to the same lock, of which one surely blocks.
func (s *store) readsAndWrites() {
	_ = s.String()
	s.get("x")
}

func (s *store) underRead() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.readsAndWrites() // want `s.mu is held since line \d+, and readsAndWrites takes it again \(line 39\)`
}

// An element whose lock a function with its index releases.

type shards struct{ list []other }

func (s *shards) write(i int) { defer s.list[i].mu.Unlock() }

func (s *shards) writeAll() {
	for i := range s.list {
		sh := &s.list[i]
		sh.mu.Lock()
		s.write(i)
		s.list[i].mu.Lock() // ok: and kept, so that nobody writes any more
	}
}
