package discarded

import stdctx "context"

func leakRenamedImport(parent stdctx.Context) error {
	ctx, _ := stdctx.WithTimeout(parent, d) // want `the cancel function of context.WithTimeout is discarded`
	return use(ctx)
}

func okRenamedImport(parent stdctx.Context) error {
	ctx, cancel := stdctx.WithTimeout(parent, d) // ok
	defer cancel()
	return use(ctx)
}
