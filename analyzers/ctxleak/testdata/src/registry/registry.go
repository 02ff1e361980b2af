// Package registry keeps cancel functions in collections.
package registry

import (
	"context"
	"sync"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

// Shape 15 of the corpus.
type jobs struct {
	mu      sync.Mutex
	running map[string]context.CancelFunc
}

func newJobs() *jobs { return &jobs{running: make(map[string]context.CancelFunc)} }

func (j *jobs) leakRemoved(parent context.Context, id string) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is put into jobs.running, from which line \d+ removes it without calling it: the context stays registered with its parent until that ends; call it when its entry is removed`
	j.mu.Lock()
	j.running[id] = cancel
	j.mu.Unlock()
	go func() {
		use(ctx)
		j.mu.Lock()
		delete(j.running, id)
		j.mu.Unlock()
	}()
}

func (j *jobs) has(id string) bool {
	_, ok := j.running[id]
	return ok && len(j.running) > 0 && j.running[id] != nil
}

// The same, but somebody calls what is in the map.
type stoppable struct{ running map[string]context.CancelFunc }

func (s *stoppable) okStopped(parent context.Context, id string) {
	ctx, cancel := context.WithCancel(parent) // ok
	s.running[id] = cancel
	go use(ctx)
}

func (s *stoppable) stop(id string) {
	if cancel, ok := s.running[id]; ok {
		cancel()
		delete(s.running, id) // ok
	}
}

type stoppedByHelper struct{ running map[string]context.CancelFunc }

func (s *stoppedByHelper) okStopped(parent context.Context, id string) {
	ctx, cancel := context.WithCancel(parent) // ok
	s.running[id] = cancel
	go use(ctx)
}

func (s *stoppedByHelper) remove(id string) { delete(s.running, id) } // ok: its caller has called it

func (s *stoppedByHelper) stop(id string) {
	s.running[id]()
	s.remove(id)
}

// Here the end of the work removes what only stop calls.
type forgetful struct{ running map[string]context.CancelFunc }

func (f *forgetful) start(parent context.Context, id string) {
	ctx, cancel := context.WithCancel(parent)
	f.running[id] = cancel
	go func() {
		use(ctx)
		f.done(id)
	}()
}

func (f *forgetful) leakDone(id string) { f.done(id) }

func (f *forgetful) done(id string) {
	delete(f.running, id) // want `an entry of forgetful.running is removed without calling cancel, the cancel function of context.WithCancel, that is in it`
}

func (f *forgetful) stop() {
	for _, cancel := range f.running {
		cancel()
	}
}

type waiting struct{ running map[string]context.CancelFunc }

func (w *waiting) start(parent context.Context, id string) {
	ctx, cancel := context.WithCancel(parent)
	w.running[id] = cancel
	go func() {
		<-ctx.Done()
		delete(w.running, id) // ok: the context has ended
	}()
}

func (w *waiting) stop() {
	for _, cancel := range w.running {
		cancel()
	}
}

var all []context.CancelFunc

func leakAppended(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is put into all, which nothing in this package ever takes it out of`
	all = append(all, cancel)
	return use(ctx)
}

func reset() { all = all[:0] }

var every []context.CancelFunc

func okAppended(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	every = append(every, cancel)
	return use(ctx)
}

func stopEvery() {
	for _, cancel := range every {
		cancel()
	}
	every = nil
}

type synced struct{ m sync.Map }

func (s *synced) leakSyncMap(parent context.Context, id string) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is put into synced.m, from which line \d+ removes it`
	s.m.Store(id, cancel)
	defer s.m.Delete(id)
	err := use(ctx)
	s.m.Delete(id)
	return err
}

type syncedStopped struct{ m sync.Map }

func (s *syncedStopped) okSyncMap(parent context.Context, id string) error {
	ctx, cancel := context.WithCancel(parent) // ok
	s.m.Store(id, cancel)
	return use(ctx)
}

func (s *syncedStopped) stop(id string) {
	if cancel, ok := s.m.LoadAndDelete(id); ok {
		cancel.(context.CancelFunc)()
	}
}

func (j *jobs) okDeferredToo(parent context.Context, id string) error {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	j.running[id] = cancel
	defer delete(j.running, id)
	return use(ctx)
}

func (j *jobs) possibleDeadline(parent context.Context, id string) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute) // want `cancel is put into jobs.running`
	j.running[id] = cancel
	return use(ctx)
}

type lent struct{ running map[string]context.CancelFunc }

func (l *lent) okHandedOut(parent context.Context, id string) error {
	ctx, cancel := context.WithCancel(parent) // ok: whoever gets the map may call it
	l.running[id] = cancel
	return use(ctx)
}

func (l *lent) list() map[string]context.CancelFunc { return l.running }

// Exported collections are read by others.
type Exported struct{ Running map[string]context.CancelFunc }

func (e *Exported) okExported(parent context.Context, id string) error {
	ctx, cancel := context.WithCancel(parent) // ok
	e.Running[id] = cancel
	return use(ctx)
}
