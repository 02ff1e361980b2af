// Package detached passes contexts that never end.
package detached

import (
	"context"
	"net/http"
	"time"
)

type store interface {
	Load(ctx context.Context, id string) error
	Unlock(ctx context.Context) error
}

func warnBackground(ctx context.Context, s store) error {
	return s.Load(context.Background(), "x") // want `this call gets context.Background although ctx is at hand: neither its cancellation nor its deadline and values reach the work; pass ctx, or context.WithoutCancel\(ctx\) if it must go on`
}

func okPassed(ctx context.Context, s store) error {
	return s.Load(ctx, "x") // ok
}

func warnHandler(w http.ResponseWriter, r *http.Request, s store) {
	s.Load(context.TODO(), "x") // want `this call gets context.TODO although r.Context\(\) is at hand`
}

func warnTimeout(ctx context.Context, s store) error {
	own, cancel := context.WithTimeout(context.Background(), time.Second) // want `this call gets context.Background although ctx is at hand`
	defer cancel()
	return s.Load(own, "x")
}

func okNoContext(s store) error {
	return s.Load(context.Background(), "x") // ok
}

func okUnnamed(_ context.Context, s store) error {
	return s.Load(context.Background(), "x") // ok
}

func okGoroutine(ctx context.Context, s store) {
	go func() { s.Load(context.Background(), "x") }() // ok
	go s.Load(context.Background(), "x")              // ok
}

func okCleanUp(ctx context.Context, s store) error {
	defer s.Unlock(context.Background()) // ok
	s.Unlock(context.Background())       // ok
	return s.Load(ctx, "x")
}

func okDefault(ctx context.Context, s store) error {
	if ctx == nil {
		ctx = context.Background() // ok
	}
	return s.Load(ctx, "x")
}

func okAfterEnd(ctx context.Context, s store, jobs chan string) error {
	select {
	case id := <-jobs:
		return s.Load(ctx, id)
	case <-ctx.Done():
		return s.Load(context.Background(), "last") // ok
	}
}

func warnInLoop(ctx context.Context, s store, seq func(func(string) bool)) {
	for id := range seq {
		s.Load(context.Background(), id) // want `although ctx is at hand`
	}
}
