// Package waitself has goroutines that wait for themselves.
package waitself

import (
	"os"
	"os/signal"
	"sync"
)

type loop struct {
	in   chan int
	quit chan struct{}
	done chan struct{}
	once sync.Once
}

func newLoop() *loop {
	l := &loop{in: make(chan int), quit: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

func (l *loop) run() {
	defer close(l.done)
	for {
		select {
		case v := <-l.in:
			if v < 0 {
				l.stop()
			}
		case <-l.quit:
			return
		}
	}
}

func (l *loop) stop() {
	l.once.Do(func() {
		close(l.quit)
		<-l.done // want `the receive from l.done blocks for ever: only this goroutine could end the wait, with the close of l.done when it returns \(line 24\)`
	})
}

// The twin stops from a goroutine of its own.
type fine struct {
	in   chan int
	quit chan struct{}
	done chan struct{}
	once sync.Once
}

func newFine() *fine {
	l := &fine{in: make(chan int), quit: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

func (l *fine) run() {
	defer close(l.done)
	for {
		select {
		case v := <-l.in:
			if v < 0 {
				go l.stop()
			}
		case <-l.quit:
			return
		}
	}
}

func (l *fine) stop() {
	l.once.Do(func() { close(l.quit) })
	<-l.done // ok: another goroutine
}

// A started function that calls its argument is a goroutine as well.
func (l *fine) stopOnce() {
	go l.once.Do(func() {
		close(l.quit)
		<-l.done // ok
	})
}

// A child's end is not one's own.
type node struct {
	child *node
	done  chan struct{}
}

func newNode(child *node) *node {
	n := &node{child: child, done: make(chan struct{})}
	go n.run()
	return n
}

func (n *node) run() {
	defer close(n.done)
	if n.child != nil {
		<-n.child.done // ok: the child's
	}
}

// Through a callback that is a method value.
type conn struct {
	notify func()
	closed chan struct{}
}

func start() *conn {
	c := &conn{closed: make(chan struct{})}
	c.notify = c.wait
	go c.serve()
	return c
}

func (c *conn) serve() {
	defer close(c.closed)
	c.notify()
}

func (c *conn) wait() {
	<-c.closed // want `the receive from c.closed blocks for ever: only this goroutine could end the wait`
}

// Wait in a goroutine that the group counts.
type group struct{ wg sync.WaitGroup }

func (g *group) start() {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		g.reload()
	}()
}

func (g *group) reload() { g.close() }

func (g *group) close() {
	g.wg.Wait() // want `g.wg.Wait blocks for ever: only this goroutine could end the wait, with g.wg.Done when it returns`
}

func counted() {
	var wg sync.WaitGroup
	wg.Go(func() {
		wg.Wait() // want `wg.Wait blocks for ever: this runs in a goroutine that the group counts until it returns`
	})
}

// Another group, and a Done before the wait.
func others() {
	var outer, inner sync.WaitGroup
	outer.Add(1)
	go func() {
		defer outer.Done()
		inner.Add(1)
		go func() { defer inner.Done() }()
		inner.Wait() // ok
	}()
	outer.Wait()
}

func doneFirst() {
	var wg sync.WaitGroup
	wg.Add(2)
	for range 2 {
		go func() {
			wg.Done()
			wg.Wait() // ok: a barrier
		}()
	}
}

// Recursion makes a channel for each call.
func after(f func()) <-chan struct{} {
	ch := make(chan struct{})
	go func() {
		defer close(ch)
		f()
	}()
	return ch
}

func nested() {
	<-after(func() {
		<-after(func() {}) // ok: another channel
	})
}

// A type that contains itself.
type recursive map[string]recursive

func nest(r recursive) { r["self"] = r }

// Two groups that begin with the same zero value.
func gates(n int) {
	start := sync.WaitGroup{}
	start.Add(1)
	done := sync.WaitGroup{}
	done.Add(n)
	for range n {
		go func() {
			start.Wait() // ok
			done.Done()
		}()
	}
	start.Done()
	done.Wait()
}

func buffered(n int) (sum int) {
	ch := make(chan int, n)
	for i := range n {
		ch <- i
	}
	close(ch)
	for v := range ch { // ok: closed, whatever n is
		sum += v
	}
	return sum
}

func several(n int) {
	ch := make(chan int, 1)
	for range n {
		go func() {
			<-ch // ok: the others send
			ch <- 1
		}()
	}
}

// A queue: each goroutine waits for the one before it.
type queue struct {
	mu   sync.Mutex
	last map[string]chan struct{}
}

func (q *queue) add(id string, f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	done := make(chan struct{})
	before, ok := q.last[id]
	q.last[id] = done
	go func() {
		if ok {
			<-before // ok: the other's
		}
		f()
		close(done)
	}()
}

// The system sends.
func reload() {
	go func() {
		hup := make(chan os.Signal, 1)
		defer close(hup)
		signal.Notify(hup, os.Interrupt)
		for {
			<-hup // ok
		}
	}()
}
