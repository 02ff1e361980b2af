// Package waitlock waits with locks held.
package waitlock

import (
	"context"
	"sync"
	"time"
)

// The loop takes the lock between two receives.
type bus struct {
	mu   sync.Mutex
	ch   chan int
	seen int
}

func newBus() *bus {
	b := &bus{ch: make(chan int)}
	go b.loop()
	return b
}

func (b *bus) loop() {
	for v := range b.ch {
		b.count(v)
	}
}

func (b *bus) count(v int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen += v
}

func (b *bus) publish(v int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ch <- v // want `the send to b.ch may block for ever with b.mu held \(line 36\): the only receiver \(line 24\) takes b.mu between two rounds of its loop \(line 30\); release b.mu first`
}

// One that releases the lock first, one that does not wait, and one that may
// give up.
type quiet struct {
	mu   sync.Mutex
	ch   chan int
	seen int
}

func newQuiet() *quiet {
	q := &quiet{ch: make(chan int)}
	go q.loop()
	return q
}

func (q *quiet) loop() {
	for v := range q.ch {
		q.mu.Lock()
		q.seen += v
		q.mu.Unlock()
	}
}

func (q *quiet) after(v int) {
	q.mu.Lock()
	q.seen++
	q.mu.Unlock()
	q.ch <- v // ok: released
}

func (q *quiet) try(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case q.ch <- v: // ok: does not wait
	default:
	}
}

func (q *quiet) within(ctx context.Context, v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case q.ch <- v: // ok: the context ends it
	case <-ctx.Done():
	}
}

func (q *quiet) atMost(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case q.ch <- v: // ok: the timer ends it
	case <-time.After(time.Second):
	}
}

// releaseInCall gives the lock back in the call that waits.
func (q *quiet) releaseInCall(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.handOver(v)
}

func (q *quiet) handOver(v int) {
	q.mu.Unlock()
	q.ch <- v // ok: not held here
	q.mu.Lock()
}

func (q *quiet) byFlag(locked bool, v int) {
	if locked {
		q.mu.Lock()
	}
	q.seen++
	if locked {
		q.mu.Unlock()
	}
	q.ch <- v // ok: the same flag has released it
}

// The lock of a parent is not that of the child.
type node struct {
	mu     sync.Mutex
	parent *node
	ch     chan int
}

func newNode(parent *node) *node {
	n := &node{parent: parent, ch: make(chan int)}
	go n.loop()
	return n
}

func (n *node) loop() {
	for range n.ch {
		n.parent.mu.Lock()
		n.parent.mu.Unlock()
	}
}

func (n *node) send() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ch <- 1 // ok: loop takes the parent's lock
}

// Two read locks do not exclude each other.
type readers struct {
	mu sync.RWMutex
	ch chan int
}

func newReaders() *readers {
	r := &readers{ch: make(chan int)}
	go r.loop()
	return r
}

func (r *readers) loop() {
	for range r.ch {
		r.mu.RLock()
		r.mu.RUnlock()
	}
}

func (r *readers) send() {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.ch <- 1 // ok
}

func (r *readers) sendExclusively() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ch <- 1 // want `the send to r.ch may block for ever with r.mu held`
}

// Another receiver does not need the lock.
type two struct {
	mu sync.Mutex
	ch chan int
}

func newTwo() *two {
	t := &two{ch: make(chan int)}
	go t.loop()
	go t.drain()
	return t
}

func (t *two) loop() {
	for range t.ch {
		t.mu.Lock()
		t.mu.Unlock()
	}
}

func (t *two) drain() {
	for range t.ch {
	}
}

func (t *two) send() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ch <- 1 // ok: drain
}

// A receiver that is about to take the lock in another case of its select,
// in a callback; the lock is embedded, the send is two calls away.
type table struct {
	sync.Mutex
	keeper *keeper
}

type keeper struct {
	add   chan string
	drop  func(string)
	names []string
}

func (t *table) enable() {
	t.keeper = &keeper{add: make(chan string, 1)}
	t.keeper.drop = func(string) {
		t.Lock()
		defer t.Unlock()
	}
	go t.keeper.run()
}

func (k *keeper) run() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case name := <-k.add:
			k.names = append(k.names, name)
		case <-tick.C:
			for _, name := range k.names {
				k.drop(name)
			}
		}
	}
}

