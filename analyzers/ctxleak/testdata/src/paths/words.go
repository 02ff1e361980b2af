package paths

import "context"

// The case has no statement that would tell which one it is.
func leakOnBreak(parent context.Context, quit, done <-chan bool) {
loop:
	for {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+: `
		use(ctx)
		select {
		case <-done:
		case <-quit:
			break loop
		}
		cancel()
	}
}

// There is a call before the return, but of the second function: say where the
// first one is overwritten, as is said where a closure captures the variable.
func leakOverwritten(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is overwritten on line \d+ before it is called when cond\(\)`
	if cond() {
		ctx, cancel = context.WithTimeout(parent, 2*d) // ok
	}
	defer cancel()
	return use(ctx)
}

// Operands that are plain variables have no position in SSA.
func leakConditions(parent context.Context, a, b bool) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when b`
	if a && b {
		return errStop
	}
	defer cancel()
	return use(ctx)
}

// What is decided after the overwriting does not matter.
func leakOverwrittenEarly(parent context.Context, limited bool) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is overwritten on line \d+ before it is called when limited:`
	if limited {
		ctx, cancel = context.WithTimeout(parent, d) // ok
	}
	defer cancel()
	if err := use(ctx); err != nil {
		return err
	}
	return nil
}
