package fix

import "context"

func stop() {}

// A parameter belongs to the scope of the body: := reuses it.
func fixParameter(ctx context.Context) error {
	ctx, _ = context.WithTimeout(ctx, d) // want `is discarded`
	return use(ctx)
}

func fixSameScope(parent context.Context) error {
	var ctx context.Context
	ctx, _ = context.WithTimeout(parent, d) // want `is discarded`
	return use(ctx)
}

// Here := would declare another ctx.
func fixOuterScope(ctx context.Context, limited bool) error {
	if limited {
		ctx, _ = context.WithTimeout(ctx, d) // want `is discarded`
	}
	return use(ctx)
}

func fixOuterScopeCause(ctx context.Context, limited bool) error {
	if limited {
		ctx, _ = context.WithCancelCause(ctx) // want `is discarded`
	}
	return use(ctx)
}

// Two fixes in one list must not declare one variable twice.
func fixTwice(ctx context.Context) error {
	ctx, _ = context.WithTimeout(ctx, d) // want `is discarded`

	ctx, _ = context.WithCancel(ctx) // want `is discarded`
	return use(ctx)
}

// The variable of the outer function is used after the inner one.
func fixOuterFunction(ctx context.Context) error {
	return func() error {
		ctx := ctx
		{
			ctx, _ = context.WithTimeout(ctx, d) // want `is discarded`
		}
		return use(ctx)
	}()
}
