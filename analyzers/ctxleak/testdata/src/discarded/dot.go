package discarded

import . "context"

func leakDotImport(parent Context) error {
	ctx, _ := WithTimeout(parent, d) // want `the cancel function of context.WithTimeout is discarded`
	return use(ctx)
}

func okDotImport(parent Context) error {
	ctx, cancel := WithTimeout(parent, d) // ok
	defer cancel()
	return use(ctx)
}

// A function of the same name is not the producer.
func WithCancelOf(parent Context) (Context, CancelFunc) { return WithCancel(parent) } // want WithCancelOf:"result 1 is a live parent"
