// Package restart starts things twice.
package restart

import (
	"context"
	"errors"
	"sync"
	"time"
)

type server struct {
	cancel  context.CancelFunc
	running bool
	once    sync.Once
}

func (s *server) stop() { s.cancel() }

func (s *server) infoStart(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) // want `server.cancel is overwritten without calling the function that it may hold: if .*infoStart runs twice, nothing can release the first context; call it first, or refuse to start again`
	s.cancel = cancel
	go run(ctx)
}

func run(ctx context.Context) { <-ctx.Done() }

func (s *server) okCalled(ctx context.Context) {
	if s.cancel != nil {
		s.cancel()
	}
	ctx, s.cancel = context.WithCancel(ctx) // ok
	go run(ctx)
}

func (s *server) okStopped(ctx context.Context) {
	s.stop()
	ctx, s.cancel = context.WithCancel(ctx) // ok
	go run(ctx)
}

func (s *server) okRefuses(ctx context.Context) error {
	if s.running {
		return errors.New("running")
	}
	s.running = true
	ctx, s.cancel = context.WithCancel(ctx) // ok
	go run(ctx)
	return nil
}

func (s *server) okOnce(ctx context.Context) {
	s.once.Do(func() {
		ctx, s.cancel = context.WithCancel(ctx) // ok
		go run(ctx)
	})
}

func (s *server) okDeadline(ctx context.Context) {
	ctx, s.cancel = context.WithTimeout(ctx, time.Second) // ok
	go run(ctx)
}

func (s *server) okDeferred(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx) // ok
	defer func() { s.cancel() }()
	run(ctx)
}

func okNew(ctx context.Context) *server {
	s := new(server)
	ctx, s.cancel = context.WithCancel(ctx) // ok
	go run(ctx)
	return s
}
