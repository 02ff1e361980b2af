/* Package startdep starts goroutines that its callers have to stop. */ // want package:"has functions with facts"
package startdep

import (
	"context"
	"errors"
)

// A Worker has a goroutine until it is closed.
type Worker struct {
	jobs chan int
	done chan struct{}
}

// New starts a worker.
func New(n int) (*Worker, error) { // want New:`starts what \(\*example.com/x/startdep.Worker\).Close stops`
	if n < 0 {
		return nil, errors.New("negative")
	}
	w := &Worker{jobs: make(chan int, n), done: make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *Worker) run() {
	for {
		select {
		case <-w.jobs:
		case <-w.done:
			return
		}
	}
}

// Submit gives it something to do.
func (w *Worker) Submit(v int) error {
	select {
	case w.jobs <- v:
		return nil
	default:
		return errors.New("full")
	}
}

// Close ends it.
func (w *Worker) Close() { w.shut() }

func (w *Worker) shut() { close(w.done) }

// A Server has a goroutine from Start to Stop.
type Server struct {
	requests chan int
	quit     chan struct{}
}

// NewServer starts nothing.
func NewServer() *Server { return &Server{requests: make(chan int), quit: make(chan struct{})} }

// Start starts it.
func (s *Server) Start() { // want Start:`starts what \(\*example.com/x/startdep.Server\).Stop stops`
	go func() {
		for {
			select {
			case <-s.requests:
			case <-s.quit:
				return
			}
		}
	}()
}

// Stop ends it.
func (s *Server) Stop() { close(s.quit) }

// A Session ends with its context.
type Session struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Open begins a session.
func Open(ctx context.Context) *Session { // want Open:`starts what \(\*example.com/x/startdep.Session\).Close stops`
	ctx, cancel := context.WithCancel(ctx)
	s := &Session{ctx: ctx, cancel: cancel}
	go s.await()
	return s
}

func (s *Session) await() { <-s.ctx.Done() }

// Close ends it.
func (s *Session) Close() { s.cancel() }

// A Private has no end that others can bring about.
type Private struct{ done chan struct{} }

// NewPrivate starts one.
func NewPrivate() *Private {
	p := &Private{done: make(chan struct{})}
	go func() { <-p.done }()
	return p
}

func (p *Private) close() { close(p.done) }

// CloseAll ends many.
func CloseAll(list []*Private) {
	for _, p := range list {
		p.close()
	}
}
