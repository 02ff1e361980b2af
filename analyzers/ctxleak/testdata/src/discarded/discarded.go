// Package discarded has release functions that nothing calls.
package discarded

import (
	"context"
	"os"
	"os/signal"
	"time"
)

func leakBlankCancel(parent context.Context) error {
	ctx, _ := context.WithCancel(parent) // want `the cancel function of context.WithCancel is discarded: the context stays registered with its parent until that ends`
	return use(ctx)
}

func leakBlankTimeout(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `the cancel function of context.WithTimeout is discarded: the context and its timer stay until the deadline`
	return use(ctx)
}

func leakBlankTimeoutCause(parent context.Context) error {
	ctx, _ := context.WithTimeoutCause(parent, d, errCause) // want `of context.WithTimeoutCause is discarded`
	return use(ctx)
}

func leakBlankDeadline(parent context.Context) error {
	ctx, _ := context.WithDeadline(parent, time.Now().Add(d)) // want `of context.WithDeadline is discarded`
	return use(ctx)
}

func leakBlankDeadlineCause(parent context.Context) error {
	ctx, _ := context.WithDeadlineCause(parent, time.Now().Add(d), errCause) // want `of context.WithDeadlineCause is discarded`
	return use(ctx)
}

func leakBlankCancelCause(parent context.Context) error {
	ctx, _ := context.WithCancelCause(parent) // want `the cancel function of context.WithCancelCause is discarded`
	return use(ctx)
}

func leakBlankStop(parent context.Context) error {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt) // want `the stop function of signal.NotifyContext is discarded: the signals stay redirected for as long as the process runs`
	return use(ctx)
}

func okDeferred(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	return use(ctx)
}

func okDeferredCause(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent) // ok
	defer cancel(errCause)
	return use(ctx)
}

func okDeferredStop(parent context.Context) error {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt) // ok
	defer stop()
	return use(ctx)
}

func leakBlankAssigned(ctx context.Context) error {
	ctx, _ = context.WithTimeout(ctx, d) // want `is discarded`
	return use(ctx)
}

func leakBlankVar(parent context.Context) error {
	var ctx, _ = context.WithTimeout(parent, d) // want `is discarded`
	return use(ctx)
}

func okVar(parent context.Context) error {
	var ctx, cancel = context.WithTimeout(parent, d) // ok
	defer cancel()
	return use(ctx)
}

func leakBothBlank(parent context.Context) {
	_, _ = context.WithTimeout(parent, d) // want `is discarded`
}

func leakIgnoredResults(parent context.Context) {
	context.WithTimeout(parent, d) // want `is discarded`
}

func okOnlyCancel(parent context.Context) {
	_, cancel := context.WithTimeout(parent, d) // want `the context that context.WithTimeout returns is never used`
	cancel()
}

func leakMultiLine(parent context.Context) error {
	ctx, _ := context.WithTimeout( // want `is discarded`
		parent,
		d,
	)
	return use(ctx)
}

// Shape 1 of the corpus: a blank use is no use.
func leakBlankUse(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // want `cancel, the cancel function of context.WithCancel, is never called`
	_ = cancel
	go worker(ctx)
}

func leakRenamed(parent context.Context) error {
	ctx, done := context.WithTimeout(parent, d) // want `done, the cancel function of context.WithTimeout, is never called`
	_ = done
	return use(ctx)
}

func leakOnlyCompared(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	if cancel != nil {
		return use(ctx)
	}
	return nil
}

func okCompared(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	err := use(ctx)
	if cancel != nil {
		cancel()
	}
	return err
}

func leakCopied(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	stop := cancel
	_ = stop
	return use(ctx)
}

func okCopied(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	stop := cancel
	defer stop()
	return use(ctx)
}

func leakConverted(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	var stop func() = cancel
	_ = stop
	return use(ctx)
}

func okConverted(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	var stop func() = cancel
	err := use(ctx)
	stop()
	return err
}

func leakBoxed(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	var box any = cancel
	_ = box
	return use(ctx)
}

// Shape 13: the deferred call is that of the first function.
func leakDeferredTooEarly(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	if err := use(ctx); err != nil {
		ctx, cancel = context.WithTimeout(parent, 2*d) // want `cancel, .* is never called`
		return use(ctx)
	}
	return nil
}

func okDeferredBoth(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	if err := use(ctx); err != nil {
		ctx, cancel = context.WithTimeout(parent, 2*d) // ok
		defer cancel()
		return use(ctx)
	}
	return nil
}

func leakReusedVariable(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)
	err := use(ctx)
	cancel()
	if err != nil {
		ctx, cancel = context.WithTimeout(parent, 2*d) // want `cancel, .* is never called`
		err = use(ctx)
	}
	return err
}

func okReusedVariable(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	err := use(ctx)
	cancel()
	if err != nil {
		ctx, cancel = context.WithTimeout(parent, 2*d) // ok
		err = use(ctx)
		cancel()
	}
	return err
}

func leakShadowed(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	if err := use(ctx); err != nil {
		ctx, cancel := context.WithTimeout(parent, 2*d) // want `cancel, .* is never called`
		_ = cancel
		return use(ctx)
	}
	return nil
}

func okShadowed(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	if err := use(ctx); err != nil {
		ctx, cancel := context.WithTimeout(parent, 2*d) // ok
		defer cancel()
		return use(ctx)
	}
	return nil
}

func leakGeneric[T any](parent context.Context, f func(context.Context) T) T {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return f(ctx)
}

func okGeneric[T any](parent context.Context, f func(context.Context) T) T {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	return f(ctx)
}

type client struct{ parent context.Context }

func (c *client) leakInMethod() error {
	ctx, _ := context.WithTimeout(c.parent, d) // want `is discarded`
	return use(ctx)
}

func (c client) okInMethod() error {
	ctx, cancel := context.WithTimeout(c.parent, d) // ok
	defer cancel()
	return use(ctx)
}

// Literals in package-level initialisers are functions like any other.
var leakInPackageLiteral = func(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return use(ctx)
}

var okInPackageLiteral = func(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	return use(ctx)
}

func leakInHeader(parent context.Context) error {
	if ctx, _ := context.WithTimeout(parent, d); use(ctx) != nil { // want `is discarded`
		return errCause
	}
	return nil
}

func okInHeader(parent context.Context) error {
	if ctx, cancel := context.WithTimeout(parent, d); use(ctx) != nil { // ok
		cancel()
		return errCause
	} else {
		cancel()
	}
	return nil
}

func leakInCase(parent context.Context, n int) error {
	switch n {
	case 0:
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return use(ctx)
	}
	return nil
}

func leakInRangeFunc(parent context.Context, seq func(func(int) bool)) {
	for range seq {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		use(ctx)
	}
}

func okInRangeFunc(parent context.Context, seq func(func(int) bool)) {
	for range seq {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		use(ctx)
		cancel()
	}
}

func leakDerived(parent context.Context) error {
	ctx, _ := context.WithCancel(parent)    // want `is discarded`
	child, _ := context.WithTimeout(ctx, d) // want `is discarded`
	return use(child)
}

func okDerived(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	child, _ := context.WithTimeout(ctx, d)   // ok
	err := use(child)
	cancel()
	return err
}
