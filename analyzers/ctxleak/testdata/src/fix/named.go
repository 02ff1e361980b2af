package fix

import (
	"context"
	"fmt"
	"time"
)

func fixBlankUse(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `is never called`
	_ = cancel
	return use(ctx)
}

func fixBlankUseLater(parent context.Context) error {
	ctx, release := context.WithCancelCause(parent) // want `is never called`
	err := use(ctx)
	_ = release // for the linter
	return err
}

// A return comes before the blank use, which a deferred call there would miss.
func fixBlankUseTooLate(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `is never called`
	if err := use(ctx); err != nil {
		return err
	}
	_ = cancel
	return nil
}

func fixNeverCalledClosure(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `is never called`
	stop := func() { cancel() }
	_ = stop
	return use(ctx)
}

func fixSecondAcquisition(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	if err := use(ctx); err != nil {
		ctx, cancel = context.WithTimeout(parent, 2*d) // want `is never called`
		return use(ctx)
	}
	return nil
}

func fixEarlyReturn(parent context.Context) (*row, error) {
	ctx, cancel := context.WithTimeout(parent, d) // want `is not called before the return`
	r, err := load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	cancel()
	return r, nil
}

func fixLateDefer(parent context.Context, on bool) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `is not called before the return`
	if !on {
		return errStop
	}
	defer cancel()
	return use(ctx)
}

func fixCause(parent context.Context) error {
	ctx, cancel := context.WithCancelCause(parent) // want `is not called before the return`
	if err := use(ctx); err != nil {
		cancel(err)
		return err
	}
	return nil
}

func fixOverwritten(parent context.Context, again bool) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `is not called before the return|is overwritten`
	err := use(ctx)
	if again {
		ctx, cancel = context.WithTimeout(parent, 2*d)
		err = use(ctx)
	}
	cancel()
	return err
}

func fixBesideTrailingComment(parent context.Context, at time.Time) error {
	ctx, cancel := context.WithDeadline(parent, at) // want `is not called before the return`

	if use(ctx) != nil {
		return errStop
	}
	cancel()
	return nil
}
