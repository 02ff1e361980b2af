package shapes

import (
	"context"
	"time"
)

// Shape 23: a loop that sleeps and never looks at its context.
func sleeps(ctx context.Context, check func()) {
	for {
		check()
		time.Sleep(time.Minute) // off: want `the loop goes on sleeping when ctx has ended: nothing in it looks at ctx`
	}
}

func okSleeps(ctx context.Context, check func()) {
	for ctx.Err() == nil {
		check()
		time.Sleep(time.Minute) // ok
	}
}

func okBackoff(ctx context.Context, check func(context.Context) error) {
	for check(ctx) != nil {
		time.Sleep(time.Minute) // ok: check looks at ctx
	}
}

// Shape 24: a context as a timer.
func contextAsTimer(parent context.Context, in chan message, handle func(message)) {
	for {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // off: want `each round makes a context only to wait for its deadline`
		select {
		case m := <-in:
			handle(m)
		case <-ctx.Done():
		}
		cancel()
	}
}

func okContext(parent context.Context, in chan message, handle func(context.Context, message)) {
	for m := range in {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // ok
		handle(ctx, m)
		cancel()
	}
}
