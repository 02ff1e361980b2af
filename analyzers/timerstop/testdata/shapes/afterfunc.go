package shapes

import (
	"context"
	"time"
)

// Shape 11: a closure without a handle pins what it captures.
func pins(body []byte, log func(int)) {
	time.AfterFunc(10*time.Minute, func() { // want `the function of time.AfterFunc keeps body, a byte slice, in memory for 10 \* time.Minute`
		log(len(body))
	})
}

func okPinsLittle(body []byte, log func(int)) {
	n := len(body)
	time.AfterFunc(10*time.Minute, func() { log(n) }) // ok
}

type session struct{ buffer [4096]byte }

func (s *session) expire() {}

func pinsArray(s session, log func(session)) {
	time.AfterFunc(10*time.Minute, func() { log(s) }) // want `keeps s, 4096 bytes, in memory`
}

func okPinsPointer(s *session) {
	time.AfterFunc(10*time.Minute, func() { s.expire() }) // ok: that is its purpose
}

func okPinsShortly(body []byte, log func(int)) {
	time.AfterFunc(10*time.Millisecond, func() { log(len(body)) }) // ok
}

// Shape 12: a guard that outlives the work.
func guard(parent context.Context, fetch func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	time.AfterFunc(time.Minute, cancel) // want `the timer of time.AfterFunc is not stopped when the work that it bounds is over: it and what its function captures stay for time.Minute, and then it cancels the context all the same`
	return fetch(ctx)
}

func okGuard(parent context.Context, fetch func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	guard := time.AfterFunc(time.Minute, cancel) // ok
	defer guard.Stop()
	return fetch(ctx)
}

type process interface {
	Start() error
	Wait() error
	Kill()
}

func guardProcess(command func() process) error {
	c := command()
	if err := c.Start(); err != nil {
		return err
	}
	t := time.AfterFunc(time.Minute, func() { c.Kill() }) // want `the timer of time.AfterFunc is not stopped before the return on line \d+ when err != nil`
	if err := c.Wait(); err != nil {
		return err
	}
	t.Stop()
	return nil
}

func okLinger(open func() (interface{ Close() error }, error), keep func(any)) error {
	c, err := open()
	if err != nil {
		return err
	}
	time.AfterFunc(time.Minute, func() { c.Close() }) // ok: meant to end late
	return nil
}

func okReturnedContext(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	time.AfterFunc(time.Minute, cancel) // ok: the context lives on
	return ctx
}

// Shape 15: the channel of an AfterFunc timer.
func drainAfterFunc(f func()) {
	t := time.AfterFunc(time.Minute, f)
	if !t.Stop() {
		<-t.C // want `t.C is nil, because t was made by time.AfterFunc on line \d+: this receive blocks for ever`
	}
}

func okWaitAfterFunc(f func()) {
	done := make(chan struct{})
	t := time.AfterFunc(time.Minute, func() { defer close(done); f() })
	if !t.Stop() {
		<-done // ok
	}
}

// Shape 18: the result of Stop is ignored.
func closesAfterStop(out chan int, work func()) {
	t := time.AfterFunc(time.Minute, func() { out <- 1 })
	work()
	t.Stop() // off: want `t.Stop does not wait for the function of t, which may be running and use the channel that line \d+ closes`
	close(out)
}

func okLooksAtStop(out chan int, work func()) {
	t := time.AfterFunc(time.Minute, func() { out <- 1 })
	work()
	if t.Stop() { // ok
		close(out)
	}
}

// Shape 25: a Reset in the function itself.
func periodic(poll func()) {
	var t *time.Timer
	t = time.AfterFunc(time.Minute, func() {
		poll()
		t.Reset(time.Minute) // off: want `the function of t resets t itself`
	})
}

func okResetOutside(poll func(), in chan message) {
	t := time.AfterFunc(time.Minute, poll)
	for range in {
		t.Reset(time.Minute) // ok
	}
	t.Stop()
}
