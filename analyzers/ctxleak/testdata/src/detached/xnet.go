package detached

import (
	"context"

	xnet "golang.org/x/net/context"
)

func warnXnet(ctx context.Context, s store) error {
	return s.Load(xnet.Background(), "x") // want `this call gets context.Background although ctx is at hand`
}

func okXnet(s store) error {
	return s.Load(xnet.Background(), "x") // ok: there is no other
}

func okWithoutCancel(ctx context.Context, s store) error {
	return s.Load(context.WithoutCancel(ctx), "x") // ok: on purpose
}
