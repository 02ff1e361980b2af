package honnef_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"io"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/go/types/objectpath"

	"github.com/perflint/perflint/internal/driver"
)

// TestMain lets the test binary serve as a vet tool.
func TestMain(m *testing.M) {
	if last := os.Args[len(os.Args)-1]; last == "-V=full" || last == "-flags" || strings.HasSuffix(last, ".cfg") {
		unitchecker.Main(newLister())
	}
	os.Exit(m.Run())
}

type objectFact struct{ Name string }

func (*objectFact) AFact()           {}
func (f *objectFact) String() string { return "object " + f.Name }

type packageFact struct{ Path string }

func (*packageFact) AFact()           {}
func (f *packageFact) String() string { return "package " + f.Path }

// newLister returns an analyzer that reports, of packages that are analysed
// for findings, the facts that another sees which exports one about each
// object and each package.
func newLister() *analysis.Analyzer {
	exporter := &analysis.Analyzer{
		Name:       "exporter",
		Doc:        "export facts and look at all",
		FactTypes:  []analysis.Fact{new(objectFact), new(packageFact)},
		ResultType: reflect.TypeFor[[]string](),
		Run: func(pass *analysis.Pass) (any, error) {
			for _, obj := range pass.TypesInfo.Defs {
				if obj != nil && obj.Pkg() == pass.Pkg {
					pass.ExportObjectFact(obj, &objectFact{obj.Name()})
				}
			}
			pass.ExportPackageFact(&packageFact{pass.Pkg.Path()})
			var facts []string
			within := reachable(pass.Pkg)
			for _, f := range pass.AllObjectFacts() {
				// Go vet gives passes of indirect imports only what their
				// direct imports mention; this driver gives them all.
				if f.Object.Pkg() != pass.Pkg && !within[f.Object] && isPart(f.Object) {
					continue
				}
				facts = append(facts, fmt.Sprintf("%s: %s", describe(pass, f.Object), f.Fact))
			}
			for _, f := range pass.AllPackageFacts() {
				facts = append(facts, fmt.Sprintf("%s: %s", f.Package.Path(), f.Fact))
			}
			return facts, nil
		},
	}
	return &analysis.Analyzer{
		Name:     "lister",
		Doc:      "report all facts",
		Requires: []*analysis.Analyzer{exporter},
		Run: func(pass *analysis.Pass) (any, error) {
			for _, f := range pass.ResultOf[exporter].([]string) {
				pass.Reportf(pass.Files[0].Package, "%s sees %s", pass.Pkg.Path(), f)
			}
			return nil, nil
		},
	}
}

// describe names an object by its path, or by its place if there is none.
func describe(pass *analysis.Pass, obj types.Object) string {
	path, err := objectpath.For(obj)
	if err != nil {
		posn := pass.Fset.Position(obj.Pos())
		return fmt.Sprintf("%s %s at %d:%d", obj.Pkg().Path(), obj.Name(), posn.Line, posn.Column)
	}
	return fmt.Sprintf("%s %s (%s)", obj.Pkg().Path(), obj.Name(), path)
}

// isPart reports whether an object is a type or part of one: facts about such
// objects are visible in packages that import theirs indirectly.
func isPart(obj types.Object) bool {
	_, isType := obj.(*types.TypeName)
	return isType || obj.Parent() != obj.Pkg().Scope()
}

// reachable returns the objects of other packages that a package can refer to:
// those of its imports and what their types consist of.
func reachable(pkg *types.Package) map[types.Object]bool {
	objects, seen := make(map[types.Object]bool), make(map[types.Type]bool)
	var visit func(types.Type)
	object := func(obj types.Object) {
		if !objects[obj] {
			objects[obj] = true
			visit(obj.Type())
		}
	}
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			object(v)
		}
	}
	params := func(list *types.TypeParamList) {
		for p := range list.TypeParams() {
			object(p.Obj())
		}
	}
	visit = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			object(t.Obj())
			params(t.TypeParams())
			for arg := range t.TypeArgs().Types() {
				visit(arg)
			}
			visit(t.Origin())
			visit(t.Underlying())
			for m := range t.Methods() {
				object(m)
			}
		case *types.Alias:
			object(t.Obj())
			params(t.TypeParams())
			visit(t.Rhs())
		case *types.TypeParam:
			visit(t.Constraint())
		case *types.Struct:
			for f := range t.Fields() {
				object(f)
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				object(m)
			}
			for e := range t.EmbeddedTypes() {
				visit(e)
			}
		case *types.Signature:
			params(t.TypeParams())
			params(t.RecvTypeParams())
			if t.Recv() != nil {
				object(t.Recv())
			}
			tuple(t.Params())
			tuple(t.Results())
		case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
			visit(t.Elem())
			if m, ok := t.(*types.Map); ok {
				visit(m.Key())
			}
		}
	}
	for _, imported := range pkg.Imports() {
		for _, name := range imported.Scope().Names() {
			object(imported.Scope().Lookup(name))
		}
	}
	return objects
}