func (k *keeper) push(name string) { k.enqueue(name) }

func (k *keeper) enqueue(name string) {
	k.add <- name // want `the send to k.add may block for ever, once the buffer is full, with t held by table.insert`
}

func (t *table) insert(name string) {
	t.Lock()
	t.keeper.push(name)
	t.Unlock()
}

// The only sender needs the lock that the receiver holds.
type wakeup struct {
	mu   sync.Mutex
	wake chan struct{}
	n    int
}

func newWakeup() *wakeup { return &wakeup{wake: make(chan struct{})} }

func (w *wakeup) idle() {
	w.mu.Lock()
	for w.n == 0 {
		<-w.wake // want `the receive from w.wake may block for ever with w.mu held \(line \d+\): the only sender \(line \d+\) needs w.mu to get there`
	}
	w.mu.Unlock()
}

func (w *wakeup) work() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// A subscriber's channel is published with the lock held, which nobody takes
// afterwards.
type hub struct {
	mu      sync.Mutex
	waiters []chan int
}

func (h *hub) wait() int {
	ch := make(chan int)
	h.mu.Lock()
	h.waiters = append(h.waiters, ch)
	h.mu.Unlock()
	return <-ch
}

func (h *hub) notify(v int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ch := range h.waiters {
		ch <- v // ok: the waiters have been at the lock
	}
}

// A wrapper takes the lock, and another releases it.
type wrapped struct {
	mu sync.Mutex
	ch chan int
}

func newWrapped() *wrapped {
	w := &wrapped{ch: make(chan int)}
	go w.loop()
	return w
}

func (w *wrapped) lock()   { w.mu.Lock() }
func (w *wrapped) unlock() { w.mu.Unlock() }

func (w *wrapped) loop() {
	for range w.ch {
		w.lock()
		w.unlock()
	}
}

func (w *wrapped) send() {
	w.lock()
	w.ch <- 1 // want `the send to w.ch may block for ever with w.mu held`
	w.unlock()
	w.ch <- 1 // ok: released
}

// A wait for workers that take the lock before they end.
type pool struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	done int
}

func (p *pool) start() {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		p.finish()
	}()
}

func (p *pool) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

func (p *pool) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wg.Wait() // want `p.wg.Wait may block for ever with p.mu held \(line \d+\): a goroutine that it waits for, the function literal in pool.start, takes p.mu before it is done`
}

func (p *pool) stopUnlocked() {
	p.mu.Lock()
	p.done = -1
	p.mu.Unlock()
	p.wg.Wait() // ok
}

// With wg.Go, a closure and a variable.
func local(jobs []int) (sum int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			sum += j
		})
	}
	mu.Lock()
	wg.Wait() // want `wg.Wait may block for ever with mu held`
	mu.Unlock()
	return sum
}

// A worker that takes the lock only when it is done.
func lateLock(jobs []int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range jobs {
		wg.Add(1)
		go func() {
			wg.Done()
			mu.Lock()
			mu.Unlock()
		}()
	}
	mu.Lock()
	wg.Wait() // ok
	mu.Unlock()
}

// A condition releases its own lock, and no other.
type gate struct {
	outer sync.Mutex
	mu    sync.Mutex
	cond  *sync.Cond
	open  bool
}

func newGate() *gate {
	g := new(gate)
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *gate) pass() {
	g.outer.Lock()
	defer g.outer.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait() // want `g.cond.Wait may block for ever with g.outer held \(line \d+\): the only signal \(line \d+\) needs g.outer to get there`
	}
}

func (g *gate) raise() {
	g.outer.Lock()
	defer g.outer.Unlock()
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Broadcast()
}

// A select, none of whose cases can go on.
type pair struct {
	mu   sync.Mutex
	a, b chan int
}

func newPair() *pair { return &pair{a: make(chan int), b: make(chan int)} }

func (p *pair) take() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	select { // want `the select may block for ever with p.mu held`
	case v := <-p.a:
		return v
	case v := <-p.b:
		return v
	}
}

func (p *pair) give(v int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v > 0 {
		p.a <- v // want `the send to p.a may block for ever with p.mu held`
	} else {
		close(p.b)
	}
}

// Somebody else may receive: the channel is handed out.
type Public struct {
	mu sync.Mutex
	ch chan int
}

