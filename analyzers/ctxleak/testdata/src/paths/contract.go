package paths

import "context"

type result struct{}

func load(context.Context) (*result, error) { return nil, nil }

// No error and no result: that does not happen.
func okNeitherErrorNorResult(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	r, err := load(ctx)
	if err != nil {
		cancel()
		return err
	}
	if r == nil {
		return errStop
	}
	cancel()
	return nil
}

func leakNoResult(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when r == nil`
	r, _ := load(ctx)
	if r == nil {
		return errStop
	}
	cancel()
	return nil
}
