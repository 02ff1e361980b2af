// Command mainrun leaves the work of main to other functions.
package main

import (
	"context"
	"log"
	"os"
	"time"
)

func main() {
	prepare(context.Background())
	if err := run(context.Background(), os.Args[1:]); err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

func use(ctx context.Context) error { return ctx.Err() }

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return serve(ctx)
	}
	return each(ctx, args)
}

// The process ends with it.
func serve(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second) // ok
	if err := use(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

// The process goes on behind it.
func prepare(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, time.Second) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		return
	}
	cancel()
}

func each(ctx context.Context, args []string) error {
	for range args {
		if err := one(ctx); err != nil {
			log.Print(err)
		}
	}
	return nil
}

// One for each argument.
func one(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second) // want `cancel is not called before the return on line \d+ when err != nil`
	if err := use(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}
