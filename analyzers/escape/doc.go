// Package escape defines an Analyzer that finds heap allocations on hot paths.
//
// # Analyzer escape
//
// escape: find heap allocations on hot paths
//
// The analyzer follows where values go as the compiler's escape analysis does,
// with what it knows of other packages of the module, and of the standard
// library, and asks how often code runs: in a loop, for each request, or once.
// The compiler has the last word: it inlines, and the analyzer does not.
//
// How often code runs is a guess: loops have many rounds unless they count to
// eight or less or wait for the clock; handlers of requests, methods such as
// Write, Less and MarshalJSON, and what benchmarks measure run often, and so do
// the functions of the package that they call; initialisers, constructors,
// tests, and the way to an error do not. What saves a few dozen nanoseconds is a
// warning only in a loop, or a method that is called in loops, below
// such a handler, method or benchmark.
//
// Which allocations matter, a profile knows. On code that nothing had been fitted
// to, few of the places that look hot were hot enough for a maintainer to care. So
// by default, without a profile, only patterns that are compiled again and again,
// lookups that copy and locals that are too large for the stack are shown. Other
// findings about allocations for which there is a better place are warnings of
// confidence possible (-confidence=possible), and all others are info as well.
//
// # Rule escape/boxed
//
// A value that is not a pointer becomes an interface value that outlives its
// function, on a hot path. The interface holds a pointer to a copy, which is on
// the heap:
//
//	func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
//		s.last.Store(entry{r.URL.Path, time.Now()})   // each request allocates an entry
//
// Pass a pointer to something that is on the heap anyway, or make the callee
// generic. All values that are boxed for one call are one finding.
//
// The finding is info and possible, for in most places the interface is what the
// code is about: it is a candidate for those who have a profile.
//
// Not reported: constants, bytes and truth values, values of no size and those
// that are pointers themselves, which cost nothing; values that a callee does
// not keep; code that runs once or only when something fails. Integers alone are
// left to may-allocate, for those from 0 to 255 are at hand.
//
// # Rule escape/closure
//
// A function literal that captures variables, or a method value, outlives its
// function or goes to code that is not known, on a hot path. If it captures
// nothing of the round of the loop around it, it could be made once:
//
//	for _, job := range jobs {
//		pool.Submit(func() { w.flush(limit) })        // WRONG: one for each job
//	}
//
//	flush := func() { w.flush(limit) }                    // RIGHT
//	for _, job := range jobs {
//		pool.Submit(flush)
//	}
//
// The finding is info and possible, as is that about other function literals on
// hot paths: they are candidates for those who have a profile.
//
// Not reported: function literals that are only called or passed to functions
// that do not keep them, and those that capture nothing, which cost nothing;
// those that a go statement starts or a loop defers, and what belongs to other
// analyzers: the New of a sync.Pool, and what time.AfterFunc and
// context.AfterFunc call.
//
// # Rule escape/returned-pointer
//
// A function on a hot path returns a pointer to a value of at most 64 bytes that
// it makes:
//
//	func (l *lexer) next() *token { return &token{kind: l.kind} } // an allocation for each token
//	func (l *lexer) next() token  { return token{kind: l.kind} }  // none
//
// The finding is info and possible: callers may need to share the value, and all
// of them have to change.
//
// Not reported: values with a lock or of a type with a method Lock, pointers that
// become part of something else or an interface, constructors.
//
// # Rule escape/loop-allocation
//
// Each round of a loop on a hot path allocates a value. Warnings, of confidence
// possible, are buffers of bytes that are filled and written by calls that must
// not keep them:
//
//	for {
//		buf := make([]byte, 4096)                     // WRONG
//		n, err := conn.Read(buf)
//		…
//	}
//
//	buf := make([]byte, 4096)                             // RIGHT
//	for {
//		n, err := conn.Read(buf)
//		…
//	}
//
// The compiler does not know what the Read of an interface does with the buffer,
// and so puts it on the heap; the documentation of io.Reader and io.Writer says
// that they must not keep it.
//
// Other values that each round allocates are candidates, of severity info and
// confidence possible, with the way that takes them to the heap.
//
// Not reported: what stays on the stack, buffers whose size depends on the round
// (as the first kind), code that runs once or only when something fails.
//
// # Rule escape/append-growth
//
// A slice starts empty and gets one element in each round of a loop whose
// number of rounds is known before it, on a hot path:
//
//	for _, group := range groups {
//		var names []string
//		for _, user := range group.users {
//			names = append(names, user.name)      // WRONG
//		}
//
//		names := make([]string, 0, len(group.users))  // RIGHT
//
// Each time the array is full, a larger one is allocated and all elements are
// copied.
//
// Measured with Go 1.26 (100 integers): 5 allocations before, 1 allocation
// after.
//
// The fix makes a slice that is not nil with the capacity; behind the
// declaration of one that is nil, and that others may tell from an empty one,
// it inserts slices.Grow, which leaves it nil if there are no elements.
//
// A slice that gets several parts one after the other is reported as well, if
// their lengths are known before the first. Measured with Go 1.26 (two slices of 100
// integers): 2 allocations before, 1 allocation after.
//
// Not reported: elements that are added on a condition only, loops that may end
// early, a few elements before a part whose length is not constant, bounds up to which the array has no more than 32 bytes (since Go 1.26
// append begins on the stack with as much). The confidence is possible, for most
// slices are short; where nothing says that it runs often, the finding is info,
// too.
//
// # Rule escape/conversion
//
// A hot path copies a string to bytes or back, and the copy is on the heap. A
// warning, of confidence possible, is the conversion of the same string to bytes
// in each round:
//
//	for _, w := range writers {
//		w.Write([]byte(header))                       // WRONG
//	}
//
//	b := []byte(header)                                   // RIGHT
//	for _, w := range writers {
//		w.Write(b)
//	}
//
// Other conversions that allocate are candidates, of severity info and confidence
// possible.
//
// Not reported: conversions for a comparison, a lookup in a map or a range, and
// those to bytes that a callee does not keep, for which the compiler needs no
// copy or has a small one on the stack.
//
// # Rule escape/map-in-loop
//
// Each round of a loop on a hot path makes a map, fills it in a loop of its own,
// and drops it:
//
//	for _, group := range groups {
//		seen := make(map[string]bool)                 // WRONG
//		for _, name := range group.names {
//			seen[name] = true
//		}
//
//	seen := make(map[string]bool)                         // RIGHT
//	for _, group := range groups {
//		clear(seen)
//		for _, name := range group.names {
//			seen[name] = true
//		}
//
// A map of up to eight elements that stays in its function is on the stack and
// costs nothing; one that grows allocates and copies its elements again and again.
//
// The finding is info and possible, as is that about maps that outlive the round:
// they are candidates for those who have a profile.
//
// Not reported: maps that no inner loop fills.
//
// # Rule escape/large-local
//
// A variable or value is too large for the stack, so that each call of its
// function allocates and clears it:
//
//	func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
//		var buf [256 << 10]byte                       // WRONG: 256 KiB for each request
//
// The limit is 128 KiB for a variable since Go 1.24 (10 MiB before) and 64 KiB for
// what new, make, & and a function literal make. It depends on the toolchain, not
// on the go line.
//
// Keep such a value in a sync.Pool or in a struct that lives long, or make it
// smaller. What is made with make, new or & is a candidate only, of severity info
// and confidence possible: whoever writes that knows.
//
// Not reported: code that runs once or only when something fails.
//
// # Rule escape/recompiled
//
// A regular expression whose pattern is a constant is compiled on a hot path,
// again and again:
//
//	func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
//		id := regexp.MustCompile(`^/items/(\d+)$`)   // WRONG: for each request
//		m := id.FindStringSubmatch(r.URL.Path)
//
//	var idRE = regexp.MustCompile(`^/items/(\d+)$`)      // RIGHT: once
//
// A Regexp may be used by several goroutines at once. regexp.MatchString and
// regexp.Match compile their pattern, too.
//
// Measured with Go 1.26 (a pattern per call): 50 allocations before, no
// allocation after.
//
// The fix moves the pattern to a variable of the package. It is offered if the
// pattern is valid, if nothing but the methods of the Regexp is used, Longest
// excepted, and if nobody looks at the error.
//
// Not reported: patterns that are not constant, what runs once (initialisers,
// main, constructors, functions for sync.Once), and what only runs when something
// fails. In a loop that is below no handler or the like, and in functions of
// which nothing says that they run often, the finding is info and possible.
//
// # Rule escape/scalar-format
//
// fmt.Sprintf with a format that is a single verb, on a hot path, for a value
// that package strconv or the value itself gives as well:
//
//	key := fmt.Sprintf("%d", id)        // WRONG
//	key := strconv.Itoa(id)             // RIGHT
//
// The argument is put behind an interface, which allocates unless it is small,
// and the format is interpreted each time.
//
// Measured with Go 1.26 (%d): 2 allocations before, 1 allocation after. A string
// with %s: 2 before, none after.
//
// The fix writes the very same text: %d, %v, %x, %o and %b of integers, %t and %v
// of booleans, %s and %v of strings.
//
// Not reported: types with a method that fmt asks (Format, GoString, Error,
// String), floating-point numbers, whose exponent %v prints later than strconv,
// bytes, interfaces and type parameters, formats with flags or with more than the
// verb, and constants.
//
// # Rule escape/concat-in-loop
//
// A string grows by concatenation in a loop. Each round copies all that there is
// so far, so that the time grows with the square of the number of rounds:
//
//	s := ""
//	for _, name := range names {
//		s += name                       // WRONG
//	}
//
//	var s strings.Builder
//	for _, name := range names {
//		s.WriteString(name)             // RIGHT
//	}
//
// Measured with Go 1.26 (100 strings of two bytes): 99 allocations before, 6
// allocations after.
//
// The fix makes the variable a Builder if it begins empty, changes by += only,
// and no other function refers to it.
//
// The finding is a warning, of confidence possible, where requests are served and the string grows
// with a stream, or in nested loops; what grows with a collection of a request is
// info and possible.
//
// Not reported: loops with up to eight rounds, a string that begins anew in each
// round, and code that runs once or only when something fails.
//
// # Rule escape/defer-in-loop
//
// A call is deferred in a loop with many rounds. It runs when the function
// returns and not when the round ends, so that each round leaves a record on the
// heap, and a file or connection open:
//
//	for _, name := range names {
//		f, err := os.Open(name)
//		if err != nil {
//			return err
//		}
//		defer f.Close()                 // WRONG
//		…
//	}
//
// Make the body of the loop a function, whose defer runs at the end of each
// round.
//
// Measured with Go 1.26 (10 rounds): 10 allocations before, no allocation after.
//
// The fix makes the body a function literal that is called at once, if no
// statement in the body leaves it.
//
// Not reported: calls that are deferred on a condition, what outlives the round because it is stored, collected, sent or
// returned, deferred function literals and calls with arguments, which may be meant
// for the end of the function, and what other analyzers speak about:
// cancel functions, timers, pools and locks.
//
// # Rule escape/map-growth
//
// A map is made without a size and gets one entry in each round of a loop whose
// number of rounds is known before it, on a hot path:
//
//	for _, group := range groups {
//		ids := make(map[string]int)                      // WRONG
//		ids := make(map[string]int, len(group.users))    // RIGHT
//		for _, user := range group.users {
//			ids[user.name] = user.id
//		}
//
// A map that is full is made anew, twice as large, and all entries are moved.
//
// Measured with Go 1.26 (100 entries): 11 allocations before, 4 allocations
// after.
//
// Not reported: entries that are added on a condition only or in several places,
// loops that may end early, and up to eight entries, for which a map does not
// grow. In constructors, which run as often as nobody knows, the finding is info.
// The confidence is possible, for most maps are small.
//
// # Rule escape/split-to-iterate
//
// strings.Split, SplitAfter or Fields makes a list on a hot path that is only
// ranged over:
//
//	for _, part := range strings.Split(accept, ",") {      // WRONG
//
//	for part := range strings.SplitSeq(accept, ",") {      // RIGHT: since Go 1.24
//
// The substrings are the same; they share the memory of the string either way.
//
// Measured with Go 1.26 (four parts): 1 allocation before, no allocation after.
//
// Before Go 1.24, strings.Cut takes off one part after the other; for
// strings.Split with a constant separator the finding says so, and has no fix:
//
//	for more := true; more; {
//		var part string
//		part, accept, more = strings.Cut(accept, ",")
//
// Not reported: loops that use the index, lists that are used in any other way.
// The confidence is possible, since few lists are long.
//
// # Rule escape/split-for-parts
//
// Split or SplitN of package strings or bytes makes a list on a hot path of which
// only the first two parts, the last one, or the length is used:
//
//	parts := strings.Split(accepted, ";")                  // WRONG
//	name := parts[0]
//	if len(parts) > 1 {
//		params = parts[1]
//	}
//
//	name, params, ok := strings.Cut(accepted, ";")         // RIGHT
//
// What is behind the separator has the other parts in it, which another Cut takes
// off. For the last part there is LastIndex, and Count for the number of parts
// less one. Where the code wants exactly two parts, the finding is info.
//
// Measured with Go 1.26 (two parts): 1 allocation before, no allocation after.
//
// Not reported: separators that are not constant, or empty, lists of which other
// parts are used or that are passed on, and code that runs once or only when
// something fails. The confidence is possible, since few such lists are long.
//
// # Rule escape/checksum-slice
//
// On a hot path, the checksum of some bytes is made as a slice, although it is a
// number, or stays in the function as an array could:
//
//	h := crc32.New(table)                                  // WRONG
//	h.Write(data)
//	if !bytes.Equal(h.Sum(nil), want) {
//		return fmt.Errorf("got %x", h.Sum(nil))
//
//	sum := crc32.Checksum(data, table)                     // RIGHT
//	if sum != binary.BigEndian.Uint32(want) {
//
// Measured with Go 1.26 (SHA-256 in hexadecimal): 3 allocations before, 2
// allocations after. A CRC-32 that an error may mention: 1 before, none after.
//
// Not reported: checksums of several pieces, but for those that are numbers, sums
// appended to a slice that is there already, and what the compiler finds to
// stay on the stack.
//
// # Rule escape/dropped-result
//
// A function that allocates what it returns is called in each round of a loop on a
// hot path, and the result is dropped at the end of the round. If it has a method
// Reset, one of them serves for all rounds:
//
//	for i := range vector {
//		b := labels.NewBuilder(vector[i].Metric)     // WRONG
//		…
//	}
//
//	b := labels.NewBuilder(nil)                          // RIGHT
//	for i := range vector {
//		b.Reset(vector[i].Metric)
//		…
//	}
//
// What functions allocate is known of those of the module and of some of the
// standard library. The number is that of allocations that each call makes at
// least, if nothing fails. Where the callee is so small that the compiler may
// inline it, only those count that the caller cannot have on the stack.
//
// Measured with Go 1.26 (a builder with two slices): 3 allocations before, no
// allocation after.
//
// Constructors are looked at, functions whose name begins with New or Make, and Reset
// must take those arguments that differ from round to round. Results without
// a method Reset are candidates, of severity info, if no argument differs.
//
// Not reported: results that are kept, returned or passed to code that is not
// known, and loops of which nothing says that they have many rounds.
//
// # Rule escape/allocation
//
// A value is on the heap, and its line is one of those that a profile shows to
// make up most of what the program allocates. No other rule knows a better
// place for it:
//
//	func (db *DB) get(key string) *entry {
//		e := &entry{key: key, at: time.Now()}  // 31 % of all bytes
//
// The witness shows the way that takes it to the heap: a copy, a parameter to
// put it in, or a pool may spare it.
//
// The finding is info and possible, and hidden but with a profile: it says where
// a line allocates, not that it need not.
//
// Not reported: test files, values of no size, and what stays on the stack.
//
// # Rule escape/may-allocate
//
// A line allocates depending on what the program does, and a profile shows that it
// does: append when the slice is full, an assignment when the map is, a slice
// whose size is not known before, a conversion or concatenation of more than 32
// bytes, an integer above 255 that becomes an interface value, and a value that is
// passed to code that is not known here:
//
//	out = append(out, v)               // 12 % of all bytes
//
// Make the slice or map with its size where that is known, or use one again.
//
// The finding is info and possible, and hidden but with a profile.
//
// Not reported: test files, and elements of literals.
//
// # Rule escape/allocating-call
//
// A function is called that allocates each time, and a profile shows that to be
// costly:
//
//	names := strings.Split(line, ",")  // 8 % of all bytes
//
// For many of the standard library there is another one that appends to a slice,
// or an iterator. Functions of the module count where a loop calls them and they return
// what they allocate; the witness shows where.
//
// The finding is info and possible, and hidden but with a profile.
//
// Not reported: test files, and functions that allocate for some arguments or on
// some of their ways only, such as strings.ToLower.
//
// # Rule escape/bytes-lookup
//
// Bytes are converted to a string in a variable of its own, which is then nothing
// but the index of several reads from maps:
//
//	key := string(b)                            // WRONG: copies b
//	n := hits[key] + misses[key]
//
//	n := hits[string(b)] + misses[string(b)]    // RIGHT: copies nothing
//
// Measured with Go 1.26 (a key of 40 bytes): 1 allocation before, no allocation
// after. Up to 32 bytes fit on the stack.
//
// Not reported: strings that are looked up once, which the compiler does not copy
// either, or that are used in any other way, and bytes that may change before
// they are looked up.
package escape
