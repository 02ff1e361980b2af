// Command contractmain has contexts that a signal ends.
package main

import (
	"context"
	"os"
	"os/signal"
)

func main() {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	ctx, cancel := untilSignal(interrupts)
	defer cancel()
	for ctx.Err() == nil {
		serve(ctx, interrupts)
	}
}

// Once in the life of the process: possible only.
func untilSignal(interrupts <-chan os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-interrupts // ok
		cancel()
	}()
	return ctx, cancel
}

func serve(ctx context.Context, interrupts <-chan os.Signal) {
	ctx, cancel := perRequest(ctx, interrupts)
	defer cancel()
	<-ctx.Done()
}

// Once for each round of the loop in main.
func perRequest(parent context.Context, interrupts <-chan os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		<-interrupts // want `this goroutine waits for interrupts only`
		cancel()
	}()
	return ctx, cancel
}
