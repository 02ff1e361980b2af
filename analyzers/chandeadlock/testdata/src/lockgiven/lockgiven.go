// Package lockgiven has locks that somebody else may release, and locks that
// only look alike.
package lockgiven

import (
	"errors"
	"fmt"
	"sort"
	"sync"
	"unsafe"
)

var errBusy = errors.New("busy")

type server struct {
	mu      sync.Mutex
	started bool
	n       int
}

func (s *server) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// A function that releases the lock is made before the lock is taken.
func onlyOnce(l sync.Locker) func() {
	var once sync.Once
	return func() { once.Do(l.Unlock) }
}

func (s *server) serveOnce() int {
	unlock := onlyOnce(&s.mu)
	s.mu.Lock()
	defer unlock()
	s.started = true
	unlock()
	return s.size() // want `s.mu is held`
}

// The function that was made is about another lock.
func (s *server) serveOther(o *server) int {
	unlock := onlyOnce(&o.mu)
	s.mu.Lock()
	defer s.mu.Unlock()
	unlock()
	return s.size() // want `s.mu is held`
}

// Whoever gets the lock releases it.
type store interface {
	load(key string, mu *sync.Mutex) error
	save(key string, n *int) error
}

func (s *server) given(from sort.Interface, key string, load func(string, *sync.Mutex) error) error {
	s.mu.Lock() // ok
	if s.started {
		s.mu.Unlock()
		return errBusy
	}
	return load(key, &s.mu)
}

func (s *server) notGiven(key string, load func(string, *int) error) error {
	s.mu.Lock() // want `s.mu is still locked at the return on line \d+ when !s.started`
	if s.started {
		s.mu.Unlock()
		return errBusy
	}
	return load(key, &s.n)
}

// Others have the address as a number.
type handle struct{ sync.Mutex }

func callback(func(uintptr), uintptr) int

func await(address uintptr) {
	(*handle)(unsafe.Pointer(address)).Lock()
	callback(func(address uintptr) { (*handle)(unsafe.Pointer(address)).Unlock() }, address)
	(*handle)(unsafe.Pointer(address)).Lock() // ok
	(*handle)(unsafe.Pointer(address)).Unlock()
}

func awaitTwice(h *handle) {
	h.Lock()
	h.Lock() // want `this Lock waits for ever: h is held since line \d+`
	h.Unlock()
}

// A literal that is passed on releases the lock unless the function does.
func (s *server) handsOver(run func(func())) {
	if !s.mu.TryLock() { // ok
		return
	}
	done := false
	run(func() { s.finish(&done) })
	if !done {
		s.mu.Unlock()
	}
}

func (s *server) finish(done *bool) {
	if *done {
		s.mu.Unlock()
		return
	}
	s.mu.Lock()
	s.n = 0
	s.mu.Unlock()
}

func (s *server) keeps(run func(func()), done bool) {
	if !s.mu.TryLock() { // want `s.mu is still locked at the return on line \d+ when s.mu.TryLock\(\) and done`
		return
	}
	run(func() { s.n = 0 })
	if !done {
		s.mu.Unlock()
	}
}

// A method that returns a field is asked twice.
func (s *server) isStarted() bool { return s.started }

func (s *server) whenStarted() {
	if s.isStarted() {
		s.mu.Lock() // ok
	}
	s.n++
	if s.isStarted() {
		s.mu.Unlock()
	}
}

func (s *server) whenPositive() {
	if s.isStarted() {
		s.mu.Lock() // want `s.mu is still locked at the return on line \d+`
	}
	if s.n > 0 {
		s.mu.Unlock()
	}
}

// Two elements by two keys.
type shards struct{ list [8]server }

func (s *shards) of(key int) *server { return &s.list[key%8] }

func (s *shards) both(a, b int) {
	left, right := s.of(a), s.of(b)
	left.mu.Lock()
	defer left.mu.Unlock()
	if left != right {
		right.mu.Lock() // ok
		defer right.mu.Unlock()
	}
}

func (s *shards) twice(a int) {
	left := s.of(a)
	left.mu.Lock()
	defer left.mu.Unlock()
	left.mu.Lock() // want `this Lock waits for ever: left.mu is held`
	defer left.mu.Unlock()
}

// What implements the interface of another package is most often another type.
type locked struct{ inner sort.Interface }

var all sync.Mutex

func (l *locked) Len() int {
	all.Lock()
	defer all.Unlock()
	return l.inner.Len() // want `all is held since line \d+, and Len takes it again`
}

func (l *locked) Less(i, j int) bool { return l.inner.Less(i, j) }
func (l *locked) Swap(i, j int)      { l.inner.Swap(i, j) }

// The receiver of what it closes has ended when the other lock is taken.
type session struct {
	streams, state sync.Mutex
	ended          chan struct{}
	open           map[int]bool
}

func start() *session {
	s := &session{ended: make(chan struct{}), open: make(map[int]bool)}
	go s.loop()
	return s
}

func (s *session) loop() {
	defer close(s.ended)
	for id := range 3 {
		s.process(id)
	}
}

