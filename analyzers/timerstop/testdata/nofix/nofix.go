package nofix

import "time"

type message struct{ text string }

// The duration is another one in each round.
func backoff(in chan message, handle func(message)) {
	d := time.Second
	for {
		select {
		case m := <-in:
			handle(m)
		case <-time.After(d): // want `time.After makes a new timer`
		}
		d *= 2
	}
}

type server struct{ idle time.Duration }

// Others may write to the field.
func (s *server) field(in chan message, handle func(message)) {
	for {
		select {
		case m := <-in:
			handle(m)
		case <-time.After(s.idle): // want `time.After makes a new timer`
		}
	}
}

// A deferred Stop would run late.
func nested(queues []chan message, handle func(message)) {
	for _, in := range queues {
		for range 10 {
			select {
			case m := <-in:
				handle(m)
			case <-time.After(time.Minute): // want `time.After makes a new timer`
			}
		}
	}
}

// Something else may jump to the label.
func labelled(in chan message, handle func(message) bool) {
loop:
	for {
		select {
		case m := <-in:
			if handle(m) {
				break loop
			}
		case <-time.After(time.Minute): // want `time.After makes a new timer`
		}
	}
}

// The select statement is not reached in each round.
func conditional(in chan message, handle func(message), ready func() bool) {
	for {
		if ready() {
			select {
			case m := <-in:
				handle(m)
			case <-time.After(time.Minute): // want `time.After makes a new timer`
			}
		}
	}
}
