// Package rangefunc has loops over functions, whose bodies are function
// literals to the compiler.
package rangefunc

import (
	"context"
	"iter"
	"slices"
	"sync"
)

func use(int)   {}
func work() int { return 1 }

type store struct {
	mu     sync.Mutex
	values []int
}

// A lock of the function is released where the body returns from it.
func (s *store) find(all iter.Seq[int]) int {
	s.mu.Lock()
	for v := range all {
		if v > 0 {
			s.mu.Unlock()
			return v // ok
		}
	}
	s.mu.Unlock()
	return 0
}

// It is not.
func (s *store) findHeld(all iter.Seq[int]) int {
	s.mu.Lock() // want `s.mu is still locked at the return on line 38, unlike on other paths \(line 41\)`
	for v := range all {
		if v > 0 {
			return v
		}
	}
	s.mu.Unlock()
	return 0
}

// A lock of one round.
func (s *store) each(all iter.Seq[int]) {
	for v := range all {
		s.mu.Lock()
		if v == 0 {
			s.mu.Unlock()
			continue // ok
		}
		s.values = append(s.values, v)
		s.mu.Unlock()
	}
}

func (s *store) eachHeld(all iter.Seq[int]) {
	for v := range all {
		s.mu.Lock() // want `s.mu is still locked at the end of the round on line \d+ when v == 0, unlike on other paths \(line \d+\): the next Lock waits for ever; call s.mu.Unlock there$`
		if v == 0 {
			continue
		}
		s.values = append(s.values, v)
		s.mu.Unlock()
	}
}

func (s *store) eachBroken(all iter.Seq[int]) {
	for v := range all {
		s.mu.Lock() // want `s.mu is still locked at the end of the round on line \d+ when v == 0`
		if v == 0 {
			break
		}
		s.values = append(s.values, v)
		s.mu.Unlock()
	}
}

// What the body defers runs when the function returns.
func (s *store) first(all iter.Seq[int]) int {
	for v := range all {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.values = append(s.values, v)
		return v // ok
	}
	return 0
}

// Released behind the loop, after a break.
func (s *store) until(all iter.Seq[int]) {
	s.mu.Lock()
	for v := range all {
		if v == 0 {
			break // ok
		}
		s.values = append(s.values, v)
	}
	s.mu.Unlock()
}

// The lock is held around the body, which takes it again.
func (s *store) again(all iter.Seq[int]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for v := range all { // want `s.mu is held since line \d+, and the body of the loop takes it again \(line \d+\): the goroutine waits for itself for ever`
		s.add(v)
	}
}

func (s *store) add(v int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = append(s.values, v)
}

func (s *store) notAgain(all iter.Seq[int]) {
	for v := range all {
		s.add(v) // ok
	}
}

// The package's own iterator holds a lock while the body runs.
func (s *store) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, v := range s.values {
			if !yield(v) {
				return
			}
		}
	}
}

func (s *store) copyAll(to *store) {
	for v := range s.all() {
		to.add(v) // ok: another store
	}
}

// One goroutine per round, each with one result.
func gather(all iter.Seq[int]) (sum int) {
	results := make(chan int)
	n := 0
	for v := range all {
		n++
		go func() { results <- v }() // ok
	}
	for range n {
		sum += <-results
	}
	return sum
}

// The body leaves the function before it has received.
func abandon(all iter.Seq[int]) int {
	result := make(chan int)
	go func() { result <- work() }() // want `the goroutine of line \d+ blocks for ever sending to result: abandon returns without receiving`
	for v := range all {
		if v < 0 {
			return v
		}
	}
	return <-result
}

func keep(all iter.Seq[int]) int {
	result := make(chan int)
	go func() { result <- work() }() // ok
	for v := range all {
		if v < 0 {
			return <-result
		}
	}
	return <-result
}

// The body receives all that is sent.
func inBody(list []int) (sum int) {
	results := make(chan int)
	for _, v := range list {
		go func() { results <- v }() // ok
	}
	for range slices.Values(list) {
		sum += <-results
	}
	return sum
}

// The body sends, a goroutine receives until it is closed.
func feed(all iter.Seq[int]) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	wg.Go(func() {
		for v := range jobs {
			use(v)
		}
	})
	for v := range all {
		jobs <- v // ok
	}
	close(jobs)
	wg.Wait()
}

// It closes too late for one that returns from the body. That is not seen:
// nobody knows how often an iterator runs the body that sends.
func feedUnclosed(all iter.Seq[int]) {
	jobs := make(chan int)
	go func() {
		for v := range jobs { // ok
			use(v)
		}
	}()
	for v := range all {
		if v < 0 {
			return
		}
		jobs <- v
	}
	close(jobs)
}

// Workers that the body counts.
func count(all iter.Seq[int]) {
	var wg sync.WaitGroup
	for v := range all {
		wg.Add(1)
		go func() {
			defer wg.Done()
			use(v)
		}()
	}
	wg.Wait() // ok
}

// The wait is in the body, for the goroutine of its round.
func oneByOne(all iter.Seq[int]) {
	var wg sync.WaitGroup
	for v := range all {
		wg.Add(1)
		go func() {
			defer wg.Done()
			use(v)
		}()
		wg.Wait() // ok
	}
}

// The iterator yields what it receives.
func values(ctx context.Context, in <-chan int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for {
			select {
			case v := <-in:
				if !yield(v) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// A pull iterator over a channel that the loop leaves early.
func early(ctx context.Context, list []int) int {
	in := make(chan int)
	go func() {
		defer close(in)
		for _, v := range list {
			select {
			case in <- v: // ok
			case <-ctx.Done():
				return
			}
		}
	}()
	for v := range values(ctx, in) {
		if v > 0 {
			return v
		}
	}
	return 0
}
