// Package timerstop defines an Analyzer that finds timers and tickers that
// are not stopped, that cannot be, or whose Stop does not do what the code
// around it expects.
//
// # Analyzer timerstop
//
// timerstop: find timers that leak, never fire, or block a goroutine for ever
//
// The package time has two behaviours, and the go line of the main module
// chooses between them. Before Go 1.23 a timer stayed in memory until it fired
// or was stopped, a ticker for ever, and the channel had a buffer in which an
// old value could stay. Since Go 1.23 an unreferenced timer is collected, and
// neither Stop nor Reset leaves a value behind. The analyzer follows the main
// module (with its godebug lines; -go overrides them), says which version a
// finding is about, and does not repeat advice that is outdated.
//
// In every version: the function of time.AfterFunc and all that it captures
// stay until the timer fires or is stopped, Stop does not close the channel,
// and each call of time.After and time.Tick makes a timer.
//
// Known besides package time: the clocks of k8s.io/utils/clock,
// github.com/benbjohnson/clock and github.com/jonboulle/clockwork, and what
// the option clocks lists (example.com/clock.NewTicker=ticker) on the command
// line, in .perflint.yml or in the settings of golangci-lint. What these make
// must be a type of the same package whose name ends in Timer or Ticker, with
// the methods Stop and Reset and with a field C or a method C or Chan.
//
// The analyzer is silent about a timer that is returned, passed on, or stored
// where it cannot follow it, about main, init and TestMain, and, unless info
// is shown, about tests.
//
// # Rule timerstop/never-stopped
//
// A timer or ticker that does not leave its function, which returns without
// stopping it:
//
//	tk := time.NewTicker(time.Second)
//	for {                               // WRONG: before Go 1.23 it ticks for ever
//		select {
//		case <-tk.C:
//			poll()
//		case <-done:
//			return
//		}
//	}
//
//	tk := time.NewTicker(time.Second)
//	defer tk.Stop()                     // RIGHT
//
// Since Go 1.23 such a timer is collected: the finding is then of severity info
// and confidence possible, and so not shown by default.
//
// Not reported: functions that never return, timers that have fired, and those
// that a closure stops.
//
// # Rule timerstop/lost-on-path
//
// A timer or ticker that is stopped on some paths but not on the one that the
// finding describes:
//
//	tk := time.NewTicker(time.Second)
//	conn, err := dial()
//	if err != nil {
//		return err                      // WRONG before Go 1.23
//	}
//	defer tk.Stop()
//
// Defer Stop right where the timer is made. Since Go 1.23 the finding is about
// tickers only, of severity info and confidence possible.
//
// # Rule timerstop/field-not-stopped
//
// A field holds a timer or ticker, its type has a Close, Stop or Shutdown, and
// nothing in the package stops it:
//
//	type poller struct {
//		tk   *time.Ticker
//		done chan struct{}
//	}
//
//	func (p *poller) Close() { close(p.done) }             // WRONG: p.tk goes on
//	func (p *poller) Close() { p.tk.Stop(); close(p.done) } // RIGHT
//
// An AfterFunc timer fires when its owner is closed already, in every version;
// a ticker wakes up whoever still receives from it. Since Go 1.23 a ticker from
// which nobody receives any more costs nothing and is collected with its owner:
// the finding is a warning only if some loop over its channel has no end, and
// else info and possible. The same holds for timers that fire once.
//
// Not reported: exported fields, fields whose timer is passed on, and those
// that any code of the package stops. For an AfterFunc timer that is stopped,
// but not by Close, the finding is info and possible; for one that is not
// stopped it is possible, because most functions do nothing once their owner
// is closed.
//
// # Rule timerstop/receiver-never-exits
//
// Each value of a type starts a goroutine that receives from the ticker in its
// field for ever, and nothing can end it:
//
//	func newCache() *cache {
//		c := &cache{tk: time.NewTicker(time.Minute)}
//		go c.clean()                    // WRONG: no cache is ever collected
//		return c
//	}
//
//	func (c *cache) clean() {
//		for range c.tk.C {
//			c.dropExpired()
//		}
//	}
//
// Give the type a Close that ends the loop, by a channel or a context. Off by
// default: a value that lives as long as the process needs none, and the
// analyzer cannot see how many there are.
//
// # Rule timerstop/overwritten
//
// A field that holds a running timer gets another one:
//
//	func (p *poller) setInterval(d time.Duration) {
//		p.tk = time.NewTicker(d)        // WRONG: the loop over the old p.tk.C does not notice
//	}
//
//	func (p *poller) setInterval(d time.Duration) {
//		p.tk.Reset(d)                   // RIGHT
//	}
//
// An AfterFunc timer that is replaced without a Stop runs its function too. A
// loop that ranges over the channel has read it once and stays with the old
// one. Since Go 1.23 the finding is info and possible for other tickers and
// timers, which are collected.
//
// Not reported: functions that stop the field's timer, receive from it or
// compare it with nil, the function of the timer itself, and stores of which
// nothing shows that they are executed twice: a loop, another store into a new
// value, or the name of a function like Reset or Update that always gets there.
//
// # Rule timerstop/stop-ends-nothing
//
// A loop that only the end of a timer's channel could end, and a Stop that is
// meant to end it:
//
//	go func() {
//		for range tk.C {                // WRONG: blocks for ever after the Stop
//			poll()
//		}
//	}()
//	...
//	tk.Stop()
//
//	go func() {
//		for {                           // RIGHT
//			select {
//			case <-tk.C:
//				poll()
//			case <-ctx.Done():
//				return
//			}
//		}
//	}()
//
// Stop does not close the channel, in any version. The goroutine and all that
// it refers to stay for as long as the process runs. Severity is info if main
// does the Stop, because the process ends soon after. Confidence is possible
// if nothing shows that the loop runs in a goroutine of its own.
//
// Not reported: a Stop behind which the same function starts the timer again,
// and loops that can be left.
//
// # Rule timerstop/after-in-loop
//
// A loop that receives messages and calls time.After in every round:
//
//	for {
//		select {
//		case m := <-in:
//			handle(m)
//		case <-time.After(30 * time.Second): // WRONG: a timer for each message
//			ping()
//		}
//	}
//
//	idle := time.NewTimer(30 * time.Second)
//	defer idle.Stop()
//	for {
//		idle.Reset(30 * time.Second)    // RIGHT since Go 1.23; before, stop and drain it first
//		select {
//		case m := <-in:
//			handle(m)
//		case <-idle.C:
//			ping()
//		}
//	}
//
// Measured with Go 1.26 on amd64: 248 bytes in 3 allocations per call. Before
// Go 1.23 each timer also stays, some 270 bytes, until its time is over: at
// 10 000 messages a second and 30 seconds that is 80 MB.
//
// Severity is info and confidence possible since Go 1.23: of the loops that
// were judged, none did so little else that the garbage mattered. Before, that
// holds where the other case is a channel of empty structs, booleans, errors,
// signals or ticks, one that is made in the round, a send, or one that ends the
// loop unless something fails, because these tend to be rare; in loops that
// count their rounds or that end with a message of another case; and where the
// message's type or channel is named like an event, update or result and the
// timer is over within 30 seconds. Nothing is reported where every other case
// leaves the loop: then the timer fires in each round, and the loop is as slow
// as the timer.
//
// The fix makes one timer before the loop. It is offered since Go 1.23 only,
// where Reset leaves no old value in the channel.
//
// # Rule timerstop/after-abandoned
//
// Before Go 1.23, the timer of time.After stays until its time is over, even if
// another case of the select statement was faster:
//
//	select {
//	case r := <-reply:
//		return r, nil
//	case <-time.After(time.Minute):     // WRONG before Go 1.23: 268 bytes for a minute
//		return nil, errTimeout
//	}
//
//	timeout := time.NewTimer(time.Minute)
//	defer timeout.Stop()                // RIGHT
//
// Severity is info and confidence possible unless the duration is a constant
// of 30 seconds or more and the other case receives a message: a loop or wait
// that ends with the program leaves one timer behind. Nothing is reported since
// Go 1.23.
//
// # Rule timerstop/unstoppable
//
// Only the channel of a timer is kept, so that nothing can stop it:
//
//	func watch(done chan struct{}) {
//		tick := time.Tick(time.Second)  // WRONG before Go 1.23: ticks for ever
//		...
//	}
//
//	w.timeout = time.After(time.Minute)         // WRONG before Go 1.23
//	w.timeout = time.NewTimer(time.Minute).C    // WRONG before Go 1.23
//
// Keep the timer and stop it. Reported are time.Tick and channels of tickers in
// functions that return, outside of main packages, and channels that are put
// into a field. Since Go 1.23 all of these are collected: there the finding is
// info and possible for NewTimer(d).C and NewTicker(d).C, and not made for
// time.Tick and time.After. staticcheck's SA1015 says the same of time.Tick, so
// a //nolint comment for it counts here.
//
// # Rule timerstop/tick-in-loop
//
// A loop that calls time.Tick in every round:
//
//	for {
//		select {
//		case m := <-in:
//			handle(m)
//		case <-time.Tick(time.Second):  // WRONG: each message starts the second over
//			flush()
//		}
//	}
//
//	tick := time.Tick(time.Second)      // RIGHT: before the loop
//
// The case is never chosen as long as messages come faster than the interval,
// and each round allocates a ticker. Before Go 1.23 none of them is ever
// collected, and severity is error.
//
// Not reported: an inner loop that receives from one ticker many times. Severity
// is info since Go 1.23 if no round follows another that has not waited for its
// tick.
//
// # Rule timerstop/pinned-captures
//
// A time.AfterFunc without a handle whose function captures something large:
//
//	time.AfterFunc(10*time.Minute, func() {
//		log.Print(len(body))            // WRONG: body stays for ten minutes
//	})
//
//	n := len(body)
//	time.AfterFunc(10*time.Minute, func() { log.Print(n) }) // RIGHT
//
// The runtime keeps the function and all that it captures until the timer
// fires, in every version. Reported are byte slices, buffers, requests and
// response writers, and structs and arrays of a kilobyte and more, if the
// duration is not a constant below a second. What other pointers lead to is
// likely to be kept by others as well.
//
// # Rule timerstop/guard-not-stopped
//
// A time.AfterFunc that bounds some work, and that nobody stops when the work
// is done:
//
//	ctx, cancel := context.WithCancel(parent)
//	time.AfterFunc(time.Minute, cancel) // WRONG: stays for a minute, however fast fetch is
//	return fetch(ctx)
//
//	guard := time.AfterFunc(time.Minute, cancel)
//	defer guard.Stop()                  // RIGHT
//	return fetch(ctx)
//
// A guard is a function that cancels a context, closes a channel, or calls
// Close, Kill, Cancel or the like, on something that the same function made,
// uses afterwards and does not pass on. When it fires late, it may end what has
// got the same identity since, such as a process.
//
// Not reported: timers that end something that lives on; they are meant to
// fire late.
//
// # Rule timerstop/stale-reset
//
// Before Go 1.23, a timer that has fired unnoticed keeps its value in the
// channel when it is reset:
//
//	for {
//		select {
//		case m := <-in:
//			handle(m)                       // may take longer than the timer
//			idle.Reset(time.Minute)         // WRONG before Go 1.23
//		case <-idle.C:
//			return                          // at once, with the old value
//		}
//	}
//
//	if !idle.Stop() {                       // RIGHT
//		select {
//		case <-idle.C:
//		default:
//		}
//	}
//	idle.Reset(time.Minute)
//
// Confidence is possible where the path depends on a condition, which may tell
// whether the timer is running, and where the loop goes on when the timer fires:
// then an old value only brings its next turn forward.
//
// Not reported: timers of AfterFunc, those whose value was received or drained
// on the way or is received by another function, a Reset right behind the
// timer's start or behind nothing but the wait for it, those that are rearmed by
// other functions of the package, and anything since Go 1.23, where Reset leaves
// no value behind.
//
// # Rule timerstop/drain-blocks
//
// A drain of a channel whose value was received already:
//
//	select {
//	case <-t.C:
//		expired()
//	case <-done:
//	}
//	if !t.Stop() {
//		<-t.C                           // WRONG: blocks for ever if the timer has fired
//	}
//
//	t.Stop()                            // RIGHT since Go 1.23
//
//	if !t.Stop() {                      // RIGHT in every version
//		select {
//		case <-t.C:
//		default:
//		}
//	}
//
// Stop returns false if the timer has fired, also when the value was received.
// The finding says which receive it was and on which path the drain follows.
// It holds in every version. Confidence is possible, and the finding not shown
// by default, where the path depends on a condition other than an error, which
// may tell whether the timer is running.
//
// # Rule timerstop/afterfunc-channel
//
// A timer that time.AfterFunc made has no channel:
//
//	t := time.AfterFunc(d, f)
//	...
//	if !t.Stop() {
//		<-t.C                           // WRONG: t.C is nil, so this blocks for ever
//	}
//
// To wait for the function, let it close a channel:
//
//	done := make(chan struct{})
//	t := time.AfterFunc(d, func() { defer close(done); f() })
//	...
//	if !t.Stop() {
//		<-done                          // RIGHT
//	}
//
// # Rule timerstop/needless-drain
//
// Since Go 1.23 a Stop or Reset leaves no value in the channel, so the idiom of
// older versions does nothing:
//
//	if !t.Stop() {
//		<-t.C       // never runs, or, if the value was received, blocks for ever
//	}
//
//	t.Stop()        // RIGHT since Go 1.23
//
// Off by default: it does no harm as long as nobody receives the value first,
// and code that also has to work before Go 1.23 needs it. Where somebody does
// receive it first, timerstop/drain-blocks reports it.
//
// # Rule timerstop/defer-in-loop
//
// A Stop that is deferred in the loop that makes the timer:
//
//	for _, job := range jobs {
//		t := time.NewTimer(limit)
//		defer t.Stop()                  // WRONG: runs when the function returns
//		wait(job, t.C)
//	}
//
// All timers stay until the function returns, also since Go 1.23, because the
// deferred calls refer to them, and all tickers tick. Stop the timer at the end
// of the round, or move the body of the loop into a function:
//
//	for _, job := range jobs {
//		waitFor(job, limit)             // RIGHT: its defer runs in each round
//	}
//
// Confidence is possible where a round may go by without making a timer: that
// may happen once at most. Not reported: a timer that the function also stops
// without defer.
//
// # Rule timerstop/stop-result-ignored
//
// Stop does not wait for the function of an AfterFunc timer. If the channel
// that the function sends to is closed right after, the send may panic:
//
//	t := time.AfterFunc(d, func() { out <- timeout })
//	...
//	t.Stop()
//	close(out)                          // WRONG: the function may be running
//
// Look at the result of Stop; if it is false, wait for the function before
// closing. Off by default.
//
// # Rule timerstop/channel-length
//
// The channel of a timer has had no buffer since Go 1.23, so that len and cap
// of it are always 0:
//
//	if len(t.C) > 0 {                   // WRONG since Go 1.23: never true
//		expired()
//	}
//
//	select {                            // RIGHT
//	case <-t.C:
//		expired()
//	default:
//	}
//
// Not reported where the main module's go line is below 1.23, and where the
// length only decides whether a value is thrown away.
//
// # Rule timerstop/sleep-ignores-context
//
// A loop that sleeps a second or longer in a function that has a context, and
// in which nothing looks at a context:
//
//	func poll(ctx context.Context) {
//		for {
//			check()
//			time.Sleep(time.Minute)     // WRONG: goes on when ctx has ended
//		}
//	}
//
//	select {                            // RIGHT
//	case <-tk.C:
//	case <-ctx.Done():
//		return
//	}
//
// Off by default.
//
// # Rule timerstop/context-as-timer
//
// A context that is made in every round of a loop only to wait for its
// deadline:
//
//	for {
//		ctx, cancel := context.WithTimeout(parent, time.Second) // WRONG: 5 allocations per round
//		select {
//		case m := <-in:
//			handle(m)
//		case <-ctx.Done():
//		}
//		cancel()
//	}
//
// A timer that each round resets, beside parent.Done(), does the same. Off by
// default.
//
// # Rule timerstop/reset-in-callback
//
// An AfterFunc function that resets its own timer:
//
//	t = time.AfterFunc(d, func() {
//		poll()
//		t.Reset(d)                      // a t.Stop() during poll does not end this
//	})
//
// A Stop that comes while the function runs returns false, and the Reset then
// starts the timer again. Check a flag under a lock before the Reset, or use a
// ticker. Off by default, because many such timers are never stopped.
//
// # Rule timerstop/bad-interval
//
// A ticker whose interval is a constant that is not positive:
//
//	tk := time.NewTicker(0)             // WRONG: panics
//	tk.Reset(-1)                        // WRONG: panics
//	<-time.Tick(0)                      // WRONG: Tick returns nil, so this blocks for ever
//
// Use a positive interval, and Stop to end a ticker. time.NewTimer, AfterFunc
// and After take any duration: one that is not positive fires at once.
package timerstop
