// The default options hide everything in test files, as findings.golden shows.
package tests

import (
	"context"
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // ok
	if use(ctx) != nil {
		return
	}
	cancel()
	os.Exit(m.Run())
}

func TestOKCleanup(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background()) // ok
	t.Cleanup(cancel)
	use(ctx)
}

func TestOKCleanupClosure(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background()) // ok
	t.Cleanup(func() { cancel(nil) })
	use(ctx)
}

func BenchmarkOKCleanup(b *testing.B) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // ok
	b.Cleanup(cancel)
	for b.Loop() {
		use(ctx)
	}
}

func TestOKFatal(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // ok
	if err := use(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
}

func TestOKHelperFatal(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second) // ok
	if err := use(ctx); err != nil {
		fail(t, err)
	}
	cancel()
}

func fail(t *testing.T, err error) {
	t.Helper()
	t.Fatal(err)
}

// What follows is info: the process ends with the tests.

func TestInfoTestContext(t *testing.T) {
	ctx, _ := context.WithCancel(t.Context()) // want `is discarded`
	use(ctx)
}

func TestInfoTimeout(t *testing.T) {
	ctx, _ := context.WithTimeout(context.Background(), time.Minute) // want `is discarded`
	use(ctx)
}

func TestInfoOnReturn(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		t.Error(err)
		return
	}
	cancel()
}

func TestInfoInSubtest(t *testing.T) {
	t.Run("sub", func(t *testing.T) {
		ctx, _ := context.WithTimeout(context.Background(), time.Minute) // want `is discarded`
		use(ctx)
	})
}
