// Package contractstop starts goroutines that somebody has to stop.
package contractstop

import (
	"context"
	"errors"
	"sync"
)

func use(int) {}

var errBad = errors.New("bad")

type worker struct {
	jobs chan int
	done chan struct{}
	once sync.Once
}

func newWorker() *worker {
	w := &worker{jobs: make(chan int), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *worker) run() {
	for {
		select {
		case v := <-w.jobs:
			use(v)
		case <-w.done:
			return
		}
	}
}

func (w *worker) submit(v int) error {
	if v < 0 {
		return errBad
	}
	w.jobs <- v
	return nil
}

// Stop ends the goroutine.
func (w *worker) Stop() { w.once.Do(func() { close(w.done) }) }

func (w *worker) shutdown() { w.Stop() }

func never() {
	w := newWorker() // want `the goroutine that newWorker starts \(line \d+\) ends only when w.done is closed, and nobody calls Stop before the return on line \d+: it waits for ever; defer a call of Stop`
	w.submit(1)
}

func discarded() {
	newWorker() // want `the goroutine that newWorker starts`
}

func onPath(v int) error {
	w := newWorker() // want `nobody calls Stop before the return on line \d+ when err != nil: it waits for ever; call Stop on this path too`
	if err := w.submit(v); err != nil {
		return err
	}
	w.Stop()
	return nil
}

func deferred() error {
	w := newWorker() // ok
	defer w.Stop()
	return w.submit(1)
}

func deferredLiteral() error {
	w := newWorker() // ok
	defer func() {
		use(0)
		w.Stop()
	}()
	return w.submit(1)
}

func another() {
	w := newWorker() // ok
	w.submit(1)
	w.shutdown()
}

func handedBack() *worker {
	return newWorker() // ok: the caller's
}

func callerOfHandedBack() {
	w := handedBack() // want `the goroutine that newWorker starts`
	w.submit(1)
}

type pool struct{ workers []*worker }

func (p *pool) grow() {
	w := newWorker() // ok
	p.workers = append(p.workers, w)
}

var registry = make(map[string]*worker)

func register(name string) {
	registry[name] = newWorker() // ok
}

func passedOn(f func(*worker)) {
	f(newWorker()) // ok
}

func inGoroutine() {
	w := newWorker() // ok
	go func() {
		w.submit(1)
		w.Stop()
	}()
}

// A start method.
type server struct {
	requests chan int
	quit     chan bool
}

func (s *server) Start() {
	go func() {
		for {
			select {
			case v := <-s.requests:
				use(v)
			case <-s.quit:
				return
			}
		}
	}()
}

// Stop sends the signal.
func (s *server) Stop() { s.quit <- true }

func startOnly() {
	s := &server{requests: make(chan int), quit: make(chan bool)}
	s.Start() // want `the goroutine that Start starts`
	s.requests <- 1
}

func startAndStop() {
	s := &server{requests: make(chan int), quit: make(chan bool)}
	s.Start() // ok
	s.requests <- 1
	s.Stop()
}

func startKept() *server {
	s := &server{requests: make(chan int), quit: make(chan bool)}
	s.Start() // ok
	return s
}

// The methods have value receivers.
type byValue struct{ requests, quit chan int }

func (s byValue) Start() {
	go func() {
		for {
			select {
			case v := <-s.requests:
				use(v)
			case <-s.quit:
				return
			}
		}
	}()
}

func (s byValue) Stop() { close(s.quit) }

func startValue() {
	s := byValue{requests: make(chan int), quit: make(chan int)}
	s.Start() // want `the goroutine that Start starts`
	s.requests <- 1
}

func startValueDefer() {
	s := byValue{requests: make(chan int), quit: make(chan int)}
	s.Start() // ok
	defer s.Stop()
	s.requests <- 1
}

// The goroutine ranges over a channel that Close closes.
type logger struct{ lines chan string }

func newLogger() *logger {
	l := &logger{lines: make(chan string, 8)}
	go func() {
		for line := range l.lines {
			use(len(line))
		}
	}()
	return l
}

func (l *logger) Close() { close(l.lines) }

func logOnly() {
	l := newLogger() // want `the goroutine that newLogger starts`
	l.lines <- "x"
}

func logAndClose() {
	l := newLogger() // ok
	l.lines <- "x"
	l.Close()
}

// It may end in another way.
type reader struct {
	done chan struct{}
	in   <-chan int
}

func newReader(in <-chan int) *reader {
	r := &reader{done: make(chan struct{}), in: in}
	go func() {
		for {
			select {
			case v, ok := <-r.in:
				if !ok {
					return
				}
				use(v)
			case <-r.done:
				return
			}
		}
	}()
	return r
}

func (r *reader) Close() { close(r.done) }

func readOnly(in <-chan int) {
	newReader(in) // ok: it ends with in
}

// It starts something in some cases only.
type maybe struct{ done chan struct{} }

func newMaybe(on bool) *maybe {
	m := &maybe{done: make(chan struct{})}
	if on {
		go func() { <-m.done }()
	}
	return m
}

func (m *maybe) Close() { close(m.done) }

func maybeOnly() {
	newMaybe(false) // ok
}

// A transaction owns the cancel function of the context that its goroutine
// waits for.
type tx struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func begin(ctx context.Context) *tx {
	ctx, cancel := context.WithCancel(ctx)
	t := &tx{ctx: ctx, cancel: cancel}
	go t.await()
	return t
}

func (t *tx) await()    { <-t.ctx.Done() } // want `this goroutine, which the call of begin on line \d+ starts, ends only when t.ctx is cancelled, and nobody calls Rollback before the return on line \d+`
func (t *tx) Rollback() { t.close() }
func (t *tx) close()    { t.cancel() }

func drop() {
	begin(context.Background())
}

func keep() {
	t := begin(context.Background()) // ok
	defer t.Rollback()
}

func withParent(ctx context.Context) {
	begin(ctx) // ok: it ends with the parent
}
