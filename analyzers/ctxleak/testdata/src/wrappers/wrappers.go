// Package wrappers calls functions of another package that return release
// functions. It does not import context for them.
package wrappers

import (
	"context"

	"example.com/lib/wrapped"
)

func use(context.Context) error { return nil }

func leakDiscarded(parent context.Context) error {
	ctx, _ := wrapped.New(parent) // want `the cancel function of wrapped.New is discarded`
	return use(ctx)
}

func okDeferred(parent context.Context) error {
	ctx, cancel := wrapped.New(parent) // ok
	defer cancel()
	return use(ctx)
}

func leakOnPath(parent context.Context) error {
	ctx, cancel := wrapped.New(parent) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

func leakFirstResult(parent context.Context) error {
	_, ctx := wrapped.Sub(parent) // want `the cancel function of wrapped.Sub is discarded`
	return use(ctx)
}

func okFirstResult(parent context.Context) error {
	stop, ctx := wrapped.Sub(parent) // ok
	defer stop()
	return use(ctx)
}

func leakJoined(a, b context.Context) error {
	ctx, _ := wrapped.Join(a, b) // want `the cancel function of wrapped.Join is discarded: what the context holds stays`
	return use(ctx)
}

func okJoined(a, b context.Context) error {
	ctx, cancel := wrapped.Join(a, b) // ok
	defer cancel()
	return use(ctx)
}

// What they return, somebody else knows and calls.
func okKnownElsewhere(parent context.Context) error {
	ctx, _ := wrapped.Remember("a", parent) // ok
	ctx, _ = wrapped.Lookup("a")            // ok
	return use(ctx)
}

func leakTry(parent context.Context) error {
	ctx, cancel, err := wrapped.Try(parent, true) // want `cancel is not called before the return on line \d+ when err == nil and use\(ctx\) != nil`
	if err != nil {
		return err
	}
	if use(ctx) != nil {
		return context.Canceled
	}
	cancel()
	return nil
}

func okTry(parent context.Context) error {
	ctx, cancel, err := wrapped.Try(parent, true) // ok
	if err != nil {
		return err
	}
	defer cancel()
	return use(ctx)
}

func leakIgnored(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is given to wrapped.Register, which neither calls nor keeps it`
	wrapped.Register("x", cancel)
	return use(ctx)
}

func okKept(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	wrapped.Keep(cancel)
	return use(ctx)
}

func okDone(parent context.Context) error {
	return use(wrapped.Done(parent)) // ok
}

// A wrapper of a wrapper in the same package.
func local(parent context.Context) (context.Context, context.CancelFunc) {
	return wrapped.New(parent) // ok
}

func leakLocal(parent context.Context) error {
	ctx, _ := local(parent) // want `the cancel function of wrappers.local is discarded`
	return use(ctx)
}

func okLocal(parent context.Context) error {
	ctx, cancel := local(parent) // ok
	defer cancel()
	return use(ctx)
}