const factModule = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

type T struct{ Field, field int }

func (T) Method() {}

func (T) String() string { return "" }

type U struct{ Field, field int }

func (U) Method() {}

func (*U) String() string { return "" }

type I interface{ Method() }

var Var T

const Const = 1

func Func(arg int) (result int) {
	local := arg
	return local
}

type hidden struct{ Deep int }

func (hidden) Shallow() {}

var Hidden hidden

func unseen() {}
-- inside/inside.go --
package inside

type T struct{ Field int }

func (T) Method() {}

func Func() T { return T{} }
-- b/b.go --
package b

import (
	"example.com/m/a"
	"example.com/m/inside"
)

type V struct{ a.T }

type W[P any] struct{ Item P }

func (W[P]) Method() {}

type X = a.U

var Var a.I

func Func() { inside.Func().Method() }

func Generic[P a.I](P) {}
-- c/c.go --
package c

import "example.com/m/b"

var V b.V

var W b.W[int]

func f() { b.Func() }
-- c/c_test.go --
package c

import "example.com/m/b"

var Test b.X

func g() { b.Func() }
-- c/x_test.go --
package c_test

import (
	"example.com/m/b"
	"example.com/m/c"
	"example.com/m/d"
)

var _ = c.Test

var _ = d.V

func g() { b.Func() }
-- d/d.go --
package d

import "example.com/m/c"

var V = c.V
`

// All facts that a pass sees are those that go vet would show it: its own,
// those of direct imports, and of packages further down those about types,
// fields and methods.
func TestAllFactsAsInVet(t *testing.T) {
	dir := writeModule(t, []byte(factModule))
	want := vetFindings(t, dir)
	if len(want) < 100 {
		t.Fatalf("go vet shows only %d facts", len(want))
	}
	got := listFacts(t, &driver.Config{Dir: dir, Patterns: []string{"./..."}, Tests: true})
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("missing: %s", f)
		}
	}
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("too much: %s", f)
		}
	}
}

// The facts come sorted by package, and in the same order each time.
func TestAllFactsSorted(t *testing.T) {
	dir := writeModule(t, []byte(factModule))
	list := listFacts(t, &driver.Config{Dir: dir, Patterns: []string{"./b"}})
	var objects, packages []string // the packages of the facts
	for _, f := range list {
		f := strings.Fields(f)
		if strings.HasSuffix(f[2], ":") {
			packages = append(packages, f[2])
		} else {
			objects = append(objects, f[2])
		}
	}
	if !slices.IsSorted(objects) || !slices.IsSorted(packages) || len(objects) < 10 || len(packages) != 3 {
		t.Errorf("not sorted by package:\n%s", strings.Join(list, "\n"))
	}
	for range 4 {
		if again := listFacts(t, &driver.Config{Dir: dir, Patterns: []string{"./b"}}); !slices.Equal(again, list) {
			t.Fatalf("now\n%s\n--- before\n%s", strings.Join(again, "\n"), strings.Join(list, "\n"))
		}
	}
}

// listFacts returns what the lister reports in this driver, in order.
func listFacts(t *testing.T, cfg *driver.Config) []string {
	reports := new(collector)
	run(t, cfg, reports.wrap(newLister()))
	var list []string
	for _, d := range reports.found {
		list = append(list, d.message)
	}
	return list
}

func vetFindings(t *testing.T, dir string) []string {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "vet", "-json", "-vettool="+exe, "./...")
	cmd.Dir, cmd.Env = dir, testEnv()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v", err)
	}
	var findings []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var packages map[string]map[string][]struct{ Message string }
		if err := dec.Decode(&packages); errors.Is(err, io.EOF) {
			return findings
		} else if err != nil {
			t.Fatalf("go vet -json: %v\n%s", err, out)
		}
		for _, byAnalyzer := range packages {
			for _, diagnostics := range byAnalyzer {
				for _, d := range diagnostics {
					findings = append(findings, d.Message)
				}
			}
		}
	}
}
