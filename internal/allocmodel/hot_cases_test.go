package allocmodel

// hotTests are programs whose marks say how hot they are.
var hotTests = []struct{ name, src string }{
	{"loops", `
func f(n int, m map[string]int, s string) {
	mark("warm: ")
	for _, x := range xs {
		mark("hot 1: for each element of the loop on line 4")
		for range m {
			mark("hot 2: for each element of the loop on line 6")
		}
		_ = x
	}
	for i := 0; i < n; i++ {
		mark("hot 1: in each round of the loop on line 11")
	}
	for range n {
		mark("hot 1: in each round of the loop on line 14")
	}
	for flag {
		mark("hot 1: in each round of the loop on line 17")
	}
	for range s {
		mark("hot 1")
	}
	mark("warm: ")
}`},
	{"what leaves the loop is not in it", `
func f() int {
	for _, x := range xs {
		if x > 0 {
			mark("warm")
			return x
		}
		if x < -5 {
			mark("warm")
			break
		}
		if x < 0 {
			mark("hot 1")
			continue
		}
	}
	return 0
}`},
	{"few rounds", `
func f() {
	for i := 0; i < 3; i++ { mark("warm") }
	for i := 0; i <= 7; i++ { mark("warm") }
	for i := 0; i <= 8; i++ { mark("hot 1") }
	for i := 1; i != 9; i++ { mark("warm") }
	for range 8 { mark("warm") }
	for range 9 { mark("hot 1") }
	for range [8]int{} { mark("warm") }
	for range [9]int{} { mark("hot 1") }
	for _, s := range []string{"a", "b"} { mark("warm"); _ = s }
	for _, s := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} { mark("hot 1"); _ = s }
	for i := 0; i < 3; i++ { for range xs { mark("hot 1") } }
	for range xs { for i := 0; i < 3; i++ { mark("hot 1") } }
	for i := 0; i < 3; { mark("hot 1"); if flag { i++ } }
}`},
	{"tried again", `
func f() {
	for retry := true; retry; { mark("warm"); retry = false; if flag { retry = true } }
	for done := false; !done; { mark("warm"); if flag { done = true } }
	for more := true; more; { mark("hot 1"); more = flag }
	for !flag { mark("hot 1") }
}`},
	{"goto", `
func f(n int) {
again:
	mark("hot 1: in each round of a loop")
	n--
	if n > 0 { goto again }
}`},
	{"what is filled once", `
var table map[string]int
func f(r *Request) {
	for range xs {
		if table == nil {
			mark("cold: only once, when it is first needed")
			table = map[string]int{}
		}
		if table != nil {
			mark("hot 1")
			table = nil
		}
		if r.items == nil {
			mark("hot 1")
			r.items = []string{}
		}
		if table == nil {
			mark("hot 1")
		}
	}
}`},
	{"errors", `
func f() error {
	for range xs {
		if err := work(); err != nil {
			mark("cold: only when there is an error")
			continue
		}
		mark("hot 1")
	}
	if flag {
		mark("cold: only on the way to an error")
		return failf("no: %d", 1)
	}
	if err := work(); err == nil {
		mark("warm")
	} else {
		mark("cold")
	}
	if flag {
		mark("cold")
		panic("no")
	}
	mark("warm")
	return work()
}
func g() (int, error) {
	n, err := 1, work()
	if n > 0 {
		mark("warm")
		return n, err
	}
	if err != nil {
		mark("cold")
		return 0, err
	}
	mark("warm")
	return 1, nil
}`},
	{"a loop on the way to an error", `
func f() error {
	if flag {
		mark("warm")
		for range xs { mark("hot 1") }
		return failf("no")
	}
	return nil
}`},
	{"paced", `
func f() {
	for { mark("warm"); sleep() }
}
func g() {
	for range ticks { mark("warm"); for range xs { mark("hot 1") } }
}
func h() {
	for {
		select {
		case <-ticks:
			mark("warm")
			for range xs { mark("hot 1") }
		case <-done:
			mark("warm")
			return
		}
	}
}
func i() {
	for range xs { <-ticks; mark("warm") }
	for range xs { if work() != nil { sleep() }; mark("hot 1") }
	for range xs { for i := 0; i < 3; i++ { sleep() }; mark("warm") }
	for range xs { <-done; mark("hot 1") }
}
func j() { for { <-done; mark("warm") } }
func k() { for { mark("hot 1") } }`},
	{"messages", `
func f() {
	for x := range msgs { mark("hot 1: for each message that the loop on line 3 receives"); _ = x }
}
func g() {
	for {
		mark("hot 1")
		select {
		case <-msgs:
			mark("hot 1: for each message that the loop on line 6 receives")
		case <-ticks:
			mark("warm")
			for range xs { mark("hot 1: for each element of the loop on line 13") }
		case <-done:
			return
		}
	}
}
func h() { for range xs { select { case <-done: return; default: }; mark("hot 1") } }`},
	{"main", `
func init() { mark("cold: once, when the process starts"); for range xs { mark("cold") } }
func NewX() { mark("cold: once for each new value"); for range xs { mark("cold") } }
func Newest() { mark("warm"); }
func Newly() { mark("warm"); }
func New() { mark("cold"); go loop(); go func() { for range msgs { mark("hot 1"); for range xs { mark("hot 2") } } }() }
func loop() { mark("cold"); for range xs { mark("cold") }; for { <-msgs; mark("hot 1") } }
func (r Request) New() { mark("cold") }`},
	{"initialisers", `
var a = func() int { for range xs { mark("cold: once, when the process starts") }; return 1 }()
var b = helper()
func helper() int { mark("cold: once, when the process starts"); return 1 }
var c = func() { mark("warm") }`},
	{"roles", `
type T struct{}
func (T) Less(i, j int) bool { mark("hot 0 Less: for each comparison, in the method (T).Less"); return true }
func Less(i, j int) bool { mark("warm"); return true }
func (T) Serve(m *Msg) error { mark("hot 0 Serve"); return nil }
func (T) Other(m Time) error { mark("warm"); return nil }
func serve(r Request) {
	mark("hot 0 serve: for each request, in the handler serve")
	for range r.items { mark("hot 1 serve: for each element of the loop on line 9, in the handler serve") }
	if work() != nil { mark("cold: only when there is an error") }
}
func NewHandler() func(Request) { mark("cold"); return func(r Request) { mark("hot 0 NewHandler$1") } }
func NewServe(r Request) { mark("hot 0 NewServe") }`},
	{"calls", `
func serve(r Request) { one(); if flag { work(); failed() } }
func one() { mark("hot 0 serve: for each call from a.go:2, which runs for each request, in the handler serve"); two() }
func two() { mark("hot 0 serve: for each call from a.go:3, reached for each request, in the handler serve"); three() }
func three() { mark("hot 0 serve"); four(); for range xs { mark("hot 1 serve: for each element of the loop on line 5, in what a.go:4 calls, reached for each request, in the handler serve") } }
func four() { mark("warm") }
func failed() { mark("hot 0 serve") }
func f() { for range xs { five() } }
func five() { mark("hot 1: for each call from a.go:8, which runs for each element of the loop on a.go:8"); six() }
func six() { mark("warm") }
func Exported() { mark("warm") }
func NewX() { Exported(); seven() }
func seven() { mark("cold: once for each new value"); eight() }
func eight() { mark("cold: once for each new value") }
func nine() { mark("warm") }
func g() { nine() }
func NewY() { nine() }
func recursive(n int) { mark("warm"); for range xs { mark("hot 1"); recursive(n) } }`},
	{"errors do not heat", `
func serve(r Request) error { if err := work(); err != nil { return wrapped(err) }; return nil }
func wrapped(err error) error { mark("cold: only when there is an error"); return err }`},
	{"functions that are kept", `
func NewX() { keep = kept; twice(local); g := func() { mark("cold") }; g(); keep = func() { mark("warm") } }
func kept() { mark("warm") }
func local() { mark("cold") }
func twice(f func()) { f() }
type I interface { m() }
type T struct{}
func (T) m() { mark("warm") }
func (T) n() { mark("cold: once for each new value") }
func (T) o() { mark("warm") }
func NewY(i I) { i.m(); T{}.m(); T{}.n(); T{}.o(); keep = T{}.o }`},
	{"function arguments", `
func f(o *Once) {
	o.Do(func() { mark("cold: once") })
	o.Do(setUp)
	each(func(int) { mark("hot 1: for each element that a.go:5 visits") })
	visit(func() { mark("hot 1") })
	straight(func() { mark("warm") })
	for range xs { straight(func() { mark("hot 1") }); func() { mark("hot 1") }() }
	for range xs { go func() { mark("hot 1") }() }
	defer func() { mark("warm") }()
}
func setUp() { mark("cold") }
func visit(f func()) { for range xs { f() } }
func straight(f func()) { f() }`},
	{"range over functions", `
func all(yield func(int) bool) {}
func f() {
	for range all {
		mark("hot 1: for each element of the loop on a.go:4")
		for range xs { mark("hot 2") }
	}
}
func serve(r Request) { for range all { mark("hot 1 serve: for each element of the loop on a.go:9, which runs for each request, in the handler serve") } }`},
	{"benchmarks", `
func bench(b *B) {
	mark("warm")
	for i := 0; i < b.N; i++ { mark("hot 1 bench") }
	for b.Loop() { mark("hot 1 bench: in each round of the loop on line 5") }
	for i := 0; i < 3; i++ { mark("warm") }
}`},
	{"generic functions", `
func serve(r Request) { generic[int]() }
func generic[T any]() { mark("hot 0 serve") }`},
}
