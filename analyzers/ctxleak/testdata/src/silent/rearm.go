package silent

import (
	"context"
	"time"
)

// The re-arm idiom of golang/go#25720: one deferred closure reads the
// variable when the function ends.
func okRearm(parent context.Context, ticks <-chan time.Time) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer func() { cancel() }()
	for range ticks {
		if err := use(ctx); err != nil {
			return err
		}
		cancel()
		ctx, cancel = context.WithTimeout(parent, d)
	}
	return nil
}

func okDeclaredFirst(parent context.Context) error {
	var cancel context.CancelFunc
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	ctx, cancel := context.WithCancel(parent)
	_ = cancel
	return use(ctx)
}

func okDeferredBeforeAssignment(parent context.Context) error {
	var ctx context.Context
	var cancel context.CancelFunc
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	ctx, cancel = context.WithCancel(parent)
	return use(ctx)
}

func okResetByClosure(parent context.Context) error {
	var ctx context.Context
	cancel := func() {}
	reset := func() {
		cancel()
		ctx, cancel = context.WithTimeout(parent, d)
	}
	reset()
	defer func() { cancel() }()
	for cond() {
		reset()
	}
	return use(ctx)
}

func okTimerCancels(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	time.AfterFunc(d, cancel)
	return use(ctx)
}

func okCancelledByOther(parent context.Context, quit <-chan struct{}) error {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		<-quit
		cancel()
	}()
	return use(ctx)
}

func okGoCancelDirectly(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	go cancel()
	return use(ctx)
}
