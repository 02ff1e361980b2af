package discarded // want package:"carries release functions"

import "context"

// Shape 11 of the corpus.
func leakClosureNeverCalled(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	stop := func() { cancel() }
	_ = stop
	return use(ctx)
}

func okClosureCalled(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	stop := func() { cancel() }
	err := use(ctx)
	stop()
	return err
}

func okClosureDeferred(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer func() { cancel() }()
	return use(ctx)
}

func okClosureReturned(parent context.Context) (error, func()) {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	return use(ctx), func() { cancel() }
}

func okClosureInGoroutine(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	go func() {
		defer cancel()
		worker(ctx)
	}()
}

func leakClosureIgnoresIt(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	func() { _ = cancel }()
	return use(ctx)
}

func okClosurePassesItOn(parent context.Context, keep func(func())) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	func() { keep(cancel) }()
	return use(ctx)
}

func leakNestedClosureNeverCalled(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	outer := func() {
		inner := func() { cancel() }
		inner()
	}
	_ = outer
	return use(ctx)
}

func okNestedClosureCalled(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	outer := func() {
		inner := func() { cancel() }
		inner()
	}
	err := use(ctx)
	outer()
	return err
}

func leakInsideClosure(parent context.Context) func() error {
	return func() error {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return use(ctx)
	}
}

func okInsideClosure(parent context.Context) func() error {
	return func() error {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		defer cancel()
		return use(ctx)
	}
}

func leakClosureMadeTwice(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel, .* is never called`
	stop := func() { cancel() }
	stop = func() {}
	stop()
	return use(ctx)
}
