package p

// Each line of code with allocation sites says in its comment what they are:
// kind fate, and for those on the heap why, separated by commas. TestCompiler
// checks that the compiler agrees.

type point struct {
	x, y int
	next *point
}

type constants struct{ a, b int }

type shape interface{ area() int }

type sink struct {
	p  *point
	ps []*point
	m  map[string]*point
	f  func() int
	b  []byte
}

func (p *point) area() int { return p.x * p.y }
func (p point) sum() int   { return p.x + p.y }

var (
	global *point
	anys   []any
	keep   any
)

// Where values go.

func returned() *point           { return &point{} }            // composite heap returned
func returnedNew() *point        { return new(point) }          // composite heap returned
func stored(s *sink)             { s.p = &point{} }             // composite heap stored-indirect
func storedGlobal()              { global = &point{} }          // composite heap stored-global
func sent(c chan *point)         { c <- &point{} }              // composite heap sent
func mapped(m map[string]*point) { m["a"] = &point{} }          // composite heap map-element, map-growth buffer
func panicked()                  { panic(point{x: len(anys)}) } // box heap panicked

func kept() int {
	p := &point{x: 1} // composite stack
	return p.x
}

func variable() *point {
	var p point // variable heap returned
	return &p
}

func variableKept() int {
	var p point
	q := &p
	return q.area()
}

func appended(ps []*point) []*point {
	return append(ps, &point{}) // append heap returned, composite heap appended
}

func throughPointer() int {
	s := &sink{}   // composite stack
	s.p = &point{} // composite heap stored-indirect
	return s.p.x
}

func throughVariable() int {
	var s sink
	s.p = &point{} // composite stack
	return s.p.x
}

func inLiteral() int {
	s := &sink{p: &point{}} // composite stack, composite stack
	return s.p.x
}

func inLiteralReturned() *sink {
	return &sink{p: &point{}} // composite heap returned, composite heap returned
}

func loaded() int {
	p := &point{next: &point{}} // composite stack, composite stack
	return kept2(p)
}

func selfAssigned(s *sink, n int) { s.b = s.b[n:] }

// Through functions.

func identity(p *point) *point { return p }
func content(p *point) *point  { return p.next }
func nothing(p *point) int     { return p.x }
func keeps(p *point)           { global = p }
func keepsContent(p *point)    { global = p.next }
func recursive(p *point) *point {
	if p.next == nil {
		return p
	}
	return recursive(p.next)
}

func calls() int {
	a := &point{}                        // composite stack
	b := identity(&point{})              // composite stack
	keeps(&point{})                      // composite heap argument
	keepsContent(&point{})               // composite stack
	keepsContent(&point{next: &point{}}) // composite stack, composite heap argument
	c := recursive(&point{})             // composite stack
	return nothing(a) + b.x + c.x
}

func dynamic(f func(*point))   { f(&point{}) } // composite heap dynamic-call
func method(s shape) int       { return s.area() }
func devirtual() int           { return shape(&point{}).area() } // composite stack
func kept2(p *point) int       { return p.x }
func variadic(ps ...*point)    { global = ps[0] }
func variadicNo(ps ...int) int { return len(ps) }

func variadics() {
	variadic(&point{})  // variadic stack, composite heap argument
	variadicNo(1, 2, 3) // variadic stack
}

func started(p point) {
	go func() { keep = p.x }() // closure heap started, box heap stored-global
}

// Boxes.

func boxes(i int, b byte, s string, p *point, z struct{}, f func()) {
	keep = i // box heap stored-global
	keep = 1
	keep = "constant"
	keep = b
	keep = s // box heap stored-global
	keep = p
	keep = z
	keep = f
	keep = constants{1, 2}
	keep = point{x: i} // box heap stored-global
}

func boxKept(i int) int {
	var v any = i + 1 // box stack
	n, _ := v.(int)
	return n
}

func boxAppended(i int) { anys = append(anys, i) } // append heap stored-global, box heap appended

// Closures.

func byValue(n int) func() int {
	return func() int { return n } // closure heap returned
}

func byReference() func() int {
	n := 0                              // variable heap returned
	return func() int { n++; return n } // closure heap returned
}

func called(n int) int {
	f := func() int { return n } // closure stack
	return f() + f()
}

func storedOuter() int {
	var p *point
	f := func() { p = &point{} } // closure stack, composite heap stored-outer
	f()
	return p.x
}

func methodValue(p *point) func() int { return p.area } // method-value heap returned

func deferred(s *sink) {
	defer func() { s.p = nil }() // closure stack
}

// Sizes.

func slices(n int) int {
	a := make([]int, 8)       // make-slice stack
	b := make([]int, n)       // make-slice buffer
	c := make([]byte, 70_000) // make-slice heap too-large
	var d [200_000]byte       // variable heap too-large
	e := make([]point, n)     // make-slice buffer
	return len(a) + len(b) + len(c) + len(d[:]) + len(e)
}

func slicesReturned(n int) []int { return make([]int, n) } // make-slice heap returned
func literal() []int             { return []int{1, 2} }    // slice-literal heap returned

func literalKept() int {
	s := []int{1, 2, 3} // slice-literal stack
	return len(s)
}

// Loops.

func carried(n int) int {
	var p *point
	for range n {
		if p == nil {
			p = &point{} // composite heap loop-carried
		}
		p.x++
	}
	return p.x
}

func inRound(n int) int {
	sum := 0
	for i := range n {
		p := &point{x: i} // composite stack
		sum += p.area()
	}
	return sum
}

func list(n int) int {
	var head *point
	for range n {
		head = &point{next: head} // composite heap loop-carried
	}
	return head.x
}

// Strings.

func strings(s, t string, b []byte, m map[string]int, r []rune) (string, []byte) {
	u := s + t // concat heap returned
	_ = m[string(b)]
	if string(b) == s {
		return string(b), []byte(s) // conversion heap returned, conversion heap returned
	}
	v := s + "x" // concat buffer
	if len(v) > 3 {
		return string(r), nil // conversion heap returned
	}
	return u, nil
}

func maps() map[string]int { return map[string]int{} } // make-map heap returned

func mapKept() int {
	m := map[int]int{} // make-map buffer
	return len(m)
}
