package paths

import (
	"context"
	"os"
	"os/signal"
)

// The end of the parent does not give the signals back: only stop does.
func leakStopUnderDeferredParent(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	sig, _ := signal.NotifyContext(ctx, os.Interrupt) // want `the stop function of signal.NotifyContext is discarded`
	return use(sig)
}

func leakStopUnderReleasedParent(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)        // ok
	sig, stop := signal.NotifyContext(ctx, os.Interrupt) // want `stop is not called before the return on line \d+ when cond\(\)`
	if cond() {
		cancel()
		return errStop
	}
	err := use(sig)
	stop()
	cancel()
	return err
}
