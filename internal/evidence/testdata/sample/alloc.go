// Package sample has one allocation of each kind that the compiler has a
// verdict about, beside a near twin that stays on the stack.
package sample

import (
	"errors"
	"fmt"

	"example.com/sample/shape"
)

type T struct{ A, B [8]int }

var (
	sink  *T
	keep  any
	words []string
	table map[string]int
	hook  func() int
	bytes []byte
	text  string
)

func composite(hot bool) int {
	sink = &T{}
	local := &T{}
	fresh := new(T)
	keep = new(int)
	return local.A[0] + fresh.B[0]
}

func variable() *int {
	v := 1
	w := 2
	p := &w
	return twice(&v, p)
}

//go:noinline
func twice(a, b *int) *int {
	*a += *b
	return a
}

func slices(n int) int {
	words = []string{"a", text}
	local := []int{1, n}
	fixed := make([]byte, 16)
	grown := make([]byte, n)
	bytes = make([]byte, n)
	return local[0] + len(fixed) + len(grown)
}

func maps(n int) int {
	table = map[string]int{"a": n}
	local := map[string]int{"b": n}
	other := make(map[string]int, n)
	queue := make(chan int, n)
	queue <- 1
	return local["b"] + other["c"]
}

func growth(n int) (kept []int) {
	var local []int
	for i := range n {
		local = append(local, i)
		kept = append(kept, local[i])
	}
	return kept
}

func closures(n int) int {
	hook = func() int { n++; return n }
	local := func() int { return n }
	return local() + call(func() int { return n * n })
}

//go:noinline
func call(f func() int) int { return f() }

func method(t *T) int {
	hook = t.sum
	f := t.sum
	return f()
}

//go:noinline
func (t *T) sum() int { return t.A[0] + t.B[0] }

func boxing(n int, t T) {
	keep = n
	keep = 1000
	keep = "constant"
	keep = t
	keep = struct{}{}
	show(n, text)
	hold(n, text)
}

//go:noinline
func show(args ...any) int { return len(args) }

//go:noinline
func hold(args ...any) { keep = args }

func conversions(b []byte, s string) int {
	text = string(b)
	bytes = []byte(s)
	read(string(b))
	load([]byte(s))
	store([]byte(s))
	return table[string(b)] + len([]rune(s))
}

//go:noinline
func read(s string) int { return len(s) }

//go:noinline
func load(b []byte) int { return len(b) }

//go:noinline
func store(b []byte) { b[0] = 1 }

func concat(a, b string) int {
	text = a + b
	local := a + "-" + b
	return read(local)
}

func large() int {
	var a [1 << 20]byte
	a[len(text)] = 1
	return int(a[2])
}

func failure(n int) error {
	if n == 1 {
		return errors.New("one")
	}
	if n == 2 {
		return fmt.Errorf("two")
	}
	return fmt.Errorf("failed: %d", n)
}

func inlined(n int) int {
	p := shape.New(n)
	shape.Last = shape.New(n + 1)
	return p.Side
}

func generic(n int) {
	words = append(words, shape.Names(map[string]int{"x": n})...)
	shape.Keep(n)
	shape.Keep("s")
}
