// Package contractfix has sends for which there is a fix, and one without.
package contractfix

import "context"

type answer struct{ n int }

func work() int { return 1 }
func use(int)   {}

func end(ctx context.Context, data <-chan int) {
	done := make(chan answer)
	go func() {
		done <- answer{ // want `this send on done`
			n: work(),
		}
		use(0)
	}()
	for {
		select {
		case v := <-data:
			use(v)
		case a := <-done:
			use(a.n)
		case <-ctx.Done():
			return
		}
	}
}

// A loop ends with its function.
func loop(ctx context.Context, data <-chan int) {
	values := make(chan int)
	go func() {
		for {
			values <- work() // want `this send on values`
		}
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// In a branch of a loop, in a function that returns an error.
func failing(ctx context.Context, data <-chan int) error {
	values := make(chan int)
	produce := func() (int, error) {
		for v := range data {
			if v > 0 {
				values <- v // want `this send on values`
			}
		}
		return 1, nil
	}
	go func() {
		n, _ := produce()
		use(n)
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// What follows the loop must not be skipped.
func closing(ctx context.Context, data <-chan int) {
	values := make(chan int)
	go func() {
		for v := range data {
			values <- v // want `this send on values`
		}
		close(values)
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// Nor what follows the send.
func locking(ctx context.Context, data <-chan int, lock, unlock func()) {
	values := make(chan int)
	go func() {
		for v := range data {
			lock()
			values <- v // want `this send on values`
			unlock()
		}
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// The name means something else where the send is.
func shadowed(ctx context.Context, data <-chan int) {
	values := make(chan int)
	go func() {
		ctx := context.Background()
		_ = ctx
		values <- work() // want `this send on values`
	}()
	for {
		select {
		case v := <-values:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}
