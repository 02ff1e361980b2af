// Package countnil has goroutines whose number or end depends on more than
// counts: on channels that are nil, panics, and what a select has chosen.
package countnil

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func work() error { return errors.New("") }

// The next attempt starts only when the last one was received.
func oneAtATime(limit, every time.Duration, try func() bool) bool {
	ch := make(chan bool, 1)
	attempt := func() { ch <- try() } // ok
	timer := time.NewTimer(limit)
	defer timer.Stop()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var tick <-chan time.Time
	go attempt()
	for {
		select {
		case <-timer.C:
			return false
		case <-tick:
			tick = nil
			go attempt()
		case ok := <-ch:
			if ok {
				return true
			}
			tick = ticker.C
		}
	}
}

func manyAtATime(limit, every time.Duration, try func() bool) bool {
	ch := make(chan bool, 1)
	attempt := func() { ch <- try() } // want `blocks for ever sending to ch: manyAtATime returns in case <-timer.C without receiving`
	timer := time.NewTimer(limit)
	defer timer.Stop()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	go attempt()
	for {
		select {
		case <-timer.C:
			return false
		case <-ticker.C:
			go attempt()
		case ok := <-ch:
			if ok {
				return true
			}
		}
	}
}

// Whoever has recovered has not sent before.
func recovers(ctx context.Context) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("panic: %v", r) // ok
			}
		}()
		done <- work()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func sendsTwice(ctx context.Context) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			done <- nil // want `blocks for ever sending to done: sendsTwice returns in case <-ctx.Done\(\) without receiving`
		}()
		done <- work()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A flag says that the goroutine has not come to its end.
func exited(ctx context.Context) error {
	c := make(chan error, 1)
	go func() {
		ended := false
		defer func() {
			if !ended {
				c <- errors.New("exited") // ok
			}
		}()
		c <- work()
		ended = true
	}()
	select {
	case err := <-c:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func exitedEarly(ctx context.Context, quick bool) error {
	c := make(chan error, 1)
	go func() {
		ended := false
		defer func() {
			if !ended {
				c <- errors.New("exited") // want `blocks for ever sending to c: exitedEarly returns in case <-ctx.Done\(\) without receiving`
			}
		}()
		c <- work()
		if quick {
			return
		}
		ended = true
	}()
	select {
	case err := <-c:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Either end may send: who sends has met the other, which then does not.
func meets(ctx context.Context) {
	finished := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			_ = work()
			finished <- struct{}{} // ok
		case <-finished:
		}
	}()
	_ = work()
	select {
	case <-finished:
	case finished <- struct{}{}:
	}
}

func meetsNobody(ctx context.Context) {
	finished := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			_ = work()
			finished <- struct{}{} // want `blocks for ever sending to finished: meetsNobody returns`
		case <-finished:
		}
	}()
	if work() != nil {
		return
	}
	select {
	case <-finished:
	case finished <- struct{}{}:
	}
}

// Each call makes a channel.
type pool struct{ free []int }

func (p *pool) next() <-chan int {
	ch := make(chan int, 1)
	go func() { ch <- len(p.free) }() // ok
	return ch
}

func either(ctx context.Context, p, q *pool) int {
	select {
	case n := <-p.next():
		return n
	case n := <-q.next():
		return n
	case <-ctx.Done():
		return 0
	}
}

// The channel that a field held before.
type queue struct{ last chan bool }

func (q *queue) flush() {
	last := q.last
	next := make(chan bool)
	q.last = next
	if last != nil {
		<-last // ok
	}
	close(next)
}

type onlyQueue struct{ last chan bool }

func (q *onlyQueue) flush() {
	next := make(chan bool)
	q.last = next
	<-q.last // want `onlyQueue.flush blocks for ever receiving from q.last: no other goroutine uses the channel yet`
	close(next)
}

// Asked twice, the answer may be the same: only possible.
func enabled() bool { return work() == nil }

func flusher(stop <-chan int) { <-stop } // want `blocks for ever receiving from stop: whenEnabled returns when !enabled\(\)`

