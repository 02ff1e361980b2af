// Package waitconds waits for conditions.
package waitconds

import "sync"

type plugin struct {
	cond   *sync.Cond
	active bool
}

func newPlugin() *plugin { return &plugin{cond: sync.NewCond(new(sync.Mutex))} }

func (p *plugin) waitActive() {
	p.cond.L.Lock()
	for !p.active {
		p.cond.Wait() // want `p.cond.Wait blocks for ever: nothing in the package calls Signal or Broadcast on it`
	}
	p.cond.L.Unlock()
}

func (p *plugin) enable() { p.active = true }

// Others may signal what they can reach.
type Exported struct {
	Cond  *sync.Cond
	ready bool
}

func (e *Exported) Wait() {
	e.Cond.L.Lock()
	for !e.ready {
		e.Cond.Wait() // ok: exported
	}
	e.Cond.L.Unlock()
}

type queue struct {
	mu    sync.Mutex
	cond  sync.Cond
	items []int
}

func newQueue() *queue {
	q := new(queue)
	q.cond.L = &q.mu
	return q
}

func (q *queue) put(v int) {
	q.mu.Lock()
	q.items = append(q.items, v)
	q.mu.Unlock()
	q.cond.Signal()
}

func (q *queue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait() // ok
	}
	v := q.items[0]
	q.items = q.items[1:]
	return v
}

type pulse struct{ cond *sync.Cond }

func newPulse() *pulse { return &pulse{sync.NewCond(&sync.Mutex{})} }

func (p *pulse) get() {
	p.cond.L.Lock()
	defer p.cond.L.Unlock()
	p.cond.Wait() // want `p.cond.Wait waits without looking whether it has to: a Signal \(line 79\) that comes first is lost`
}

func (p *pulse) put() {
	p.cond.L.Lock()
	p.cond.Signal()
	p.cond.L.Unlock()
}

type stubborn struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func newStubborn() *stubborn {
	s := new(stubborn)
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *stubborn) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	exists := true
	for exists {
		s.cond.Wait() // want `the loop around s.cond.Wait cannot end: its condition is a constant`
	}
}

func (s *stubborn) event() { s.cond.Broadcast() }

// A loop without a condition is a worker's.
type worker struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func newWorker() *worker {
	w := new(worker)
	w.cond = sync.NewCond(&w.mu)
	go w.run()
	return w
}

func (w *worker) run() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if w.n == 0 {
			w.cond.Wait() // ok
			continue
		}
		w.n--
	}
}

func (w *worker) add() {
	w.mu.Lock()
	w.n++
	w.mu.Unlock()
	w.cond.Signal()
}

// The waiter is started with the lock held, which the signal does not release.
type notifier struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func newNotifier() *notifier {
	n := new(notifier)
	n.cond = sync.NewCond(&n.mu)
	return n
}

func (n *notifier) serve(abort <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for {
		woken := make(chan struct{})
		go func() {
			defer close(woken)
			n.cond.Wait() // want `n.cond.Wait may begin after the Signal \(line \d+\), which is then lost`
		}()
		select {
		case <-abort:
			n.cond.Signal()
			<-woken
			return
		case <-woken:
		}
	}
}
