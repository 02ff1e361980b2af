// Package countpeer has channels of which one half is missing.
package countpeer

type waiter struct {
	done chan struct{}
	quit chan struct{}
}

func newWaiter() *waiter {
	return &waiter{done: make(chan struct{}), quit: make(chan struct{})}
}

func (w *waiter) Wait() {
	<-w.done // want `waiter.Wait receives from w.done and blocks for ever: nobody sends to this channel or closes it`
}

func (w *waiter) waitTwice() {
	<-w.done // want `nobody sends to this channel`
}

func (w *waiter) Quit() {
	close(w.quit)
	<-w.quit // ok
}

type buffer struct{ c chan int }

func newBuffer() *buffer { return &buffer{c: make(chan int)} }

func (b *buffer) get() <-chan int { return b.c }

func (b *buffer) Read(closed chan struct{}) int {
	select {
	case <-closed:
	case n := <-b.get(): // ok: does not wait for it alone
		return n
	}
	return <-b.get() // want `nobody sends to this channel or closes it`
}

type publisher struct {
	events chan int
	log    chan int
	out    chan int
}

func newPublisher() *publisher {
	return &publisher{events: make(chan int), log: make(chan int, 10), out: make(chan int)}
}

func (p *publisher) Publish(list []int) {
	for _, n := range list {
		p.events <- n // want `publisher.Publish sends to p.events and blocks for ever: nobody receives from this channel`
		p.log <- n    // want `when the buffer is full: nobody receives from this channel`
		p.out <- n    // ok: Out gives it to others
	}
}

func (p *publisher) Out() <-chan int { return p.out }

type server struct {
	inbox chan int
	queue chan int
}

func NewServer(queue chan int) *server { return &server{queue: queue} }

func (s *server) put(n int) {
	s.inbox <- n // want `server.put sends to s.inbox, which is nil and blocks for ever: the package never makes this channel`
	s.queue <- n // ok: the caller has made it
}

func (s *server) poll() {
	select {
	case <-s.inbox: // ok: a nil channel switches the case off
	default:
	}
}

func (s *server) use() { s.put(1) }

var started = make(chan struct{}) // made by no function

func begin() { close(started) }

func awaitBegin() { <-started } // ok

// In tests only, hold is made.
type link struct{ hold chan struct{} }

func (l *link) connect() {
	if l.hold != nil {
		<-l.hold // ok: nil is expected
	}
}
