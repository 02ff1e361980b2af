// Package fix has findings that a fix removes.
package fix

import (
	"context"
	"errors"
	"time"
)

const d = time.Second

var errStop = errors.New("stop")

type job int

type row struct {
	id   int
	name string
	tags []string
	at   time.Time
	next *row
}

func use(ctx context.Context) error { return ctx.Err() }

func perform(ctx context.Context, j job) error { return use(ctx) }

func load(ctx context.Context) (*row, error) { return &row{at: time.Now()}, use(ctx) }
