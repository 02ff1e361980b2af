package fix

import "time"

type message struct{ text string }

const idleTime = 30 * time.Second

func constant(in chan message, handle func(message), ping func()) {
	for {
		select {
		case m := <-in:
			handle(m)
		case <-time.After(idleTime): // want `time.After makes a new timer`
			ping()
		}
	}
}

func parameter(in chan message, d time.Duration, handle func(message), timer func()) {
	for {
		handle(message{})
		select {
		case m := <-in:
			handle(m)
		case now := <-time.After(d): // want `time.After makes a new timer`
			_ = now
			timer()
		}
	}
}

func inLiteral(in chan message, handle func(message)) {
	go func() {
		for more := true; more; {
			select {
			case m, ok := <-in:
				handle(m)
				more = ok
			case <-time.After(time.Minute): // want `time.After makes a new timer`
			}
		}
	}()
}
