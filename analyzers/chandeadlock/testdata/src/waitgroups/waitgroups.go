// Package waitgroups waits for workers.
package waitgroups

import (
	"errors"
	"os"
	"sync"
	"time"
)

func read(name string) error {
	if name == "" {
		return errors.New("no name")
	}
	return os.Remove(name)
}

func early(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() {
			f, err := os.Open(name)
			if err != nil {
				return // want `the goroutine ends here without wg.Done when err != nil: wg.Wait \(line 31\) blocks for ever; defer wg.Done at its beginning`
			}
			defer wg.Done()
			f.Close()
		}()
	}
	wg.Wait()
}

func first(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := read(name); err != nil {
				return // ok: deferred
			}
			read(name)
		}()
	}
	wg.Wait()
}

// In a method that is started, through a helper.
type server struct {
	wg   sync.WaitGroup
	stop chan struct{}
}

func (s *server) start() {
	s.wg.Add(1)
	go s.run()
}

func (s *server) done() { s.wg.Done() }

func (s *server) run() {
	if err := read("state"); err != nil {
		s.done()
		return // ok: the helper
	}
	select {
	case <-s.stop:
		s.done()
	default:
		s.done()
	}
}

func (s *server) close() {
	close(s.stop)
	s.wg.Wait()
}

type client struct{ wg sync.WaitGroup }

func (c *client) start() {
	c.wg.Add(1)
	go c.run()
}

func (c *client) run() {
	switch err := read("state"); {
	case errors.Is(err, os.ErrExist):
		return // want `the goroutine ends here without c.wg.Done`
	case err != nil:
		c.wg.Done()
		return
	}
	c.wg.Done()
}

func (c *client) close() { c.wg.Wait() }

// Done for each thing, not for each goroutine.
func items(names []string) {
	var wg sync.WaitGroup
	work := make(chan string, len(names))
	for range 4 {
		go func() {
			for name := range work {
				read(name)
				wg.Done()
			}
		}() // ok
	}
	for _, name := range names {
		wg.Add(1)
		work <- name
	}
	wg.Wait()
	close(work)
}

// A callback takes the duty over.
func later(names []string, do func(func())) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() {
			if name == "" {
				wg.Done()
				return
			}
			do(func() { wg.Done() })
		}() // ok
	}
	wg.Wait()
}

// The same flag decides about Add and Done.
func optional(wait bool) {
	var wg sync.WaitGroup
	if wait {
		wg.Add(1)
	}
	go func() {
		read("a")
		if wait {
			wg.Done()
		}
	}() // ok
	wg.Wait()
}

func withGroup(wg *sync.WaitGroup) {
	if wg == nil {
		return // ok: no group
	}
	defer wg.Done()
	read("a")
}

func withGroups() {
	var wg sync.WaitGroup
	wg.Add(1)
	go withGroup(&wg)
	wg.Wait()
}

func recovering(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				println("recovered")
			}
		}()
		read(names[0])
		wg.Done() // want `wg.Done is skipped by a panic, from which the goroutine recovers`
	}()
	wg.Wait()
}

func recoveringDone(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() { _ = recover() }()
		read(names[0])
	}() // ok
	wg.Wait()
}

func noRecover(names []string) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		read(names[0]) // ok: a panic ends the process
		wg.Done()
	}()
	wg.Wait()
}

func never() {
	var wg sync.WaitGroup
	wg.Add(2)
	go read("a")
	go read("b")
	wg.Wait() // want `wg.Wait blocks for ever: nothing calls wg.Done for what wg.Add adds \(line 204\)`
}

// A group that starts its goroutines itself knows when they end.
func starts(do func()) {
	var wg sync.WaitGroup
	wg.Go(do)
	wg.Go(func() { read("a") })
	wg.Wait() // ok
}

func passed(do func(*sync.WaitGroup)) {
	var wg sync.WaitGroup
	wg.Add(1)
	do(&wg)
	wg.Wait() // ok: do may call Done
}

