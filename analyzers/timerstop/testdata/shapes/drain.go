package shapes

import "time"

// Shape 13: Reset of a timer that may have fired.
func staleReset(in chan message, handle func(message)) {
	idle := time.NewTimer(time.Minute)
	defer idle.Stop()
	for {
		select {
		case m := <-in:
			handle(m)
			idle.Reset(time.Minute) // old: want `idle is reset in case m := <-in while it may have fired unnoticed`
		case <-idle.C:
			return
		}
	}
}

// The shape of etcd's read index: an old value only repeats what is done now
// and then anyway.
func okRepeats(changed chan message, refresh func(), done chan struct{}) {
	retry := time.NewTimer(time.Minute)
	defer retry.Stop()
	for {
		select {
		case <-changed:
			refresh()
			retry.Reset(time.Minute) // ok
		case <-retry.C:
			refresh()
			retry.Reset(time.Minute)
		case <-done:
			return
		}
	}
}

// The shape of nats-server's restore: the loop is back at once to see the
// timer fire.
func okCounts(in chan int, done chan int) {
	idle := time.NewTimer(time.Minute)
	defer idle.Stop()
	total := 0
	for {
		select {
		case n := <-in:
			total += n
			idle.Reset(time.Minute) // ok
		case <-idle.C:
			done <- total
			return
		}
	}
}

func resetFirst(in chan message, handle func(message)) {
	idle := time.NewTimer(time.Minute)
	defer idle.Stop()
	for {
		select {
		case m := <-in:
			idle.Reset(time.Minute) // old: want `idle is reset in case m := <-in while it may have fired unnoticed`
			handle(m)
		case <-idle.C:
			return
		}
	}
}

func okWatchdog(in chan message, handle func(message), abort func()) {
	t := time.NewTimer(time.Minute)
	defer t.Stop()
	go func() {
		<-t.C
		abort()
	}()
	for m := range in {
		handle(m)
		t.Reset(time.Minute) // ok: received elsewhere, once
	}
}

func okReset(in chan message, handle func(message)) {
	idle := time.NewTimer(time.Minute)
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
		case <-idle.C:
			handle(message{})
		}
		idle.Reset(time.Minute) // ok: drained or received
	}
}

// Shape 14: a drain after the value was received.
func drainReceived(done chan struct{}, expired func()) {
	t := time.NewTimer(time.Minute)
	select {
	case <-t.C:
		expired()
	case <-done:
	}
	if !t.Stop() {
		<-t.C // want `t.C is drained although its value may have been received on line \d+: Stop then returns false, and this receive blocks for ever`
	}
}

func drainDeferred(done chan struct{}, expired func()) {
	t := time.NewTimer(time.Minute)
	defer func() {
		if !t.Stop() {
			<-t.C // want `t.C is drained although its value may have been received`
		}
	}()
	select {
	case <-t.C:
		expired()
	case <-done:
	}
}

func drainNextRound(in chan message, handle func(message)) {
	t := time.NewTimer(time.Minute)
	for {
		if !t.Stop() {
			<-t.C // want `t.C is drained although its value may have been received`
		}
		t.Reset(time.Minute)
		select {
		case m := <-in:
			handle(m)
		case <-t.C:
		}
	}
}

func okReturnsFirst(done chan struct{}, expired func()) {
	t := time.NewTimer(time.Minute)
	select {
	case <-t.C:
		expired()
		return
	case <-done:
	}
	if !t.Stop() {
		<-t.C // offnew: want `since Go 1.23, t.Stop leaves no value in t.C`
	}
}

func drainAfterError(done chan struct{}, rotate func() error) {
	t := time.NewTimer(time.Minute)
	for {
		select {
		case <-t.C:
			if err := rotate(); err != nil {
				continue
			}
			t.Reset(time.Minute)
		case <-done:
			if !t.Stop() {
				<-t.C // want `t.C is drained although its value may have been received`
			}
			return
		}
	}
}

func okResetFirst(done chan struct{}, poll func()) {
	t := time.NewTimer(time.Minute)
	defer t.Stop()
	for {
		t.Reset(time.Minute) // ok: it cannot have fired yet, or was received
		select {
		case <-t.C:
			poll()
		case <-done:
			return
		}
	}
}

func okRemembers(done chan struct{}, expired func()) {
	t := time.NewTimer(time.Minute)
	fired := false
	select {
	case <-t.C:
		fired = true
		expired()
	case <-done:
	}
	if !fired && !t.Stop() {
		<-t.C // offnew: want `since Go 1.23, t.Stop leaves no value in t.C`
	}
}

