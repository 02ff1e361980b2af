package fix

import stdctx "context"

func fixRenamedImport(ctx stdctx.Context, limited bool) error {
	if limited {
		ctx, _ = stdctx.WithTimeout(ctx, d) // want `is discarded`
	}
	return use(ctx)
}
