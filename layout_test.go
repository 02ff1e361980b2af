package perflint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/perflint/perflint"

// The floors of the house, as drawn in doc.go. A package may import those on
// lower floors only.
const (
	stdOnly  = iota // F0: the standard library and nothing else
	language        // F1
	engine          // F2
	analyzer        // F3
	product         // F4
	topFloor        // where the binaries are
)

const (
	maxRooms  = 12 // internal packages
	anyFolder = "/..."
)

// floors has one entry for each package, by its folder. A folder with "/..."
// stands for all that is below it, which is one unit: its parts may import
// each other.
var floors = map[string]int{
	"":                       stdOnly,
	"internal/flow":          stdOnly,
	"internal/finding":       stdOnly,
	"perfmark" + anyFolder:   stdOnly,
	"internal/ssax":          language,
	"internal/typestate":     engine,
	"internal/chanmodel":     engine,
	"internal/allocmodel":    engine,
	"internal/pragma":        engine,
	"analyzers" + anyFolder:  analyzer, // each folder a unit of its own
	"analyzers":              product,
	"internal/driver":        product,
	"internal/evidence":      product,
	"internal/report":        product,
	"internal/inject":        product,
	"plugin":                 topFloor,
	"cmd" + anyFolder:        topFloor,
	"benchmarks" + anyFolder: topFloor,
}

// onlyImports narrows what the floors allow.
var onlyImports = map[string][]string{
	"internal/report": {"internal/finding"},
	"internal/driver": {"internal/finding", "internal/pragma", "internal/ssax"},
}

// apiFree are the packages that know Go but no API: analyzers hand them
// tables of symbols.
var apiFree = []string{"internal/flow", "internal/ssax", "internal/typestate", "internal/chanmodel", "internal/allocmodel"}

var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "base", "types", "pkg", "manager"}

// A violation is a place that breaks a rule of the house.
type violation struct {
	posn token.Position
	rule string
	todo string
}

func (v violation) String() string {
	return fmt.Sprintf("%s:%d: %s; %s", v.posn.Filename, v.posn.Line, v.rule, v.todo)
}

// A source is a file of the tree. Test files are free to import what they
// test with, so the checks below see the others only.
type source struct {
	name   string // relative to the root, with slashes
	fset   *token.FileSet
	syntax *ast.File
}

func (s *source) folder() string {
	if dir := path.Dir(s.name); dir != "." {
		return dir
	}
	return ""
}

func (s *source) violation(pos token.Pos, todo, rule string, args ...any) violation {
	return violation{s.fset.Position(pos), fmt.Sprintf(rule, args...), todo}
}

var checks = []func(*source) []violation{checkPlace, checkName, checkImports, checkLiterals, checkInit}

