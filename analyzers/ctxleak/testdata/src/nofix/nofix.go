// Package nofix has findings for which there is no fix: the context may be
// used after the function returns, or the edit would not compile.
package nofix

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"time"
)

const d = time.Second

var errStop = errors.New("stop")

type job int

func use(ctx context.Context) error { return ctx.Err() }

func worker(ctx context.Context) { <-ctx.Done() }

func nofixReturned(parent context.Context) context.Context {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return ctx
}

func nofixDerivedReturned(parent context.Context) context.Context {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return context.WithValue(ctx, job(1), 2)
}

func nofixChildReturned(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return context.WithCancel(ctx)
}

type holder struct{ ctx context.Context }

func nofixField(h *holder, parent context.Context) {
	h.ctx, _ = context.WithTimeout(parent, d) // want `is discarded`
}

func nofixStored(h *holder, parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	h.ctx = ctx
	return use(ctx)
}

var global context.Context

func nofixGlobal(parent context.Context) {
	global, _ = context.WithTimeout(parent, d) // want `is discarded`
}

func nofixSent(c chan context.Context, parent context.Context) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	c <- ctx
}

func nofixGoroutine(parent context.Context) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	go worker(ctx)
}

func nofixGoroutineClosure(parent context.Context) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	go func() { use(ctx) }()
}

func nofixGoroutineOfDerived(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // want `is never called`
	_ = cancel
	child := context.WithValue(ctx, job(1), 2)
	go worker(child)
}

func nofixDeferred(parent context.Context) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	defer use(ctx)
}

func nofixClosureKept(parent context.Context) func() error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return func() error { return use(ctx) }
}

func nofixClosureVariable(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	f := func() error { return use(ctx) }
	defer f()
	return f()
}

func nofixAfterFunc(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	context.AfterFunc(ctx, func() {})
	return use(ctx)
}

func nofixDoneKept(parent context.Context) <-chan struct{} {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return ctx.Done()
}

func nofixMethodValue(parent context.Context) func() error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return ctx.Err
}

// Rows read under the context.
func nofixRows(db *sql.DB, parent context.Context) (*sql.Rows, error) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return db.QueryContext(ctx, "select 1")
}

// So does a response's body.
func nofixResponse(client *http.Client, parent context.Context) (*http.Response, error) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	req, err := http.NewRequestWithContext(ctx, "GET", "http://localhost", nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

type stream interface {
	Start(context.Context) error
	Close(context.Context)
}

func nofixStart(s stream, parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return s.Start(ctx)
}

func nofixNoResult(s stream, parent context.Context) {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	s.Close(ctx)
}

func nofixUnknownFunction(f func(context.Context) error, parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return f(ctx)
}

type loader[T any] interface {
	Load(context.Context) T
}

func nofixTypeParameter[T any](l loader[T], parent context.Context) T {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return l.Load(ctx)
}

// The callee's name says nothing, its body does.
func nofixCalleeKeeps(h *holder, parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return h.prepare(ctx)
}

func (h *holder) prepare(ctx context.Context) error {
	h.ctx = ctx
	return nil
}

func nofixCalleeSpawns(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
	return indirect(ctx)
}

func indirect(ctx context.Context) error { return spawns(ctx) }

func spawns(ctx context.Context) error {
	go worker(ctx)
	return nil
}

func nofixInLoop(parent context.Context, jobs []job) {
	for range jobs {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		use(ctx)
	}
}

func nofixInRangeFunc(parent context.Context, seq func(func(job) bool)) {
	for range seq {
		ctx, _ := context.WithTimeout(parent, d) // want `is discarded`
		use(ctx)
	}
}

func nofixInHeader(parent context.Context) error {
	if ctx, _ := context.WithTimeout(parent, d); use(ctx) != nil { // want `is discarded`
		return errStop
	}
	return nil
}

func nofixOneLine(parent context.Context) (err error) {
	func() { ctx, _ := context.WithTimeout(parent, d); err = use(ctx) }() // want `is discarded`
	return err
}

func nofixIgnored(parent context.Context) {
	context.WithTimeout(parent, d) // want `is discarded`
}

// The name of the package is hidden, so the type cannot be written.
func nofixHiddenPackage(parent context.Context, limited bool) error {
	ctx := parent
	if limited {
		context := parent
		ctx, _ = signal.NotifyContext(context, os.Interrupt) // want `is discarded`
	}
	return use(ctx)
}

// A new variable would stand between the goto and its label.
func nofixGoto(ctx context.Context, limited bool) error {
	if !limited {
		goto out
	}
	ctx, _ = context.WithTimeout(ctx, d) // want `is discarded`
out:
	return use(ctx)
}

func nofixHanded(parent context.Context, keep func(context.CancelFunc)) error {
	ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
	if err := use(ctx); err != nil {
		return err
	}
	keep(cancel)
	return nil
}

func nofixLostGoroutine(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
	if use(ctx) != nil {
		cancel()
		return
	}
	go worker(ctx)
}

// Nobody uses the context: the call is what is wrong.
func nofixBothBlank(parent context.Context) {
	_, _ = context.WithTimeout(parent, d) // want `is discarded`
}
