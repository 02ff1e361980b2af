package driver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/txtar"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// TestMain lets the test binary serve as a vet tool, so that facts can be
// compared with unitchecker's.
func TestMain(m *testing.M) {
	if last := os.Args[len(os.Args)-1]; last == "-V=full" || last == "-flags" || strings.HasSuffix(last, ".cfg") {
		unitchecker.Main(newFactAnalyzer())
	}
	os.Exit(m.Run())
}

var factRules = []finding.Rule{{
	Name: "facts/visible", Summary: "facts that a package sees",
	Severity: finding.Warning, Confidence: finding.Certain, Default: true, Since: "v0.1.0",
}}

// objectFact marks an object, packageFact a package.
type objectFact struct{ Name string }

func (*objectFact) AFact()           {}
func (f *objectFact) String() string { return "object " + f.Name }

type packageFact struct{ Path string }

func (*packageFact) AFact()           {}
func (f *packageFact) String() string { return "package " + f.Path }

// newFactAnalyzer returns an analyzer that exports a fact about every object
// of a package and about the package, and reports, at each use of an object
// of another package, whether the facts about both are visible.
func newFactAnalyzer() *analysis.Analyzer {
	opts := pragma.Options{}
	a := &analysis.Analyzer{
		Name:       "facts",
		Doc:        "export and look up facts",
		Requires:   []*analysis.Analyzer{pragma.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(objectFact), new(packageFact)},
	}
	a.Run = func(pass *analysis.Pass) (any, error) {
		for _, obj := range pass.TypesInfo.Defs {
			if obj != nil && obj.Pkg() == pass.Pkg {
				pass.ExportObjectFact(obj, &objectFact{obj.Name()})
			}
		}
		pass.ExportPackageFact(&packageFact{pass.Pkg.Path()})
		reporter := pragma.NewReporter(pass, &opts, factRules)
		for id, obj := range pass.TypesInfo.Uses {
			if obj.Pkg() == nil || obj.Pkg() == pass.Pkg {
				continue
			}
			if _, ok := obj.(*types.PkgName); ok {
				continue
			}
			var of objectFact
			var pf packageFact
			reporter.Report(pragma.Draft{
				Rule: "facts/visible", Pos: id.Pos(), End: id.End(),
				Message: fmt.Sprintf("%s.%s: object fact %t %q, package fact %t %q", obj.Pkg().Path(), obj.Name(),
					pass.ImportObjectFact(obj, &of), of.Name, pass.ImportPackageFact(obj.Pkg(), &pf), pf.Path),
			})
		}
		return reporter.List(), nil
	}
	return a
}

const factModule = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

type T struct{ Field int }

func (T) Method() {}

var Var T

func Func() {}

type hidden struct{ Deep int }

func (hidden) Shallow() {}

var Hidden hidden
-- b/b.go --
package b

import "example.com/m/a"

type U struct{ a.T }

var V a.T

var W = a.Hidden

func Func() { a.Func() }

func Generic[P any](P) {}
-- c/c.go --
package c

import "example.com/m/b"

func f() {
	b.Func()
	b.Generic(1)
	b.V.Method()
	b.V.Field++
	var u b.U
	u.Method()
	u.T.Method()
	b.W.Shallow()
	b.W.Deep++
}
-- c/c_test.go --
package c

import "example.com/m/b"

func g() { b.Func() }
-- c/x_test.go --
package c_test

import (
	"example.com/m/b"
	_ "example.com/m/c"
)

