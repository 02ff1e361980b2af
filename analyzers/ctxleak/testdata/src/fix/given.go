package fix

import "context"

func register(name string, cancel context.CancelFunc) {}

func given(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is given to register, which neither calls nor keeps it`
	register("x", cancel)
	return use(ctx)
}