func (s *session) process(id int) {
	s.state.Lock()
	defer s.state.Unlock()
	s.streams.Lock() // ok
	s.open[id] = true
	s.streams.Unlock()
}

func (s *session) close() {
	<-s.ended
	s.streams.Lock()
	defer s.streams.Unlock()
	s.state.Lock() // ok
	s.open = nil
	s.state.Unlock()
}

type link struct {
	streams, state sync.Mutex
	open           map[int]bool
}

func (l *link) Process(id int) {
	l.state.Lock()
	defer l.state.Unlock()
	l.streams.Lock() // want `link.Process holds link.state when it takes link.streams, but link.Close holds link.streams when it takes link.state`
	l.open[id] = true
	l.streams.Unlock()
}

func (l *link) Close() {
	l.streams.Lock()
	defer l.streams.Unlock()
	l.state.Lock()
	l.open = nil
	l.state.Unlock()
}

// What a table of functions leads to may run in one goroutine only.
type router struct {
	in, out sync.Mutex
	n       int
}

var handlers = []func(*router, int){(*router).data, (*router).update, (*router).ping, (*router).leave}

func (r *router) Serve(kinds []int) {
	for _, k := range kinds {
		handlers[k](r, k)
	}
}

func (r *router) data(n int) {
	r.in.Lock()
	defer r.in.Unlock()
	r.out.Lock() // want `router.data holds router.in when it takes router.out`
	r.n += n
	r.out.Unlock()
}

func (r *router) update(n int) {
	r.out.Lock()
	defer r.out.Unlock()
	r.in.Lock()
	r.n -= n
	r.in.Unlock()
}

func (r *router) ping(int)  { r.n++ }
func (r *router) leave(int) { r.n-- }

// A literal that only this function calls has not been called yet.
func (s *server) renew(notify func()) int {
	s.mu.Lock()
	unlock := func() { s.mu.Unlock() }
	defer func() { unlock() }()
	return s.size() // want `s.mu is held since line \d+, and size takes it again`
}

// Both orders are taken by the goroutine of the connection.
type framer struct {
	control, data sync.Mutex
	n             int
}

func (f *framer) Append(n int) {
	f.control.Lock()
	defer f.control.Unlock()
	f.data.Lock() // want `framer.Append holds framer.control when it takes framer.data`
	f.n += n
	f.data.Unlock()
}

func (f *framer) Reject() {
	f.data.Lock()
	defer f.data.Unlock()
	f.control.Lock()
	f.n = 0
	f.control.Unlock()
}

type connection struct {
	f      framer
	events chan int
}

func Dial() *connection {
	c := &connection{events: make(chan int)}
	go c.run()
	return c
}

func (c *connection) run() {
	for e := range c.events {
		if e == 0 {
			c.f.Reject()
		} else {
			c.f.Append(e)
		}
	}
}

// The lock of what several types embed.
type scope struct {
	mu   sync.Mutex
	used int
}

type (
	peerScope  struct{ *scope }
	chainScope struct {
		*scope
		of *scopes
	}
)

type scopes struct {
	mu    sync.Mutex
	peers map[string]*peerScope
}

func (s *scopes) Collect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, p := range s.peers {
		p.mu.Lock() // want `scopes.Collect holds scopes.mu when it takes scope.mu, but chainScope.SetPeer holds scope.mu when it takes scopes.mu`
		if p.used == 0 {
			delete(s.peers, name)
		}
		p.mu.Unlock()
	}
}

func (c *chainScope) SetPeer(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of.mu.Lock()
	c.of.peers[name] = &peerScope{&scope{}}
	c.of.mu.Unlock()
}

// A lock of another kind keeps the orders apart.
type semaphore chan struct{}

func (s semaphore) TryLock() bool { return len(s) == 0 }
func (s semaphore) Unlock()       { clear([]int{}) }

type pilot struct {
	leader      semaphore
	exec, state sync.Mutex
	n           int
}

func (p *pilot) Start() {
	p.exec.Lock()
	defer p.exec.Unlock()
	if p.leader.TryLock() {
		p.state.Lock() // want `pilot.Start holds pilot.exec when it takes pilot.state`
		p.n++
		p.state.Unlock()
		p.leader.Unlock()
	}
}

func (p *pilot) Run() {
	if !p.leader.TryLock() {
		return
	}
	defer func() {
		p.state.Lock()
		defer p.state.Unlock()
		p.exec.Lock()
		p.n = 0
		p.exec.Unlock()
		p.leader.Unlock()
	}()
}

// A number is printed without its method.
type code int

var (
	namesMu sync.RWMutex
	names   []string
)

func register(name string) {
	namesMu.Lock()
	defer namesMu.Unlock()
	names = append(names, name)
}

func (c code) String() string {
	namesMu.RLock()
	defer namesMu.RUnlock()
	return fmt.Sprintf("%5s(%d)%%", names[c], int(c))
}

func describe(c code) error {
	namesMu.RLock()
	defer namesMu.RUnlock()
	if int(c) >= len(names) {
		return fmt.Errorf("%s: wrong code %d", "names", c) // ok
	}
	return fmt.Errorf("%d%%: code %v", 100, c) // want `namesMu is read-locked since line \d+, and String takes it again`
}
