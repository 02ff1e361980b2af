package shapes

import "time"

// Shape 3: Close leaves the field's ticker running.
type poller struct {
	tk   *time.Ticker
	done chan struct{}
}

func newPoller(poll func()) *poller {
	p := &poller{tk: time.NewTicker(time.Second), done: make(chan struct{})} // old: want `poller.Close does not stop the ticker in poller.tk: it goes on ticking, and before Go 1.23 for as long as the process runs`
	go p.run(poll)
	return p
}

func (p *poller) run(poll func()) {
	for {
		select {
		case <-p.tk.C:
			poll()
		case <-p.done:
			return
		}
	}
}

func (p *poller) Close() { close(p.done) }

// The same with a loop that goes on.
type stuckPoller struct {
	tk     *time.Ticker
	closed bool
}

func newStuckPoller(poll func()) *stuckPoller {
	p := &stuckPoller{tk: time.NewTicker(time.Second)} // want `stuckPoller.Close does not stop the ticker in stuckPoller.tk`
	go p.run(poll)
	return p
}

func (p *stuckPoller) run(poll func()) {
	for range p.tk.C {
		if !p.closed {
			poll()
		}
	}
}

func (p *stuckPoller) Close() { p.closed = true }

// A function that runs after Close: only possible, because most find their
// owner closed, and that is all (sing-box).
type expirer struct {
	t      *time.Timer
	expire func()
}

func (e *expirer) start() {
	e.t = time.AfterFunc(time.Minute, e.expire) // ok
}

func (e *expirer) Stop() { e.expire = nil }

type okExpirer struct {
	t      *time.Timer
	expire func()
}

func (e *okExpirer) start() {
	e.t = time.AfterFunc(time.Minute, e.expire) // ok
}

func (e *okExpirer) Stop() { e.t.Stop() }

type okPoller struct {
	tk   *time.Ticker
	done chan struct{}
}

func newOKPoller(poll func()) *okPoller {
	p := &okPoller{tk: time.NewTicker(time.Second), done: make(chan struct{})} // ok: run stops it
	go p.run(poll)
	return p
}

func (p *okPoller) run(poll func()) {
	defer p.tk.Stop()
	for {
		select {
		case <-p.tk.C:
			poll()
		case <-p.done:
			return
		}
	}
}

func (p *okPoller) Close() { close(p.done) }

// Shape 4: no Close at all; see the rule receiver-never-exits.
type cache struct{ tk *time.Ticker }

func newCache(drop func()) *cache {
	c := &cache{tk: time.NewTicker(time.Minute)}
	go c.clean(drop)
	return c
}

func (c *cache) clean(drop func()) {
	for range c.tk.C { // off: want `every cache keeps a goroutine that receives from its tk for ever`
		drop()
	}
}

// Shape 5: a new ticker in the field.
type sampler struct{ tk *time.Ticker }

func newSampler(sample func()) *sampler {
	s := &sampler{tk: time.NewTicker(time.Second)}
	go func() {
		for range s.tk.C { // off: want `every sampler keeps a goroutine`
			sample()
		}
	}()
	return s
}

func (s *sampler) setInterval(d time.Duration) {
	s.tk = time.NewTicker(d) // want `sampler.tk gets a new ticker while the one that line \d+ made may be running: the loop on line \d+ goes on with the channel of the old one; stop it first, or use Reset`
}

type okSampler struct{ tk *time.Ticker }

func (s *okSampler) setInterval(d time.Duration) {
	if s.tk != nil {
		s.tk.Stop()
	}
	s.tk = time.NewTicker(d) // ok
}

type okResetSampler struct{ tk *time.Ticker }

func newOKResetSampler() *okResetSampler {
	return &okResetSampler{tk: time.NewTicker(time.Second)}
}

func (s *okResetSampler) setInterval(d time.Duration) {
	s.tk.Reset(d) // ok
}

type debouncer struct{ t *time.Timer }

func (d *debouncer) update(f func()) {
	d.t = time.AfterFunc(time.Second, f) // want `debouncer.t gets a new timer while the one of the last call of debouncer.update may be running: the function of the old one runs as well`
}

type okDebouncer struct{ t *time.Timer }

func (d *okDebouncer) update(f func()) {
	if d.t != nil {
		d.t.Stop()
	}
	d.t = time.AfterFunc(time.Second, f) // ok
}

type okBatcher struct {
	t       *time.Timer
	pending chan int
}

func (b *okBatcher) update(flush func(chan int)) {
	if b.pending == nil {
		b.pending = make(chan int)
		b.t = time.AfterFunc(time.Second, func() { // ok: none is running
			flush(b.pending)
			b.pending, b.t = nil, nil
		})
	}
}

type okRearmed struct{ t *time.Timer }

func (r *okRearmed) refresh() {
	r.t = time.AfterFunc(time.Second, func() { r.refresh() }) // ok: the old one has fired
}

// Shape 6: Stop as the end of a loop over the channel.
type flusher struct{ tk *time.Ticker }

func newFlusher(flush func()) *flusher {
	f := &flusher{tk: time.NewTicker(time.Second)}
	go f.run(flush)
	return f
}

func (f *flusher) run(flush func()) {
	for range f.tk.C { // want `the loop over f.tk.C never ends: the Stop on line \d+ does not close the channel`
		flush()
	}
}

func (f *flusher) Close() { f.tk.Stop() }

func localFlusher(flush, work func()) {
	tk := time.NewTicker(time.Second)
	defer tk.Stop()
	go func() {
		for {
			<-tk.C // want `the loop over tk.C never ends`
			flush()
		}
	}()
	work()
}

func stopInLoop(tk *time.Ticker, done func() bool) {
	for range tk.C {
		if done() {
			tk.Stop()
		}
	}
}

func okStopInLoop(tk *time.Ticker, done func() bool) {
	for range tk.C { // ok
		if done() {
			tk.Stop()
			break
		}
	}
}

type okFlusher struct {
	tk   *time.Ticker
	done chan struct{}
}

func (f *okFlusher) run(flush func()) {
	for {
		select {
		case <-f.tk.C: // ok
			flush()
		case <-f.done:
			return
		}
	}
}

func (f *okFlusher) Close() { f.tk.Stop(); close(f.done) }

type okPaused struct{ tk *time.Ticker }

func (p *okPaused) run(flush func()) {
	for range p.tk.C { // ok: paused, not ended
		flush()
	}
}

func (p *okPaused) pause(d time.Duration) {
	p.tk.Stop()
	time.Sleep(d)
	p.tk.Reset(time.Second)
}

func okStoppedAtEnd(flush func()) {
	go func() {
		tk := time.NewTicker(time.Second)
		defer func() { tk.Stop() }()
		for range tk.C { // ok: runs for ever, on purpose
			flush()
		}
	}()
}

func okTimerPerRound(flush func()) {
	go func() {
		for {
			t := time.NewTimer(time.Second)
			<-t.C // ok: another timer in each round
			flush()
			t.Stop()
		}
	}()
}
