package shapes

import (
	"context"
	"time"
)

type message struct{ body []byte }

// Shape 7: time.After in the select of a loop.
func perMessage(in chan message, handle func(message), ping func()) {
	for {
		select {
		case m := <-in:
			handle(m)
		case <-time.After(30 * time.Second): // old: want `time.After makes a new timer each time that case <-in is chosen, and before Go 1.23 the old one stays, some 270 bytes, until its 30 \* time.Second are over`
			ping()
		}
	}
}

func okOneTimer(in chan message, handle func(message), ping func()) {
	idle := time.NewTimer(30 * time.Second)
	defer idle.Stop()
	for {
		select {
		case m := <-in:
			handle(m)
			if !idle.Stop() {
				select {
				case <-idle.C:
				default:
				}
			}
		case <-idle.C: // ok
			ping()
		}
		idle.Reset(30 * time.Second)
	}
}

func okRetry(ctx context.Context, try func() error) error {
	for {
		if err := try(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second): // ok: each round waits for it
		}
	}
}

func okCollects(replies chan message, handle func(message)) {
	for i := 0; i < 3; i++ {
		select {
		case m := <-replies:
			handle(m)
		case <-time.After(time.Minute): // ok: three at most
		}
	}
}

func okQuit(quit chan chan error, poll func() error) {
	var answer chan error
	var err error
	for answer == nil {
		select {
		case answer = <-quit:
		case <-time.After(time.Minute): // ok: the other case ends the loop
			err = poll()
		}
	}
	answer <- err
}

func okReplies(ask func(chan message), handle func(message)) {
	for {
		reply := make(chan message, 1)
		ask(reply)
		select {
		case m := <-reply:
			handle(m)
		case <-time.After(time.Minute): // ok: one for each question
		}
	}
}

func busyCase(in chan message, load, check, apply, report func(message), ping func()) {
	for {
		select {
		case m := <-in:
			load(m)
			check(m)
			apply(m)
			report(m)
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time`
			ping()
		}
	}
}

// The shape of tinode's long poll: the loop is there for one message.
func okAwaits(out chan message, left chan string, write func(message), leave func(string)) {
	for {
		select {
		case m := <-out:
			write(m)
			return
		case topic := <-left:
			leave(topic)
		case <-time.After(time.Minute): // ok
			return
		}
	}
}

// The shape of receptor's status monitor.
func okSoon(heads chan headEvent, set func(headEvent), poll func()) {
	for {
		select {
		case e := <-heads:
			set(e)
		case <-time.After(time.Second): // ok: few come in a second
			poll()
		}
	}
}

type headEvent struct{ number int }

func rareEvents(heads chan headEvent, set func(headEvent), ping func()) {
	for {
		select {
		case h := <-heads:
			set(h)
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time`
			ping()
		}
	}
}

func okTicks(tick <-chan time.Time, poll func()) {
	for {
		select {
		case <-tick:
			poll()
		case <-time.After(time.Minute): // ok: rare
			poll()
		}
	}
}

// Shape 8: once per request.
func request(reply chan message) (message, error) {
	select {
	case m := <-reply:
		return m, nil
	case <-time.After(time.Minute): // old: want `the timer of time.After runs on for up to time.Minute when case <-reply is faster`
		return message{}, errDial
	}
}

func okShortRequest(reply chan message) (message, error) {
	select {
	case m := <-reply:
		return m, nil
	case <-time.After(time.Second): // ok: gone soon
		return message{}, errDial
	}
}

func okAlone(work func()) {
	<-time.After(time.Minute) // ok: it fires
	work()
}

// Shape 9: time.Tick in a function that returns.
func tickReturns(done chan struct{}, poll func()) {
	tick := time.Tick(time.Second) // old: want `the channel of time.Tick is kept, so nothing can stop the ticker`
	for {
		select {
		case <-tick:
			poll()
		case <-done:
			return
		}
	}
}

// The shape of caddy's watcher: its authors answered staticcheck.
func okTickAnswered(poll func() bool) {
	//nolint:staticcheck
	for range time.Tick(time.Second) { // ok
		if poll() {
			return
		}
	}
}

