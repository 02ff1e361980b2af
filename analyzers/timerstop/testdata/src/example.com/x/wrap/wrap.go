package wrap // want package:"carries timers"

import "time"

func NewPoll() *time.Ticker { // want NewPoll:"."
	return time.NewTicker(time.Second)
}

// Wait only looks at the timer.
func Wait(t *time.Timer, done chan struct{}) { // want Wait:"."
	select {
	case <-t.C:
	case <-done:
	}
}

// Finish stops the timer.
func Finish(t *time.Timer) { t.Stop() }

func own(done chan struct{}) {
	tk := NewPoll() // want `tk is never stopped`
	select {
	case <-tk.C:
	case <-done:
	}
}