func okNonBlocking(done chan struct{}, expired func()) {
	t := time.NewTimer(time.Minute)
	select {
	case <-t.C:
		expired()
	case <-done:
	}
	if !t.Stop() {
		select {
		case <-t.C: // ok
		default:
		}
	}
}

func okKnowsPending(in chan message, pending func() int) {
	t := time.NewTimer(0)
	if !t.Stop() {
		<-t.C // offnew: want `since Go 1.23, t.Stop leaves no value in t.C`
	}
	for range in {
		if pending() > 0 {
			if !t.Stop() {
				<-t.C // ok: pending may tell that the timer runs
			}
		}
		if pending() == 0 {
			t.Reset(time.Minute)
		}
	}
}

// Shape 16: the idiom of older versions.
func idiom(done chan struct{}) {
	t := time.NewTimer(time.Minute)
	<-done
	if !t.Stop() {
		<-t.C // offnew: want `since Go 1.23, t.Stop leaves no value in t.C: this receive never runs, or blocks for ever`
	}
}

// Shape 17: a deferred Stop in a loop.
func deferInLoop(in chan message, handle func(message, <-chan time.Time)) {
	for m := range in {
		t := time.NewTimer(time.Minute)
		defer t.Stop() // want `the deferred t.Stop runs when deferInLoop returns, not at the end of the round`
		handle(m, t.C)
	}
}

func okStoppedInRound(in chan message, handle func(message) error) error {
	for m := range in {
		t := time.NewTimer(time.Minute)
		defer t.Stop() // ok: for the path that returns
		if err := handle(m); err != nil {
			return err
		}
		t.Stop()
	}
	return nil
}

func okMadeOnce(in chan message, handle func(message, <-chan time.Time)) {
	var tk *time.Ticker
	for m := range in {
		if tk == nil {
			tk = time.NewTicker(time.Minute)
			defer tk.Stop() // ok: once
		}
		handle(m, tk.C)
	}
}

func okOneCase(in, sent chan message, limit time.Duration, handle func(message)) {
	var expired <-chan time.Time
	for {
		select {
		case <-sent:
			if limit > 0 {
				t := time.NewTimer(limit)
				defer t.Stop() // ok: the case may come once
				expired = t.C
			}
		case m := <-in:
			handle(m)
			return
		case <-expired:
			return
		}
	}
}

func okDeferInFunction(in chan message, handle func(message, <-chan time.Time)) {
	for m := range in {
		func() {
			t := time.NewTimer(time.Minute)
			defer t.Stop() // ok
			handle(m, t.C)
		}()
	}
}

func okDeferThenReturn(in chan message, handle func(message, <-chan time.Time)) {
	for m := range in {
		if m.body != nil {
			t := time.NewTimer(time.Minute)
			defer t.Stop() // ok: once
			handle(m, t.C)
			return
		}
	}
}

// Shape 19: the length of a timer's channel.
func polls(t *time.Timer) bool {
	return len(t.C) > 0 // new: want `len\(t.C\) is always 0 since Go 1.23`
}

// Nothing is left to drain since Go 1.23, and nothing is drained.
func okGuardedDrain(t *time.Timer, wait time.Duration) {
	if !t.Stop() && len(t.C) > 0 { // ok
		<-t.C
	}
	t.Reset(wait)
}

func guardedWork(t *time.Timer, work func()) {
	if len(t.C) > 0 { // new: want `len\(t.C\) is always 0 since Go 1.23`
		<-t.C
		work()
	}
}

func okPolls(t *time.Timer) bool {
	select {
	case <-t.C: // ok
		return true
	default:
		return false
	}
}

func okOtherLength(in chan time.Time) bool {
	return len(in) > 0 // ok
}

// Shape 26: intervals that are not positive.
func intervals() {
	time.NewTicker(0) // want `time.NewTicker with the interval 0s panics`
}

func resetInterval(tk *time.Ticker) {
	tk.Reset(-1) // want `Reset of the ticker tk to the interval -1ns panics`
}

func nilTick() {
	<-time.Tick(0) // want `time.Tick with the interval 0s returns a nil channel` old: want `the channel of time.Tick is kept`
}

func okIntervals(d time.Duration) {
	tk := time.NewTicker(1) // ok
	defer tk.Stop()
	tk.Reset(d)              // ok
	time.NewTimer(0)         // ok: fires at once
	<-time.After(-1)         // ok
	tk2 := time.NewTicker(d) // ok
	tk2.Stop()
}
