// Package timeout has time limits of nothing.
package timeout

import (
	"context"
	"time"
)

const (
	none      = 0
	plain     = 30
	inSeconds = 30 * time.Second
	tiny      = 5 * time.Nanosecond
)

type config struct {
	TimeoutSeconds int
	TimeoutNanos   int64
	Timeout        int64
	MaxWait        time.Duration
	WaitMs         uint32
}

func use(ctx context.Context) error { return ctx.Err() }

func run(ctx context.Context, cancel context.CancelFunc) {
	defer cancel()
	use(ctx)
}

func constants(parent context.Context) {
	run(context.WithTimeout(parent, 0))                    // want `a timeout of 0 is over before anything can happen: the context has ended from the start`
	run(context.WithTimeout(parent, none))                 // want `a timeout of none is over`
	run(context.WithTimeout(parent, -time.Second))         // want `a timeout of -time.Second is over`
	run(context.WithTimeout(parent, 30))                   // want `a timeout of 30 is 30 nanoseconds: the context ends at once; multiply it by its unit, such as time.Second`
	run(context.WithTimeout(parent, plain))                // want `a timeout of plain is 30 nanoseconds`
	run(context.WithTimeoutCause(parent, 30, nil))         // want `a timeout of 30 is 30 nanoseconds`
	run(context.WithTimeout(parent, plain*time.Second))    // ok
	run(context.WithTimeout(parent, inSeconds))            // ok
	run(context.WithTimeout(parent, tiny))                 // ok
	run(context.WithTimeout(parent, 10*time.Nanosecond))   // ok
	run(context.WithTimeout(parent, 5_000_000_000))        // ok
	run(context.WithTimeout(parent, time.Duration(plain))) // want `is 30 nanoseconds`
}

func variables(parent context.Context, cfg *config, secs int, n int64) {
	run(context.WithTimeout(parent, time.Duration(cfg.TimeoutSeconds)))             // want `TimeoutSeconds becomes a duration without a unit: it counts nanoseconds, although its name says otherwise; multiply it by time.Second`
	run(context.WithTimeout(parent, time.Duration(cfg.TimeoutSeconds)*time.Second)) // ok
	run(context.WithTimeout(parent, time.Duration(cfg.WaitMs)))                     // want `WaitMs becomes .* multiply it by time.Millisecond`
	run(context.WithTimeout(parent, time.Duration(secs)))                           // want `secs becomes a duration`
	run(context.WithTimeout(parent, time.Duration(cfg.TimeoutNanos)))               // ok
	run(context.WithTimeout(parent, cfg.MaxWait))                                   // ok
	run(context.WithTimeout(parent, time.Duration(int64(cfg.MaxWait))))             // ok
	run(context.WithTimeout(parent, time.Duration(n*int64(time.Second))))           // ok
	run(context.WithTimeout(parent, time.Duration(cfg.Timeout)))                    // want `Timeout becomes a duration without a unit, so it counts nanoseconds`
}
