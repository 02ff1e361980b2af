package typestate

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/perflint/perflint/internal/ssax"
)

// Three protocols about the same types, so that the engine has no chance to
// know one of them.
var testSpecs = map[string]*Spec{
	// To be called, by whoever has it last.
	"call": {
		Produces: map[string]Product{"p.open": {Result: 1, Err: -1, Companion: 0, Class: "call"}},
		Calling:  true, Unknown: Move, Types: isFunc,
		Exits: map[string]bool{"(p.exiter).Exit": true},
	},
	// To be closed, unless it could not be opened; what it is given to
	// closes it.
	"close": {
		Produces: map[string]Product{"p.dial": {Result: 0, Err: 1, Companion: -1, Class: "conn"}},
		Releases: map[string]int{"(*p.conn).Close": 0, "p.closeAll": 0}, Rearms: map[string]int{"(*p.conn).Reopen": 0},
		Borrows: map[string]bool{"p.ping": true},
		Drains:  "C", Part: "Body", Unknown: Move, Types: isPointerTo("conn"),
	},
	// To be given back, and then never touched again.
	"pool": {
		Produces: map[string]Product{"p.get": {Result: 0, Err: -1, Companion: -1, Class: "buf"}},
		Releases: map[string]int{"p.put": 0}, Carries: map[string]int{"(*p.buf).Bytes": 0},
		Unknown: Identity, Types: isPointerTo("buf"), UseAfter: true, Once: true,
	},
}

func isFunc(t types.Type) bool { _, ok := t.Underlying().(*types.Signature); return ok }

func isPointerTo(name string) func(types.Type) bool {
	return func(t types.Type) bool { return strings.HasSuffix(t.String(), "*p."+name) }
}

// The functions of testdata/SPEC.go say in their names what is found in them:
// lostX, usedX, twiceX, leakedX, sharedX, or okX for nothing.
func TestTrack(t *testing.T) {
	for name, spec := range testSpecs {
		t.Run(name, func(t *testing.T) {
			e := newTestEngine(t, spec, name)
			count := make(map[string]int)
			for _, fn := range e.funcs {
				if fn.Parent() != nil {
					continue
				}
				want := strings.TrimRight(fn.Name(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
				for _, kind := range kinds {
					if strings.HasPrefix(fn.Name(), kind) {
						want = kind
					}
				}
				if want == "" {
					continue
				}
				count[want]++
				if got := e.kindsIn(fn); !slices.Equal(got, []string{want}) && !(want == "ok" && got == nil) {
					t.Errorf("%s: found %q", fn.Name(), got)
				}
			}
			if count["ok"] < 5 || len(count) < 2 {
				t.Errorf("only %v functions", count)
			}
		})
	}
}

var kinds = []string{"lost", "used", "twice", "leaked", "shared", "ok"}

// MayLose says no only where Track finds no loss, and often enough to be of
// use.
func TestMayLose(t *testing.T) {
	for name, spec := range testSpecs {
		e := newTestEngine(t, spec, name)
		no := 0
		for _, fn := range e.funcs {
			for _, a := range e.Acquisitions(fn) {
				if a.Value == nil {
					continue
				}
				if e.MayLose(a) {
					continue
				}
				no++
				if e.Track(a).Lost != nil {
					t.Errorf("%s: %s loses a resource", name, fn)
				}
			}
		}
		if no < 5 {
			t.Errorf("%s: only %d functions lose nothing whatever the conditions", name, no)
		}
	}
}

// kindsIn returns the kinds of violations in a function and its literals.
func (e *Engine) kindsIn(fn *ssa.Function) []string {
	var found []string
	for _, a := range e.Acquisitions(fn) {
		if a.Value == nil {
			found = append(found, "lost")
			continue
		}
		track := e.Track(a)
		for i, v := range []*Violation{track.Lost, track.Used, track.Twice, track.Leaked, track.Shared} {
			if v != nil {
				found = append(found, kinds[i])
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		found = append(found, e.kindsIn(anon)...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Functions of testdata/call.go and close.go whose names end in "fresh" return
// live resources; "borrows" get one and do nothing to it.
func TestSummaries(t *testing.T) {
	want := map[string]string{
		"Fresh":        "result 0 is a live conn",
		"FreshOrError": "result 0 is a live conn",
		"Borrow":       "param 0 becomes {live}",
		"BorrowTwice":  "param 1 becomes {live}",
	}
	e := newTestEngine(t, testSpecs["close"], "close")
	got := make(map[string]string)
	e.Summaries(func(fn *types.Func, s *Summary) { got[fn.Name()] = s.String() })
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: summary %q, want %q", name, got[name], text)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("more summaries than are needed: %v", got)
	}
	e = newTestEngine(t, testSpecs["pool"], "pool")
	e.Summaries(func(fn *types.Func, s *Summary) { got[fn.Name()] = s.String() })
	if got["PutBack"] != "param 0 becomes {released}" || len(got) != 1 {
		t.Errorf("summaries of the pool: %v", got)
	}
}

// The cost of a pathological function is bounded by its acquisitions.
func TestSteps(t *testing.T) {
	var b strings.Builder
	b.WriteString("package p\n\ntype ctx int\nfunc open() (ctx, func())\nfunc cond(int) bool\nfunc big() {\n")
	const acquisitions = 500
	for i := range acquisitions {
		b.WriteString("\t{\n\t\t_, c := open()\n")
		for range 10 {
			b.WriteString("\t\tif cond(")
			b.WriteString(strings.Repeat("1+", i%3) + "1) {\n\t\t\tcond(2)\n\t\t}\n")
		}
		b.WriteString("\t\tc()\n\t}\n")
	}
	b.WriteString("}\n")
	e := buildTestEngine(t, testSpecs["call"], b.String())
	fn := e.pkg.Func("big")
	if len(fn.Blocks) < 10_000 {
		t.Fatalf("only %d blocks", len(fn.Blocks))
	}
	for _, a := range e.Acquisitions(fn) {
		if track := e.Track(a); track.Lost != nil || track.Exhausted {
			t.Fatalf("lost %v, exhausted %t", track.Lost, track.Exhausted)
		}
	}
	if perAcquisition := e.Steps() / acquisitions; perAcquisition > 50 {
		t.Errorf("%d steps for each acquisition of %d blocks", perAcquisition, len(fn.Blocks)/acquisitions)
	}
}

func BenchmarkTrack(b *testing.B) {
	for b.Loop() {
		e := newTestEngine(b, testSpecs["pool"], "pool")
		for _, fn := range e.funcs {
			e.kindsIn(fn)
		}
	}
}

func newTestEngine(t testing.TB, spec *Spec, name string) *Engine {
	src, err := os.ReadFile(filepath.Join("testdata", name+".go"))
	if err != nil {
		t.Fatal(err)
	}
	return buildTestEngine(t, spec, string(src))
}

func buildTestEngine(t testing.TB, spec *Spec, src string) *Engine {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: importer.Default()}, fset, types.NewPackage("p", "p"), []*ast.File{file}, ssa.BuilderMode(0))
	if err != nil {
		t.Fatal(err)
	}
	p := &ssax.Package{SSA: pkg}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if fn.Recv == nil {
			p.Funcs = append(p.Funcs, pkg.Func(fn.Name.Name))
		}
	}
	return New(spec, p, nil)
}
