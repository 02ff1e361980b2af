package wrapped

import (
	"time"

	"example.com/x/wrap"
)

func acquires(done chan struct{}) {
	tk := wrap.NewPoll() // want `tk is never stopped`
	select {
	case <-tk.C:
	case <-done:
	}
}

func okAcquires(done chan struct{}) {
	tk := wrap.NewPoll() // ok
	defer tk.Stop()
	select {
	case <-tk.C:
	case <-done:
	}
}

func borrowed(done chan struct{}) {
	t := time.NewTimer(time.Minute) // want `t is never stopped`
	wrap.Wait(t, done)
}

func okFinished(done chan struct{}) {
	t := time.NewTimer(time.Minute) // ok
	wrap.Wait(t, done)
	wrap.Finish(t)
}
