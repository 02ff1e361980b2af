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
// # Rule chandeadlock/receiver-may-exit
//
// The receivers of a channel are loops that something else ends as well, a
// stop signal or the end of a context. A send that waits for nothing else
// blocks for ever when they have gone:
//
//	go func() {
//		for {
//			select {
//			case v := <-results:
//				handle(v)
//			case <-ctx.Done():
//				return
//			}
//		}
//	}()
//	go func() {
//		results <- compute()            // WRONG: who receives when ctx has ended?
//	}()
//
//	select {
//	case results <- compute():          // RIGHT
//	case <-ctx.Done():
//	}
//
// Polling the signal before the send, as in a select with a default, is not
// enough: it may come between the two.
//
// Not reported: senders that have finished before the signal can come (it is
// given behind a Wait for them, or by them), receivers that drain the channel
// before they return, receivers that are started again, the end of main, and
// channels that other packages can receive from. Sends by functions that only
// other packages call, and those to a field by goroutines that know nothing of
// the signal, are only possible: they may know in another way that they must
// not send any more. So are sends on a channel with a buffer, which has to be
// full first, and those whose receiver leaves after a timeout.
//
// # Rule chandeadlock/sender-may-exit
//
// The mirror image: every send is in a select that can choose something else
// and then returns, nothing closes the channel, and a receive waits for nothing
// else:
//
//	func (s *source) send(ctx context.Context) {
//		for _, ch := range s.chans {
//			select {
//			case ch <- true:
//			case <-ctx.Done():
//				return                  // the rest gets nothing
//			}
//		}
//	}
//
//	go func() {
//		for _, ch := range s.chans {
//			<-ch                        // WRONG
//		}
//	}()
//
// Close the channels when the senders are done, or receive in a select that
// waits for the same signal.
//
// # Rule chandeadlock/not-stopped
//
// A function starts a goroutine that ends only when a field of its object is
// closed or sent to, or when a context is cancelled whose cancel function the
// object holds. A method does that, and who has started the object keeps it
// to itself and does not call the method:
//
//	w := NewWorker()                    // starts a goroutine: for { select { … case <-w.done: return } }
//	if err := w.Submit(job); err != nil {
//		return err                      // WRONG: the goroutine stays
//	}
//	w.Stop()                            // closes w.done
//
//	w := NewWorker()
//	defer w.Stop()                      // RIGHT
//
// A result that is thrown away counts as well. Not reported: objects that are
// returned, stored or passed on, those that live as long as main, goroutines
// that may end in another way, functions that start it only in some cases,
// and contexts whose parent may end.
//
// # Rule chandeadlock/foreign-watcher
//
// A function derives a context, returns its cancel function, and starts a
// goroutine that cancels it when others end. The goroutine waits for these
// only: if the caller cancels first, as it should, the goroutine stays for as
// long as the others live, and each call adds one:
//
//	func merge(a, b context.Context) (context.Context, context.CancelFunc) {
//		ctx, cancel := context.WithCancel(context.Background())
//		go func() {
//			select {
//			case <-a.Done():
//			case <-b.Done():            // WRONG: add case <-ctx.Done():
//			}
//			cancel()
//		}()
//		return ctx, cancel
//	}
//
// [context.AfterFunc] does without the goroutine.
//
// # Rule chandeadlock/circular-wait
//
// Two goroutines, two channels without buffer: each sends on one and receives
// from the other, and neither receives while it sends:
//
//	go func() {
//		for {
//			select {
//			case a := <-answers:
//				handle(a)
//			default:
//				requests <- next()      // WRONG: waits for the other, which waits in answers <- …
//			}
//		}
//	}()
//	go func() {
//		for r := range requests {
//			answers <- serve(r)
//		}
//	}()
//
// Receive in the same select as the send, or give one of the channels a buffer
// that holds all that can be under way. Not reported: strict alternation of
// request and answer, channels that several goroutines receive from, and
// sends that a timeout or the end of a context ends.
package chandeadlock
