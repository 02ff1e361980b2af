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
// goroutine: it may be meant to live on, and nothing here could release it.
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
// Severity is as for ctxleak/discarded. Confidence is possible where the
// release stands under a plain flag or a type assertion ("if cfg.Cancel {
// defer cancel() }") and where the context itself is returned.
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
// Severity is warning, and info in test files. Not reported: a response or
// body that is returned, stored or passed to a function that may close it;
// HEAD requests, whose responses have no body.
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
package ctxleak
