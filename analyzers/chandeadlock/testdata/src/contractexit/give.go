package contractexit

import (
	"context"
	"sync"
)

// A replica sends on all its channels unless the context ends; what is left
// is drained without regard for that.
type replica struct{ chans []chan bool }

func (r *replica) send(ctx context.Context) {
	for _, ch := range r.chans {
		select {
		case ch <- true:
		case <-ctx.Done():
			return
		}
	}
}

func (r *replica) receive(ctx context.Context) {
	for _, ch := range r.chans {
		select {
		case <-ch:
		case <-ctx.Done():
			go func() {
				for _, ch := range r.chans {
					<-ch // want `this receive from ch blocks for ever if its sender \(line \d+\) has given up because of ctx.Done\(\), line \d+: nothing closes ch`
				}
			}()
		}
	}
}

func runReplica(ctx context.Context) {
	r := &replica{chans: []chan bool{make(chan bool), make(chan bool)}}
	go r.send(ctx)
	go r.receive(ctx)
}

// The sender closes what it does not use.
type closing struct{ chans []chan bool }

func (r *closing) send(ctx context.Context) {
	defer func() {
		for _, ch := range r.chans {
			close(ch)
		}
	}()
	for _, ch := range r.chans {
		select {
		case ch <- true:
		case <-ctx.Done():
			return
		}
	}
}

func (r *closing) receive() {
	for _, ch := range r.chans {
		<-ch // ok
	}
}

func runClosing(ctx context.Context) {
	r := &closing{chans: []chan bool{make(chan bool), make(chan bool)}}
	go r.send(ctx)
	go r.receive()
}

// A wake-up that finds nobody waiting is not needed.
type wake struct{ c chan struct{} }

func (w *wake) signal() {
	select {
	case w.c <- struct{}{}:
	default:
	}
}

func (w *wake) loop() {
	for {
		<-w.c // ok
		use(0)
	}
}

func runWake() {
	w := &wake{c: make(chan struct{}, 1)}
	go w.loop()
	w.signal()
}

// Whoever takes a question answers it, whatever happens afterwards.
type question struct{ answer chan int }

type server struct {
	questions chan *question
	quit      chan struct{}
}

func newServer() *server {
	s := &server{questions: make(chan *question), quit: make(chan struct{})}
	go s.serve()
	go s.ask()
	return s
}

func (s *server) serve() {
	for {
		select {
		case <-s.quit:
			return
		case q := <-s.questions:
			q.answer <- 1
		}
	}
}

func (s *server) ask() {
	q := &question{answer: make(chan int)}
	select {
	case s.questions <- q:
	case <-s.quit:
		return
	}
	use(<-q.answer) // ok
}

func (s *server) close() { close(s.quit) }

// The receiver ends because of what it was sent, when that is handled.
type handled struct {
	inbox chan int
	done  chan struct{}
	once  sync.Once
}

func runHandled() {
	h := &handled{inbox: make(chan int), done: make(chan struct{})}
	go h.serve()
	go func() {
		h.inbox <- -1 // ok
	}()
}

func (h *handled) serve() {
	for {
		select {
		case v := <-h.inbox:
			h.handle(v)
		case <-h.done:
			return
		}
	}
}

func (h *handled) handle(v int) {
	if v < 0 {
		go h.close()
	}
}

func (h *handled) close() { h.once.Do(func() { close(h.done) }) }

// What ends the receiver was started before it has received anything.
type watched struct {
	inbox chan int
	done  chan struct{}
	once  sync.Once
}

func runWatched() {
	w := &watched{inbox: make(chan int), done: make(chan struct{})}
	go w.serve()
	go func() {
		w.inbox <- -1 // want `this send on w.inbox blocks for ever if its receiver \(line \d+\) has returned because of w.done`
	}()
}

func (w *watched) serve() {
	go w.watch()
	for {
		select {
		case v := <-w.inbox:
			use(v)
		case <-w.done:
			return
		}
	}
}

func (w *watched) watch() {
	use(work())
	w.close()
}

func (w *watched) close() { w.once.Do(func() { close(w.done) }) }

// The second of two may come too late.
type handledTwice struct {
	inbox chan int
	done  chan struct{}
}

func runHandledTwice() {
	h := &handledTwice{inbox: make(chan int), done: make(chan struct{})}
	go h.serve()
	go func() {
		h.inbox <- -1 // want `this send on h.inbox blocks for ever`
	}()
	go func() {
		h.inbox <- -2 // want `this send on h.inbox blocks for ever`
	}()
}

func (h *handledTwice) serve() {
	for {
		select {
		case v := <-h.inbox:
			if v == -1 {
				go func() { close(h.done) }()
			}
		case <-h.done:
			return
		}
	}
}
