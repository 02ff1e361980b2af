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
// Paths are followed up to a number of blocks for each function, and for each
// channel whose operations are counted. What lies behind is not reported. The
// number does not depend on time: the same code has the same findings.
//
// # Rule chandeadlock/missing-unlock
//
// A path leaves a function, or comes back to the Lock, with the lock held,
// although other paths release it:
//
//	s.mu.Lock()
//	if s.closed {
//		return errClosed // s.mu stays locked
//	}
//	s.mu.Unlock()
//
// Whoever needs the lock next waits for ever. Release it on that path, or
// defer the release right behind the Lock. In a loop, "continue" is such a
// path, and a deferred Unlock runs too late: when the function returns, not
// at the end of the round.
//
//	s.mu.Lock()
//	defer s.mu.Unlock()
//
// A function may return with a lock on purpose. The rule is silent if a
// caller releases it, if a function value that releases it is made, or if a
// goroutine that does is started; if the package has a function that releases
// the lock for callers which it does not know, the finding is only possible.
// Paths that end in a panic or with the process are not looked at.
//
// # Rule chandeadlock/double-lock
//
// A goroutine takes a lock that it holds already. Locks of package sync know
// no owner: it waits for itself for ever.
//
//	func (s *Store) Get(k string) int {
//		s.mu.Lock()
//		defer s.mu.Unlock()
//		return s.lookup(k) // locks s.mu again
//	}
//
// Release the lock before the call, or split the callee: one variant that
// takes the lock, and one that expects it to be held.
//
// The rule follows calls inside the package, also through interfaces and
// function values if only one function can be meant, and Lock against RLock
// in both directions. It speaks of the same lock of the same object only, on
// a path that can be taken with the constants that are passed. It is only
// possible if the call goes through an interface that another package
// declares, or if somebody has a function value that releases the lock.
//
// # Rule chandeadlock/recursive-read-lock
//
// A goroutine takes a read lock that it holds already. That works until
// somebody calls Lock between the two: it waits for the first RLock to be
// released, the second RLock waits behind it (so that writers do not starve),
// and none of them goes on.
//
//	func (s *Store) Sum() int {
//		s.mu.RLock()
//		defer s.mu.RUnlock()
//		return s.Get("a") + s.Get("b") // each takes s.mu.RLock
//	}
//
// The documentation of sync.RWMutex forbids recursive read locking. The rule
// speaks only if the package has a Lock of the same mutex.
//
// # Rule chandeadlock/lock-order
//
// Two goroutines that take the same two locks in different orders wait for
// each other for ever, once each has got its first one:
//
//	func (a *Account) Report(b *Bank) {
//		a.mu.Lock()
//		b.mu.Lock()
//	}
//
//	func (b *Bank) Close(a *Account) {
//		b.mu.Lock()
//		a.mu.Lock()
//	}
//
// Take them in one order everywhere, or release the first before the second
// is taken. The locks are often taken by functions that are called; the
// witness has both chains of calls.
//
// Locks count by the field that holds them, so the two orders may be about
// different objects; a finding is only possible if the types do not tie the
// objects of each order together, if several types embed that of a lock, or if
// both orders seem to be taken by one goroutine for each object: by what a
// loop calls that is started once, or through function values. Silent are two locks of one field (a tree
// is locked from the root down), orders of which one needs a third lock that
// the other one holds as well, or begins when the goroutine of the other one
// has ended, and locks of objects that nobody else has yet.
//
// # Rule chandeadlock/slow-under-lock
//
// A function waits for the network, a file, another process or a timer while
// it holds a lock. All who need the lock wait as long:
//
//	c.mu.Lock()
//	resp, err := c.http.Get(c.url) // the lock is held for seconds
//	c.last = resp
//	c.mu.Unlock()
//
// Do the slow work first and take the lock to publish the result. Often this
// is meant, as when a lock guards a connection; therefore the rule is off. A
// mutex profile shows whether anybody waits.
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
// sender does after the send. Confidence is possible where a goroutine that is
// started again and again would have to run twice at a time, although the
// function keeps track of it in a flag.
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
// operations in functions that are called with the lock held. Reported are channels and conditions all of whose
// peers are in the package, if each of them always holds the lock, takes it
// first, or takes it between two rounds of its loop.
//
// Confidence is possible where the lock may be another one, that of another
// value of the same type, and where the channel has a buffer, which has to be
// full first.
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
// receive, returns that some path reaches with Done (so may be the Add), groups
// with a Done in a function that is no goroutine of its own (what is counted may
// end later than the worker), and wait groups that code outside of the package
// gets.
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
// Done goes somewhere as a function value, error groups, which know themselves
// when their goroutines end, and an Add behind which no goroutine starts: such
// a wait may be there to wait for ever.
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
// # Rule chandeadlock/late-add
//
// A goroutine adds itself to the wait group that is to wait for it. Wait may
// find the counter at zero before the goroutine has got so far, and returns
// while it is still at work:
//
//	for _, job := range jobs {
//		go func() {
//			wg.Add(1)                       // WRONG: wg.Wait may be over
//			defer wg.Done()
//			run(job)
//		}()
//	}
//	wg.Wait()
//
//	wg.Go(func() { run(job) })              // RIGHT since Go 1.25; wg.Add(1) before go otherwise
//
// The goroutine may be a method, and the Wait in a function that is called. Not
// reported: wait groups to which others add as well, so that the counter may be
// kept above zero, and functions that wait for something else between the start
// of the goroutine and the Wait: it may say that it has added itself.
//
// # Rule chandeadlock/limit-reached
//
// A goroutine of an error group with a limit starts another one in the same
// group. Go waits until there is room, but the goroutine that waits keeps its
// own place. When as many of them wait as the limit allows, none goes on:
//
//	g.SetLimit(8)
//	visit = func(dir string) error {
//		for _, child := range list(dir) {
//			g.Go(func() error { return visit(child) }) // WRONG: eight directories wait for each other
//		}
//		return nil
//	}
//	g.Go(func() error { return visit(root) })
//
//	if !g.TryGo(func() error { return visit(child) }) { // RIGHT: does it itself
//		return visit(child)
//	}
//
// Goroutines that start others are counted: fewer than the limit are harmless,
// since the others end by themselves. A finding is only possible if the limit
// is not constant. With a limit of zero, every Go blocks.
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
// The object may be one of another package, and a result that is thrown away
// counts as well. Not reported: objects that are
// returned, stored or passed on, those that live as long as main or a command, goroutines
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
// [context.AfterFunc] does without the goroutine. Confidence is possible where
// main calls the function once: the goroutine ends with the process.
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
