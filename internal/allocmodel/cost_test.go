package allocmodel

import (
	"testing"

	"golang.org/x/tools/go/ssa"
)

const costSource = `package p

type T struct { n int; names []string }
type B struct { del []string; add []int }
type E struct{}
func (*E) Error() string { return "" }

var kept *T
var any_ any

func own() *T { return &T{} }                                      // o1 n 1:11
func inner() *B { return &B{make([]string, 0, 5), make([]int, 0, 5)} } // o1 i2 n 1:12
func second() (int, *T) { return 1, &T{} }                         // o1 r1 n 1:13
func keeps() { kept = &T{} }                                       // h1 n 1:14
func text(s string) []byte { return []byte(s) }                    // o1 n 10:15
func boxes(s string) { any_ = s }                                  // h1 n 9:16
func small(n int) { any_ = n }                                     // -
func stays() int { t := &T{}; return t.n }                         // -
func grows(in []int) []int { return append(in, 1) }                // -
func maybe(c bool) *T {                                            // -
	if c {
		return nil
	}
	return &T{}
}
func unlessError(n int) (*T, error) { // o1 n 1:30
	if n < 0 {
		return nil, &E{}
	}
	return &T{n: n}, nil
}
func inLoop(n int) {                                               // -
	for range n {
		kept = &T{}
	}
}
func failing(n int) error {                                        // -
	if n > 0 {
		return &E{}
	}
	return nil
}
func passesOn() *T { return own() }                                // o1 n
func drops() int { return own().n }                                // -
//go:noinline
func large() *T { return &T{} }                                    // o1 1:46
func dropsLarge() int { return large().n }                         // h1 n
func calls() *T { keeps(); boxes("a"); return own() }              // h2 o1 n
func twice() { kept = own(); kept = own() }                        // h2 n
func recursive(n int) *T {                                         // -
	if n == 0 {
		return &T{}
	}
	return recursive(n-1)
}
func deferred(f func()) *T { defer f(); return &T{} }              // o1 1:56
`

// TestCosts compares the costs of functions with the comments behind them.
func TestCosts(t *testing.T) {
	pkg, m := loadModel(t, costSource, "go1.26.8", nil)
	want := expected(t, costSource)
	for _, fn := range pkg.Funcs {
		if fn.Signature.Recv() != nil {
			continue
		}
		got := "-"
		if c := m.Cost(fn); c != nil {
			got = c.String()
			parsed, err := ParseCost(got)
			if err != nil || parsed.String() != got {
				t.Errorf("%s: %q is read as %v (%v)", fn.Name(), got, parsed, err)
			}
		}
		line := pkg.SSA.Prog.Fset.Position(fn.Pos()).Line
		if len(want[line]) != 1 || want[line][0] != got {
			t.Errorf("line %d: %s: got %q, want %q", line, fn.Name(), got, want[line])
		}
	}
}

func TestParseCostErrors(t *testing.T) {
	for _, text := range []string{"o", "ox", "o-1", "x1", "99:1", "x:1", "1:x"} {
		if c, err := ParseCost(text); err == nil {
			t.Errorf("%q is read as %v", text, c)
		}
	}
}

// TestCalled tells how many allocations a call makes where its result stays,
// and where it does not.
func TestCalled(t *testing.T) {
	const src = `package p

type B struct { del []string; n int }
var kept *B
var names []string

func small() *B { return &B{del: make([]string, 0, 5)} }
//go:noinline
func large() *B { return &B{del: make([]string, 0, 5)} }

func stays() int { return small().n }
func leaves() { kept = small() }
func innerLeaves() { names = small().del }
func largeStays() int { return large().n }
func largeLeaves() { kept = large() }
func carried(n int) (b *B) { for range n { b = small() }; println(b.n); return nil }
`
	want := map[string]struct {
		count   int
		dropped bool
	}{
		"stays": {0, true}, "leaves": {2, false}, "innerLeaves": {1, true},
		"largeStays": {2, true}, "largeLeaves": {2, false}, "carried": {2, false},
	}
	pkg, m := loadModel(t, src, "go1.26.8", nil)
	seen := 0
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || m.Called(call) == nil {
					continue
				}
				seen++
				c, w := m.Called(call), want[fn.Name()]
				if c.Count() != w.count || c.Dropped() != w.dropped {
					t.Errorf("%s: got %d allocations, dropped %t, want %v", fn.Name(), c.Count(), c.Dropped(), w)
				}
			}
		}
	}
	if seen != len(want) {
		t.Errorf("saw %d calls, want %d", seen, len(want))
	}
}
