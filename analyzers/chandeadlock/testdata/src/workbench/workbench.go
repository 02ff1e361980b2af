// Package workbench measures nothing, whatever its name contains.
package workbench

// Run runs until it is over, or full.
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
