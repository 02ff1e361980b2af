package fixold

import "time"

func ticker(done chan struct{}, poll func()) {
	tk := time.NewTicker(time.Second) // want `tk is never stopped`
	for {
		select {
		case <-tk.C:
			poll()
		case <-done:
			return
		}
	}
}

func literal(done chan struct{}) {
	go func() {
		t := time.NewTimer(time.Hour) // want `t is never stopped`

		select {
		case <-t.C:
		case <-done:
		}
	}()
}
