// Package premature cancels contexts that are still needed.
package premature

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"
)

const d = time.Second

type file struct{}

type remote interface {
	Upload(ctx context.Context, f *file) error
}

func work() {}

func errorStarted(parent context.Context, r remote, f *file) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	go r.Upload(ctx, f) // want `the deferred cancel on line 26 ends ctx as soon as the function returns on line 28, while this goroutine still uses it; let the goroutine make and cancel its own context, or wait for it`
}

func okOwnCancel(parent context.Context, r remote, f *file) {
	ctx, cancel := context.WithTimeout(parent, d)
	go func() {
		defer cancel()
		r.Upload(ctx, f) // ok
	}()
}

func errorHandler(w http.ResponseWriter, req *http.Request, r remote) {
	ctx, cancel := context.WithTimeout(req.Context(), d)
	defer cancel()
	go func() { // want `the deferred cancel on line \d+ ends ctx`
		if err := r.Upload(ctx, nil); err != nil {
			log.Print(err)
		}
	}()
	answer(w, "started")
}

func answer(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(fmt.Sprint(text))
}

func errorLoop(parent context.Context, r remote, files []*file) {
	ctx, cancel := context.WithCancel(parent)
	defer func() { cancel() }()
	for _, f := range files {
		go func() { r.Upload(ctx, f) }() // want `the deferred cancel on line \d+ ends ctx`
	}
}

func okLoopWaits(parent context.Context, r remote, files []*file) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	var wg sync.WaitGroup
	for _, f := range files {
		wg.Add(1)
		go func() { // ok
			defer wg.Done()
			r.Upload(ctx, f)
		}()
	}
	wg.Wait()
}

func okDeferredWait(parent context.Context, r remote) {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go r.Upload(ctx, nil) // ok
}

func okCancelAndWait(parent context.Context, r remote) {
	done := make(chan bool)
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		cancel()
		<-done
	}()
	go func() { // ok
		r.Upload(ctx, nil)
		close(done)
	}()
}

// The goroutine accompanies the work.
func okAccompanies(parent context.Context, r remote, serve func() error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go r.Upload(ctx, nil) // ok
	return serve()
}

func okSelect(parent context.Context, r remote) error {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- r.Upload(ctx, nil) }() // ok
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Such a goroutine waits for the cancel.
func okWatcher(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go func() { // ok
		<-ctx.Done()
		work()
	}()
}

// The shape of minio's drwmutex: it reads a value, and makes its own context.
func okReadsValues(parent context.Context, r remote) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	go detach(ctx, r) // ok
}

func detach(ctx context.Context, r remote) {
	own, cancel := context.WithTimeout(context.Background(), d) // want `this call gets context.Background`
	defer cancel()
	r.Upload(context.WithValue(own, key{}, ctx.Value(key{})), nil)
}

type key struct{}

func okCancelOnError(parent context.Context, r remote) (err error) {
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	go r.Upload(ctx, nil) // ok
	return nil
}

func okParent(parent context.Context, r remote) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go r.Upload(parent, nil) // ok
	log.Print(ctx.Err())
}

func okDetached(parent context.Context, r remote) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go r.Upload(context.WithoutCancel(ctx), nil) // ok
}

// Variable arguments beside the context change nothing.
func okReadsValuesVariadic(parent context.Context, r remote, names ...string) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	go func() { detachNames(ctx, r, names...) }() // ok
}

func detachNames(ctx context.Context, r remote, names ...string) {
	own, cancel := context.WithTimeout(context.Background(), d) // want `this call gets context.Background`
	defer cancel()
	r.Upload(context.WithValue(own, key{}, ctx.Value(key{})), &file{})
	log.Print(names)
}

func errorVariadic(parent context.Context, r remote, names ...string) {
	ctx, cancel := context.WithTimeout(parent, d)
	defer cancel()
	go uploadNames(ctx, r, names...) // want `the deferred cancel on line \d+ ends ctx`
}

func uploadNames(ctx context.Context, r remote, names ...string) {
	for range names {
		r.Upload(ctx, nil)
	}
}
