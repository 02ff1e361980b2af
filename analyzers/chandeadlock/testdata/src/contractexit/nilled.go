package contractexit

// A loop over two sources ends when both are nil, which they become when they
// are closed.
func BothSources(store <-chan int) {
	network := make(chan int)
	go func() {
		for range 3 {
			network <- work() // ok
		}
		close(network)
	}()
	func(network <-chan int) {
		for {
			if store == nil && network == nil {
				return
			}
			select {
			case v, ok := <-store:
				if !ok {
					store = nil
					continue
				}
				use(v)
			case v, ok := <-network:
				if !ok {
					network = nil
					continue
				}
				use(v)
			}
		}
	}(network)
}

func FirstSource(store <-chan int) {
	network := make(chan int)
	go func() {
		for range 3 {
			network <- work() // want `this send on network blocks for ever if its receiver \(line \d+\) has returned because of store`
		}
		close(network)
	}()
	func(network <-chan int) {
		for {
			select {
			case v, ok := <-store:
				if !ok {
					return
				}
				use(v)
			case v := <-network:
				use(v)
			}
		}
	}(network)
}
