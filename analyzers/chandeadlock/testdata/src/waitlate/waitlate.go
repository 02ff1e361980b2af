// Package waitlate has goroutines that add themselves to a wait group.
package waitlate

import "sync"

func read(string) {}

func literal(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		go func() {
			read("state")
			wg.Add(1) // want `wg.Add runs in the goroutine that it counts: wg.Wait \(line 18\) may have returned before; call Add before the goroutine is started \(line 11\)`
			defer wg.Done()
			read(name)
		}()
	}
	wg.Wait()
}

func inTime(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1) // ok
		go func() {
			defer wg.Done()
			read(name)
		}()
	}
	wg.Wait()
}

// A method that is started.
type server struct{ wg sync.WaitGroup }

func (s *server) serve() {
	s.wg.Add(1) // want `s.wg.Add runs in the goroutine that it counts: s.wg.Wait`
	defer s.wg.Done()
	read("a")
}

func (s *server) stop() { s.wg.Wait() }

func run() {
	s := new(server)
	go s.serve()
	s.stop()
}

// The caller knows that it is counted.
type ready struct {
	wg      sync.WaitGroup
	started chan struct{}
}

func (r *ready) serve() {
	r.wg.Add(1) // ok: the start is waited for
	defer r.wg.Done()
	close(r.started)
	read("a")
}

func runReady() {
	r := &ready{started: make(chan struct{})}
	go r.serve()
	<-r.started
	r.wg.Wait()
}

// A goroutine that is counted adds for others.
func tree(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for _, name := range names {
			wg.Add(1) // ok
			go func() {
				defer wg.Done()
				read(name)
			}()
		}
	}()
	wg.Wait()
}

// One more than the workers keeps the counter up.
func guarded(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	for _, name := range names {
		go func() {
			wg.Add(1) // ok
			defer wg.Done()
			read(name)
		}()
	}
	read("b")
	wg.Done()
	wg.Wait()
}

// It is called as well, by somebody who waits afterwards.
type both struct{ wg sync.WaitGroup }

func (b *both) work() {
	b.wg.Add(1) // ok
	defer b.wg.Done()
	read("a")
}

func runBoth() {
	b := new(both)
	b.work()
	go b.work()
	b.wg.Wait()
}

// Another goroutine waits, when all have been started.
func elsewhere(names []string, all chan struct{}) {
	var wg sync.WaitGroup
	for _, name := range names {
		go func() {
			wg.Add(1) // ok: who waits comes later
			defer wg.Done()
			read(name)
		}()
	}
	go func() {
		<-all
		wg.Wait()
	}()
}