func g() { b.Func() }
`

// A pass sees the facts that unitchecker would show it, no more and no less.
func TestFactsAsInVet(t *testing.T) {
	dir := writeModule(t, factModule)
	result := run(t, dir, nil, newFactAnalyzer())
	var own []string
	for _, f := range result.Findings {
		own = append(own, fmt.Sprintf("%s:%d:%d %s", f.Location.File, f.Location.Line, f.Location.Column, f.Message))
	}
	if len(own) < 10 {
		t.Fatalf("only %d findings: %q", len(own), own)
	}
	vet := vetFindings(t, dir)
	slices.Sort(own)
	slices.Sort(vet)
	if !slices.Equal(own, vet) {
		t.Errorf("facts differ\n--- driver\n%s\n--- go vet\n%s", strings.Join(own, "\n"), strings.Join(vet, "\n"))
	}
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
		var packages map[string]map[string][]struct{ Posn, Message string }
		if err := dec.Decode(&packages); errors.Is(err, io.EOF) {
			return findings
		} else if err != nil {
			t.Fatalf("go vet -json: %v\n%s", err, out)
		}
		for _, byAnalyzer := range packages {
			for _, diagnostics := range byAnalyzer {
				for _, d := range diagnostics {
					findings = append(findings, d.Posn+" "+d.Message)
				}
			}
		}
	}
}

// All facts are returned sorted, own and inherited, pruned as ImportObjectFact.
func TestAllFacts(t *testing.T) {
	dir := writeModule(t, factModule)
	a := newFactAnalyzer()
	inner := a.Run
	var objects, packages []string
	a.Run = func(pass *analysis.Pass) (any, error) {
		result, err := inner(pass)
		if pass.Pkg.Path() == "example.com/m/c" {
			for _, f := range pass.AllObjectFacts() {
				objects = append(objects, f.Object.Pkg().Name()+"."+f.Object.Name())
			}
			for _, f := range pass.AllPackageFacts() {
				packages = append(packages, f.Package.Name())
			}
		}
		return result, err
	}
	run(t, dir, func(cfg *driver.Config) { cfg.Tests = false }, a)
	if want := []string{"b", "c"}; !slices.Equal(packages, want) {
		t.Errorf("package facts of %q, want %q", packages, want)
	}
	for _, want := range []string{"a.T", "a.Field", "a.Method", "b.Func", "c.f"} {
		if !slices.Contains(objects, want) {
			t.Errorf("no object fact about %s in %q", want, objects)
		}
	}
	for _, not := range []string{"a.Func", "a.Var"} {
		if slices.Contains(objects, not) {
			t.Errorf("object fact about %s of a package that is not imported directly", not)
		}
	}
	if !slices.IsSortedFunc(objects, func(x, y string) int { return strings.Compare(x[:1], y[:1]) }) {
		t.Errorf("object facts are not sorted by package: %q", objects)
	}
}

// Facts that cannot be seen through what a package imports are not returned:
// that b uses a in its API is nothing that d, which imports c, depends on.
func TestAllFactsHorizon(t *testing.T) {
	dir := writeModule(t, factModule+`
-- c2/c.go --
package c2

import "example.com/m/b"

func F() { b.Func() }

func G(b.U) {}
-- d/d.go --
package d

import "example.com/m/c2"

var _ = c2.F
`)
	a := newFactAnalyzer()
	inner := a.Run
	var objects []string
	a.Run = func(pass *analysis.Pass) (any, error) {
		result, err := inner(pass)
		if pass.Pkg.Path() == "example.com/m/d" {
			for _, f := range pass.AllObjectFacts() {
				objects = append(objects, f.Object.Pkg().Name()+"."+f.Object.Name())
			}
		}
		return result, err
	}
	run(t, dir, func(cfg *driver.Config) { cfg.Tests = false }, a)
	if want := []string{"a.T", "a.Field", "a.Method", "b.U", "b.T", "c2.F", "c2.G", "d._"}; !sameSet(objects, want) {
		t.Errorf("object facts %q, want %q", objects, want)
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// The errors about an import cycle do not depend on the order of a map.
func TestImportCycle(t *testing.T) {
	dir := writeModule(t, `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import (
	"example.com/m/b"
	"example.com/m/c"
)

var A = b.B + c.C
-- b/b.go --
package b

import (
	"example.com/m/a"
	"example.com/m/c"
)

var B = a.A + c.C
-- c/c.go --
package c

import (
	"example.com/m/a"
	"example.com/m/b"
)

var C = a.A + b.B
-- d/d.go --
package d

import "example.com/m/c"