func TestLayout(t *testing.T) {
	fset := token.NewFileSet()
	for _, name := range sourceFiles(t) {
		syntax, err := parser.ParseFile(fset, filepath.FromSlash(name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, check := range checks {
			for _, v := range check(&source{name, fset, syntax}) {
				t.Error(v)
			}
		}
	}
}

// sourceFiles lists the files of the module that are not tests.
func sourceFiles(t *testing.T) []string {
	var names []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if !entry.IsDir() {
			if strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go") {
				names = append(names, filepath.ToSlash(name))
			}
			return nil
		}
		if name == "." {
			return nil
		}
		hidden := strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
		if hidden || base == "testdata" || base == "vendor" || name == "examples" {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
			return filepath.SkipDir // a module of its own
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 10 {
		t.Fatalf("found %d source files only: the walk is broken", len(names))
	}
	return names
}

// TestRooms keeps the tables of this file honest.
func TestRooms(t *testing.T) {
	rooms := 0
	for folder := range floors {
		if strings.HasPrefix(folder, "internal/") {
			rooms++
		}
	}
	if rooms > maxRooms {
		t.Errorf("%d internal packages: the ceiling is %d", rooms, maxRooms)
	}
	for _, folder := range slices.Concat(apiFree, slices.Collect(maps.Keys(onlyImports))) {
		if _, ok := floors[folder]; !ok {
			t.Errorf("%s has no floor", folder)
		}
	}
}

// floorOf returns the floor of a folder and the unit that it belongs to:
// parts of one unit may import each other.
func floorOf(folder string) (floor int, unit string, ok bool) {
	if floor, ok := floors[folder]; ok {
		return floor, folder, true
	}
	top, rest, _ := strings.Cut(folder, "/")
	if floor, ok = floors[top+anyFolder]; !ok {
		return 0, "", false
	}
	unit = top
	if top == "analyzers" {
		name, _, _ := strings.Cut(rest, "/")
		unit = top + "/" + name
	}
	return floor, unit, true
}

// checkPlace finds packages that the house has no room for.
func checkPlace(s *source) []violation {
	folder := s.folder()
	if _, _, ok := floorOf(folder); ok {
		return nil
	}
	todo := "the ceiling is twelve internal packages; add it to the floors in layout_test.go deliberately"
	if !strings.HasPrefix(folder, "internal/") {
		todo = "move it below an existing folder, or add it to the floors in layout_test.go deliberately"
	}
	return []violation{s.violation(s.syntax.Package, todo, "package folder %q is on no floor", folder)}
}

// checkName finds packages whose name says nothing.
func checkName(s *source) []violation {
	for _, name := range []string{s.syntax.Name.Name, path.Base(s.folder())} {
		if slices.Contains(emptyNames, name) {
			return []violation{s.violation(s.syntax.Package, "name it for what it knows", "package name %q says nothing", name)}
		}
	}
	return nil
}

// checkImports holds the floors.
func checkImports(s *source) []violation {
	folder := s.folder()
	floor, unit, ok := floorOf(folder)
	if !ok {
		return nil // checkPlace says so
	}
	var found []violation
	report := func(spec *ast.ImportSpec, todo, rule string, args ...any) {
		found = append(found, s.violation(spec.Pos(), todo, "%s imports %s: %s", display(folder), spec.Path.Value, fmt.Sprintf(rule, args...)))
	}
	for _, spec := range s.syntax.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if imported == "log" && floor < topFloor {
			report(spec, "return an error and let cmd print it", "package log is not used below cmd")
		}
		if imported == "net/http" && folder == "perfmark" {
			report(spec, "put what serves into perfmark/perfmarkhttp", "marks must not link a server into every program")
		}
		ours, isOurs := cutModule(imported)
		if !isOurs {
			if floor == stdOnly && isExternal(imported) {
				report(spec, "do without it or move the code up", "%s is for the standard library only", display(folder))
			}
			continue
		}
		lower, other, ok := floorOf(ours)
		switch allowed, narrow := onlyImports[folder]; {
		case !ok:
			report(spec, "add it to the floors in layout_test.go deliberately", "it is on no floor")
		case other == unit:
			continue
		case floor == stdOnly:
			report(spec, "do without it or move the code up", "%s is for the standard library only", display(folder))
		case floor == analyzer && lower == analyzer:
			report(spec, "move what they share into an engine", "analyzers never import each other")
		case floor == product && lower == analyzer && folder != "analyzers":
			report(spec, "take the analyzers as a parameter", "%s knows no analyzers", folder)
		case narrow && !slices.Contains(allowed, ours):
			report(spec, "pass what it needs as a value", "of perflint's packages it may import %s only", strings.Join(allowed, ", "))
		case lower > floor:
			report(spec, "turn the dependency around", "that is upward, from floor %d to floor %d", floor, lower)
		case lower == floor:
			report(spec, "move what they share to a lower floor", "that is sideways, on floor %d", floor)
		}
	}
	return found
}

func display(folder string) string {
	if folder == "" {
		return "package perflint"
	}
	return folder
}

// cutModule returns the folder of one of the module's own packages.
func cutModule(imported string) (folder string, ok bool) {
	if imported == module {
		return "", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// isExternal reports whether an import is of another module: its path begins
// with a domain.
func isExternal(imported string) bool {
	domain, _, _ := strings.Cut(imported, "/")
	return strings.Contains(domain, ".")
}

// apiName matches the path of a package with an API that some analyzer knows,
// alone or in front of a symbol: "sync", "time.", "(*sync.Mutex).Lock".
// Names that are English words too count in front of a symbol only.
var apiName = regexp.MustCompile(`^[(*]*(` +
	`(context|sync|sync/atomic|time|testing|testing/synctest|os/signal|os/exec|net|net/http|database/sql|log/slog|` +
	`encoding/json|bufio|fmt|reflect|runtime/pprof|(golang\.org|google\.golang\.org|github\.com|gopkg\.in|go\.uber\.org)/[^ ]*)` +
	`(\.([A-Z].*)?)?` +
	`|(bytes|errors|io|log|maps|os|runtime|slices|sort|strconv|strings)\.([A-Z].*)?` +
	`)$`)

// checkLiterals finds API knowledge in engines.
func checkLiterals(s *source) []violation {
	if !slices.Contains(apiFree, s.folder()) {
		return nil
	}
	var found []violation
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				break
			}
			if value, err := strconv.Unquote(n.Value); err == nil && apiName.MatchString(value) {
				found = append(found, s.violation(n.Pos(), "let the analyzer's spec pass it in",
					"%s names the API %s: engines contain no symbol names", s.folder(), n.Value))
			}
		}
		return true
	})
	return found
}

