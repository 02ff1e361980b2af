// Package contractexit has channels whose other end may go away.
package contractexit

import (
	"context"
	"sync"
	"time"
)

func work() int { return 1 }
func use(int)   {}

// The server stops on ctx; the goroutine that reports its end does not know.
func localDone(ctx context.Context, data <-chan int) {
	done := make(chan struct{})
	go func() {
		use(work())
		done <- struct{}{} // want `this send on done blocks for ever if its receiver \(line \d+\) has returned because of ctx.Done\(\), line \d+: the sender does not wait for that`
	}()
	for {
		select {
		case v := <-data:
			use(v)
		case <-done:
			use(0)
		case <-ctx.Done():
			return
		}
	}
}

// Closing never blocks.
func localClose(ctx context.Context, data <-chan int) {
	done := make(chan struct{})
	go func() {
		use(work())
		close(done) // ok
	}()
	for {
		select {
		case v := <-data:
			use(v)
		case <-done:
			return
		case <-ctx.Done():
			return
		}
	}
}

// There is room for all that is sent.
func localBuffered(ctx context.Context, data <-chan int) {
	done := make(chan struct{}, 1)
	go func() {
		done <- struct{}{} // ok
	}()
	for {
		select {
		case v := <-data:
			use(v)
		case <-done:
			use(0)
		case <-ctx.Done():
			return
		}
	}
}

// A flag lets the loop send once only.
func localOnce(ctx context.Context, data <-chan int) {
	first := make(chan int, 1)
	go func() {
		sent := false
		for v := range data {
			if v > 0 && !sent {
				sent = true
				first <- v // ok
			}
		}
	}()
	for {
		select {
		case v := <-first:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// A buffer delays it only.
func localFull(ctx context.Context, data <-chan int) {
	values := make(chan int, 4)
	go func() {
		for v := range data {
			values <- v // want `this send on values blocks for ever`
		}
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// The receiver drains the channel when it leaves.
func localDrained(ctx context.Context, data <-chan int) {
	values := make(chan int)
	go func() {
		defer close(values)
		for v := range data {
			values <- v // ok
		}
	}()
	for {
		select {
		case v, ok := <-values:
			if !ok {
				return
			}
			use(v)
		case <-ctx.Done():
			go func() {
				for range values {
				}
			}()
			return
		}
	}
}

// The same with a deferred function.
func localDrainedLater(ctx context.Context, data <-chan int) {
	values := make(chan int)
	go func() {
		defer close(values)
		for v := range data {
			values <- v // ok
		}
	}()
	defer func() {
		for range values {
		}
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// The signal comes when the senders are done.
func joined(list []int) {
	values, stop := make(chan int), make(chan struct{})
	var senders sync.WaitGroup
	for _, v := range list {
		senders.Add(1)
		go func() {
			defer senders.Done()
			values <- v // ok
		}()
	}
	go func() {
		senders.Wait()
		close(stop)
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-stop:
			return
		}
	}
}

// The sender itself gives the signal, afterwards.
func ownSignal(list []int) {
	values, stop := make(chan int), make(chan struct{})
	go func() {
		for _, v := range list {
			values <- v // ok
		}
		close(stop)
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-stop:
			return
		}
	}
}

// The receiver is started again.
func restarted(ctx context.Context, list []int) {
	values := make(chan int)
	go func() {
		for _, v := range list {
			values <- v // ok
		}
	}()
	for range 3 {
		receiveUntil(ctx, values)
	}
}

func receiveUntil(ctx context.Context, values <-chan int) {
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// A pipeline whose field channel has senders that know the signal, but do not
// wait for it when they send.
type pipeline struct {
	events chan int
	quit   chan struct{}
}

func newPipeline() *pipeline {
	p := &pipeline{events: make(chan int), quit: make(chan struct{})}
	p.spawn(p.receive)
	p.spawn(p.poll)
	return p
}

// Workers come through a helper: each is a goroutine of its own.
func (p *pipeline) spawn(f func()) {
	go func() { f() }()
}

func (p *pipeline) receive() {
	for {
		select {
		case v := <-p.events:
			use(v)
		case <-p.quit:
			return
		}
	}
}

func (p *pipeline) poll() {
	for {
		select {
		case <-p.quit:
			return
		default:
			p.events <- work() // want `this send on p.events blocks for ever if its receiver \(line \d+\) has returned because of p.quit, line \d+: the sender waits for p.quit on line \d+, but not here`
		}
	}
}

func (p *pipeline) Stop() { close(p.quit) }

// The same, done right.
type rightPipeline struct {
	events chan int
	quit   chan struct{}
}

func newRightPipeline() *rightPipeline {
	p := &rightPipeline{events: make(chan int), quit: make(chan struct{})}
	go p.receive()
	go p.poll()
	return p
}

func (p *rightPipeline) receive() {
	for {
		select {
		case v := <-p.events:
			use(v)
		case <-p.quit:
			return
		}
	}
}

func (p *rightPipeline) poll() {
	for {
		select {
		case <-p.quit:
			return
		case p.events <- work(): // ok
		}
	}
}

func (p *rightPipeline) Stop() { close(p.quit) }

// Nobody ever gives the signal.
type endless struct {
	events chan int
	quit   chan struct{}
}

func (p *endless) start() {
	p.events, p.quit = make(chan int), make(chan struct{})
	go func() {
		for {
			select {
			case v := <-p.events:
				use(v)
			case <-p.quit:
				return
			}
		}
	}()
	go func() {
		for {
			p.events <- work() // ok
		}
	}()
}

// Start starts it.
func Start() { new(endless).start() }

// A second receiver stays.
func twoReceivers(ctx context.Context, list []int) {
	values := make(chan int)
	go func() {
		for _, v := range list {
			values <- v // ok
		}
	}()
	go func() {
		for v := range values {
			use(v)
		}
	}()
	receiveUntilEnd(ctx, values)
}

func receiveUntilEnd(ctx context.Context, values <-chan int) {
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// A labelled break leaves the loop, and a goto the function.
func labelled(ctx context.Context, data <-chan int) {
	values := make(chan int)
	go func() {
		for v := range data {
			values <- v // want `this send on values blocks for ever`
		}
	}()
loop:
	for {
		select {
		case v := <-values:
			if v < 0 {
				continue loop
			}
			use(v)
		case <-ctx.Done():
			break loop
		}
	}
	use(0)
}

// Only other packages call the sender: they may know that they must not.
type queue struct {
	jobs chan int
	quit chan struct{}
}

// NewQueue starts the receiver.
func NewQueue() *queue {
	q := &queue{jobs: make(chan int), quit: make(chan struct{})}
	go func() {
		for {
			select {
			case v := <-q.jobs:
				use(v)
			case <-q.quit:
				return
			}
		}
	}()
	return q
}

// Add is possible.
func (q *queue) Add(v int) {
	q.jobs <- v // want `this send on q.jobs blocks for ever`
}

// Close stops it.
func (q *queue) Close() { close(q.quit) }

// A ticker is no reason to leave; a timeout is, but only possible.
func timeout(data <-chan int) {
	values := make(chan int)
	go func() {
		for v := range data {
			values <- v // want `this send on values blocks for ever`
		}
	}()
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ticks.C:
			use(0)
		case <-time.After(time.Minute):
			return
		}
	}
}

// Others receive as well.
func shared(ctx context.Context, data <-chan int) <-chan int {
	values := make(chan int)
	go func() {
		for v := range data {
			values <- v // ok
		}
	}()
	go receiveUntil(ctx, values)
	return values
}
