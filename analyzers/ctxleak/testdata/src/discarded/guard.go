package discarded

import (
	"context"
	"sync"
)

// A guard keeps the cancel functions of its contexts until it quits, unless
// the caller asked it to wait. The shape of lnd's context guard.
type guard struct {
	mu      sync.Mutex
	next    int
	cancels map[int]context.CancelFunc
}

func (g *guard) create(parent context.Context, waits bool) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	if waits {
		return ctx, cancel
	}
	cancel = g.add(cancel)
	return ctx, cancel
}

func (g *guard) add(cancel context.CancelFunc) context.CancelFunc {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := g.next
	g.cancels[id] = cancel
	g.next++
	return func() {
		delete(g.cancels, id)
		cancel()
	}
}

func okGuarded(parent context.Context, g *guard) error {
	ctx, _ := g.create(parent, false) // ok: the guard has the function too
	return use(ctx)
}
