package lost

import "context"

func leakOverwritten(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is overwritten|cancel, .* is never called`
	if err := use(ctx); err != nil {
		return err
	}
	ctx, cancel = context.WithTimeout(parent, 2*d) // ok
	defer cancel()
	return use(ctx)
}

func okReleasedBeforeOverwriting(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	use(ctx)
	cancel()
	ctx, cancel = context.WithTimeout(parent, 2*d) // ok
	defer cancel()
	return use(ctx)
}

func leakOverwrittenInBranch(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is overwritten on line \d+ before it is called when cond\(\)`
	if cond() {
		ctx, cancel = context.WithTimeout(parent, 2*d) // ok
	}
	defer cancel()
	return use(ctx)
}

func okOverwrittenInBranch(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	if cond() {
		cancel()
		ctx, cancel = context.WithTimeout(parent, 2*d) // ok
	}
	defer cancel()
	return use(ctx)
}

func leakOverwrittenCaptured(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is overwritten on line \d+ before it is called when cond\(\)`
	if cond() {
		ctx, cancel = context.WithTimeout(parent, 2*d) // ok
	}
	defer func() { cancel() }()
	return use(ctx)
}

func leakOverwrittenByNil(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when cond\(\)`
	if cond() {
		cancel = nil
	}
	if cancel != nil {
		defer cancel()
	}
	return use(ctx)
}

// One of two functions in one variable is always the right one.
func okEither(parent context.Context) error {
	var ctx context.Context
	var cancel context.CancelFunc
	if cond() {
		ctx, cancel = context.WithTimeout(parent, d) // ok
	} else {
		ctx, cancel = context.WithCancel(parent) // ok
	}
	defer cancel()
	return use(ctx)
}
