// Package chandeadlock defines an Analyzer that finds goroutines and locks
// that block for ever.
//
// # Analyzer chandeadlock
//
// chandeadlock: find goroutines and locks that block for ever
//
// A goroutine that waits for something that cannot come any more keeps its
// stack, all that it refers to, and often a lock or a connection, until the
// process ends. A lock that nobody can release stops every request that
// needs it. Neither panics; the runtime notices only if all goroutines wait.
//
// # Rule chandeadlock/abandoned-send
//
// A goroutine sends a result to a channel, and the function that should
// receive it can leave before:
//
//	ch := make(chan result)
//	go func() { ch <- work() }()        // WRONG: blocks for ever after a timeout
//	select {
//	case r := <-ch:
//		return r, nil
//	case <-ctx.Done():
//		return nil, ctx.Err()
//	}
//
//	ch := make(chan result, 1)          // RIGHT: the result has room
//
// The sends and receives of all goroutines that use the channel are counted,
// on each path; len(xs) is the same number wherever it stands.
//
// Not reported: channels that others can receive from, sends in a select with
// another case, and a receiver that leaves because of something that only the
// sender does after the send.
//
// # Rule chandeadlock/abandoned-receive
//
// A goroutine receives from a channel, and who should send can end without
// sending and without closing the channel:
//
//	done := make(chan error)
//	go func() {
//		conn, err := dial()
//		if err != nil {
//			return                      // WRONG: nobody sends
//		}
//		done <- serve(conn)
//	}()
//	return <-done
//
// # Rule chandeadlock/excess-send
//
// Goroutines send more often than there is room and somebody receives, on
// every path: several send, and one result is wanted; or a goroutine sends
// twice because a return is missing after the first:
//
//	ch := make(chan result)
//	for _, m := range mirrors {
//		go func() { ch <- m.fetch() }() // WRONG: all but one block for ever
//	}
//	return <-ch
//
//	ch := make(chan result, len(mirrors)) // RIGHT
//
// # Rule chandeadlock/unclosed-range
//
// A goroutine ranges over a channel, and who sends is done without having
// closed it:
//
//	ch := make(chan job)
//	for range workers {
//		go func() {
//			for j := range ch {         // WRONG: waits for ever for another job
//				j.run()
//			}
//		}()
//	}
//	for _, j := range jobs {
//		ch <- j
//	}
//	close(ch)                           // RIGHT
//
// # Rule chandeadlock/self-block
//
// A function sends to a channel, or receives from it, when no other goroutine
// can have it yet:
//
//	ch := make(chan int)
//	ch <- 1                             // WRONG: consume has not been started
//	go consume(ch)
//
//	ch := make(chan int, 1)
//	ch <- 1                             // RIGHT
//	go consume(ch)
//
// A receive that only some paths leave without a sender is possible only.
//
// # Rule chandeadlock/no-peer
//
// A channel that only this package can reach, a field that is not exported for
// example, has one half only: somebody sends and nobody receives, or the other
// way round.
//
//	type worker struct{ done chan struct{} }
//
//	func newWorker() *worker { return &worker{done: make(chan struct{})} }
//
//	func (w *worker) Wait() { <-w.done } // WRONG: nobody sends or closes
//
// Not reported: operations in a select with another case, and main, which may
// wait for ever. A send to a channel with a buffer is possible only, and so
// not shown by default; so is a receive if nothing else at all is done to the
// channel, which may be there to wait for ever.
//
// # Rule chandeadlock/nil-channel
//
// A channel that the package never makes is used outside of a select. Sends to
// a nil channel and receives from one block for ever:
//
//	type server struct{ events chan event }
//
//	func newServer() *server { return &server{} } // WRONG: events is nil
//
//	func (s *server) publish(e event) { s.events <- e }
package chandeadlock
