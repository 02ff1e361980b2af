// Package ignores starts goroutines that nothing can end.
package ignores

import (
	"context"
	"time"
)

type pump struct {
	jobs chan int
	ctx  context.Context
}

func handle(int) {}

func warnReceive(ctx context.Context, jobs chan int) {
	go func() { // want `the loop on line 18 never ends, and the goroutine does not watch ctx: it stays after the work is over; select on ctx.Done\(\) as well`
		for {
			handle(<-jobs)
		}
	}()
}

func okSelect(ctx context.Context, jobs chan int) {
	go func() { // ok
		for {
			select {
			case job := <-jobs:
				handle(job)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// Closing the channel ends it.
func okRange(ctx context.Context, jobs chan int) {
	go func() { // ok
		for job := range jobs {
			handle(job)
		}
	}()
}

func okClosed(ctx context.Context, jobs chan int) {
	go func() { // ok
		for {
			job, ok := <-jobs
			if !ok {
				return
			}
			handle(job)
		}
	}()
}

func warnSleep(ctx context.Context) {
	go poll() // want `the loop on line \d+ never ends`
}

func poll() {
	for {
		handle(0)
		time.Sleep(time.Second)
	}
}

func okNoContext(jobs chan int) {
	go func() { // ok
		for {
			handle(<-jobs)
		}
	}()
}

func okField(ctx context.Context, p *pump) {
	go func() { // ok
		for {
			if p.ctx.Err() != nil {
				continue
			}
			handle(<-p.jobs)
		}
	}()
}