func inLoop(names []string) {
	var wg sync.WaitGroup
	wg.Add(len(names))
	for _, name := range names {
		go func() {
			defer wg.Done()
			read(name)
		}()
		wg.Wait() // want `wg.Wait blocks in the first round of the loop: wg.Add \(line 227\) counts goroutines that only later rounds start`
	}
}

func oneByOne(names []string) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			read(name)
		}()
		wg.Wait() // ok: one at a time
	}
}

func inBatches(names [][]string) {
	var wg sync.WaitGroup
	for _, batch := range names {
		wg.Add(len(batch))
		for _, name := range batch {
			go func() {
				defer wg.Done()
				read(name)
			}()
		}
		wg.Wait() // ok: behind the inner loop
	}
}

func drainLate(names []string) (n int) {
	var wg sync.WaitGroup
	results := make(chan error)
	for _, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- read(name) // want `the send to results blocks for ever: who receives from it \(line \d+\) waits first for the goroutine that sends, in wg.Wait \(line \d+\)`
		}()
	}
	wg.Wait()
	close(results)
	for range results {
		n++
	}
	return n
}

func drainBeside(names []string) (n int) {
	var wg sync.WaitGroup
	results := make(chan error)
	for _, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- read(name)
		}()
	}
	go func() {
		wg.Wait() // ok: in a goroutine
		close(results)
	}()
	for range results {
		n++
	}
	return n
}

func roomForAll(names []string) (n int) {
	var wg sync.WaitGroup
	results := make(chan error, len(names))
	for _, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- read(name)
		}()
	}
	wg.Wait() // ok: there is room
	close(results)
	for range results {
		n++
	}
	return n
}

func tooMany(names [][]string) (n int) {
	var wg sync.WaitGroup
	failed := make(chan string, 8)
	note := func(name string) {
		if read(name) != nil {
			failed <- name // want `the send to failed blocks for ever once the buffer is full: who receives`
		}
	}
	for _, list := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for _, name := range list {
				note(name)
			}
		}()
	}
	wg.Wait()
	close(failed)
	for range failed {
		n++
	}
	return n
}

func quitting(names []string) {
	var wg sync.WaitGroup
	jobs := make(chan string)
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for name := range jobs {
				if err := read(name); err != nil {
					return
				}
			}
		}()
	}
	for _, name := range names {
		jobs <- name // want `the send to jobs blocks for ever when its receivers have left: each ends early when err != nil`
	}
	close(jobs)
	wg.Wait()
}

func staying(names []string) {
	var wg sync.WaitGroup
	jobs := make(chan string)
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for name := range jobs {
				if err := read(name); err != nil {
					continue
				}
			}
		}()
	}
	for _, name := range names {
		jobs <- name // ok: they stay
	}
	close(jobs)
	wg.Wait()
}

func telling(names []string) {
	var wg sync.WaitGroup
	jobs := make(chan string)
	failed := make(chan struct{})
	var once sync.Once
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for name := range jobs {
				if err := read(name); err != nil {
					once.Do(func() { close(failed) })
					return
				}
			}
		}()
	}
	for _, name := range names {
		select {
		case jobs <- name: // ok: it is told
		case <-failed:
		}
	}
	close(jobs)
	wg.Wait()
}

func doneBeforeSend() error {
	var wg sync.WaitGroup
	wg.Add(1)
	failed := make(chan error)
	go func() {
		err := read("a")
		wg.Done()
		failed <- err // ok: the wait is over
	}()
	wg.Wait()
	return <-failed
}

func ticking(stop chan struct{}) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		for range time.NewTicker(time.Second).C {
			select {
			case <-stop:
				wg.Done()
				return
			default:
			}
		}
	}() // ok: a ticker's channel is never closed
	wg.Wait()
}

// Done goes somewhere as a function.
type readiness struct{ wg sync.WaitGroup }

func (r *readiness) register() func() {
	r.wg.Add(1)
	return r.wg.Done
}

func (r *readiness) wait() {
	r.wg.Wait() // ok
}
