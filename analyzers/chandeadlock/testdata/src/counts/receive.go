package counts

import (
	"context"
	"errors"
	"sync"
	"time"
)

// The producer leaves.

func senderLeaves() int {
	ch := make(chan int)
	go func() {
		r := work()
		if r.err != nil {
			return
		}
		ch <- r.n
	}()
	return <-ch // want `senderLeaves blocks for ever receiving from ch: the goroutine of line \d+ can end when r.err != nil without sending or closing`
}

func senderCloses() int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		r := work()
		if r.err != nil {
			return
		}
		ch <- r.n
	}()
	return <-ch // ok
}

func senderSendsAnyway() int {
	ch := make(chan int)
	go func() {
		r := work()
		if r.err != nil {
			ch <- 0
			return
		}
		ch <- r.n
	}()
	return <-ch // ok
}

func neverSends(list []int) int {
	ch := make(chan int)
	go func() { _ = list }()
	return <-ch // want `neverSends blocks for ever receiving from ch: no other goroutine uses the channel yet`
}

func sendsFirst() int {
	ch := make(chan int)
	ch <- 1 // want `sendsFirst blocks for ever sending to ch: no other goroutine uses the channel yet`
	go func() { <-ch }()
	return 0
}

func sendsFirstRoom() int {
	ch := make(chan int, 2)
	ch <- 1 // ok
	ch <- 2 // ok
	go func() { <-ch }()
	return 0
}

func sendsFirstTooMuch() int {
	ch := make(chan int, 1)
	ch <- 1
	ch <- 2 // want `sendsFirstTooMuch blocks for ever sending to ch: the channel has room for 1, and no other goroutine uses it yet`
	go func() { <-ch }()
	return 0
}

func receivesTwice(stop <-chan struct{}) error {
	errs := make(chan error, 1)
	go func() { errs <- work().err }()
	select {
	case err := <-errs:
		if err != nil {
			return err
		}
	case <-stop:
	}
	return <-errs // want `receivesTwice blocks for ever receiving from errs: that is the receive number 2 on this path, and the goroutine of line \d+ sends once`
}

// A parameter that is the channel, or that is nil.

func notify(done chan struct{}) {
	if done == nil {
		return
	}
	done <- struct{}{}
}

func notified() {
	done := make(chan struct{})
	go notify(done)
	<-done // ok
}

// Jobs that wait for their turn.

type queue struct{ waiting []chan struct{} }

func (q *queue) run(busy bool, quit <-chan struct{}) {
	start := make(chan struct{})
	if busy {
		q.waiting = append(q.waiting, start)
	} else {
		close(start)
	}
	go func() {
		<-start // ok: another round closes it
		if len(q.waiting) > 0 {
			close(q.waiting[0])
		}
	}()
}

// A worker of the whole process.

var jobs chan func()

func enqueue(job func()) {
	once.Do(func() {
		jobs = make(chan func(), 10)
		go func() {
			for j := range jobs { // ok
				j()
			}
		}()
	})
	jobs <- job
}

var once sync.Once

// Nobody closes.

func notClosed(list []int, workers int) {
	ch := make(chan int)
	for i := 0; i < workers; i++ {
		go func() {
			for n := range ch { // want `a goroutine of line \d+ blocks for ever ranging over ch: notClosed returns without closing the channel`
				_ = n
			}
		}()
	}
	for _, n := range list {
		ch <- n
	}
}

func isClosed(list []int, workers int) {
	ch := make(chan int)
	for i := 0; i < workers; i++ {
		go func() {
			for n := range ch { // ok
				_ = n
			}
		}()
	}
	for _, n := range list {
		ch <- n
	}
	close(ch)
}

func notClosedOnError(list []result) error {
	ch := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for n := range ch { // want `the goroutine of line \d+ blocks for ever ranging over ch: notClosedOnError returns when r.err != nil without closing the channel`
			_ = n
		}
	}()
	for _, r := range list {
		if r.err != nil {
			return r.err
		}
		ch <- r.n
	}
	close(ch)
	wg.Wait()
	return nil
}

func closedByDefer(list []result) error {
	ch := make(chan int)
	defer close(ch)
	go func() {
		for n := range ch { // ok
			_ = n
		}
	}()
	for _, r := range list {
		if r.err != nil {
			return r.err
		}
		ch <- r.n
	}
	return nil
}

func closedUnderCondition(list []result) (err error) {
	ch := make(chan int)
	defer func() {
		if err != nil {
			close(ch)
		}
	}()
	go func() {
		for n := range ch { // ok: err is what the deferred function asks for
			_ = n
		}
	}()
	for _, r := range list {
		if r.err != nil {
			return r.err
		}
		ch <- r.n
	}
	close(ch)
	return nil
}

// As many are received as were started.

func startedOnly(jobs []int, stop func() bool) (list []int) {
	ch := make(chan int, len(jobs))
	started := 0
	for range jobs {
		if stop() {
			break
		}
		go func() { ch <- 1 }()
		started++
	}
	for i := 0; i < started; i++ {
		list = append(list, <-ch) // want `startedOnly blocks for ever receiving from ch`
	}
	return list
}

// A close under a condition.

func closesEarlier(list []result, more func() bool) error {
	ch := make(chan int, 10)
	var seen []int
	go func() {
		for n := range ch { // want `closesEarlier returns when err != nil without closing the channel`
			_ = n
		}
	}()
	for more() {
		if len(seen) == 0 {
			close(ch)
			seen = append(seen, 1)
		}
	}
	if len(seen) == 0 {
		close(ch)
	}
	if err := work().err; err != nil {
		return err
	}
	return nil
}

var errTimeout = errors.New("timeout")

func receivesWhatFollows(d time.Duration) error {
	errs := make(chan error, 2)
	if d != 0 {
		time.AfterFunc(d, func() { errs <- errTimeout })
	}
	go func() { errs <- work().err }()
	if err := <-errs; err != nil {
		if err == errTimeout {
			<-errs // want `receivesWhatFollows blocks for ever receiving from errs`
		}
		return err
	}
	return nil
}

// A token that goroutines hand on.

func handsOn(funcs []func(), done chan<- int) {
	token := make(chan int, 1)
	token <- len(funcs)
	for _, f := range funcs {
		go func() {
			f()
			n := <-token // ok
			if n--; n == 0 {
				done <- 1
			} else {
				token <- n // ok
			}
		}()
	}
}

func receivesInBoth(started, expired <-chan int) error {
	errs := make(chan error, 1)
	go func() { errs <- work().err }()
	select {
	case err := <-errs:
		if err != nil {
			return err
		}
	case <-started:
	}
	select {
	case <-expired:
		<-errs // want `receivesInBoth blocks for ever receiving from errs: that is the receive number 2`
		return nil
	case err := <-errs:
		return err
	}
}

func watch(ctx context.Context, in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		for {
			select {
			case n := <-in:
				out <- n
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func watches(ctx context.Context, in <-chan int) {
	for n := range watch(ctx, in) { // want `watches blocks for ever ranging over`
		_ = n
	}
}

func stream(bad error) (chan<- int, error) {
	if bad != nil {
		return nil, bad
	}
	ch := make(chan int, 10)
	go func() {
		for n := range ch { // ok: with an error, there is no channel
			_ = n
		}
	}()
	return ch, nil
}

func streams(bad error, list []int) error {
	out, err := stream(bad)
	if err != nil {
		return err
	}
	defer close(out)
	for _, n := range list {
		out <- n
	}
	return nil
}
