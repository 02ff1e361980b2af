package ssax

// scope is what the functions of the tables in this package can use.
const scope = `package p

func mark(string)

type node struct {
	n    int
	m    int
	ok   bool
	next *node
	in   inner
}

type inner struct{ n int }

type leaf struct{ n int }

func open() (*node, error)
func check() error
func next() *node
func test() bool
func die() { panic("dead") }

var debug bool
var limit int

const off = false

type failure struct{}

func (*failure) Error() string { return "" }
`

// Each case is a function and the sequences of marks on its feasible paths,
// of which none goes along an edge more than twice.
var pathCases = []struct {
	name  string
	src   string
	want  []string
	lost  []string // of these, what the analysis takes to be infeasible
	extra []string // infeasible, but the analysis does not see it
}{
	// One condition twice.
	{name: "nil check twice", want: []string{"a b", ""}, src: `func f(p *int) {
		if p != nil { mark("a") }
		if p != nil { mark("b") }
	}`},
	{name: "nil check and its negation", want: []string{"a", "b"}, src: `func f(p *int) {
		if p != nil { mark("a") }
		if nil == p { mark("b") }
	}`},
	{name: "else", want: []string{"a c", "b"}, src: `func f(p *int) {
		if p == nil { mark("a") } else { mark("b") }
		if p == nil { mark("c") }
	}`},
	{name: "two pointers", want: []string{"a b", "a", "b", ""}, src: `func f(p, q *int) {
		if p != nil { mark("a") }
		if q != nil { mark("b") }
	}`},
	{name: "flag twice", want: []string{"a b", ""}, src: `func f(ok bool) {
		if ok { mark("a") }
		if ok { mark("b") }
	}`},
	{name: "flag and its negation", want: []string{"a", "b"}, src: `func f(ok bool) {
		if ok { mark("a") }
		if !ok { mark("b") }
	}`},
	{name: "double negation", want: []string{"a b", ""}, src: `func f(ok bool) {
		no := !ok
		if ok { mark("a") }
		if !no { mark("b") }
	}`},
	{name: "condition in a variable", want: []string{"a b", ""}, src: `func f(n int) {
		ok := n > 0
		if ok { mark("a") }
		if n > 0 { mark("b") }
	}`},

	// Comparisons.
	{name: "n > 0 twice", want: []string{"a b", ""}, src: `func f(n int) {
		if n > 0 { mark("a") }
		if n > 0 { mark("b") }
	}`},
	{name: "n > 0 and n <= 0", want: []string{"a", "b"}, src: `func f(n int) {
		if n > 0 { mark("a") }
		if n <= 0 { mark("b") }
	}`},
	{name: "n > 0 and 0 < n", want: []string{"a b", ""}, src: `func f(n int) {
		if n > 0 { mark("a") }
		if 0 < n { mark("b") }
	}`},
	{name: "n > 0 and 0 >= n", want: []string{"a", "b"}, src: `func f(n int) {
		if n > 0 { mark("a") }
		if 0 >= n { mark("b") }
	}`},
	{name: "n < m and n >= m", want: []string{"a", "b"}, src: `func f(n, m int) {
		if n < m { mark("a") }
		if n >= m { mark("b") }
	}`},
	{name: "n < m and m < n", want: []string{"a", "b", ""}, extra: []string{"a b"}, src: `func f(n, m int) {
		if n < m { mark("a") }
		if m < n { mark("b") }
	}`},
	{name: "n > 0 and n > 1", want: []string{"a b", "a", ""}, extra: []string{"b"}, src: `func f(n int) {
		if n > 0 { mark("a") }
		if n > 1 { mark("b") }
	}`},
	{name: "x == y and y != x", want: []string{"a", "b"}, src: `func f(x, y string) {
		if x == y { mark("a") }
		if y != x { mark("b") }
	}`},
	{name: "arithmetic", want: []string{"a b", ""}, src: `func f(n, m int) {
		if n+m*2 > 3 { mark("a") }
		if n+m*2 > 3 { mark("b") }
	}`},
	{name: "other arithmetic", want: []string{"a", "b", ""}, extra: []string{"a b"}, src: `func f(n, m int) {
		if n-m > 3 { mark("a") }
		if m-n > 3 { mark("b") }
	}`},
	{name: "len", want: []string{"a", "b"}, src: `func f(xs []int) {
		if len(xs) > 0 { mark("a") }
		if len(xs) <= 0 { mark("b") }
	}`},
	{name: "len and cap", want: []string{"a b", "b", ""}, extra: []string{"a"}, src: `func f(xs []int) {
		if len(xs) > 0 { mark("a") }
		if cap(xs) > 0 { mark("b") }
	}`},

	// A value that equals one constant equals no other.
	{name: "exclusive constants", want: []string{"a", "b", ""}, src: `func f(s string) {
		if s == "x" { mark("a") }
		if s == "y" { mark("b") }
	}`},
	{name: "not one constant, perhaps another", want: []string{"a c", "b", ""}, src: `func f(s string) {
		if s == "x" { mark("a") } else if s == "y" { mark("b") }
		if s == "x" { mark("c") }
	}`},
	{name: "switch twice", want: []string{"a c", "b d", "e"}, src: `func f(n int) {
		switch n {
		case 1: mark("a")
		case 2: mark("b")
		}
		switch n {
		case 1: mark("c")
		case 2: mark("d")
		default: mark("e")
		}
	}`},
	{name: "switch with lists", want: []string{"a c", "a", "b", ""}, src: `func f(n int) {
		switch n {
		case 1, 2: mark("a")
		case 3: mark("b")
		}
		if n == 2 { mark("c") }
	}`},
	{name: "switch without a tag", want: []string{"a c", "b", ""}, src: `func f(n int, ok bool) {
		switch {
		case n > 0: mark("a")
		case ok: mark("b")
		}
		if n > 0 { mark("c") }
	}`},
	{name: "constant condition", want: []string{"b"}, src: `func f() {
		if off { mark("a") }
		if !off { mark("b") }
	}`},

	// Values that are new each time.
	{name: "calls", want: []string{"a b", "a", "b", ""}, src: `func f() {
		if test() { mark("a") }
		if test() { mark("b") }
	}`},
	{name: "receives", want: []string{"a b", "a", "b", ""}, src: `func f(c chan bool) {
		if <-c { mark("a") }
		if <-c { mark("b") }
	}`},
	{name: "comma ok", want: []string{"a", "b"}, src: `func f(x any) {
		_, ok := x.(int)
		if ok { mark("a") }
		if !ok { mark("b") }
	}`},
	{name: "map lookups", want: []string{"a b", ""}, extra: []string{"a", "b"}, src: `func f(m map[int]bool) {
		if m[1] { mark("a") }
		if m[1] { mark("b") }
	}`},

	// What cannot be nil.
	{name: "composite literal", want: []string{"b"}, src: `func f() {
		p := &node{}
		if p == nil { mark("a") }
		if p != nil { mark("b") }
	}`},
	{name: "closure and friends", want: []string{""}, src: `func f(n int) {
		g := func() int { return n }
		if g == nil { mark("a") }
		if make([]int, n) == nil { mark("b") }
		if make(map[int]int) == nil { mark("c") }
		if make(chan int) == nil { mark("d") }
		if &limit == nil { mark("e") }
	}`},
	{name: "nil pointer in an interface", want: []string{"b"}, src: `func f() {
		var p *failure
		var err error = p
		if err == nil { mark("a") } else { mark("b") }
	}`},
	{name: "nil", want: []string{"a"}, src: `func f() {
		var err error
		if err == nil { mark("a") } else { mark("b") }
	}`},
	{name: "interface conversion", want: []string{"a b", ""}, src: `func f(err error) {
		var x any = err
		if err != nil { mark("a") }
		if x != nil { mark("b") }
	}`},

	// Memory.
	{name: "field read twice", want: []string{"a b", ""}, src: `func f(x *node) {
		if x.n > 0 { mark("a") }
		if x.n > 0 { mark("b") }
	}`},
	{name: "field of a value", want: []string{"a b", ""}, src: `func f(x node) {
		if x.ok { mark("a") }
		if x.ok { mark("b") }
	}`},
	{name: "fields of a chain", want: []string{"a b", ""}, src: `func f(x *node) {
		if x.next.in.n > 0 { mark("a") }
		if x.next.in.n > 0 { mark("b") }
	}`},
	{name: "two fields", want: []string{"a b", "a", "b", ""}, src: `func f(x *node) {
		if x.n > 0 { mark("a") }
		if x.m > 0 { mark("b") }
	}`},
	{name: "two structs", want: []string{"a b", "a", "b", ""}, src: `func f(x, y *node) {
		if x.n > 0 { mark("a") }
		if y.n > 0 { mark("b") }
	}`},
	{name: "field written in between", want: []string{"a b", "a", "b", ""}, src: `func f(x *node, n int) {
		if x.n > 0 { mark("a") }
		x.n = n
		if x.n > 0 { mark("b") }
	}`},
	{name: "field written on one path", want: []string{"a b", "a", ""}, src: `func f(x *node, n int) {
		if x.n > 0 { mark("a"); x.n = n }
		if x.n > 0 { mark("b") }
	}`},
	{name: "field written through another pointer", want: []string{"a b", "a", "b", ""}, src: `func f(x, y *node, n int) {
		if x.n > 0 { mark("a") }
		y.n = n
		if x.n > 0 { mark("b") }
	}`},
	{name: "another field written", want: []string{"a b", ""}, src: `func f(x *node, n int) {
		if x.n > 0 { mark("a") }
		x.m = n
		if x.n > 0 { mark("b") }
	}`},
	{name: "field of another type written", want: []string{"a b", ""}, src: `func f(x *node, y *leaf, n int) {
		if x.n > 0 { mark("a") }
		y.n = n
		if x.n > 0 { mark("b") }
	}`},
	{name: "middle of a chain written", want: []string{"a b", "a", "b", ""}, src: `func f(x *node) {
		if x.next.n > 0 { mark("a") }
		x.next = next()
		if x.next.n > 0 { mark("b") }
	}`},
	{name: "pointer written in between", want: []string{"a b", "a", "b", ""}, src: `func f(p *int, n int) {
		if *p > 0 { mark("a") }
		*p = n
		if *p > 0 { mark("b") }
	}`},
	{name: "pointer written through another", want: []string{"a b", "a", "b", ""}, lost: []string{"a", "b"}, src: `func f(p, q *int, n int) {
		if *p > 0 { mark("a") }
		*q = n
		if *p > 0 { mark("b") }
	}`},
	{name: "all fields written in between", want: []string{"a b", "a", "b", ""}, lost: []string{"a", "b"}, src: `func f(x, y *node) {
		if x.n > 0 { mark("a") }
		*x = *y
		if x.n > 0 { mark("b") }
	}`},
	{name: "read before a write, compared behind it", want: []string{"a b", "a", "b", ""}, lost: []string{"a", "b"}, src: `func f(x *node, n int) {
		before := x.n
		x.n = n
		if before > 0 { mark("a") }
		if x.n > 0 { mark("b") }
	}`},
	{name: "calls are taken to change nothing", want: []string{"a b", "a", "b", ""}, lost: []string{"a", "b"}, src: `func f(x *node) {
		if x.n > 0 { mark("a") }
		test()
		if x.n > 0 { mark("b") }
	}`},
	{name: "global", want: []string{"a", "b"}, src: `func f() {
		if debug { mark("a") }
		if !debug { mark("b") }
	}`},
	{name: "global written in between", want: []string{"a b", "a", "b", ""}, src: `func f() {
		if debug { mark("a") }
		debug = test()
		if debug { mark("b") }
	}`},
	{name: "another global written", want: []string{"a b", ""}, src: `func f(n int) {
		if debug { mark("a") }
		limit = n
		if debug { mark("b") }
	}`},
	{name: "captured variable", want: []string{"a b", ""}, src: `func f() {
		ok := test()
		func() { ok = false }()
		if ok { mark("a") }
		if ok { mark("b") }
	}`},
	{name: "variable of the outer function", want: []string{"a b", ""}, src: `func g() {
		ok := test()
		f := func() {
			if ok { mark("a") }
			if ok { mark("b") }
		}
		f()
		ok = false
	}`},
	{name: "captured variable written in between", want: []string{"a b", "a", "b", ""}, src: `func f() {
		ok := test()
		func() { ok = false }()
		if ok { mark("a") }
		ok = test()
		if ok { mark("b") }
	}`},

	// Phis.
	{name: "flag set on one path", want: []string{"a b", ""}, src: `func f(c bool) {
		done := false
		if c { done = true; mark("a") }
		if done { mark("b") }
	}`},
	{name: "err of one path", want: []string{"a b", "a", ""}, src: `func f(c bool) {
		var err error
		if c { mark("a"); err = check() }
		if err != nil { mark("b") }
	}`},
	{name: "pointer of one path", want: []string{"a b", "c"}, src: `func f(c bool) {
		var p *node
		if c { mark("a"); p = new(node) }
		if p != nil { mark("b") } else { mark("c") }
	}`},
	{name: "err checked before and behind", want: []string{"a c", "b", ""}, src: `func f(c bool) {
		err := check()
		if err != nil { mark("a") } else if c { mark("b") }
		if err != nil { mark("c") }
	}`},
	{name: "err assigned anew", want: []string{"a", "b", ""}, src: `func f() {
		err := check()
		if err != nil { mark("a"); return }
		err = check()
		if err != nil { mark("b") }
	}`},
	{name: "two results", want: []string{"a c", "a", "c", ""}, src: `func f() {
		p, err := open()
		if err != nil { mark("a") }
		if p != nil { mark("c") }
	}`},
	{name: "phi of phis", want: []string{"a c", "b c", ""}, src: `func f(c, d bool) {
		var p *node
		if c {
			if d { p = new(node); mark("a") } else { p = &node{n: 1}; mark("b") }
		}
		if p != nil { mark("c") }
	}`},
	{name: "number of one path", want: []string{"a b", ""}, src: `func f(c bool) {
		n := 0
		if c { n = 1; mark("a") }
		if n == 1 { mark("b") }
	}`},

	// Short circuit.
	{name: "and", want: []string{"x y", "y", ""}, src: `func f(a, b bool) {
		if a && b { mark("x") }
		if a { mark("y") }
	}`},
	{name: "or", want: []string{"x", "y"}, src: `func f(a, b bool) {
		if a || b { mark("x") }
		if !a && !b { mark("y") }
	}`},
	{name: "and in a variable", want: []string{"x", "y", ""}, src: `func f(a, b bool) {
		ok := a && b
		if ok { mark("x") }
		if !b { mark("y") }
	}`},
	{name: "or in a variable", want: []string{"x", "x y", "z"}, src: `func f(a, b bool) {
		ok := a || b
		if ok { mark("x") }
		if a { mark("y") }
		if !ok { mark("z") }
	}`},
	{name: "negated and", want: []string{"x", "y"}, src: `func f(p *node, err error) {
		if !(p != nil && err == nil) { mark("x"); return }
		if err != nil { mark("z") }
		if p == nil { mark("z") }
		mark("y")
	}`},

	// Loops.
	{name: "value of each round", want: []string{"a", "b a", "b b a"}, src: `func f() {
		for {
			p := next()
			if p == nil { mark("a"); return }
			mark("b")
		}
	}`},
	{name: "value of each round, checked twice", want: []string{"", "x y", "x y x y"}, src: `func f() {
		for {
			p := next()
			if p != nil { mark("x") }
			if p == nil { return }
			mark("y")
		}
	}`},
	{name: "condition from outside", want: []string{"", "b b", "b", "a", "a a"}, src: `func f(quiet bool) {
		for test() {
			if quiet { mark("a") } else { mark("b") }
		}
	}`},
	{name: "variable changed in the loop", want: []string{"", "a", "a a", "a b", "b"}, src: `func f(p *node) {
		for p != nil {
			if test() { mark("b"); return }
			mark("a")
			p = p.next
		}
	}`},
	{name: "flag set in the loop", want: []string{"x", "a y"}, src: `func f() {
		found := false
		for test() {
			found = true
		}
		if found { mark("a") }
		if found { mark("y") } else { mark("x") }
	}`},
	{name: "for with three clauses", want: []string{"", "a", "a a"}, src: `func f(n int) {
		for i := 0; i < n; i++ {
			mark("a")
		}
	}`},
	{name: "loop to a constant", want: []string{"a", "a a"}, src: `func f() {
		for i := 0; i < 3; i++ {
			mark("a")
		}
	}`},
	{name: "counter behind the loop", want: []string{"none", "a some", "a a some"}, extra: []string{"a none", "a a none"}, src: `func f() {
		n := 0
		for test() {
			n++
			mark("a")
		}
		if n == 0 { mark("none") } else { mark("some") }
	}`},
	{name: "range over an integer", want: []string{"", "a", "a a", "a a a"}, src: `func f(n int) {
		for range n {
			mark("a")
		}
	}`},
	{name: "range over a slice", want: []string{"none", "", "a", "a a"}, src: `func f(xs []*node) {
		if len(xs) == 0 { mark("none"); return }
		for _, x := range xs {
			if x == nil { continue }
			mark("a")
		}
	}`},
	{name: "range over a channel", want: []string{"", "a", "a a"}, src: `func f(c chan int) {
		for range c {
			mark("a")
		}
	}`},
	{name: "swapped in each round", want: []string{"x", "y x", "y y x"}, src: `func f(p, q *node) {
		for {
			if p == nil { mark("x"); return }
			mark("y")
			p, q = q, nil
		}
	}`},
	{name: "value of the round before", want: []string{"", "b"}, src: `func f() {
		before := false
		for {
			now := test()
			if before && !now { mark("b"); return }
			if test() { return }
			before = now
		}
	}`},
	{name: "sum of the round before", want: []string{"", "b"}, src: `func f(n int) {
		before := n
		for i := n; ; i++ {
			if before < 0 && i >= 0 { mark("b"); return }
			if test() { return }
			before = i + 1
			i = before
		}
	}`},
	{name: "flag that a round leaves as it is", want: []string{"", "a c", "a a c", "b", "a b c", "b a c", "a a b c", "a b a c", "b a a c"}, src: `func f() {
		got := false
		for {
			switch {
			case test():
				got = true
				mark("a")
			case check() != nil:
				mark("b")
			default:
				if got { mark("c") }
				return
			}
		}
	}`},
	{name: "condition of the outer loop", want: []string{"", "a"}, src: `func f(p *node) {
		for ; p != nil; p = p.next {
			for q := p; q != nil; q = q.next {
				if q.next == nil && p.next != nil { mark("a"); return }
			}
		}
	}`},

	// Calls that do not return.
	{name: "no return", want: []string{"b", ""}, src: `func f(ok bool) {
		if ok { mark("a"); die() }
		if test() { mark("b") }
	}`},
}
