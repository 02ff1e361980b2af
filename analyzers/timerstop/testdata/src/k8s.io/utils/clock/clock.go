// Package clock has the shape of https://pkg.go.dev/k8s.io/utils/clock.
package clock

import "time"

type Clock interface {
	After(d time.Duration) <-chan time.Time
	NewTimer(d time.Duration) Timer
}

type WithTicker interface {
	Clock
	NewTicker(time.Duration) Ticker
}

type Timer interface {
	C() <-chan time.Time
	Stop() bool
	Reset(d time.Duration) bool
}

type Ticker interface {
	C() <-chan time.Time
	Stop()
}
