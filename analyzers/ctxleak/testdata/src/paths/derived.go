package paths

import "context"

// The finding is about the blank, not about the variable cancel, which
// belongs to the parent; the message must not say "cancel is not called".
// The parent is released, but only on one of two paths.
func leakDerived(parent context.Context) (context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(parent) // ok
	child, _ := context.WithTimeout(ctx, d)   // want `is discarded`
	if err := use(child); err != nil {
		cancel()
		return nil, err
	}
	return cancel, nil
}