func okTickForEver(poll func()) {
	for range time.Tick(time.Second) { // ok: needed for ever
		poll()
	}
}

// Shape 10: time.Tick in the select of a loop.
func tickPerRound(in chan message, handle func(message), flush func()) {
	for {
		select {
		case m := <-in:
			handle(m)
		case <-time.Tick(time.Second): // want `time.Tick makes a new ticker in every round, which starts its time.Second over`
			flush()
		}
	}
}

func okTickOnce(in chan message, handle func(message), flush func()) {
	tick := time.Tick(time.Second) // ok
	for {
		select {
		case m := <-in:
			handle(m)
		case <-tick:
			flush()
		}
	}
}

// Shape 20: only the channel is kept.
type waiter struct{ timeout <-chan time.Time }

func (w *waiter) arm(d time.Duration) {
	w.timeout = time.NewTimer(d).C // old: want `only the channel of time.NewTimer is kept, so nothing can stop the timer`
}

func (w *waiter) armAfter(d time.Duration) {
	w.timeout = time.After(d) // old: want `the channel of time.After is kept`
}

type okWaiter struct{ timer *time.Timer }

func (w *okWaiter) arm(d time.Duration) {
	w.timer = time.NewTimer(d) // ok: nothing says that it is armed twice
}

func (w *okWaiter) wait() { <-w.timer.C }

// Each round waits for its tick, or is the last: hidden since Go 1.23.
func tickEndsRound(done chan struct{}, refresh func()) {
	for {
		select {
		case <-done:
			return
		case <-time.Tick(time.Minute): // old: want `time.Tick makes a new ticker in every round`
			refresh()
		}
	}
}

// The default goes round again, so that no tick is ever waited for.
func tickNeverComes(done chan struct{}, poll, refresh func()) {
	for {
		select {
		case <-done:
			return
		case <-time.Tick(time.Minute): // want `time.Tick makes a new ticker in every round`
			refresh()
		default:
			poll()
		}
	}
}

// A channel of nameless maps is named for what it carries: settings.
type keeper struct {
	reloads chan map[string]int
	work    chan map[string]int
	retries chan *retry
	limits  map[string]int
}

// retry is something to do again, until it works.
type retry struct {
	attempt func() error
	reason  string
}

func (k *keeper) reloaded(clean func(map[string]int)) {
	for {
		select {
		case k.limits = <-k.reloads:
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time that case <-k.reloads is chosen`
			clean(k.limits)
		}
	}
}

func (k *keeper) worked(clean func(map[string]int)) {
	for {
		select {
		case k.limits = <-k.work:
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time that case <-k.work is chosen`
			clean(k.limits)
		}
	}
}

// A function to call later costs its sender more than a timer.
func (k *keeper) retried(all func([]*retry)) {
	var waiting []*retry
	for {
		select {
		case r := <-k.retries:
			waiting = append(waiting, r)
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time that case <-k.retries is chosen`
			all(waiting)
		}
	}
}

// A message ends the loop, unless it cannot be dealt with.
func handsOver(next chan int, give func(int) error, renew func()) {
	for {
		select {
		case n := <-next:
			if err := give(n); err != nil {
				continue
			}
			return
		case <-time.After(time.Minute): // ok
			renew()
		}
	}
}

func handsOverAll(next chan int, give func(int) error, renew func()) {
	for {
		select {
		case n := <-next:
			if err := give(n); err != nil {
				return
			}
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time`
			renew()
		}
	}
}

func collects(in chan message, limit int) (list []message) {
	for len(list) < limit {
		select {
		case m := <-in:
			list = append(list, m)
		case <-time.After(time.Minute): // ok: so many rounds, and no more
			return list
		}
	}
	return list
}

func collectsWhile(in chan message, wanted func() bool) (list []message) {
	for wanted() {
		select {
		case m := <-in:
			list = append(list, m)
		case <-time.After(time.Minute): // old: want `time.After makes a new timer each time`
			return list
		}
	}
	return list
}
