// Package lost has release functions that some path does not call.
package lost

import "context"

func leakOnEarlyReturn(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line 9 when err != nil: the context and its timer stay until the deadline`
	if err := use(ctx); err != nil {
		return err
	}
	err := run(ctx, 1)
	cancel()
	return err
}

func okOnEarlyReturn(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	if err := use(ctx); err != nil {
		cancel()
		return err
	}
	err := run(ctx, 1)
	cancel()
	return err
}

func leakBeforeDefer(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ when cond\(\): the context stays registered`
	if cond() {
		return errStop
	}
	defer cancel()
	return use(ctx)
}

func okBeforeDefer(parent context.Context) error {
	if cond() {
		return errStop
	}
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	return use(ctx)
}

func leakOnlyOnError(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err == nil`
	err := use(ctx)
	if err != nil {
		cancel()
	}
	return err
}

func okOnBothBranches(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	err := use(ctx)
	if err != nil {
		cancel()
	} else {
		cancel()
	}
	return err
}

func leakFallsOffTheEnd(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when use\(ctx\) == nil`
	if use(ctx) != nil {
		cancel()
	}
}

func leakCause(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent) // want `cancel is not called before the return on line \d+ when cond\(\)`
	if cond() {
		return errStop
	}
	err := use(ctx)
	cancel(err)
	return err
}

func okCause(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent) // ok
	if cond() {
		cancel(errStop)
		return errStop
	}
	err := use(ctx)
	cancel(err)
	return err
}

// On the error path nobody gets the function.
func leakBeforeHandingOver(parent context.Context) (context.Context, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		return nil, nil, err
	}
	return ctx, cancel, nil
}

func okBeforeHandingOver(parent context.Context) (context.Context, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(parent) // ok
	if err := use(ctx); err != nil {
		cancel()
		return nil, nil, err
	}
	return ctx, cancel, nil
}

func leakBareReturn(parent context.Context) (err error) {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err != nil`
	if err = use(ctx); err != nil {
		return
	}
	cancel()
	return
}

func leakInSwitch(parent context.Context, n int) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ in case 2`
	switch n {
	case 1:
		cancel()
		return nil
	case 2:
		return errStop
	default:
		cancel()
	}
	return use(ctx)
}

func okInSwitch(parent context.Context, n int) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	switch n {
	case 1:
		cancel()
		return nil
	case 2:
		cancel()
		return errStop
	default:
		cancel()
	}
	return use(ctx)
}

func leakInTypeSwitch(parent context.Context, v any) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ in case error`
	switch v := v.(type) {
	case error:
		return v
	case string:
		cancel()
		return errStop
	}
	defer cancel()
	return use(ctx)
}

func okInTypeSwitch(parent context.Context, v any) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	switch v := v.(type) {
	case error:
		cancel()
		return v
	case string:
		cancel()
		return errStop
	}
	defer cancel()
	return use(ctx)
}

func leakInSelect(parent context.Context, quit, done chan struct{}) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ in case <-quit`
	select {
	case <-quit:
		return errStop
	case <-done:
	}
	cancel()
	return ctx.Err()
}

func okInSelect(parent context.Context, quit, done chan struct{}) error {
	ctx, cancel := context.WithCancel(parent) // ok
	select {
	case <-quit:
		cancel()
		return errStop
	case <-done:
	}
	cancel()
	return ctx.Err()
}

func leakByGoto(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ when use\(ctx\) != nil`
	if use(ctx) != nil {
		goto fail
	}
	cancel()
	return nil
fail:
	return errStop
}

func okByGoto(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	if use(ctx) != nil {
		goto out
	}
	if cond() {
		goto out
	}
out:
	cancel()
	return errStop
}

func leakGeneric[T any](parent context.Context, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err != nil`
	v, err := f(ctx)
	if err != nil {
		return v, err
	}
	cancel()
	return v, nil
}

func okGeneric[T any](parent context.Context, f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	v, err := f(ctx)
	cancel()
	if err != nil {
		return v, err
	}
	return v, nil
}

// A panic ends the path; the return does not.
func leakBesidePanic(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when use\(ctx\) == nil and cond\(\)`
	if use(ctx) != nil {
		panic("unusable")
	}
	if cond() {
		return errStop
	}
	cancel()
	return nil
}

func leakShadowedInBranch(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when cond\(\)`
	if cond() {
		ctx, cancel := context.WithTimeout(ctx, d) // ok
		defer cancel()
		return use(ctx)
	}
	cancel()
	return nil
}

func leakCopy(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when cond\(\)`
	var stop func() = cancel
	if cond() {
		return errStop
	}
	defer stop()
	return use(ctx)
}

func leakConditions(parent context.Context, a, b bool) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when b:`
	if a && b {
		return errStop
	}
	defer cancel()
	return use(ctx)
}
