package allocmodel

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// hotTestTable speaks of an API that the sources of the tests declare.
var hotTestTable = &HotTable{
	Often: []Role{
		{Takes: []string{"p.Request"}, Noun: "the handler", Often: "for each request"},
		{Name: "Less", Method: true, Params: []string{"int", "int"}, Results: []string{"bool"}, Noun: "the method", Often: "for each comparison"},
		{Method: true, Params: []string{"_"}, Results: []string{"error"}, Having: "Proto", Noun: "the service method", Often: "for each call"},
	},
	Seldom:    []Role{{Name: "New*", Often: "once for each new value"}},
	Drivers:   []string{"*p.B"},
	Ticks:     []string{"p.Time"},
	Pauses:    []string{"p.sleep"},
	Failures:  []string{"p.failf"},
	Callbacks: map[string]Calls{"(*p.Once).Do": CallsOnce, "p.each": CallsEach},
}

// hotPrelude is in front of the sources of the tests, on one line.
const hotPrelude = `package p; type Request struct{ items []string }; type B struct{ N int }; func (*B) Loop() bool; type Time struct{ ns int64 }; func sleep(); type Once struct{}; func (*Once) Do(func()); func each(func(int)); type Msg struct{}; func (*Msg) Proto(); func mark(string); func work() error; func failf(string, ...any) error; var done chan struct{}; var ticks chan Time; var msgs chan int; var flag bool; var xs []int; var keep func()`

// TestHeat compares the heat of each call of mark("level loops why") with what
// its text says; the last part may be missing.
func TestHeat(t *testing.T) {
	for _, test := range hotTests {
		t.Run(test.name, func(t *testing.T) {
			pkg := loadPackage(t, "a.go", hotPrelude+test.src)
			h := NewHotness(pkg, hotTestTable)
			marks := 0
			for _, fn := range pkg.Funcs {
				for _, c := range callsOfMark(fn) {
					marks++
					checkHeat(t, h, c)
				}
			}
			if marks == 0 {
				t.Error("no marks")
			}
		})
	}
}

func callsOfMark(fn *ssa.Function) []*ssa.Call {
	var calls []*ssa.Call
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if c, ok := instr.(*ssa.Call); ok && c.Call.StaticCallee() != nil && c.Call.StaticCallee().Name() == "mark" {
				calls = append(calls, c)
			}
		}
	}
	return calls
}

func checkHeat(t *testing.T, h *Hotness, c *ssa.Call) {
	t.Helper()
	want := strings.Trim(c.Call.Args[0].(*ssa.Const).Value.ExactString(), `"`)
	heat := h.Heat(c)
	got := heat.Level.String()
	if heat.Level == Hot {
		got += " " + string(rune('0'+heat.Loops))
		if heat.Root != nil {
			got += " " + heat.Root.Name()
		}
	}
	full := got + ": " + heat.Why
	if want != got && want != full {
		t.Errorf("line %d: got %q, want %q", h.fset.Position(c.Pos()).Line, full, want)
	}
}

// loadPackage returns the SSA form of a package of one file that imports nothing.
func loadPackage(t *testing.T, name, src string) *ssax.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
	cfg := &types.Config{GoVersion: "go1.26", Error: func(err error) { t.Error(err) }, IgnoreFuncBodies: false}
	pkg, _ := cfg.Check("p", fset, []*ast.File{file}, info) // errors go to cfg.Error
	if t.Failed() {
		t.FailNow()
	}
	pass := &analysis.Pass{
		Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info,
		ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact: func(types.Object, analysis.Fact) {},
		ResultOf:         map[*analysis.Analyzer]any{inspect.Analyzer: inspector.New([]*ast.File{file})},
	}
	for _, a := range []*analysis.Analyzer{ctrlflow.Analyzer, ssax.Analyzer} {
		if pass.ResultOf[a], err = a.Run(pass); err != nil {
			t.Fatal(err)
		}
	}
	return pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
}

// The same code heats nothing when it stands in a test file, except what a
// benchmark measures.
func TestHeatInTests(t *testing.T) {
	const src = hotPrelude + `
func helper() { for range xs { mark("cold: in a test") } }
func serve(r Request) { mark("cold: in a test") }
func BenchmarkX(b *B) {
	for range xs { mark("cold: in a test") }
	for b.Loop() {
		mark("hot 1 BenchmarkX: in each round of the loop on line 6")
		measured()
	}
}
func measured() {
	mark("hot 1 BenchmarkX: for each call from a_test.go:8, which runs in each round of the loop on a_test.go:6")
	second()
}
func second() { third() }
func third() { mark("hot 1 BenchmarkX"); fourth() }
func fourth() { mark("cold: in a test") }
`
	pkg := loadPackage(t, "a_test.go", src)
	h := NewHotness(pkg, hotTestTable)
	for _, fn := range pkg.Funcs {
		for _, c := range callsOfMark(fn) {
			checkHeat(t, h, c)
		}
	}
}

// The steps lead from the root to the place.
func TestHeatSteps(t *testing.T) {
	pkg := loadPackage(t, "a.go", hotPrelude+`
func serve(r Request) {
	for range r.items {
		part()
	}
}
func part() {
	for range xs {
		mark("")
	}
}`)
	h := NewHotness(pkg, hotTestTable)
	i := slices.IndexFunc(pkg.Funcs, func(fn *ssa.Function) bool { return fn.Name() == "part" })
	heat := h.Heat(callsOfMark(pkg.Funcs[i])[0])
	var got []string
	for _, s := range heat.Steps {
		got = append(got, h.file(s.Pos)+": "+s.Text)
	}
	want := []string{
		"a.go:2: the handler serve runs for each request",
		"a.go:3: the loop runs for each element",
		"a.go:4: serve calls part",
		"a.go:8: the loop runs for each element",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if heat.Loops != 2 || !heat.Ranges {
		t.Errorf("got %d loops, over elements: %t, want 2 over elements", heat.Loops, heat.Ranges)
	}
}
