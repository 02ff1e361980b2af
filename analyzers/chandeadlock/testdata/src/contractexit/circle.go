package contractexit

import "context"

// Two goroutines send each other requests.
type peers struct {
	events    chan func()
	callbacks chan func()
	stop      chan bool
}

func (p *peers) first() {
	for {
		select {
		case <-p.stop:
			return
		case f := <-p.callbacks:
			f()
		default:
			p.emit(func() {
				select {
				case p.callbacks <- func() { use(1) }:
				case <-p.stop:
				}
			})
		}
	}
}

func (p *peers) emit(f func()) {
	select { // want `this send on p.events and the send on p.callbacks \(line \d+\) can wait for each other for ever`
	case p.events <- f:
	case <-p.stop:
	}
}

func (p *peers) second() {
	for {
		select {
		case f := <-p.events:
			f()
		case <-p.stop:
			return
		}
	}
}

func runPeers() {
	p := &peers{events: make(chan func()), callbacks: make(chan func()), stop: make(chan bool)}
	go p.first()
	go p.second()
}

// Request and answer alternate.
type alternating struct{ requests, answers chan int }

func (a *alternating) client() {
	for {
		a.requests <- 1 // ok
		use(<-a.answers)
	}
}

func (a *alternating) server() {
	for v := range a.requests {
		a.answers <- v + 1
	}
}

func runAlternating() {
	a := &alternating{requests: make(chan int), answers: make(chan int)}
	go a.client()
	go a.server()
}

// Whoever sends receives as well.
type fair struct{ requests, answers chan int }

func (a *fair) client() {
	for {
		select {
		case a.requests <- 1: // ok
		case v := <-a.answers:
			use(v)
		}
	}
}

func (a *fair) server() {
	for v := range a.requests {
		a.answers <- v + 1
	}
}

func runFair() {
	a := &fair{requests: make(chan int), answers: make(chan int)}
	go a.client()
	go a.server()
}

// A merged context whose watcher forgets the context itself.
func merge(one, two context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select { // want `this goroutine waits for one.Done\(\) or two.Done\(\) only: when the caller of merge calls the cancel function that it gets, the goroutine stays until one of these comes`
		case <-one.Done():
		case <-two.Done():
		}
		cancel()
	}()
	return ctx, cancel
}

func mergeRight(one, two context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-one.Done():
		case <-two.Done():
		case <-ctx.Done(): // ok
		}
		cancel()
	}()
	return ctx, cancel
}

func untilStopped(stop <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		<-stop // want `this goroutine waits for stop only`
	}()
	return ctx, cancel
}

// Nobody but the goroutine has the cancel function.
func onlyStop(stop <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-stop // ok
		cancel()
	}()
	return ctx
}

// Each call takes what is ready before it asks for more.
type scanner struct {
	ask   chan struct{}
	ready chan int
}

func (s *scanner) fill() {
	for range s.ask {
		s.ready <- 1
	}
}

func (s *scanner) next(n int) {
	if n%8 == 0 {
		use(<-s.ready)
		s.ask <- struct{}{} // ok
	}
}

func (s *scanner) scan() {
	s.ask <- struct{}{}
	for n := range 100 {
		s.next(n)
	}
}

func runScanner() {
	s := &scanner{ask: make(chan struct{}), ready: make(chan int)}
	go s.fill()
	go s.scan()
}