func NewPublic() *Public {
	p := &Public{ch: make(chan int)}
	go p.loop()
	return p
}

func (p *Public) C() <-chan int { return p.ch }

func (p *Public) loop() {
	for range p.ch {
		p.mu.Lock()
		p.mu.Unlock()
	}
}

func (p *Public) Send() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ch <- 1 // ok
}

// A channel with room for what one call sends.
type asker struct {
	mu    sync.Mutex
	peers []string
}

func (a *asker) ask() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range a.send() {
		n++
	}
	return n
}

func (a *asker) send() chan string {
	answers := make(chan string, len(a.peers)+1)
	if len(a.peers) == 0 {
		answers <- "nobody" // ok
	}
	close(answers)
	return answers
}

// A flag says that the result is in the buffer.
type want struct {
	mu     sync.Mutex
	done   bool
	result chan int
}

func newWant() *want { return &want{result: make(chan int, 1)} }

func (w *want) deliver(v int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	w.result <- v // ok: once
}

func (w *want) cancel() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return <-w.result // ok: it is there
	}
	return 0
}

// Each round has its own lock and channel.
func rounds() {
	for range 10 {
		var mu sync.Mutex
		ch := make(chan int)
		go func() {
			mu.Lock()
			ch <- 1 // ok
			mu.Unlock()
		}()
		<-ch
		mu.Lock()
		mu.Unlock()
	}
}

// The lock is handed to a goroutine that releases it.
func handed(n int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	mu.Lock()
	go func() {
		time.Sleep(time.Second)
		mu.Unlock()
	}()
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			mu.Unlock()
		}()
	}
	wg.Wait() // ok
}

// A worker that counts itself, with the lock.
type monitor struct {
	mu sync.Mutex
	wg sync.WaitGroup
}

func (m *monitor) start() {
	go func() {
		m.begin()
		m.wg.Done()
	}()
}

func (m *monitor) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wg.Add(1)
}

func (m *monitor) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wg.Wait() // ok: begin has the lock before the goroutine is counted
}

// A flag that the waiter sets keeps the worker away from the lock.
var (
	regMu   sync.Mutex
	exiting bool
)

type entry struct{ wg sync.WaitGroup }

func (e *entry) start() {
	e.wg.Add(1)
	go func() {
		if !exiting {
			regMu.Lock()
			regMu.Unlock()
		}
		e.wg.Done()
	}()
}

func exit(e *entry) {
	regMu.Lock()
	exiting = true
	e.wg.Wait() // ok
	regMu.Unlock()
}

// A flag that admits one send to the buffer.
type kicker struct {
	mu     sync.Mutex
	kicked bool
	kick   chan struct{}
}

func newKicker() *kicker {
	k := &kicker{kick: make(chan struct{}, 1)}
	go k.loop()
	return k
}

func (k *kicker) loop() {
	for range k.kick {
		k.mu.Lock()
		k.kicked = false
		k.mu.Unlock()
	}
}

func (k *kicker) wake() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.kicked {
		k.kicked = true
		k.kick <- struct{}{} // ok
	}
}

// A generic type, a method value, and a send in a closure.
type box[T any] struct {
	sync.Mutex
	ch chan T
}

func newBox[T any]() *box[T] {
	b := &box[T]{ch: make(chan T)}
	go b.run()
	return b
}

func (b *box[T]) run() {
	handle := b.handle
outer:
	for {
		for v := range b.ch {
			handle(v)
			continue outer
		}
		break
	}
}

func (b *box[T]) handle(T) {
	b.Lock()
	defer b.Unlock()
}

func (b *box[T]) put(v T) {
	b.Lock()
	defer b.Unlock()
	func() { b.ch <- v }() // want `the send to b.ch may block for ever with b held by box.put`
}

var _ = newBox[int]

// Locks of all elements, which another loop releases.
type account struct {
	mu sync.Mutex
	n  int
}

func lockAll(accounts []*account) {
	var wg sync.WaitGroup
	for _, a := range accounts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			a.mu.Lock()
			a.n++
			a.mu.Unlock()
		}()
	}
	for _, a := range accounts {
		a.mu.Lock()
	}
	time.Sleep(time.Second)
	for _, a := range accounts {
		a.mu.Unlock()
	}
	wg.Wait() // ok
}
