// Command mainpkg shows what ends with the process.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

// main ends with the process.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) // ok
	if err := use(ctx); err != nil {
		return
	}
	again, _ := signal.NotifyContext(ctx, os.Kill) // ok
	use(again)
	limited, _ := context.WithTimeout(ctx, time.Second) // ok
	if err := use(limited); err != nil {
		log.Print(err)
		return
	}
	stop()
	for range flag.NArg() {
		each, _ := context.WithTimeout(ctx, time.Second) // want `is discarded`
		use(each)
	}
	leakInHelper(ctx)
	command{}.main(ctx)
	func() {
		own, cancel := context.WithTimeout(ctx, time.Second) // want `cancel is not called before the return on line \d+`
		if use(own) != nil {
			return
		}
		cancel()
	}()
}

func leakInHelper(parent context.Context) {
	ctx, _ := context.WithTimeout(parent, time.Second) // want `is discarded`
	use(ctx)
}

type command struct{}

// A method called main is a function like any other.
func (command) main(parent context.Context) {
	ctx, _ := context.WithTimeout(parent, time.Second) // want `is discarded`
	use(ctx)
}
