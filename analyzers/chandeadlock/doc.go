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
//
// # Rule chandeadlock/done-skipped
//
// A goroutine that a wait group counts returns without Done on some path, and
// Wait blocks for ever:
//
//	wg.Add(1)
//	go func() {
//		f, err := os.Open(name)
//		if err != nil {
//			return                      // WRONG: no Done
//		}
//		defer wg.Done()
//		read(f)
//	}()
//
//	go func() {
//		defer wg.Done()                 // RIGHT: before anything else
//		...
//	}()
//
// A Done that is not deferred is skipped by panics, too. That is reported if
// the goroutine recovers from them: the process goes on, and so does the wait.
//
// Not reported: workers that call Done for each of the things that they
// receive, returns that some path reaches with Done (so may be the Add), and
// wait groups that code outside of the package gets.
//
// # Rule chandeadlock/never-done
//
// A wait group has an Add and a Wait, but nothing in the package calls Done:
//
//	wg.Add(2)
//	go first()
//	go second()
//	wg.Wait()                               // WRONG: neither calls wg.Done
//
//	wg.Go(first)                            // RIGHT since Go 1.25
//	wg.Go(second)
//	wg.Wait()
//
// Not reported: wait groups that code outside of the package gets, those whose
// Done goes somewhere as a function value, and error groups, which know
// themselves when their goroutines end.
//
// # Rule chandeadlock/wait-in-spawn-loop
//
// A loop that starts goroutines waits, in each round, for all of them:
//
//	wg.Add(len(jobs))
//	for _, job := range jobs {
//		go func() {
//			defer wg.Done()
//			run(job)
//		}()
//		wg.Wait()                       // WRONG: only one of len(jobs) is started
//	}
//
//	wg.Add(len(jobs))
//	for _, job := range jobs {
//		go func() { ... }()
//	}
//	wg.Wait()                               // RIGHT
//
// # Rule chandeadlock/waits-for-itself
//
// A goroutine waits for what only it itself would provide, later: for a wait
// group that counts it, or for a channel that it closes when it returns:
//
//	func (s *server) loop() {
//		defer close(s.done)
//		for req := range s.in {
//			if req.quit {
//				s.stop()
//			}
//		}
//	}
//
//	func (s *server) stop() {
//		close(s.quit)
//		<-s.done                        // WRONG in the goroutine of loop
//	}
//
// Call stop in a goroutine of its own, or do not wait in it. The wait may be
// several calls away, also through callbacks; confidence is possible where it
// may be on another value of the same type.
//
// # Rule chandeadlock/wait-before-receive
//
// A function waits for workers before it receives what they send:
//
//	for _, job := range jobs {
//		wg.Add(1)
//		go func() {
//			defer wg.Done()
//			results <- run(job)
//		}()
//	}
//	wg.Wait()                               // WRONG: the workers wait for a receiver
//	close(results)
//	for r := range results {
//		use(r)
//	}
//
//	go func() { wg.Wait(); close(results) }() // RIGHT
//
// Confidence is possible if the channel has a buffer, which may be too small.
//
// # Rule chandeadlock/workers-quit
//
// All receivers of a channel are workers that end at the first error, and the
// sender does not notice:
//
//	for range n {
//		g.Go(func() error {
//			for job := range jobs {
//				if err := run(job); err != nil {
//					return err
//				}
//			}
//			return nil
//		})
//	}
//	for _, job := range all {
//		jobs <- job                     // WRONG: blocks when all workers have failed
//	}
//	close(jobs)
//	return g.Wait()
//
// Use errgroup.WithContext and select on its context beside the send. A select
// on the context that the function was given does not help: no error cancels
// it. Off by default: whether a worker fails is not for the analyzer to see.
//
// # Rule chandeadlock/never-signalled
//
// A condition is waited for, but nothing in the package calls Signal or
// Broadcast on it:
//
//	func (p *plugin) waitActive() {
//		p.cond.L.Lock()
//		for !p.active {
//			p.cond.Wait()               // WRONG: for ever
//		}
//		p.cond.L.Unlock()
//	}
//
//	func (p *plugin) activate() {
//		p.cond.L.Lock()
//		p.active = true
//		p.cond.L.Unlock()
//		p.cond.Broadcast()              // RIGHT
//	}
//
// Call Broadcast wherever the state changes. Not reported: conditions that code
// outside of the package can reach.
//
// # Rule chandeadlock/lost-wake-up
//
// A condition does not remember a signal that comes before the wait:
//
//	q.cond.L.Lock()
//	q.cond.Wait()                           // WRONG: the Signal may have been given
//	q.cond.L.Unlock()
//
//	q.cond.L.Lock()
//	for len(q.items) == 0 {                 // RIGHT
//		q.cond.Wait()
//	}
//	q.cond.L.Unlock()
//
// Also reported: a loop around Wait whose condition is a constant, and a Wait
// in a goroutine that is started with the lock held, if the signal is given
// without releasing it. Off by default: a signal that is repeated cannot be
// lost for ever.
package chandeadlock