// checkInit finds functions that run before main.
func checkInit(s *source) []violation {
	if floor, _, ok := floorOf(s.folder()); ok && floor == topFloor {
		return nil // the plugin has to register itself
	}
	var found []violation
	for _, decl := range s.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			found = append(found, s.violation(fn.Pos(), "use a variable's initialiser or a constructor", "func init below cmd"))
		}
	}
	return found
}

// TestChecks proves that each check can fail.
func TestChecks(t *testing.T) {
	const ours = module + "/"
	tests := []struct {
		name string // of the file
		src  string
		want string // part of the only violation; empty if there is none
	}{
		{"doc.go", `package perflint; import "embed"`, ""},
		{"doc.go", `package perflint; import "` + ours + `internal/finding"`, `doc.go:1: package perflint imports "github.com/perflint/perflint/internal/finding": package perflint is for the standard library only; do without it or move the code up`},
		{"internal/flow/flow.go", `package flow; import "slices"`, ""},
		{"internal/flow/flow.go", "package flow\n\nimport (\n\t\"slices\"\n\t\"golang.org/x/tools/go/ssa\"\n)", "internal/flow/flow.go:5: internal/flow imports"},
		{"internal/finding/f.go", `package finding; import "` + ours + `internal/flow"`, "for the standard library only"},
		{"perfmark/mark.go", `package perfmark; import "sync/atomic"`, ""},
		{"perfmark/mark.go", `package perfmark; import "net/http"`, "perfmark/perfmarkhttp"},
		{"perfmark/mark.go", `package perfmark; import "github.com/google/pprof/profile"`, "for the standard library only"},
		{"perfmark/watch/watch.go", `package watch; import ("net/http"; "` + ours + `perfmark")`, ""},
		{"perfmark/watch/watch.go", `package watch; import "` + ours + `internal/finding"`, "for the standard library only"},
		{"perfmark/watch/watch.go", `package watch; import "golang.org/x/sync/errgroup"`, "for the standard library only"},

		{"internal/ssax/path.go", `package ssax; import ("` + ours + `internal/flow"; "golang.org/x/tools/go/ssa")`, ""},
		{"internal/ssax/path.go", `package ssax; import "` + ours + `internal/pragma"`, "upward, from floor 1 to floor 2"},
		{"internal/typestate/t.go", `package typestate; import "` + ours + `internal/ssax"`, ""},
		{"internal/typestate/t.go", `package typestate; import "` + ours + `internal/pragma"`, "sideways, on floor 2"},
		{"internal/typestate/t.go", `package typestate; import "` + ours + `analyzers/ctxleak"`, "upward, from floor 2 to floor 3"},
		{"internal/chanmodel/t.go", `package chanmodel; import "` + ours + `analyzers"`, "upward, from floor 2 to floor 4"},
		{"analyzers/ctxleak/c.go", `package ctxleak; import ("` + ours + `internal/pragma"; "` + ours + `internal/typestate")`, ""},
		{"analyzers/ctxleak/c.go", `package ctxleak; import "` + ours + `analyzers/timerstop"`, "analyzers never import each other"},
		{"analyzers/ctxleak/c.go", `package ctxleak; import "` + ours + `analyzers/timerstop/spec"`, "analyzers never import each other"},
		{"analyzers/ctxleak/c.go", `package ctxleak; import "` + ours + `analyzers/ctxleak/spec"`, ""},
		{"analyzers/ctxleak/c.go", `package ctxleak; import "` + ours + `analyzers"`, "upward, from floor 3 to floor 4"},
		{"analyzers/ctxleak/c.go", `package ctxleak; import "` + ours + `internal/driver"`, "upward, from floor 3 to floor 4"},
		{"analyzers/analyzers.go", `package analyzers; import "` + ours + `analyzers/ctxleak"`, ""},
		{"analyzers/analyzers.go", `package analyzers; import "` + ours + `internal/driver"`, "sideways, on floor 4"},

		{"internal/driver/d.go", `package driver; import ("` + ours + `internal/finding"; "` + ours + `internal/pragma"; "` + ours + `internal/ssax")`, ""},
		{"internal/driver/d.go", `package driver; import "` + ours + `analyzers/ctxleak"`, "internal/driver knows no analyzers"},
		{"internal/driver/d.go", `package driver; import "` + ours + `analyzers"`, "of perflint's packages it may import internal/finding, internal/pragma, internal/ssax only"},
		{"internal/driver/d.go", `package driver; import "` + ours + `internal/typestate"`, "of perflint's packages it may import"},
		{"internal/evidence/e.go", `package evidence; import "` + ours + `internal/finding"`, ""},
		{"internal/evidence/e.go", `package evidence; import "` + ours + `analyzers/escape"`, "internal/evidence knows no analyzers"},
		{"internal/evidence/e.go", `package evidence; import "` + ours + `analyzers"`, "sideways, on floor 4"},
		{"internal/inject/i.go", `package inject; import "` + module + `"`, ""},
		{"internal/report/r.go", `package report; import "` + ours + `internal/finding"`, ""},
		{"internal/report/r.go", `package report; import "` + ours + `internal/pragma"`, "it may import internal/finding only"},
		{"cmd/perflint/main.go", `package main; import ("log"; "` + ours + `analyzers"; "` + ours + `internal/driver")`, ""},
		{"plugin/plugin.go", `package plugin; import "` + ours + `cmd/perflint"`, "sideways, on floor 5"},
		{"internal/driver/d.go", `package driver; import "` + ours + `internal/cache"`, "it is on no floor"},

		{"internal/cache/c.go", `package cache`, `internal/cache/c.go:1: package folder "internal/cache" is on no floor; the ceiling is twelve internal packages; add it to the floors in layout_test.go deliberately`},
		{"internal/pragma/match/m.go", `package match`, "the ceiling is twelve"},
		{"server/s.go", `package server`, `package folder "server" is on no floor; move it`},
		{"cmd/perflint/util/u.go", `package util`, `package name "util" says nothing`},
		{"analyzers/escape/types/t.go", `package words`, `package name "types" says nothing`},
		{"analyzers/escape/words/t.go", `package helpers`, `package name "helpers" says nothing`},

		{"internal/flow/f.go", `package flow; import "log"`, "package log is not used below cmd"},
		{"internal/driver/d.go", `package driver; func init() {}`, "func init below cmd"},
		{"internal/driver/d.go", `package driver; type t int; func (t) init() {}`, ""},
		{"plugin/plugin.go", `package plugin; func init() {}`, ""},

		{"internal/ssax/s.go", `package ssax; import "sync"; var x = []string{"len", "timer", "a context is", "contextual", "bytes", "time passes"}`, ""},
		{"internal/ssax/s.go", "package ssax\n\nvar x = \"sync\"", `internal/ssax/s.go:3: internal/ssax names the API "sync": engines contain no symbol names; let the analyzer's spec pass it in`},
		{"internal/typestate/s.go", "package typestate; var x = `context`", "names the API `context`"},
		{"internal/typestate/s.go", `package typestate; var x = "context.WithCancel"`, "names the API"},
		{"internal/chanmodel/s.go", `package chanmodel; var x = "(*sync.WaitGroup).Wait"`, "names the API"},
		{"internal/chanmodel/s.go", `package chanmodel; var x = "time." + name`, "names the API"},
		{"internal/chanmodel/s.go", `package chanmodel; func f() { g("os/signal") }`, "names the API"},
		{"internal/allocmodel/s.go", `package allocmodel; var x = map[string]int{"bytes.Buffer": 1}`, "names the API"},
		{"internal/allocmodel/s.go", `package allocmodel; var x = "golang.org/x/sync/errgroup"`, "names the API"},
		{"internal/flow/s.go", `package flow; var x = "net/http"`, "names the API"},
		{"analyzers/ctxleak/spec.go", `package ctxleak; var x = "context.WithCancel"`, ""},
		{"internal/pragma/s.go", `package pragma; var x = "testing"`, ""},
	}
	for _, test := range tests {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, test.name, test.src, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var got []string
		for _, check := range checks {
			for _, v := range check(&source{test.name, fset, syntax}) {
				got = append(got, v.String())
			}
		}
		switch {
		case test.want == "" && got != nil:
			t.Errorf("%s: %s\ngot  %q\nwant no violation", test.name, test.src, got)
		case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
			t.Errorf("%s: %s\ngot  %q\nwant one with %q", test.name, test.src, got, test.want)
		}
	}
}