func whenEnabled() {
	stop := make(chan int)
	if enabled() {
		go flusher(stop)
	}
	_ = work()
	if enabled() {
		stop <- 1 // want `whenEnabled blocks for ever sending to stop`
	}
}

func beforeStarted() {
	stop := make(chan int)
	if enabled() {
		stop <- 1 // want `beforeStarted blocks for ever sending to stop`
	}
	go flusher(stop)
}

// Somebody has chosen room for two.
func listen(addresses []string) {
	ready := make(chan int, 2)
	for range addresses {
		go func() {
			ready <- 1 // want `blocks for ever sending to ready`
		}()
	}
	<-ready
}

// The same fields under another name.
type clock struct{ c chan time.Time }

type internalClock clock

func newClock() *clock {
	c := &clock{c: make(chan time.Time)}
	go func() { <-c.c }()
	return c
}

func (c *internalClock) tick(now time.Time) {
	c.c <- now // ok
}

type stopped struct{ c chan time.Time }

func (c *stopped) tick(now time.Time) {
	c.c <- now // want `stopped.tick sends to c.c, which is nil and blocks for ever`
}

// A map without elements.
type registry struct{ listeners map[string][]chan int }

func (r *registry) notify(n int) {
	for _, list := range r.listeners {
		for _, ch := range list {
			ch <- n // ok
		}
	}
}

// The results of a function that is a value.
func deletes(ctx context.Context, del func(string) error) error {
	start := func(name string) <-chan error {
		ch := make(chan error)
		go func() { ch <- del(name) }() // ok
		return ch
	}
	errs := make(chan error, 1)
	wait := func(name string) {
		select {
		case err := <-start(name):
			errs <- err
		case <-ctx.Done():
			errs <- ctx.Err()
		}
	}
	go wait("a")
	return <-errs
}

func deletesNow(ctx context.Context, del func(string) error) error {
	ch := make(chan error)
	go func() { ch <- del("a") }() // want `blocks for ever sending to ch: deletesNow returns in case <-ctx.Done\(\)`
	select {
	case err := <-ch:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// No goroutine was started if none was counted: only possible.
func dialAll(list []string, skip string) error {
	failed := make(chan error)
	started := 0
	for _, name := range list {
		if name == skip {
			continue
		}
		started++
		go func() { failed <- work() }() // want `the goroutine of line \d+ blocks for ever sending to failed: dialAll returns when started == 0`
	}
	if started == 0 {
		return nil
	}
	for started > 0 {
		<-failed
		started--
	}
	return nil
}

func dialSome(list []string, quick bool) error {
	failed := make(chan error)
	started := 0
	for range list {
		started++
		go func() { failed <- work() }() // want `blocks for ever sending to failed: dialSome returns when quick`
	}
	if quick {
		return nil
	}
	for started > 0 {
		<-failed
		started--
	}
	return nil
}

// Nobody stops what is being started: only possible.
type service struct{ stop chan struct{} }

func (s *service) start() {
	ready := make(chan struct{})
	go s.run(ready)
	<-ready // want `service.start blocks for ever receiving from ready: the goroutine of line \d+ can end in case <-s.stop without sending or closing`
}

func (s *service) end() { close(s.stop) }

func (s *service) run(ready chan<- struct{}) {
	select {
	case <-s.stop:
		return
	default:
	}
	close(ready)
}

func startNow(ctx context.Context) {
	ready := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			return
		default:
		}
		close(ready)
	}()
	<-ready // want `startNow blocks for ever receiving from ready: the goroutine of line \d+ can end in case <-ctx.Done\(\) without sending or closing`
}

// A loop that starts another goroutine when the last one takes too long: only
// possible.
func refreshes(ctx context.Context, every time.Duration) error {
	answer := make(chan error, 1)
	connect := func(ctx context.Context) {
		go func() { answer <- work() }() // want `a goroutine of line \d+ blocks for ever sending to answer: refreshes returns`
	}
	connect(ctx)
	for {
		select {
		case err := <-answer:
			return err
		case <-time.After(every):
			connect(ctx)
		}
	}
}
