// Package ctxleak defines an Analyzer that finds contexts whose cancel
// function is lost.
//
// # Analyzer ctxleak
//
// ctxleak: find contexts whose cancel function is lost
//
// context.WithCancel, WithTimeout, WithDeadline, their Cause variants and
// signal.NotifyContext return a context together with a function that
// releases it. Until that function is called, the new context stays
// registered with its parent, its timer stays armed, and every goroutine that
// waits on the context keeps waiting. A deadline or the end of the parent
// limits the damage; under a server's base context nothing does.
//
// The analyzer follows the function value within the function that made it,
// through variables, conversions and closures, on every path that can be
// taken. Functions of the program that return such a function count as those
// of the context package do, wherever they are, and so does a function with a
// context and a context.CancelFunc among its results that makes the latter. It is silent about a cancel
// function that is returned, sent, deferred, stored where others can call it,
// or passed to another function, unless that is known to ignore it: from there
// on it is somebody else's. It is silent about paths that end the process, and about main, init
// and TestMain, whose contexts live as long as the process.
//
// # Rule ctxleak/discarded
//
// The release function is thrown away, or nothing ever calls it:
//
//	ctx, _ := context.WithTimeout(parent, time.Second)  // WRONG: the timer runs for a second
//	return fetch(ctx)                                   // even if fetch takes a millisecond
//
//	ctx, cancel := context.WithCancel(parent)
//	_ = cancel                                          // WRONG: silences the compiler, not the leak
//
//	ctx, cancel := context.WithTimeout(parent, time.Second)
//	defer cancel()                                      // RIGHT
//	return fetch(ctx)
//
// Severity is warning if a deadline bounds the damage. Without one it is error
// if a goroutine is started with the context or if the call stands in a loop,
// and warning otherwise. It is info, and so not shown by default, where next
// to nothing is kept: a WithCancel context whose parent never ends
// (context.Background) or ends by itself (the context of a test) and that is
// given to no goroutine, a context whose parent the function has deferred to
// cancel, contexts that main or init make once, and everything in test files, whose
// process ends with the tests.
//
// Confidence is possible, and the finding not shown by default, where a
// deadline ends the context and it is returned, stored or given to a
// goroutine: it may be meant to live on, and nothing here could release it. It
// is possible too for a function that shows by its type only that it returns a
// release function.
//
// Not reported: a release function that is assigned to a variable of an
// enclosing function or of the package, or that is passed on. A //nolint
// comment for govet, whose lostcancel check says the same, is honoured.
//
// # Rule ctxleak/lost-on-path
//
// The release function is called on some paths but not on the one that the
// finding describes:
//
//	ctx, cancel := context.WithTimeout(parent, time.Second)
//	user, err := load(ctx)
//	if err != nil {
//		return err  // WRONG: cancel is not called
//	}
//	err = save(ctx, user)
//	cancel()
//	return err
//
// A loop that starts over without calling it loses it too:
//
//	for job := range jobs {
//		ctx, cancel := context.WithTimeout(parent, time.Second)
//		if err := run(ctx, job); err != nil {
//			log.Print(err)
//			continue  // WRONG
//		}
//		cancel()
//	}
//
// Defer the call where it is made. In a loop, move the body into a function
// so that the deferred call runs in each round, or call cancel before every
// continue, break and return.
//
// Severity is as for ctxleak/discarded, and info where main returns, or ends the
// process, as soon as the function has returned. Confidence is possible where the
// release stands under a plain flag or a type assertion ("if cfg.Cancel {
// defer cancel() }"), where the context itself is returned, where the path
// supposes that a call returned neither an error nor a result, and where a
// goroutine calls it only when it fails while another one goes on with the
// context.
//
// Not reported: paths on which the release function is nil or was not made
// yet; paths that two tests of the same condition rule out; paths that panic
// or end the process; paths on which the context has ended by itself (its Done
// channel was received from, its Err was not nil) or its parent was released,
// except for signal.NotifyContext, whose signals only stop gives back. Two reads of the same field are taken to be equal
// unless the function itself writes to the field in between.
//
// # Rule ctxleak/overwritten
//
// The variable that holds the release function gets another one before the
// first was called:
//
//	ctx, cancel := context.WithTimeout(parent, time.Second)
//	defer cancel()                                         // cancels the first context
//	if slow {
//		ctx, cancel = context.WithTimeout(parent, time.Minute)  // WRONG: nothing cancels this one
//	}
//	return run(ctx)
//
// Call the first one before the second is made, or give the second one a
// variable and a deferred call of its own. Severity, confidence and silence
// are as for ctxleak/lost-on-path.
//
// # Rule ctxleak/param-dropped
//
// The release function is given to a function that neither calls nor keeps
// it, and nothing else calls it:
//
//	func register(name string, cancel context.CancelFunc) {
//		log.Print("started ", name)  // WRONG: cancel is dropped
//	}
//
//	ctx, cancel := context.WithCancel(parent)
//	register("worker", cancel)
//	go work(ctx)
//
//	func register(name string, cancel context.CancelFunc) {
//		running[name] = cancel  // RIGHT: somebody can call it
//	}
//
// Call it in the function that gets it, keep it there, or call it where it was
// made. The finding stands there, and its witness leads to the function that
// drops it, which may be in another package. Severity and silence are as for
// ctxleak/discarded, confidence too, but likely at most.
//
// # Rule ctxleak/lost-in-registry
//
// The release function is put into a map, slice or sync.Map that is an
// unexported field or variable, and comes out of it without being called:
//
//	ctx, cancel := context.WithCancel(parent)
//	s.running[id] = cancel
//	go s.run(ctx, id)
//
//	delete(s.running, id)  // WRONG if nothing else in the package reads s.running
//
//	if cancel, ok := s.running[id]; ok {
//		cancel()  // RIGHT
//		delete(s.running, id)
//	}
//
// The rule is off by default: it has found nothing yet in public code. Severity
// is as for ctxleak/discarded. Where other code of the package does take
// entries out, only functions that neither do that nor call what does are
// reported for removing one unseen.
//
// Not reported: release functions with which anything else is done, such as
// to defer them; collections that are handed to other code; entries that
// another one with the same key replaces, for the keys may all be different.
//
// # Rule ctxleak/body-not-closed
//
// The body of an HTTP response is not closed on some path. Its connection then
// is not used again: it stays open, with two goroutines that serve it, until
// the server closes it or the request's context ends.
//
//	resp, err := client.Do(req)
//	if err != nil {
//		return err
//	}
//	if resp.StatusCode != http.StatusOK {
//		return errStatus  // WRONG: the body stays open
//	}
//	defer resp.Body.Close()
//
//	resp, err := client.Do(req)
//	if err != nil {
//		return err
//	}
//	defer resp.Body.Close()  // RIGHT: before anything else can return
//
// Off by default: of thirteen findings that were judged, four are in code that
// only serves tests. Severity is warning, and info in test files. Not reported: a response or
// body that is returned, stored or passed to a function that may close it;
// HEAD requests and the statuses 204 and 304, which come without a body.
//
// # Rule ctxleak/owner-dropped
//
// A function makes a value that keeps the release function of a context in a
// field, and whoever got the value drops it without calling that, itself or
// through a method:
//
//	func newClient(parent context.Context) *client {
//		ctx, cancel := context.WithCancel(parent)
//		return &client{ctx: ctx, cancel: cancel}
//	}
//
//	c := newClient(ctx)
//	if !c.allowed() {
//		return errDenied  // WRONG: c.cancel is not called
//	}
//	defer c.cancel()
//
// Off by default, because a value that is given to other code may be theirs
// from there on, which cannot be seen. Only fields and functions of one
// package are looked at.
//
// # Rule ctxleak/stored-never-called
//
// The release function is stored in an unexported field, and no function of
// the package calls what is in that field or reads it otherwise:
//
//	type worker struct {
//		ctx    context.Context
//		cancel context.CancelFunc
//	}
//
//	func newWorker(parent context.Context) *worker {
//		w := new(worker)
//		w.ctx, w.cancel = context.WithCancel(parent)  // WRONG: w.cancel is never called
//		return w
//	}
//
//	func (w *worker) Close() { w.cancel() }  // RIGHT
//
// Severity is as for ctxleak/discarded. Confidence is possible where a
// deadline ends the context. Not reported: exported fields and fields of other
// packages' types, which may be called from anywhere, and functions that are
// passed on as well as stored.
//
// # Rule ctxleak/defer-in-loop
//
// A deferred call waits for the end of the function, not of the round:
//
//	for job := range jobs {
//		ctx, cancel := context.WithTimeout(parent, time.Second)
//		defer cancel()  // WRONG: one more context and timer in every round
//		run(ctx, job)
//	}
//
//	for job := range jobs {
//		func() {
//			ctx, cancel := context.WithTimeout(parent, time.Second)
//			defer cancel()  // RIGHT: at the end of the round
//			run(ctx, job)
//		}()
//	}
//
// Severity is error if the loop never ends, or has no condition and waits for
// events: it then grows for as long as the service runs. It is info, and so
// not shown by default, in loops of a handful of rounds, in those over a
// collection if a deadline bounds the damage as well, in those that go on only
// when that deadline has passed, for WithCancel under context.Background, which
// nothing but the pending call keeps, and in test files.
//
// Not reported: contexts that may be meant to outlive their round, because they
// are stored, sent, or captured by a goroutine or a function that is not
// called on the spot. Confidence is possible where something that a call made
// with the context is kept: it may still need it.
//
// # Rule ctxleak/premature-cancel
//
// The cancel function is called, at the latest when the function returns, and
// somebody still needs the context then:
//
//	func start(parent context.Context, f *os.File) {
//		ctx, cancel := context.WithTimeout(parent, time.Minute)
//		defer cancel()     // WRONG: the upload is cancelled before it begins
//		go upload(ctx, f)
//	}
//
//	func get(parent context.Context, req *http.Request) (*http.Response, error) {
//		ctx, cancel := context.WithTimeout(parent, time.Second)
//		defer cancel()     // WRONG: the caller cannot read the body
//		return client.Do(req.WithContext(ctx))
//	}
//
// Let the goroutine cancel its context itself, or wait for it. Read the
// response before the function returns, or let the closing of its body
// cancel.
//
// What needs its context after the call that made it is a table: responses,
// the results of queries and transactions of database/sql, the streams of
// gRPC, the watches of Kubernetes and etcd, commands, requests, and the
// context itself. Functions of the same package that return one of these are
// looked into.
//
// Not reported: goroutines that accompany the function. Anything between the go
// statement and the return that may take time (a call that is not known to be
// quick, a receive) is taken for what they accompany. Values that the function
// itself uses up or closes are not reported either, nor are responses whose body
// no caller reads. Severity is info in test files.
//
// # Rule ctxleak/unused-derived
//
// A context with a time limit is made, cancelled in time, and given to nobody:
//
//	_, cancel := context.WithTimeout(ctx, time.Second)
//	defer cancel()
//	return fetch(ctx)  // WRONG: without the limit
//
//	ctx, cancel := context.WithTimeout(ctx, time.Second)
//	defer cancel()
//	return fetch(ctx)  // RIGHT
//
// Severity is info for a context without a time limit, which does no harm, and in
// test files. Not reported: a cancel function that is stored, returned or passed
// on, for it may be all that is wanted; signal.NotifyContext, which redirects
// signals even so.
//
// # Rule ctxleak/value-growth
//
// Each round derives its context from that of the round before:
//
//	for job := range jobs {
//		ctx = context.WithValue(ctx, jobKey, job.ID)  // WRONG: a chain as long as the loop
//		run(ctx, job)
//	}
//
//	for job := range jobs {
//		ctx := context.WithValue(ctx, jobKey, job.ID)  // RIGHT: a new variable in each round
//		run(ctx, job)
//	}
//
// All contexts of the chain stay in memory, and a lookup walks all of it. With
// WithTimeout it is worse: the first deadline, or the first cancel, ends
// the contexts of all later rounds.
//
// Not reported: values whose key changes with the rounds, as when a collection is
// put into the context one by one. Confidence is possible, and the finding not shown by
// default, for a method that wraps a context in a field of its receiver:
// it may be called only once. Severity is info in test files.
//
// # Rule ctxleak/zero-timeout
//
// The context has ended before anything can happen:
//
//	ctx, cancel := context.WithTimeout(ctx, 0)   // WRONG
//	ctx, cancel := context.WithTimeout(ctx, 30)  // WRONG: 30 nanoseconds
//	ctx, cancel := context.WithTimeout(ctx, time.Duration(cfg.TimeoutSeconds))  // WRONG: so are these
//
//	ctx, cancel := context.WithTimeout(ctx, time.Duration(cfg.TimeoutSeconds)*time.Second)  // RIGHT
//
// Reported are constants below a microsecond, unless they are written with a unit,
// and integers that are converted without one. Confidence is possible, and the finding
// not shown by default, where the name of the integer does not say that it
// counts something other than nanoseconds. Severity is info in test files,
// where a context that has ended may be what is wanted.
//
// # Rule ctxleak/stop-dropped
//
// context.AfterFunc registers a function with a context, and the function
// that it returns is the only way to take it back. Under a context that lives
// on, dropped ones pile up, with all that they refer to:
//
//	for conn := range accepted {
//		context.AfterFunc(server, func() { conn.Close() })  // WRONG: keeps every connection
//		serve(conn)
//	}
//
//	for conn := range accepted {
//		stop := context.AfterFunc(server, func() { conn.Close() })
//		serve(conn)
//		stop()  // RIGHT
//	}
//
// Reported are loops without a condition or over a channel, and HTTP handlers
// where the context is read from a field or a variable of the package.
// Confidence is possible in other loops, which may register one function for each
// element of a collection on purpose. Not reported: contexts that are made in
// the loop, and registrations that are made once.
//
// # Rule ctxleak/circular-wait
//
// The cancel function is called only after something has waited for the end
// of the context that it is to end:
//
//	ctx, cancel := context.WithCancel(context.Background())
//	go func() {
//		<-ctx.Done()
//		cancel()  // WRONG: nothing else ends ctx
//	}()
//
//	ctx, cancel := context.WithCancel(context.Background())
//	defer cancel()   // WRONG: runs when the function returns,
//	var wg sync.WaitGroup
//	wg.Go(func() {
//		<-ctx.Done()
//	})
//	wg.Wait()        // which waits for a goroutine that waits for ctx
//
//	work(ctx)
//	cancel()   // RIGHT: end it when the work is done,
//	wg.Wait()  // then wait
//
// Both then wait for ever, and so does every goroutine that watches the
// context. The rule is off by default: it has found nothing yet in public code.
// Reported are contexts without a deadline under one that never ends,
// such as context.Background: any other may be ended by its parent, for which the
// code may be meant to wait. Severity is info in main, init and TestMain, which
// may be meant to block until the process is killed, and in test files.
//
// Not reported: cancel functions of which not all calls are known, because they
// are stored, returned, or handed to another package.
//
// # Rule ctxleak/restart-overwrites
//
// A method puts a new cancel function into a field and does not look at the
// one that it may hold:
//
//	func (s *Server) Start(ctx context.Context) {
//		ctx, s.cancel = context.WithCancel(ctx)  // WRONG if Start runs twice: nothing can cancel the first
//		go s.run(ctx)
//	}
//
//	if s.cancel != nil {
//		s.cancel()  // RIGHT
//	}
//	ctx, s.cancel = context.WithCancel(ctx)
//
// Off by default: whether a method runs twice cannot be seen. Not reported: methods
// that read the field, also in a method that they call; that return early because of
// the receiver's state; and contexts that a deadline ends.
//
// # Rule ctxleak/value-abuse
//
// A context carries something that is not data of a request: a map or channel,
// through which functions change each other's state unseen, a function, or a
// struct of 256 bytes or more, which is copied to the heap.
//
//	ctx = context.WithValue(ctx, cacheKey, map[string]User{})  // WRONG: pass the cache to those who need it
//	ctx = context.WithValue(ctx, userKey, user)                // RIGHT
//
// Off by default: it is a matter of style in many programs.
//
// # Rule ctxleak/goroutine-ignores-ctx
//
// A goroutine that nothing can end, in a function that is told when to end:
//
//	func serve(ctx context.Context, jobs chan job) {
//		go func() {
//			for {
//				run(<-jobs)  // WRONG: stays when ctx has ended
//			}
//		}()
//	}
//
//	for {
//		select {
//		case j := <-jobs:
//			run(j)
//		case <-ctx.Done():  // RIGHT
//			return
//		}
//	}
//
// The rule is off by default: a goroutine may be meant to live as long as the
// process. Reported are loops that wait and have no exit at all, in goroutines that
// mention no context.
//
// # Rule ctxleak/detached
//
// A call is given a context that never ends, although the function has one
// that does:
//
//	func (s *Server) Get(ctx context.Context, id string) (*Item, error) {
//		return s.store.Load(context.Background(), id)  // WRONG: the caller cannot cancel it
//	}
//
//	return s.store.Load(ctx, id)  // RIGHT
//
// The rule is off by default: to detach work can be right, and often only
// the author knows. context.WithoutCancel says so and keeps the values. Not reported:
// goroutines, deferred calls and other function literals, calls whose names
// or whose function's name say that they clean up, and code that is
// reached only after a context has ended.
//
// # Rule ctxleak/request-without-context
//
// An HTTP request that goes on when the caller has given up:
//
//	func fetch(ctx context.Context, url string) (*http.Response, error) {
//		return http.Get(url)  // WRONG
//	}
//
//	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)  // RIGHT
//
// Reported only where the function has a context or an *http.Request as a parameter,
// and only for requests that the function itself sends: one that it hands on may get its
// context elsewhere. The rule is off by default, because a client with a
// timeout bounds the harm. Not reported: test files.
//
// # Rule ctxleak/client-without-timeout
//
// Neither the request nor its client has a limit in time, so a server that
// does not answer holds the goroutine for ever:
//
//	go func() {
//		resp, err := http.Get(url)  // WRONG: http.DefaultClient has no timeout
//		…
//	}()
//
//	client := &http.Client{Timeout: 10 * time.Second}  // RIGHT
//
// Reported are goroutines and HTTP handlers, for the default client and for
// clients that the function makes without a Timeout, where the request has no context.
// The rule is off by default. Where request-without-context is on and the
// function has a context, that rule speaks instead. Not reported: test files.
package ctxleak
