// Package poolmisuse defines an Analyzer that finds pooled objects that are
// used after they were put back, put back twice or in a bad state, and pools
// that save nothing.
//
// # Analyzer poolmisuse
//
// poolmisuse: find misuse of sync.Pool and of pools built on it
//
// What is put into a pool belongs to whoever takes it next, which may be
// another goroutine at the same moment. Code that goes on using it reads and
// writes what somebody else is working on: responses with other customers'
// data, not crashes. No test shows that reliably, and the race detector sees
// it only where two goroutines meet.
//
// The analyzer knows sync.Pool, bytebufferpool, grpc's mem.BufferPool and
// prometheus' zeropool, infers functions and methods that wrap one (getBuf
// and putBuf, Free, Release, a generic Pool[T], arrays of pools by size), in
// other packages too, and takes for a pool an interface whose name ends in
// Pool with Get and Put of the same type. The option pools names further
// functions on the command line, in .perflint.yml or in the settings of
// golangci-lint, such as
// (*example.com/buf.Pool).Get=(*example.com/buf.Pool).Put.
//
// It is silent about objects that are returned, stored or sent, which
// somebody else puts back, and about a Put that a limit on the size skips.
//
// # Rule poolmisuse/use-after-put
//
// An object is used although it was put back before:
//
//	buf := pool.Get().(*bytes.Buffer)
//	buf.WriteString(name)
//	pool.Put(buf)
//	return buf.String()  // WRONG: another goroutine may be writing to buf
//
//	defer buf.Reset()    // WRONG: deferred calls run in reverse order,
//	defer pool.Put(buf)  // so Put comes before Reset
//
//	s := buf.String()    // RIGHT
//	pool.Put(buf)
//	return s
//
// Memory that the object owns counts as well: its fields, the result of
// buf.Bytes(), slices of that. A field that held the object ("pool.Put(r.buf);
// r.buf.n = 0") counts until something is assigned to it.
//
// Not reported: uses behind a put that a condition other than a size limit
// may skip, uses by closures, and uses of an object that only may be the one
// that was put.
//
// # Rule poolmisuse/double-put
//
// An object is put back although it was put back before. The pool then hands
// it to two callers, each of whom believes to be alone:
//
//	buf := pool.Get().(*bytes.Buffer)
//	defer pool.Put(buf)
//	if err := fill(buf); err != nil {
//		pool.Put(buf)  // WRONG: the deferred Put comes after it
//		return err
//	}
//
// Not reported: a deferred function that checks whether the object was put
// back already.
//
// # Rule poolmisuse/returned-alias
//
// A function returns memory of an object that it puts back, so that its
// result changes under the caller's eyes:
//
//	buf := pool.Get().(*bytes.Buffer)
//	defer pool.Put(buf)
//	json.NewEncoder(buf).Encode(v)
//	return buf.Bytes()               // WRONG: the next user overwrites the result
//	return bytes.Clone(buf.Bytes())  // RIGHT
//	return buf.String()              // RIGHT: a copy
//
// Slices of a pooled slice, readers on top of it and strings made of it with
// package unsafe share its memory too. So does a slice in a field of a pooled
// struct, if the package truncates and reuses it.
//
// # Rule poolmisuse/kept-alias
//
// Memory of a pooled object is stored in a field of a parameter or of a struct
// that the function returns, in a package-level variable, or used by a goroutine that nothing waits for,
// although the function puts the object back:
//
//	buf := pool.Get().(*bytes.Buffer)
//	defer pool.Put(buf)
//	buf.ReadFrom(r)
//	msg.Body = buf.Bytes()  // WRONG: msg outlives the Put
//	go send(buf)            // WRONG: the goroutine may still be running
//
// Copy what is kept, or put the object back when that is over.
//
// Not reported: fields that the function assigns to again, and goroutines if
// the function waits for anything afterwards.
//
// # Rule poolmisuse/wrong-type
//
// The pool of an unexported variable holds one type, and another is put into
// it or expected from it:
//
//	var pool = sync.Pool{New: func() any { return bytes.Buffer{} }}
//	buf := pool.Get().(*bytes.Buffer)  // WRONG: panics, New returns no pointer
//
// Not reported: assertions with ok, pools of type parameters, and pools into
// which something goes whose type is unknown.
//
// # Rule poolmisuse/non-pointer
//
// A slice or struct is put into a sync.Pool. Put takes an interface, so the
// value is copied to the heap each time, which is what the pool is there to
// avoid:
//
//	pool.Put(buf[:0])   // WRONG for buf of type []byte: allocates 24 bytes
//
//	p := pool.Get().(*[]byte)
//	buf := (*p)[:0]
//	...
//	*p = buf
//	pool.Put(p)         // RIGHT: the pointer that Get returned
//
// A generic wrapper (type Pool[T any]) that puts a T is judged by the type that
// its callers choose.
//
// Putting the address of a local variable instead gains nothing, see
// poolmisuse/fresh-pointer. Severity is info where New makes slices of 64 KiB
// and more: to fill one costs far more. A //nolint comment for staticcheck's
// SA6002, which says the same, is honoured. Off by default: in one of five
// findings the object is so large that the allocation hardly matters.
//
// # Rule poolmisuse/no-reset
//
// The bytes.Buffer or strings.Builder of a pool is written to after Get and
// put back, and nothing in the package ever resets it:
//
//	buf := pool.Get().(*bytes.Buffer)
//	defer pool.Put(buf)
//	buf.WriteString(name)  // WRONG: behind what the previous user wrote
//	return buf.String()
//
// Call Reset after Get, or before Put. The rule speaks only if it sees all
// that is done with the objects: a function that gets the buffer and might
// reset it keeps it silent.
//
// # Rule poolmisuse/never-put
//
// Objects are taken from an unexported pool, and nothing in the package puts
// any back. The pool is always empty, and Get a slow way to call New:
//
//	var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}
//
//	func render(v any) string {
//		buf := pool.Get().(*bytes.Buffer)  // WRONG: there is no pool.Put
//		defer buf.Reset()
//		return format(buf, v)
//	}
//
// Not reported: pools whose address goes elsewhere.
//
// # Rule poolmisuse/typed-nil
//
// A nil pointer is put into a pool. Put ignores nil, but a nil pointer in an
// interface is not nil: it is stored, and a Get returns it. It happens with
// named results:
//
//	func open() (c *conn, err error) {
//		c = pool.Get().(*conn)
//		defer func() {
//			if err != nil {
//				pool.Put(c)  // WRONG: c is nil after "return nil, err"
//			}
//		}()
//		if err := c.dial(); err != nil {
//			return nil, err
//		}
//		return c, nil
//	}
//
// # Rule poolmisuse/new-not-get
//
// The function in a pool's New field is called directly:
//
//	h := pool.New().(*hasher)  // WRONG: makes one each time
//	defer pool.Put(h)
//
//	h := pool.Get().(*hasher)  // RIGHT: calls New when the pool is empty
//
// Not reported: new objects that go straight into the pool, and functions
// that try Get as well.
//
// # Rule poolmisuse/finalizer
//
// A finalizer or cleanup is attached to an object each time it is taken from
// a pool:
//
//	c := pool.Get().(*codec)
//	runtime.AddCleanup(c, free, c.handle)  // WRONG: one more in each round
//	defer pool.Put(c)
//
// SetFinalizer throws when there is one already; cleanups pile up and all run
// when the pool drops the object. Attach it once, in New.
//
// Not reported: a cleanup that the function stops, and a finalizer that it
// removes.
//
// # Rule poolmisuse/copied
//
// A sync.Pool is copied: both pools share what they hold, and hand one object
// to two callers.
//
//	func newCodec(p sync.Pool) *codec  // WRONG
//	func newCodec(p *sync.Pool) *codec // RIGHT
//
// A //nolint comment for govet's copylocks, which says the same and more, is
// honoured.
//
// # Rule poolmisuse/local-pool
//
// A pool is a local variable that nothing outside the function gets to know:
//
//	func handle(r io.Reader) error {
//		var pool sync.Pool  // WRONG: empty in every call
//		buf, _ := pool.Get().(*[]byte)
//
// Declare it at package level or in a struct that lives longer. Not reported:
// pools that serve the rounds of a loop, or that closures share.
//
// # Rule poolmisuse/defer-in-loop
//
// A loop takes an object in each round and defers its put:
//
//	for _, f := range files {
//		buf := pool.Get().(*bytes.Buffer)
//		defer pool.Put(buf)  // WRONG: runs when the function returns
//		...
//	}
//
// Each round takes another object, as if there were no pool. Put it back at
// the end of the round, or move the body into a function.
//
// # Rule poolmisuse/shrinks
//
// A slice is put back without its front. Slicing cannot get that back, so the
// buffer becomes smaller with every use, until each use allocates:
//
//	n := copy(dst, buf)
//	pool.Put(buf[n:])  // WRONG
//	pool.Put(buf[:0])  // RIGHT as far as that goes
//
// # Rule poolmisuse/new-captures-variable
//
// Before Go 1.22, all rounds of a loop share its variable. A pool's New that
// captures it sees its last value, because it runs after the loop:
//
//	for i, size := range sizes {
//		pools[i].New = func() any { return make([]byte, size) }  // WRONG before Go 1.22
//	}
//
// Copy the variable in the loop's body. Not reported in files whose language
// version is Go 1.22 or later.
//
// # Rule poolmisuse/nil-get
//
// A pool without New returns nil when it is empty, which it is at first and
// after each garbage collection:
//
//	var pool sync.Pool
//
//	buf := pool.Get().(*bytes.Buffer)  // WRONG: panics if the pool is empty
//
//	buf, _ := pool.Get().(*bytes.Buffer)
//	if buf == nil {
//		buf = new(bytes.Buffer)  // RIGHT, and so is a New
//	}
//
// A New that returns nil on some path counts as well. Off by default: it has
// found nothing yet in public code. Not reported: results that are compared or
// handed on first, pools behind pointers, and pools whose address goes
// elsewhere.
//
// # Rule poolmisuse/request-body
//
// A pooled buffer is the body of an HTTP request and is put back when the
// request has been sent. The transport may read the body for longer than Do
// takes: if the server answers early, or if the request's context ends.
//
//	buf := pool.Get().(*bytes.Buffer)
//	defer pool.Put(buf)
//	json.NewEncoder(buf).Encode(v)
//	req, err := http.NewRequest(http.MethodPost, url, buf)
//	resp, err := client.Do(req)  // WRONG: another user may fill buf while it is read
//
//	body := bytes.NewReader(bytes.Clone(buf.Bytes()))
//	req, err := http.NewRequest(http.MethodPost, url, body)  // RIGHT
//
// A body whose Close puts the object back is right, too: the transport calls
// it when it has done with the body. See https://pkg.go.dev/net/http#RoundTripper.
// Off by default: it takes a server that answers early, or a request that is
// cancelled.
//
// # Rule poolmisuse/reset-misses-field
//
// The Reset method of a pooled struct leaves a field alone that other code
// assigns to, and whoever takes an object does not assign to it either. The
// next user sees the value of the previous one:
//
//	func (r *request) Reset() { r.path = "" }  // WRONG: r.user stays
//
// Off by default: a field may be meant to stay, such as a buffer or a
// reference to the pool itself.
//
// # Rule poolmisuse/retained-reference
//
// A slice whose elements refer to other memory is put back without clearing
// them. Truncating hides the elements only:
//
//	pool.Put(rows[:0])  // WRONG: the pool keeps all that the rows refer to
//
//	clear(rows)         // RIGHT
//	pool.Put(rows[:0])
//
// The same holds for fields that the Reset method of a pooled struct
// truncates. Off by default: it costs memory only where elements are large or
// uses differ much in size.
//
// # Rule poolmisuse/not-put-on-path
//
// An object that is put back or handed on elsewhere in the function is lost on
// some path:
//
//	buf := getBuf()
//	if err := read(buf); err != nil {
//		return err  // WRONG: buf is not put back
//	}
//	putBuf(buf)
//
// Off by default: the garbage collector takes what is lost, so that it costs
// an allocation, and code may well mean to drop an object after an error.
//
// # Rule poolmisuse/fresh-pointer
//
// The address of a local variable is put into a sync.Pool to keep the slice
// itself from being copied. But then the variable is on the heap, and the
// function allocates as much as before:
//
//	buf := *pool.Get().(*[]byte)
//	...
//	pool.Put(&buf)  // WRONG: buf is a new variable, allocated by every call
//
// Keep the pointer that Get returned, and assign the slice through it. Off by
// default: the 24 bytes seldom matter.
//
// # Rule poolmisuse/replaced
//
// Another pool is assigned to a field or variable that other goroutines may
// be using:
//
//	func (z *writer) SetBlockSize(n int) {
//		z.pool = sync.Pool{New: ...}  // WRONG if a write is under way
//	}
//
// Off by default: the analyzer cannot see whether the pool is in use yet.
//
// # Rule poolmisuse/size-by-len
//
// The pool for a slice is chosen by its length instead of its capacity. A
// large buffer that is filled little goes to the small ones, and a truncated
// one to the smallest:
//
//	pools[class(len(buf))].Put(&buf)  // WRONG
//	pools[class(cap(buf))].Put(&buf)  // RIGHT
//
// Off by default: the length may be what the pools are made for.
//
// # Rule poolmisuse/oversize
//
// A buffer that grows with its input is put back whatever its capacity. One
// large input then keeps its memory for all the small ones that follow:
//
//	pool.Put(buf)  // WRONG for unbounded input
//
//	if buf.Cap() <= 64<<10 {
//		pool.Put(buf)  // RIGHT
//	}
//
// See https://go.dev/issue/23199. Off by default, and info: most inputs are
// bounded.
//
// # Rule poolmisuse/repeatable-put
//
// A method such as Close, Read or Next puts back its receiver, or a field
// that has the object afterwards too. Callers may call it once more, and it
// then puts the same object again:
//
//	func (r *reader) Close() error {
//		pool.Put(r.buf)  // WRONG: a second Close puts r.buf again
//		return nil
//	}
//
// Set the field to nil and check it. Off by default: callers may keep to one
// call.
//
// # Rule poolmisuse/scoped-object
//
// An object that a framework pools itself, such as fasthttp's RequestCtx and
// gin's Context, is used by a goroutine that may outlive the handler. By then
// it belongs to another request:
//
//	func handle(c *gin.Context) {
//		go audit(c)         // WRONG
//		go audit(c.Copy())  // RIGHT
//	}
//
// Off by default; see what the framework says about its objects.
package poolmisuse
