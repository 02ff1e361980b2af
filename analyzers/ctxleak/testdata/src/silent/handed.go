// Package silent has the cases that must not be reported. Each of them has
// been a false positive of some tool, or would be one here.
package silent

import (
	"context"
	"sync"
	"sync/atomic"
)

func okReturned(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(parent)
}

func okReturnedVariables(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	return ctx, cancel
}

func okNamedResults(parent context.Context) (ctx context.Context, cancel context.CancelFunc) {
	ctx, cancel = context.WithCancel(parent)
	return
}

func okNamedResultsOnEachPath(parent context.Context) (ctx context.Context, cancel context.CancelFunc, err error) {
	ctx, cancel = context.WithCancel(parent)
	if err = use(ctx); err != nil {
		return
	}
	return ctx, cancel, nil
}

func okNamedResultDeferred(parent context.Context) (ctx context.Context, cancel context.CancelFunc, err error) {
	ctx, cancel = context.WithCancel(parent)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	err = use(ctx)
	return ctx, cancel, err
}

func okReturnedAsFunc(parent context.Context) func() {
	_, cancel := context.WithCancel(parent)
	return cancel
}

type session struct {
	ctx    context.Context
	cancel context.CancelFunc
	Cancel context.CancelFunc
	stop   func()
}

func okStoredInField(s *session, parent context.Context) {
	s.ctx, s.cancel = context.WithCancel(parent)
}

func okStoredInFieldLater(s *session, parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	s.cancel = cancel
	return use(ctx)
}

func okStructLiteral(parent context.Context) *session {
	ctx, cancel := context.WithCancel(parent)
	return &session{ctx: ctx, cancel: cancel}
}

func okStructValue(parent context.Context) session {
	ctx, cancel := context.WithCancel(parent)
	return session{ctx: ctx, Cancel: cancel}
}

func okConvertedField(parent context.Context) *session {
	ctx, cancel := context.WithCancel(parent)
	return &session{ctx: ctx, stop: cancel}
}

func okClosureInField(parent context.Context) *session {
	ctx, cancel := context.WithCancel(parent)
	return &session{ctx: ctx, stop: func() { cancel() }}
}

func okCauseInField(parent context.Context) *session {
	ctx, cancel := context.WithCancelCause(parent)
	return &session{ctx: ctx, stop: func() { cancel(errStop) }}
}

type closer struct{ context.CancelFunc }

func (c closer) Close() error { c.CancelFunc(); return nil }

func okAdapter(parent context.Context) interface{ Close() error } {
	_, cancel := context.WithCancel(parent)
	return closer{cancel}
}

type closeFunc func()

func (f closeFunc) Close() error { f(); return nil }

func okConvertedToCloser(parent context.Context) interface{ Close() error } {
	_, cancel := context.WithCancel(parent)
	return closeFunc(cancel)
}

var global context.CancelFunc

func okGlobal(parent context.Context) context.Context {
	var ctx context.Context
	ctx, global = context.WithCancel(parent)
	return ctx
}

var processCtx, processStop = context.WithCancel(context.Background())

var processCtxOnly, _ = context.WithCancel(context.Background())

func okMap(m map[string]context.CancelFunc, parent context.Context) {
	_, m["x"] = context.WithCancel(parent)
}

func okMapLater(m map[string]context.CancelFunc, parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	m["x"] = cancel
	return use(ctx)
}

func okSlice(list []context.CancelFunc, parent context.Context) {
	_, list[0] = context.WithCancel(parent)
}

func okAppended(parents []context.Context) {
	var cancels []context.CancelFunc
	for _, parent := range parents {
		ctx, cancel := context.WithCancel(parent)
		cancels = append(cancels, cancel)
		use(ctx)
	}
	for _, cancel := range cancels {
		cancel()
	}
}

func okPointer(p *context.CancelFunc, parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	*p = cancel
	return use(ctx)
}

func okSent(c chan<- context.CancelFunc, parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	c <- cancel
	return use(ctx)
}

func okSentInSelect(c chan<- context.CancelFunc, quit chan bool, parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	select {
	case c <- cancel:
	case <-quit:
		cancel()
	}
	return use(ctx)
}

func okSyncMap(m *sync.Map, parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	m.Store("x", cancel)
	return use(ctx)
}

func okAtomic(p *atomic.Pointer[context.CancelFunc], parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	p.Store(&cancel)
	return use(ctx)
}

func okOnce(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	stop := sync.OnceFunc(cancel)
	defer stop()
	return use(ctx)
}

func okAfterFunc(parent, other context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(other, cancel)
	defer stop()
	return use(ctx)
}

func okPassedOn(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	keep(cancel)
	return use(ctx)
}

func okPassedOnInClosure(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	keep(func() {}, func() { cancel() })
	return use(ctx)
}

type group struct{}

func (group) Add(execute func() error, interrupt func(error)) { go execute(); defer interrupt(nil) }

// As in oklog/run and fx.Lifecycle.
func okActor(g group, parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	g.Add(func() error { return use(ctx) }, func(error) { cancel() })
}

func okResultsPassedOn(parent context.Context) {
	keepBoth(context.WithCancel(parent))
}

func keepBoth(_ context.Context, cancel context.CancelFunc) { kept = cancel }

var kept func()

func okCapturedOuterVariable(parent context.Context) error {
	var cancel context.CancelFunc
	start := func() context.Context {
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent)
		return ctx
	}
	ctx := start()
	defer cancel()
	return use(ctx)
}

func okMethodValue(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer closer{cancel}.Close()
	return use(ctx)
}

func okMethodValueKept(parent context.Context) func() error {
	_, cancel := context.WithCancel(parent)
	return closer{cancel}.Close
}

func okGenericHolder[T any](hold func(T), box func(context.CancelFunc) T, parent context.Context) {
	_, cancel := context.WithCancel(parent)
	hold(box(cancel))
}

func okDeferredHelper(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer keep(cancel)
	return use(ctx)
}

func okGoroutineArgument(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	go keep(cancel)
	return use(ctx)
}

func (s *session) Close() {
	s.cancel()
	s.stop()
}
