// Package severity has one finding of each cost; the names begin with the
// severity that findings.golden must show.
package severity

import (
	"context"
	"os"
	"os/signal"
	"testing"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

func worker(ctx context.Context) { <-ctx.Done() }

func errorWaitedOn(parent context.Context) {
	ctx, _ := context.WithCancel(parent)
	go worker(ctx)
}

func errorWaitedOnUnderBackground() {
	ctx, _ := context.WithCancel(context.Background())
	go worker(ctx)
}

func errorWaitedOnByClosure(parent context.Context) {
	ctx, _ := context.WithCancel(parent)
	go func() { <-ctx.Done() }()
}

func errorWaitedOnByDerived(parent context.Context) {
	ctx, cancel := context.WithCancelCause(parent)
	if use(ctx) != nil {
		return
	}
	go func() { <-ctx.Done() }()
	cancel(nil)
}

func errorInLoop(parent context.Context, n int) {
	for range n {
		ctx, _ := context.WithCancel(parent)
		use(ctx)
	}
}

func errorInRangeFunc(parent context.Context, seq func(func(int) bool)) {
	for range seq {
		ctx, _ := context.WithCancel(parent)
		use(ctx)
	}
}

func errorSignalInLoop(n int) {
	for range n {
		ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
		use(ctx)
	}
}

func warningInLoopUntilDeadline(parent context.Context, n int) {
	for range n {
		ctx, _ := context.WithTimeout(parent, time.Second)
		use(ctx)
	}
}

func infoInLoopUnderBackground(n int) {
	for range n {
		ctx, _ := context.WithCancel(context.Background())
		use(ctx)
	}
}

func warningWaitedOnUntilDeadline(parent context.Context) {
	ctx, _ := context.WithTimeout(parent, time.Second)
	go worker(ctx)
}

func warningParent(parent context.Context) error {
	ctx, _ := context.WithCancel(parent)
	return use(ctx)
}

func warningTimeoutUnderBackground() error {
	ctx, _ := context.WithTimeout(context.Background(), time.Second)
	return use(ctx)
}

func warningTimeoutInTest(t *testing.T) error {
	ctx, _ := context.WithTimeout(t.Context(), time.Second)
	return use(ctx)
}

func warningSignal() error {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
	return use(ctx)
}

func infoBackground() error {
	ctx, _ := context.WithCancel(context.Background())
	return use(ctx)
}

func infoTODO() error {
	ctx, _ := context.WithCancelCause(context.TODO())
	return use(ctx)
}

func infoDetached(parent context.Context) error {
	ctx, _ := context.WithCancel(context.WithoutCancel(parent))
	return use(ctx)
}

func infoTestContext(t *testing.T) error {
	ctx, _ := context.WithCancel(t.Context())
	return use(ctx)
}

func infoBenchmarkContext(b *testing.B) error {
	ctx, _ := context.WithCancel(b.Context())
	return use(ctx)
}

func infoInterfaceContext(tb testing.TB) error {
	ctx, _ := context.WithCancel(tb.Context())
	return use(ctx)
}
