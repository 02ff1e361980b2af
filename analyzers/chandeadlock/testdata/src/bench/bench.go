// Package bench measures something: what it leaves behind ends with the process.
package bench

// Run runs a benchmark until it is over, or full.
func Run(over <-chan struct{}, full func() bool) bool {
	stop := make(chan struct{})
	go func() {
		for !full() {
		}
		stop <- struct{}{} // want `blocks for ever sending to stop`
	}()
	select {
	case <-over:
		return false
	case <-stop:
		return true
	}
}
