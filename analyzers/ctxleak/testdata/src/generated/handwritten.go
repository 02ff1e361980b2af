package generated

import (
	"context"
	"time"
)

func leakHandwritten(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, time.Second) // want `is discarded`
	return ctx.Err()
}
