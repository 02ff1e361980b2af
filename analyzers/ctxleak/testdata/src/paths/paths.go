// Package paths has cases in which the way to an exit decides.
package paths

import (
	"context"
	"errors"
	"time"
)

const d = time.Second

var errStop = errors.New("stop")

type job int

func run(ctx context.Context, j job) error { return ctx.Err() }

func use(ctx context.Context) error { return ctx.Err() }

func cond() bool { return time.Now().IsZero() }
