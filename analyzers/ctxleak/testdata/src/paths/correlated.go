package paths

import (
	"context"
	"time"
)

// Conditions that held before the acquisition hold after it.

func okCorrelatedFlags(parent context.Context, limited bool) error {
	ctx, cancel := parent, context.CancelFunc(nil)
	if limited {
		ctx, cancel = context.WithTimeout(parent, d) // ok
	}
	err := use(ctx)
	if limited {
		cancel()
	}
	return err
}

func leakOneOfEither(parent context.Context) error {
	var ctx context.Context
	var cancel context.CancelFunc
	limited := cond()
	if limited {
		ctx, cancel = context.WithTimeout(parent, d) // ok
	} else {
		ctx, cancel = context.WithCancel(parent) // want `cancel is not called before|cancel, .* is never called`
	}
	if limited {
		defer cancel()
	}
	return use(ctx)
}

func okCorrelatedTwice(parent context.Context, timeout time.Duration) error {
	ctx := parent
	var cancel func()
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(parent, timeout)
	}
	if err := use(ctx); err != nil {
		if timeout > 0 {
			cancel()
		}
		return err
	}
	if timeout > 0 {
		cancel()
	}
	return nil
}

func okSwitchTwice(parent context.Context, mode string) error {
	ctx := parent
	var cancel func()
	switch mode {
	case "limited":
		ctx, cancel = context.WithTimeout(parent, d)
	}
	err := use(ctx)
	if mode == "limited" {
		cancel()
	}
	return err
}