var D = c.C
`)
	var first *driver.Result
	for range 12 {
		result := run(t, dir, func(cfg *driver.Config) { cfg.Tests = false }, newFactAnalyzer())
		if first == nil {
			first = result
		}
		if len(result.Errors) == 0 || !reflect.DeepEqual(result.Errors, first.Errors) {
			t.Fatalf("errors\n%v\nand\n%v", result.Errors, first.Errors)
		}
	}
	last := first.Errors[len(first.Errors)-1]
	if last.Package != "example.com/m/d" || last.Kind != driver.SkippedError {
		t.Errorf("the last error is %v, want one about the package that needs the cycle", last)
	}
}

// What the go command lists decides what is analysed for findings.
func TestRoots(t *testing.T) {
	dir := writeModule(t, factModule)
	plan, err := driver.Load(context.Background(), &driver.Config{Dir: dir, Patterns: []string{"./c"}, Tests: true, Env: testEnv()})
	if err != nil {
		t.Fatal(err)
	}
	// c with its tests, and c_test; c alone, a and b serve facts.
	if plan.Roots != 2 || plan.FactsOnly != 3 {
		t.Errorf("%d roots and %d for facts only, want 2 and 3", plan.Roots, plan.FactsOnly)
	}
}

func TestCancelled(t *testing.T) {
	dir := writeModule(t, factModule)
	ctx, cancel := context.WithCancel(context.Background())
	a := newFactAnalyzer()
	a.Run = func(*analysis.Pass) (any, error) {
		cancel()
		return new(finding.List), nil
	}
	_, err := driver.Run(ctx, config(dir, a))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestOverlay(t *testing.T) {
	dir := writeModule(t, factModule)
	result := run(t, dir, func(cfg *driver.Config) {
		cfg.Tests = false
		cfg.Overlay = map[string][]byte{filepath.Join(dir, "c", "c.go"): []byte("package c\n\nfunc f() { nosuch() }\n")}
	}, newFactAnalyzer())
	if len(result.Errors) != 1 || result.Errors[0].Message != "undefined: nosuch" || result.Errors[0].Kind != driver.TypeError {
		t.Errorf("errors %v, want one about nosuch", result.Errors)
	}
}

// The result is the same for any number of workers.
func TestDeterministic(t *testing.T) {
	dir := writeModule(t, factModule)
	var first *driver.Result
	for _, jobs := range []int{1, 2, 8, 8, 8} {
		result := run(t, dir, func(cfg *driver.Config) { cfg.Jobs = jobs }, newFactAnalyzer())
		if first == nil {
			first = result
		}
		if !reflect.DeepEqual(result.Findings, first.Findings) || !reflect.DeepEqual(result.Errors, first.Errors) {
			t.Fatalf("with %d jobs the result differs", jobs)
		}
	}
}

// An analyzer that returns the wrong type or an error is named.
func TestBadAnalyzer(t *testing.T) {
	dir := writeModule(t, factModule)
	for _, test := range []struct {
		run  func(*analysis.Pass) (any, error)
		want string
	}{
		{func(*analysis.Pass) (any, error) { return 1, nil }, "internal error: analyzer facts returned a int"},
		{func(*analysis.Pass) (any, error) { return nil, errors.New("no luck") }, "analyzer facts: no luck"},
		{func(*analysis.Pass) (any, error) { panic("boom") }, "analyzer facts panicked: boom"},
	} {
		a := newFactAnalyzer()
		a.Run = test.run
		result := run(t, dir, nil, a)
		if len(result.Errors) == 0 || !strings.HasPrefix(result.Errors[0].Message, test.want) {
			t.Errorf("errors %v, want %q", result.Errors, test.want)
		}
	}
}

func config(dir string, analyzers ...*analysis.Analyzer) *driver.Config {
	return &driver.Config{
		Dir: dir, Patterns: []string{"./..."}, Tests: true, Env: testEnv(),
		Analyzers: analyzers, Rules: factRules,
	}
}

func run(t *testing.T, dir string, change func(*driver.Config), analyzers ...*analysis.Analyzer) *driver.Result {
	t.Helper()
	cfg := config(dir, analyzers...)
	if change != nil {
		change(cfg)
	}
	result, err := driver.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func testEnv() []string {
	return append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
}

// writeModule writes the files of a txtar archive to a new folder.
func writeModule(t *testing.T, archive string) string {
	t.Helper()
	// The go command resolves symbolic links, which some systems have in
	// their temporary folder.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
