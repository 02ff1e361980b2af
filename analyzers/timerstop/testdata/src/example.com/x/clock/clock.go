// Package clock is one that only the flag -clocks knows.
package clock

import "time"

type Ticker struct{ C <-chan time.Time }

func (t *Ticker) Stop() {}

func Every(d time.Duration) *Ticker { return &Ticker{} }
