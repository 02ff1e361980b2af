package shapes

import (
	"errors"
	"sync"
	"time"
)

var errDial = errors.New("dial")

// Shape 1: a local ticker that is never stopped.
func localTicker(work func()) {
	tk := time.NewTicker(time.Minute) // old: want `tk is never stopped: before Go 1.23 it ticks for as long as the process runs; defer tk.Stop\(\)`
	<-tk.C
	work()
}

func okLocalTicker(work func()) {
	tk := time.NewTicker(time.Minute) // ok
	defer tk.Stop()
	<-tk.C
	work()
}

func okReturned() *time.Ticker {
	tk := time.NewTicker(time.Minute) // ok: the caller's
	return tk
}

func okPassed(start func(*time.Ticker)) {
	tk := time.NewTicker(time.Minute) // ok: somebody else's
	start(tk)
}

func okMethodValue(cleanup func(func())) {
	tk := time.NewTicker(time.Minute) // ok: cleanup(tk.Stop)
	cleanup(tk.Stop)
	<-tk.C
}

func okDeferredLiteral() {
	tk := time.NewTicker(time.Minute) // ok
	defer func() { tk.Stop() }()
	<-tk.C
}

func okChannelHandedOut(consume func(<-chan time.Time)) {
	tk := time.NewTicker(time.Minute) // ok: consume may go on with the channel
	consume(tk.C)
}

// Shape 2: a goroutine's ticker.
func goroutineTicker(done chan struct{}, poll func()) {
	go func() {
		tk := time.NewTicker(time.Second) // old: want `tk is never stopped`
		for {
			select {
			case <-tk.C:
				poll()
			case <-done:
				return
			}
		}
	}()
}

func okGoroutineTicker(done chan struct{}, poll func()) {
	go func() {
		tk := time.NewTicker(time.Second) // ok
		defer tk.Stop()
		for {
			select {
			case <-tk.C:
				poll()
			case <-done:
				return
			}
		}
	}()
}

func okForEver(poll func()) {
	tk := time.NewTicker(time.Second) // ok: needed for ever
	for range tk.C {
		poll()
	}
}

// Shape 21: a return between the acquisition and the deferred Stop.
func earlyReturn(dial func() error) error {
	tk := time.NewTicker(time.Second) // old: want `tk is not stopped before the return on line \d+ when err != nil`
	if err := dial(); err != nil {
		return err
	}
	defer tk.Stop()
	<-tk.C
	return nil
}

func okEarlyReturn(dial func() error) error {
	if err := dial(); err != nil {
		return err
	}
	tk := time.NewTicker(time.Second) // ok
	defer tk.Stop()
	<-tk.C
	return nil
}

func okSameCondition(every time.Duration, done chan struct{}) {
	var tk *time.Ticker
	var c <-chan time.Time
	if every > 0 {
		tk = time.NewTicker(every) // ok: stopped under the same condition
		c = tk.C
	}
	select {
	case <-c:
	case <-done:
	}
	if every > 0 {
		tk.Stop()
	}
}

// Shape 22: stopped on one case only.
func oneCase(in, done chan int, handle func(int)) error {
	t := time.NewTimer(time.Minute) // old: want `t is not stopped before the return on line \d+ in case <-done`
	select {
	case v := <-in:
		t.Stop()
		handle(v)
		return nil
	case <-done:
		return errDial
	case <-t.C:
		return errDial
	}
}

func okEveryCase(in, done chan int, handle func(int)) error {
	t := time.NewTimer(time.Minute) // ok: stopped, or fired
	select {
	case v := <-in:
		t.Stop()
		handle(v)
		return nil
	case <-done:
		t.Stop()
		return errDial
	case <-t.C:
		return errDial
	}
}

func eachRound(in chan int, handle func(int)) {
	for v := range in {
		t := time.NewTimer(time.Minute) // old: want `t is never stopped: before Go 1.23 it is kept until its time.Minute are over`
		select {
		case <-t.C:
		case in <- v:
		}
		handle(v)
	}
}

func okSynchronous(wg *sync.WaitGroup) {
	t := time.NewTimer(time.Minute) // ok: it has fired
	<-t.C
	wg.Wait()
}

// wait returns a timer that has fired, unless done was faster.
func wait(t *time.Timer, done chan struct{}) (*time.Timer, bool) {
	if t == nil {
		t = time.NewTimer(time.Minute) // ok: the caller's
	} else {
		t.Reset(time.Minute)
	}
	select {
	case <-t.C:
		return t, true
	case <-done:
		return t, false
	}
}

func okFiredInside(done chan struct{}, try func() error) error {
	var t *time.Timer
	for {
		err := try()
		if err == nil {
			return nil // ok: the timer has fired
		}
		var more bool
		if t, more = wait(t, done); !more {
			break
		}
	}
	t.Stop()
	return errDial
}

func okStoppedByGoroutine(done chan struct{}) {
	t := time.NewTimer(time.Minute) // ok: fires or is stopped
	go func() {
		select {
		case <-t.C:
		case <-done:
			t.Stop()
		}
	}()
}

func oneCaseInLoop(done chan struct{}, finished func() bool) {
	t := time.NewTimer(time.Minute) // old: want `t is not stopped before the return on line \d+ in case <-done`
	for {
		select {
		case <-t.C:
			if finished() {
				t.Stop()
				return
			}
			t.Reset(time.Minute)
		case <-done:
			return
		}
	}
}
