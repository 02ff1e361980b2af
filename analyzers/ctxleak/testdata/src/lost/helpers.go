package lost

import (
	"context"
	"errors"
	"time"
)

const d = time.Second

var errStop = errors.New("stop")

func use(ctx context.Context) error { return ctx.Err() }

func cond() bool { return time.Now().IsZero() }

type job int

func run(ctx context.Context, j job) error { return ctx.Err() }
