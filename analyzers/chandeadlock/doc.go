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
// # Rule chandeadlock/peer-needs-lock
//
// An operation waits with a lock held, and whoever could end the wait needs
// that lock:
//
//	func (b *bus) publish(m msg) {
//		b.mu.Lock()
//		defer b.mu.Unlock()
//		b.last = m
//		b.ch <- m                       // WRONG: loop may be waiting for b.mu
//	}
//
//	func (b *bus) loop() {
//		for m := range b.ch {
//			b.mu.Lock()
//			b.count(m)
//			b.mu.Unlock()
//		}
//	}
//
// Release the lock before the operation:
//
//	b.mu.Lock()
//	b.last = m
//	b.mu.Unlock()
//	b.ch <- m                               // RIGHT
//
// The same holds for receives, for Wait of a wait group whose workers take the
// lock, and for Wait of a condition, which releases its own lock only; and for
// operations in functions that are called with the lock held. A buffer does
// not help: it can be full. Reported are channels and conditions all of whose
// peers are in the package, if each of them always holds the lock, takes it
// first, or takes it between two rounds of its loop.
//
// Confidence is possible where the lock may be another one: that of another
// value of the same type.
//
// Not reported: select statements with a default case, a timer or a context,
// and two read locks.
package chandeadlock
