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

// In a loop, it might spin.
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
