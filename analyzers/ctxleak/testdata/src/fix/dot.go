package fix

import . "context"

func fixDotImport(ctx Context, limited bool) error {
	if limited {
		ctx, _ = WithTimeout(ctx, d) // want `is discarded`
	}
	return use(ctx)
}
