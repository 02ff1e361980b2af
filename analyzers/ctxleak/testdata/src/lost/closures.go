package lost

import "context"

func leakClosureCalledOnOnePath(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err == nil`
	stop := func() { cancel() }
	err := use(ctx)
	if err != nil {
		stop()
	}
	return err
}

func okClosureCalledOnBothPaths(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	stop := func() { cancel() }
	err := use(ctx)
	if err != nil {
		stop()
		return err
	}
	stop()
	return nil
}

func leakClosureDeferredTooLate(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when cond\(\)`
	if cond() {
		return errStop
	}
	defer func() { cancel() }()
	return use(ctx)
}

func okClosureDeferredFirst(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer func() { cancel() }()
	if cond() {
		return errStop
	}
	return use(ctx)
}

func leakInClosure(parent context.Context) func() error {
	return func() error {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err != nil`
		if err := use(ctx); err != nil {
			return err
		}
		cancel()
		return nil
	}
}

func leakGoroutineOnOnePath(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when cond\(\)`
	if cond() {
		return
	}
	go func() {
		use(ctx)
		cancel()
	}()
}

func okGoroutineOnEachPath(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	if cond() {
		cancel()
		return
	}
	go func() {
		use(ctx)
		cancel()
	}()
}

// A path is lost although another one hands the function over.
func leakBesideHandedOver(parent context.Context, keep func(context.CancelFunc)) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when cond\(\)`
	if cond() {
		return errStop
	}
	keep(cancel)
	return use(ctx)
}
