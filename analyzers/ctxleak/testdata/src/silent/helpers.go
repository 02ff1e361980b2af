package silent

import (
	"context"
	"errors"
	"time"
)

const d = time.Second

var errStop = errors.New("stop")

func use(ctx context.Context) error { return ctx.Err() }

func cond() bool { return time.Now().IsZero() }

func keep(...func()) {}
