// Package info has findings that the default options hide.
package info

import (
	"context"
	"testing"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

func infoBackground() error {
	ctx, _ := context.WithCancel(context.Background()) // want `the cancel function of context.WithCancel is discarded: nothing can end the context any more`
	return use(ctx)
}

func okBackground() error {
	ctx, cancel := context.WithCancel(context.Background()) // ok
	defer cancel()
	return use(ctx)
}

func infoLost() error {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

// The deferred call ends the parent and with it the child.
func infoParentDeferred(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	child, _ := context.WithTimeout(ctx, time.Second) // want `is discarded`
	return use(child)
}

func okParentDeferred(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	child, stop := context.WithTimeout(ctx, time.Second) // ok
	defer stop()
	return use(child)
}

func infoTestContext(t *testing.T) error {
	ctx, _ := context.WithCancel(t.Context()) // want `is discarded`
	return use(ctx)
}

// The release stands under a flag: whoever sets it may want that. Confidence
// is possible.

func leakDeferredConditionally(parent context.Context, own bool) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ when !own`
	if own {
		defer cancel()
	}
	return use(ctx)
}

// A test of one flag says nothing about another.
func leakUncorrelatedFlags(parent context.Context, limited, other bool) error {
	ctx, cancel := parent, context.CancelFunc(nil)
	if limited {
		ctx, cancel = context.WithTimeout(parent, time.Second) // want `cancel is not called before the return on line \d+ when !other`
	}
	err := use(ctx)
	if other {
		cancel()
	}
	return err
}
