// Package circular has cancel functions that are called only after a wait for
// the end of their context, and others.
package circular

import (
	"context"
	"sync"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

func cond() bool { return time.Now().IsZero() }

// Shape 12 of the corpus.
func errorInGoroutine() {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after line \d+ has waited for that: nothing else can end ctx, so both wait for ever`
	go func() {
		<-ctx.Done()
		cancel()
	}()
	use(ctx)
}

func okInGoroutine(quit chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background()) // ok
	go func() {
		<-quit
		cancel()
	}()
	use(ctx)
	<-ctx.Done()
}

func errorDeferred() error {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after`
	defer cancel()
	go use(ctx)
	<-ctx.Done()
	return ctx.Err()
}

func okDeferred(quit chan struct{}) error {
	ctx, cancel := context.WithCancel(context.Background()) // ok: quit ends the wait
	defer cancel()
	select {
	case <-ctx.Done():
	case <-quit:
	}
	return ctx.Err()
}

func errorDeferredInLoop(in chan int) {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after`
	defer cancel()
	for {
		select {
		case n := <-in:
			println(n)
		case <-ctx.Done():
			return
		}
	}
}

func okClosed(in chan int) {
	ctx, cancel := context.WithCancel(context.Background()) // ok: the end of in ends the loop
	defer cancel()
	for {
		select {
		case _, ok := <-in:
			if !ok {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func errorJoined() {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after line \d+ has waited for a goroutine that ends only with ctx`
	var wg sync.WaitGroup
	wg.Go(func() {
		use(ctx)
		<-ctx.Done()
	})
	wg.Wait()
	cancel()
}

func okJoined() {
	ctx, cancel := context.WithCancel(context.Background()) // ok
	var wg sync.WaitGroup
	wg.Go(func() {
		use(ctx)
		<-ctx.Done()
	})
	cancel()
	wg.Wait()
}

func errorJoinedDeferred(in chan int) {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after`
	defer cancel()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			select {
			case <-in:
			case <-ctx.Done():
				return
			}
		}
	}()
	wg.Wait()
}

func okJoinedEnds(in chan int) {
	ctx, cancel := context.WithCancel(context.Background()) // ok: the goroutine ends by itself too
	defer cancel()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		select {
		case <-in:
		case <-ctx.Done():
		}
	}()
	wg.Wait()
}

func okOtherGroup() {
	ctx, cancel := context.WithCancel(context.Background()) // ok
	defer cancel()
	var watchers, workers sync.WaitGroup
	watchers.Go(func() { <-ctx.Done() })
	workers.Go(func() { use(ctx) })
	workers.Wait()
}

func errorInFunction() {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after`
	go watch(ctx, cancel)
	use(ctx)
}

func watch(ctx context.Context, cancel context.CancelFunc) {
	defer cancel()
	<-ctx.Done()
}

func errorPolled(in chan int) {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after`
	defer cancel()
	for {
		if err := ctx.Err(); err != nil {
			return
		}
		<-in
	}
}

func errorCalledAfterwards() {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel, which is to end ctx, is called on line \d+ only after`
	<-ctx.Done()
	func() { cancel() }()
}

func okOneOfTwo(quit chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background()) // ok: the second call needs no wait
	go func() {
		<-ctx.Done()
		cancel()
	}()
	<-quit
	cancel()
}

func okOnAPath() {
	ctx, cancel := context.WithCancel(context.Background()) // ok: a path to the return does not wait
	defer cancel()
	if cond() {
		<-ctx.Done()
	}
}

func okHandedOn(keep func(func())) {
	ctx, cancel := context.WithCancel(context.Background()) // ok: keep may call it
	keep(cancel)
	defer cancel()
	<-ctx.Done()
}

type server struct{ stop func() }

func (s *server) okStored() {
	ctx, cancel := context.WithCancel(context.Background()) // ok: somebody may call s.stop
	s.stop = cancel
	defer cancel()
	<-ctx.Done()
}

func (s *server) okStoredInLiteral() {
	ctx, cancel := context.WithCancel(context.Background()) // ok
	s.stop = func() { cancel() }
	defer cancel()
	<-ctx.Done()
}

func okReassigned() {
	ctx, cancel := context.WithCancel(context.Background()) // ok: what cancel is then, nobody knows
	if cond() {
		cancel = func() {}
	}
	defer cancel()
	<-ctx.Done()
}

// The parent ends it, and to wait for that may be all that is wanted.
func okParent(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	<-ctx.Done()
}

func okDeadline() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // ok
	go func() {
		<-ctx.Done()
		cancel()
	}()
	use(ctx)
}
