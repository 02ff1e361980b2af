// Package unused makes contexts that nobody uses.
package unused

import (
	"context"
	"os"
	"os/signal"
	"time"
)

const d = time.Second

func use(ctx context.Context) error { return ctx.Err() }

func warnBlank(ctx context.Context) error {
	_, cancel := context.WithTimeout(ctx, d) // want `the context that context.WithTimeout returns is never used, so the time limit has no effect; pass it to the calls that it is for`
	defer cancel()
	return use(ctx)
}

func warnAssigned(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, d) // want `bounded that context.WithTimeout returns is never used, so the time limit has no effect`
	defer cancel()
	_ = bounded
	return use(ctx)
}

func okUsed(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, d) // ok
	defer cancel()
	return use(bounded)
}

func warnTooLate(ctx context.Context, done func() bool) error {
	err := use(ctx)
	ctx, cancel := context.WithTimeout(ctx, d) // want `ctx that context.WithTimeout returns is never used`
	defer cancel()
	return err
}

func okNextRound(ctx context.Context, n int) {
	for range n {
		use(ctx)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d) // want `each round derives ctx`
		defer func() { cancel() }()
	}
}

func okCaptured(ctx context.Context) (err error) {
	defer func() { err = use(ctx) }()
	ctx, cancel := context.WithTimeout(ctx, d) // ok
	defer cancel()
	return nil
}

func infoCancel(ctx context.Context) error {
	_, cancel := context.WithCancel(ctx) // want `the context that context.WithCancel returns is never used, so calling cancel ends nothing`
	defer cancel()
	return use(ctx)
}

func okOnlyCancelWanted(ctx context.Context, keep func(context.CancelFunc)) {
	_, cancel := context.WithTimeout(ctx, d) // ok
	keep(cancel)
}

func okReturned(ctx context.Context) func() {
	_, cancel := context.WithTimeout(ctx, d) // ok
	return cancel
}

func okSignals(ctx context.Context) error {
	_, stop := signal.NotifyContext(ctx, os.Interrupt) // ok
	defer stop()
	return use(ctx)
}
