package paths

import "context"

// When the context has ended by itself, its timer has fired and its parent
// has forgotten it: nothing is left to release.
func okAfterDone(parent context.Context, in <-chan job) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	select {
	case <-in:
		cancel()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func okAfterErr(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	use(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cancel()
	return nil
}

// The end of the parent is the end of the child.
func okAfterParentDone(parent context.Context, in <-chan job) error {
	_, cancel := context.WithCancel(parent) // ok
	select {
	case <-in:
		cancel()
		return nil
	case <-parent.Done():
		return parent.Err()
	}
}

func leakAfterOtherDone(parent, other context.Context, in <-chan job) error {
	_, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ in case <-other.Done\(\)`
	select {
	case <-in:
		cancel()
		return nil
	case <-other.Done():
		return other.Err()
	}
}
