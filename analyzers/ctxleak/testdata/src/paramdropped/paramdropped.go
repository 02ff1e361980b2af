// Package paramdropped gives cancel functions to functions that drop them.
package paramdropped

import (
	"context"
	"log"
	"time"
)

const d = time.Second

func use(ctx context.Context) error { return ctx.Err() }

func register(name string, cancel context.CancelFunc) { log.Print(name) }

var running = make(map[string]context.CancelFunc)

func keep(name string, cancel context.CancelFunc) { running[name] = cancel }

func stopAll() {
	for _, cancel := range running {
		cancel()
	}
}

// Shape 10 of the corpus.
func leakRegistered(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is given to register, which neither calls nor keeps it: the context stays registered with its parent until that ends; call it in register, or here when the work is done`
	register("x", cancel)
	return use(ctx)
}

func okKept(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	keep("x", cancel)
	return use(ctx)
}

func okCalledToo(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	register("x", cancel)
	return use(ctx)
}

func forward(cancel context.CancelFunc) { register("x", cancel) }

func leakForwarded(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is given to forward, which neither calls nor keeps it`
	forward(cancel)
	return use(ctx)
}

func forwardToKeep(cancel context.CancelFunc) { keep("x", cancel) }

func okForwarded(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	forwardToKeep(cancel)
	return use(ctx)
}

func onError(ctx context.Context, cancel context.CancelFunc) {
	if use(ctx) != nil {
		cancel()
	}
}

// The condition may be the one under which it is called.
func okCalledOnSomePath(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	onError(ctx, cancel)
}

func serve(ctx context.Context, _ context.CancelFunc) { <-ctx.Done() }

func leakToGoroutine(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is given to serve`
	go serve(ctx, cancel)
}

func serveAndCancel(ctx context.Context, cancel context.CancelFunc) {
	defer cancel()
	use(ctx)
}

func okToGoroutine(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // ok
	go serveAndCancel(ctx, cancel)
}

func leakDeferred(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is given to register`
	defer register("x", cancel)
	return use(ctx)
}

type group struct{}

func (group) add(cancel func()) {}

func leakToMethod(g group, parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is given to add, which neither`
	g.add(cancel)
	return use(ctx)
}

type adder interface{ add(cancel func()) }

// Which method that is, nobody knows.
func okToInterface(g adder, parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	g.add(cancel)
	return use(ctx)
}

func leakGeneric[T any](parent context.Context, v T) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is given to dropWith`
	dropWith(cancel, v)
	return use(ctx)
}

func dropWith[T any](cancel func(), v T) {}

// On one path it is dropped, on another one called.
func leakOnOnePath(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		register("x", cancel)
		return err
	}
	cancel()
	return nil
}
