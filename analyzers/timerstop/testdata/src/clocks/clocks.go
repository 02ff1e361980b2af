package clocks

import (
	"time"

	ben "github.com/benbjohnson/clock"
	"github.com/jonboulle/clockwork"
	"k8s.io/utils/clock"

	own "example.com/x/clock"
)

type message struct{ text string }

func k8s(c clock.WithTicker, done chan struct{}, poll func()) {
	tk := c.NewTicker(time.Second) // want `tk is never stopped`
	for {
		select {
		case <-tk.C():
			poll()
		case <-done:
			return
		}
	}
}

func okK8s(c clock.WithTicker, done chan struct{}, poll func()) {
	tk := c.NewTicker(time.Second) // ok
	defer tk.Stop()
	for {
		select {
		case <-tk.C():
			poll()
		case <-done:
			return
		}
	}
}

func okFired(c clock.Clock) {
	t := c.NewTimer(time.Minute) // ok: it has fired
	<-t.C()
}

func loop(c clock.Clock, in chan message, handle func(message)) {
	for {
		select {
		case m := <-in:
			handle(m)
		case <-c.After(time.Minute): // want `clock.After makes a new timer each time`
		}
	}
}

func benbjohnson(c ben.Clock, done chan struct{}) {
	t := c.Timer(time.Minute)
	select {
	case <-t.C:
	case <-done:
	}
	if !t.Stop() {
		<-t.C // want `t.C is drained although its value may have been received`
	}
}

type flusher struct{ tk clockwork.Ticker }

func newFlusher(c clockwork.Clock, flush func()) *flusher {
	f := &flusher{tk: c.NewTicker(time.Second)}
	go f.run(flush)
	return f
}

func (f *flusher) run(flush func()) {
	for range f.tk.Chan() { // want `the loop over f.tk.C never ends`
		flush()
	}
}

func (f *flusher) Close() { f.tk.Stop() }

func configured(done chan struct{}) {
	tk := own.Every(time.Second) // want `tk is never stopped`
	select {
	case <-tk.C:
	case <-done:
	}
}

func okConfigured(done chan struct{}) {
	tk := own.Every(time.Second) // ok
	defer tk.Stop()
	select {
	case <-tk.C:
	case <-done:
	}
}
