package silent

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"testing"
)

func okBenchmarkCleanup(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	use(ctx)
}

func deferCleanup(args ...any) {}

// As in ginkgo.
func okBoxedCleanup() {
	ctx, cancel := context.WithCancel(context.Background())
	deferCleanup(cancel)
	go use(ctx)
}

type stopper interface{ Stop() }

type stopping struct{ cancel func() }

func (s *stopping) Stop() { s.cancel() }

func okCalledThroughInterface(parent context.Context) stopper {
	ctx, cancel := context.WithCancel(parent)
	go use(ctx)
	return &stopping{cancel}
}

type hook struct{ OnStop func(context.Context) error }

type lifecycle interface{ Append(hook) }

// As in fx.Lifecycle.
func okHook(parent context.Context, l lifecycle) {
	ctx, cancel := context.WithCancel(parent)
	go use(ctx)
	l.Append(hook{OnStop: func(context.Context) error { cancel(); return nil }})
}

type errGroup struct{}

func (*errGroup) Go(f func() error) {}

func okErrGroup(parent context.Context, g *errGroup) {
	ctx, cancel := context.WithCancel(parent)
	g.Go(func() error {
		defer cancel()
		return use(ctx)
	})
}

var boxed atomic.Value

func okAtomicValue(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	boxed.Store(cancel)
	return use(ctx)
}

var byID sync.Map

func okRangedSyncMap(parent context.Context, id string) error {
	ctx, cancel := context.WithCancel(parent)
	byID.Store(id, cancel)
	defer byID.Delete(id)
	return use(ctx)
}

func stopAll() {
	byID.Range(func(_, v any) bool { v.(context.CancelFunc)(); return true })
}

type closing func()

func (c closing) Close() error { c(); return nil }

func okCloser(parent context.Context) (context.Context, io.Closer) {
	ctx, cancel := context.WithCancel(parent)
	return ctx, closing(cancel)
}

func okRequestContext(_ http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancelCause(r.Context())
	if use(ctx) != nil {
		cancel(errStop)
		return
	}
	cancel(nil)
}

func okWithoutCancel(parent context.Context) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	defer cancel()
	return use(ctx)
}

func okStopOnSignal() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	go func() {
		<-ctx.Done()
		stop()
	}()
	use(ctx)
}
