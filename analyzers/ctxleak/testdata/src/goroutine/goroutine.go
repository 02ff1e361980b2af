// Package goroutine has release functions that are left to goroutines.
package goroutine

import "context"

func do(context.Context) error { return nil }

// As in etcd's rafthttp pipeline: the request ends in two ways.
func leakOneCase(parent context.Context, stop chan int) error {
	ctx, cancel := context.WithCancel(parent) // want `cancel is left to a goroutine, which ends on line \d+ without calling it: the context`
	done := make(chan int)
	go func() {
		select {
		case <-done:
		case <-stop:
			cancel()
		}
	}()
	err := do(ctx)
	close(done)
	return err
}

func okEveryCase(parent context.Context, stop chan int) error {
	ctx, cancel := context.WithCancel(parent) // ok
	done := make(chan int)
	go func() {
		defer cancel()
		select {
		case <-done:
		case <-stop:
		}
	}()
	err := do(ctx)
	close(done)
	return err
}

// The function calls it as well.
func okBoth(parent context.Context, stop chan int) error {
	ctx, cancel := context.WithCancel(parent) // ok
	defer cancel()
	done := make(chan int)
	go func() {
		select {
		case <-done:
		case <-stop:
			cancel()
		}
	}()
	err := do(ctx)
	close(done)
	return err
}

// The goroutine looks at a variable of the function, which may tell whether
// it has called it.
func okShared(parent context.Context, stop chan int) error {
	ctx, cancel := context.WithCancel(parent) // ok
	finished := false
	done := make(chan int)
	go func() {
		<-done
		if !finished {
			cancel()
		}
	}()
	if do(ctx) == nil {
		finished = true
		keep(cancel)
	}
	close(done)
	return nil
}

func keep(f func()) { kept = f }

var kept func()

// The context is over where the goroutine does not call it.
func okEnded(parent context.Context, stop chan int) {
	ctx, cancel := context.WithCancel(parent) // ok
	go func() {
		select {
		case <-ctx.Done():
		case <-stop:
			cancel()
		}
	}()
}

// A loop that only ends by calling it.
func okLoop(parent context.Context, stop, work chan int) {
	ctx, cancel := context.WithCancel(parent) // ok
	go func() {
		for {
			select {
			case <-work:
				do(ctx)
			case <-stop:
				cancel()
				return
			}
		}
	}()
}

// What another goroutine does goes on until the parent ends, unless it fails.
func okLivesOn(parent context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // ok
	go do(ctx)
	if err := ask(ctx); err != nil {
		cancel()
		return err
	}
	go func() {
		if err := ask(ctx); err != nil {
			cancel()
		}
	}()
	return nil
}

// Nobody else needs the context.
func leakAlone(parent context.Context, ask func(context.Context) error) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is left to a goroutine, which ends on line \d+ without calling it when err == nil`
	go func() {
		if err := ask(ctx); err != nil {
			cancel()
		}
	}()
}

// The other goroutine has ended when the function returns.
func leakWaited(parent context.Context, ask func(context.Context) error) {
	ctx, cancel := context.WithCancel(parent) // want `cancel is left to a goroutine, which ends on line \d+ without calling it when err == nil`
	done := make(chan int)
	go func() {
		do(ctx)
		close(done)
	}()
	go func() {
		if err := ask(ctx); err != nil {
			cancel()
		}
	}()
	<-done
}
