// Package deferloop defers cancel functions in loops.
package deferloop

import (
	"context"
	"errors"
	"time"
)

const d = time.Second

func use(ctx context.Context, n int) error { return ctx.Err() }

type conn struct{}

func dial(ctx context.Context) (*conn, error) { return nil, ctx.Err() }

func infoRange(parent context.Context, list []int) {
	for _, n := range list {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `cancel is deferred in a loop: every round leaves one more context and timer until infoRange returns; call it at the end of the round, or make the round a function of its own`
		use(ctx, n)
	}
}

func okOwnFunction(parent context.Context, list []int) {
	for _, n := range list {
		func() {
			ctx, cancel := context.WithTimeout(parent, d)
			defer cancel() // ok
			use(ctx, n)
		}()
	}
}

func okCalled(parent context.Context, list []int) {
	for _, n := range list {
		ctx, cancel := context.WithTimeout(parent, d)
		use(ctx, n)
		cancel() // ok
	}
}

// The shape of minio's heartBeat.
func errorEvents(parent context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ticks:
			ctx, stop := context.WithCancel(parent)
			defer stop() // want `stop is deferred in a loop: every round leaves one more context registered with its parent until errorEvents returns`
			use(ctx, 0)
		case <-parent.Done():
			return
		}
	}
}

func errorEndless(parent context.Context) {
	for {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `every round leaves one more context and timer for ever, because the loop never ends`
		use(ctx, 0)
	}
}

func errorChannel(parent context.Context, jobs <-chan int) {
	for n := range jobs {
		ctx, cancel := context.WithTimeout(parent, d)
		defer func() { cancel() }() // want `cancel is deferred in a loop`
		use(ctx, n)
	}
}

func warnRangeFunc(parent context.Context, seq func(func(int) bool)) {
	for n := range seq {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `until warnRangeFunc returns`
		use(ctx, n)
	}
}

func warnRetry(parent context.Context) error {
	for {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `cancel is deferred in a loop`
		if err := use(ctx, 0); err == nil {
			return nil
		}
	}
}

// The deadline has released what the next round follows.
func infoExpired() error {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel() // want `cancel is deferred in a loop`
		switch err := use(ctx, 0); err {
		case context.DeadlineExceeded:
			use(ctx, 1)
		default:
			return err
		}
	}
}

func warnOtherwise() error {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel() // want `cancel is deferred in a loop`
		if err := use(ctx, 0); errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

func infoFewRounds(parent context.Context) {
	for i := 0; i < 3; i++ {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `cancel is deferred in a loop`
		use(ctx, i)
	}
}

// The function returns at once, so there is no next round.
func okLeavesLoop(parent context.Context, list []int) error {
	for _, n := range list {
		if n > 0 {
			ctx, cancel := context.WithTimeout(parent, d)
			defer cancel() // ok
			return use(ctx, n)
		}
	}
	return nil
}

func okBeforeLoop(parent context.Context, list []int) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel() // ok
	for _, n := range list {
		use(ctx, n)
	}
}

// The goroutines of all rounds go on until the function returns.
func okGoroutines(parent context.Context, list []int, wait func()) {
	for _, n := range list {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // ok
		go use(ctx, n)
	}
	wait()
}

func okHandedClosures(parent context.Context, list []int, run func(func() error)) {
	for _, n := range list {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // ok
		run(func() error { return use(ctx, n) })
	}
}

func okCollected(parent context.Context, list []int) {
	var all []context.Context
	for range list {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // ok
		all = append(all, ctx)
	}
	for _, ctx := range all {
		<-ctx.Done()
	}
}

// The connections are used after the loop, and may need their contexts.
func possibleProduct(parent context.Context, list []int) []*conn {
	var conns []*conn
	for range list {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `cancel is deferred in a loop`
		c, err := dial(ctx)
		if err == nil {
			conns = append(conns, c)
		}
	}
	return conns
}

// The shape of receptor's control session: nothing but the deferred calls
// keeps the contexts.
func infoBackground(next func() bool) {
	for next() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel() // want `every round leaves one more context and pending call until infoBackground returns`
		use(ctx, 0)
	}
}

// The shape of net's dialSerial: the first address that answers ends it.
func infoTries(parent context.Context, list []int) error {
	var last error
	for _, n := range list {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `cancel is deferred in a loop`
		if last = use(ctx, n); last == nil {
			return nil
		}
	}
	return last
}

func warnRangeCancel(parent context.Context, list []int) {
	for _, n := range list {
		ctx, cancel := context.WithCancel(parent)
		defer cancel() // want `cancel is deferred in a loop`
		use(ctx, n)
	}
}

// The shape of sftpgo's sqlCommonGetGroupsWithNames: the bound is no count.
func warnBatches(parent context.Context, list []int) {
	for len(list) > 0 {
		ctx, cancel := context.WithTimeout(parent, d)
		defer cancel() // want `cancel is deferred in a loop`
		use(ctx, list[0])
		list = list[1:]
	}
}
