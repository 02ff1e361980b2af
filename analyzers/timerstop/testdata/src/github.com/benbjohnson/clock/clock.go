// Package clock has the shape of https://pkg.go.dev/github.com/benbjohnson/clock.
package clock

import "time"

type Clock interface {
	After(d time.Duration) <-chan time.Time
	AfterFunc(d time.Duration, f func()) *Timer
	Tick(d time.Duration) <-chan time.Time
	Ticker(d time.Duration) *Ticker
	Timer(d time.Duration) *Timer
}

type Timer struct{ C <-chan time.Time }

func (t *Timer) Stop() bool                 { return false }
func (t *Timer) Reset(d time.Duration) bool { return false }

type Ticker struct{ C <-chan time.Time }

func (t *Ticker) Stop()                 {}
func (t *Ticker) Reset(d time.Duration) {}
