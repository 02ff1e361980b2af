package wrapped // want package:"carries release functions"

import (
	"context"
	"time"
)

func New(parent context.Context) (context.Context, context.CancelFunc) { // want New:"result 1 is a live deadline$"
	return context.WithTimeout(parent, time.Minute)
}

// Sub returns the function first, in one of its own.
func Sub(parent context.Context) (func(), context.Context) { // want Sub:"result 0 is a live parent"
	ctx, cancel := context.WithCancel(parent)
	return func() { println("stopping"); cancel() }, ctx
}

// Join returns something that only its type shows to be a release function.
func Join(a, b context.Context) (context.Context, context.CancelFunc) { // want Join:"result 1 is a live owner"
	j := &joined{Context: a, done: make(chan struct{})}
	go j.run(b)
	return j, j.cancel
}

type joined struct {
	context.Context
	done chan struct{}
}

func (j *joined) run(b context.Context) {
	select {
	case <-j.done:
	case <-b.Done():
	}
}

func (j *joined) cancel() { close(j.done) }

// Try may fail.
func Try(parent context.Context, ok bool) (context.Context, context.CancelFunc, error) { // want Try:"result 1 is a live parent"
	if !ok {
		return nil, nil, context.Canceled
	}
	ctx, cancel := context.WithCancel(parent)
	return ctx, cancel, nil
}

// Register forgets what it gets; Keep does not.
func Register(name string, stop func()) {} // want Register:"param 1 becomes {live}"

func Keep(stop func()) { kept = append(kept, stop) }

var kept []func()

// Done releases by itself.
func Done(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	return ctx // want `the context itself is returned here without a live context`
}

// Lookup returns what others have as well; so does Remember.
func Lookup(key string) (context.Context, context.CancelFunc) {
	e := entries[key]
	return e.ctx, e.cancel
}

func Remember(key string, parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	entries[key] = entry{ctx, cancel}
	return ctx, cancel
}

type entry struct {
	ctx    context.Context
	cancel context.CancelFunc
}

var entries = make(map[string]entry)

func Forget(key string) {
	entries[key].cancel()
	delete(entries, key)
}
