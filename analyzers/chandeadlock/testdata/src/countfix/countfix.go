package countfix

func fetch(string) int { return 0 }

func timeout(quit <-chan struct{}) int {
	ch := make(chan int)
	go func() {
		ch <- fetch("") // want `blocks for ever sending to ch`
	}()
	select {
	case n := <-ch:
		return n
	case <-quit:
		return 0
	}
}

func explicit(quit <-chan struct{}) int {
	ch := make(chan int, 0)
	go func() {
		ch <- fetch("") // want `blocks for ever sending to ch`
	}()
	select {
	case n := <-ch:
		return n
	case <-quit:
		return 0
	}
}

func first(urls []string) int {
	ch := make(chan int)
	for _, u := range urls {
		go func() {
			ch <- fetch(u) // want `blocks for ever sending to ch`
		}()
	}
	return <-ch
}

func count(n int) int {
	ch := make(chan int)
	for range n {
		go func() {
			ch <- fetch("") // want `blocks for ever sending to ch`
		}()
	}
	return <-ch
}
