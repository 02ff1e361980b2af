package discarded

import (
	"context"
	"errors"
	"time"
)

const d = time.Second

var errCause = errors.New("cause")

func use(ctx context.Context) error { return ctx.Err() }

func worker(ctx context.Context) { <-ctx.Done() }
