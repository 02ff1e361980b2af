package fix

import (
	"context"
	"errors"
	"os"
	"os/signal"
)

func fixBlank(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return use(ctx)
}

func fixBlankStop(parent context.Context) error {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt) // want `is discarded`
	return use(ctx)
}

func fixBlankCause(parent context.Context) error {
	ctx, _ := context.WithCancelCause(parent) // want `is discarded`
	return use(ctx)
}

func fixBlankMultiLine(parent context.Context) error {
	ctx, _ := context.WithTimeout( // want `is discarded`
		parent,
		d,
	)
	return use(ctx)
}

func fixNestedBlock(parent context.Context, on bool) (*row, error) {
	if on {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return load(ctx)
	}
	return nil, nil
}

func fixInCase(parent context.Context, n int) error {
	switch n {
	case 0:
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return use(ctx)
	}
	return nil
}

func fixInSelect(parent context.Context, in chan job) error {
	select {
	case j := <-in:
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return perform(ctx, j)
	}
}

func fixInClosure(parent context.Context) func() error {
	return func() error {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return use(ctx)
	}
}

// The name is taken by a variable of the function.
func fixTakenByLocal(parent context.Context) error {
	other, cancel := context.WithTimeout(parent, d)
	defer cancel()
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return errors.Join(use(ctx), use(other))
}

// The name would hide the parameter from what comes later.
func fixTakenByParameter(parent context.Context, cancel bool) error {
	if !cancel {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		return use(ctx)
	}
	return errStop
}

// The name is declared further down, in the same scope.
func fixTakenLater(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	cancel := use(ctx)
	return cancel
}

// The package has a function of that name.
func fixTakenByPackage(parent context.Context) error {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt) // want `is discarded`
	return use(ctx)
}

// A field of that name is nobody's.
func fixNotTakenByField(parent context.Context, s struct{ cancel bool }) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	if s.cancel {
		return nil
	}
	return use(ctx)
}

func fixConfinedDerived(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	child, cancel := context.WithCancel(context.WithValue(ctx, job(0), 1))
	defer cancel()
	return use(child)
}

func fixConfinedReceive(parent context.Context, in chan job) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	select {
	case j := <-in:
		return perform(ctx, j)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func fixConfinedClosure(parent context.Context) (err error) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	func() { err = use(ctx) }()
	return err
}

func fixConfinedLiteral(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return func(ctx context.Context) error { return use(ctx) }(ctx)
}

type doer interface {
	Do(context.Context) (int, error)
}

func fixConfinedInterface(parent context.Context, client doer) (int, error) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return client.Do(ctx)
}
