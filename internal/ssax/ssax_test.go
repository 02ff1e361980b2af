package ssax

import (
	"slices"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

func TestAnalyzer(t *testing.T) {
	if err := analysis.Validate([]*analysis.Analyzer{Analyzer}); err != nil {
		t.Error(err)
	}
}

// A package that no analyzer asks about must cost nothing.
func TestLazy(t *testing.T) {
	lazy := load(t, "package p\n\nfunc f() {}\n")
	if lazy.Built() || lazy.Spent() != 0 {
		t.Error("built before anybody asked")
	}
	pkg := lazy.Get()
	if !lazy.Built() || lazy.Spent() <= 0 {
		t.Error("not built although asked for, or in no time")
	}
	if len(pkg.Funcs) != 1 || pkg.SSA.Func("f") != pkg.Funcs[0] || pkg.Funcs[0].Blocks == nil {
		t.Errorf("package %+v", pkg)
	}
	if lazy.Get() != pkg {
		t.Error("built twice")
	}
}

func TestLazyIsSafe(t *testing.T) {
	lazy := load(t, "package p\n\nfunc f() {}\n")
	got := make([]*Package, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = lazy.Get() })
	}
	wg.Wait()
	if slices.ContainsFunc(got, func(p *Package) bool { return p == nil || p != got[0] }) {
		t.Errorf("packages %v", got)
	}
}

func TestFuncs(t *testing.T) {
	pkg := load(t, `package p

var v = func() int { return 1 }()

func last() {
	func() {
		defer func() {}()
	}()
	func() {}()
}

type list[T any] struct{ head *T }

func (l *list[T]) push(x T) { l.head = &x }

func (list[T]) pop() { func() {}() }

func init() {}

func init() { func() {}() }

func external()

func generic[T any]() { func() {}() }

var _ = list[int]{}

func first() { generic[int](); new(list[int]).push(1) }

func seq(func(int) bool) {}

func loop() {
	for range seq {
	}
}
`).Get()
	want := []string{
		"last", "last$1", "last$1$1", "last$2",
		"push", "pop", "pop$1",
		"init#1", "init#2", "init#2$1",
		"external",
		"generic", "generic$1",
		"first", "seq",
		"loop", "loop$1",
		"init$1", // of package-level variables
	}
	var got []string
	for _, fn := range pkg.Funcs {
		got = append(got, fn.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("functions\n%q\nwant\n%q", got, want)
	}
}

// Without the facts of ctrlflow, paths would go on behind calls that end the
// program.
func TestNoReturn(t *testing.T) {
	pkg := load(t, `package p

func fatal() { panic("no") }

func die() { fatal() }

func maybe(b bool) {
	if b {
		die()
	}
}

func f(b bool) {
	if b {
		die()
		mark("dead")
	}
	maybe(b)
	mark("alive")
}

func mark(string)
`).Get()
	checkPaths(t, pkg.function(t, "f"), []string{"alive"})
}

func TestImports(t *testing.T) {
	pkg := load(t, "package p\n").Get().SSA.Pkg
	if Imports(pkg, "q") {
		t.Error("a package without imports imports q")
	}
	q := load(t, "package q\n").Get().SSA.Pkg
	pkg.SetImports(append(pkg.Imports(), q))
	if !Imports(pkg, "p") || Imports(pkg, "q") {
		t.Errorf("imports %v", pkg.Imports())
	}
}

func TestCallee(t *testing.T) {
	pkg := load(t, `package p

type shape interface{ area() int }

type square int

func (s square) area() int { return int(s) }

type list[T any] struct{}

func (l *list[T]) push(T) {}

func plain() {}

func generic[T any](x T) {}

func calls(s shape, sq square, l *list[int], f func()) {
	plain()
	func() {}()
	sq.area()
	square.area(sq)
	s.area()
	generic(1)
	generic[string]("")
	l.push(1)
	f()
	g := plain
	g()
	bound := sq.area
	bound()
	defer plain()
	go plain()
	println()
}
`).Get()
	want := []string{
		"p.plain", "nil", "(p.square).area", "(p.square).area", "(p.shape).area",
		"p.generic", "p.generic", "(*p.list[T]).push",
		"nil", "p.plain", "(p.square).area", "p.plain", "p.plain", "nil",
	}
	var got []string
	for _, b := range pkg.function(t, "calls").Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				name := "nil"
				if fn := Callee(call.Common()); fn != nil {
					name = fn.FullName()
				}
				got = append(got, name)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("callees\n%q\nwant\n%q", got, want)
	}
}
