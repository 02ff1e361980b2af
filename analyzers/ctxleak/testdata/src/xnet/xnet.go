package xnet

import "golang.org/x/net/context"

func leak(parent context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := work(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

func ok(parent context.Context, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	return work(ctx)
}
