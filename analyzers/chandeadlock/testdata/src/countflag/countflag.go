// Package countflag has loops that remember in a flag whether a goroutine is
// still to be received from.
package countflag

type job struct {
	more, quit chan struct{}
	again      chan struct{}
	work       func() error
	note       func()
}

// A round that does something else leaves the flag as it is.
func (j *job) remembers() {
	failed := make(chan error)
	go func() { failed <- j.work() }() // ok: received from, by the one or the other
	over := false
	for {
		select {
		case <-failed:
			over = true
		case <-j.more:
			j.note()
		case <-j.quit:
			if !over {
				<-failed
			}
			return
		}
	}
}

// The flag says what was asked for, and not what was received.
func (j *job) confuses() {
	failed := make(chan error)
	go func() { failed <- j.work() }() // want `blocks for ever sending to failed: job.confuses returns when more without receiving`
	more := false
	for {
		select {
		case <-failed:
			j.note()
		case <-j.more:
			more = true
		case <-j.quit:
			if !more {
				<-failed // want `blocks for ever receiving from failed`
			}
			return
		}
	}
}

// It is started anew only when it is over, which the timer knows: possible only.
func (j *job) restarts(never, later func() <-chan struct{}) {
	failed := make(chan error)
	start := func() {
		go func() { failed <- j.work() }() // want `returns when !over having received once of 2`
	}
	start()
	over := false
	retry := never()
	for {
		select {
		case <-failed:
			over = true
			retry = later()
		case <-retry:
			start()
			over = false
		case <-j.quit:
			if !over {
				<-failed
			}
			return
		}
	}
}

// The flag does not know of what is started again.
func (j *job) forgets() {
	failed := make(chan error)
	start := func() {
		go func() { failed <- j.work() }() // want `returns when !over having received once of 2`
	}
	start()
	over := false
	for {
		select {
		case <-failed:
			over = true
		case <-j.again:
			start()
		case <-j.quit:
			if !over {
				<-failed
			}
			return
		}
	}
}
