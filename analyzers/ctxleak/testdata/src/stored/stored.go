// Package stored has release functions that are stored in fields.
package stored

import (
	"context"
	"time"
)

func use(context.Context) error { return nil }

type worker struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newWorker(parent context.Context) *worker {
	w := new(worker)
	w.ctx, w.cancel = context.WithCancel(parent) // want `cancel is stored in worker.cancel, which nothing in this package ever calls`
	go use(w.ctx)
	return w
}

func (w *worker) Close() error { return use(w.ctx) }

func (w *worker) running() bool { return w.cancel != nil }

type job struct{ cancel func() }

func newJob(parent context.Context) (context.Context, *job) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is stored in job.cancel, which nothing in this package ever calls`
	return ctx, &job{cancel: cancel}
}

type generic[T any] struct {
	cancel func()
	value  T
}

func newGeneric[T any](parent context.Context, value T) (context.Context, *generic[T]) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is stored in generic.cancel, which nothing in this package ever calls`
	return ctx, &generic[T]{cancel: cancel, value: value}
}

// Stopped is worker with a Close that does what it should.
type stopped struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newStopped(parent context.Context) *stopped {
	s := new(stopped)
	s.ctx, s.cancel = context.WithCancel(parent) // ok
	go use(s.ctx)
	return s
}

func (s *stopped) Close() { s.cancel() }

type genericStopped[T any] struct {
	cancel func()
	value  T
}

func newGenericStopped[T any](parent context.Context, value T) (context.Context, *genericStopped[T]) {
	ctx, cancel := context.WithCancel(parent) // ok
	return ctx, &genericStopped[T]{cancel: cancel, value: value}
}

func (g *genericStopped[T]) Close() { g.cancel() }

// Exported is called by other packages.
type Exported struct{ Cancel context.CancelFunc }

func newExported(parent context.Context) (context.Context, *Exported) {
	ctx, cancel := context.WithCancel(parent) // ok
	return ctx, &Exported{cancel}
}

// Its function is called here as well as kept.
type watched struct{ cancel func() }

func (w *watched) run(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second) // ok
	w.cancel = cancel
	defer cancel()
	return use(ctx)
}

// What others get through a getter, they may call.
type shared struct{ cancel func() }

func newShared(parent context.Context) (context.Context, *shared) {
	ctx, cancel := context.WithCancel(parent) // ok
	return ctx, &shared{cancel}
}

func (s *shared) Stop() func() { return s.cancel }

// The address of the field is all that somebody needs.
type addressed struct{ cancel func() }

func newAddressed(parent context.Context) (context.Context, *func()) {
	ctx, cancel := context.WithCancel(parent) // ok
	a := &addressed{cancel}
	return ctx, &a.cancel
}
