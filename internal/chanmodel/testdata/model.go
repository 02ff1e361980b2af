package p

// The primitives: the test's table says what they do.
type mutex struct{}

func (*mutex) Lock()         {}
func (*mutex) Unlock()       {}
func (*mutex) TryLock() bool { return true }

type group struct{}

func (*group) Add(n int)   {}
func (*group) Done()       {}
func (*group) Wait()       {}
func (*group) Go(f func()) {}

type cond struct{ L *mutex }

func newCond(l *mutex) *cond { return &cond{L: l} }
func (*cond) Wait()          {}
func (*cond) Signal()        {}

func unknown(any)

type server struct {
	mu   mutex
	cond *cond
	done chan struct{}
	Out  chan int
	hook func()
	jobs []chan int
}

func newServer(n int) *server {
	s := &server{done: make(chan struct{}), Out: make(chan int, n), jobs: make([]chan int, n)}
	s.cond = newCond(&s.mu)
	s.hook = func() { s.mu.Lock() }
	for i := range s.jobs {
		s.jobs[i] = make(chan int, 1)
	}
	return s
}

// A getter is looked through.
func (s *server) stopped() <-chan struct{} { return s.done }

func (s *server) run() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		select {
		case <-s.stopped():
			return
		case s.Out <- 1:
		}
		s.cond.Wait()
		s.hook()
	}
}

func (s *server) stop() { close(s.done) }

// Locals: a channel in a closure, a group that counts, a range.
func gather(xs []int) int {
	results := make(chan int, len(xs))
	var wg group
	for _, x := range xs {
		wg.Go(func() { results <- x })
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	sum := 0
	for r := range results {
		sum += r
	}
	return sum
}

// A parameter is united with what callers pass.
func produce(c chan<- int) { c <- 1 }

func local() int {
	c := make(chan int)
	go produce(c)
	return <-c
}

func escaping() {
	c := make(chan int)
	unknown(c)
	<-c
}

func try(m *mutex) {
	if !m.TryLock() {
		return
	}
	m.Unlock()
}

type locker interface{ lockIt() }

func (s *server) lockIt() { s.mu.Lock() }

func through(l locker) { l.lockIt() }

func nobody() {
	var c chan int
	c <- 1
}

func constant(on bool) {
	var m mutex
	if on {
		m.Lock()
	}
	if on {
		m.Unlock()
	}
}
