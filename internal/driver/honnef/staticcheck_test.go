// Package honnef_test runs honnef's analyzers, which depend on facts and ask
// for all of them at once, in this driver, and compares what they report with
// what the staticcheck command prints. It is a module of its own so that
// perflint does not depend on what it is compared with.
package honnef_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/analysis/report"
	"honnef.co/go/tools/quickfix"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"

	"github.com/perflint/perflint/internal/driver"
)

// A diagnostic is one that an analyzer reported.
type diagnostic struct {
	file            string
	line, col       int
	endLine, endCol int
	code, message   string
	related         string // the messages of related information
}

func (d diagnostic) String() string {
	s := fmt.Sprintf("%s:%d:%d-%d:%d %s %s", d.file, d.line, d.col, d.endLine, d.endCol, d.code, d.message)
	if d.related != "" {
		s += " [" + d.related + "]"
	}
	return s
}

// A collector gathers what analyzers report; the driver ignores it.
type collector struct {
	mu    sync.Mutex
	found []diagnostic
}

func (c *collector) add(fset *token.FileSet, a *analysis.Analyzer, d analysis.Diagnostic) {
	pos, end := report.DisplayPosition(fset, d.Pos), report.DisplayPosition(fset, d.End)
	var related []string
	for _, r := range d.Related {
		related = append(related, r.Message)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = append(c.found, diagnostic{
		pos.Filename, pos.Line, pos.Column, end.Line, end.Column,
		cmp.Or(d.Category, a.Name), d.Message, strings.Join(related, "; "),
	})
}

// wrap returns an analyzer that does what another does and reports to a
// collector. What it requires stays the same, so that analyzers find the
// results and facts of others.
func (c *collector) wrap(a *analysis.Analyzer) *analysis.Analyzer {
	wrapped := *a
	wrapped.Run = func(pass *analysis.Pass) (any, error) {
		inner := *pass
		inner.Analyzer = a
		inner.Report = func(d analysis.Diagnostic) { c.add(pass.Fset, a, d) }
		return a.Run(&inner)
	}
	return &wrapped
}

// checks are all analyzers of the staticcheck command but U1000, whose
// findings staticcheck makes of results for all packages.
var checks = slices.Concat(simple.Analyzers, staticcheck.Analyzers, stylecheck.Analyzers, quickfix.Analyzers)

// factChecks are those whose findings depend on facts about other packages.
var factChecks = []string{
	"S1011",  // purity
	"SA1019", // deprecation of objects and packages
	"SA4006", // functions that do not return
	"SA4017", // purity
	"SA4018", // purity
	"SA4023", // nilness of results
}

// A corpus is packages to compare on.
type corpus struct {
	name     string
	dir      string
	patterns []string
	tests    bool
	codes    []string // that must be among the findings
}

func TestAsStaticcheck(t *testing.T) {
	command := filepath.Join(t.TempDir(), "staticcheck.exe")
	if out, err := exec.Command("go", "build", "-o", command, "honnef.co/go/tools/cmd/staticcheck").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	archive, err := os.ReadFile(filepath.Join("testdata", "fixture.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	fixture := writeModule(t, archive)
	corpora := []corpus{{
		name: "fixture", dir: fixture, tests: true,
		patterns: []string{"./base", "./generated", "./mid", "./old", "./pool", "./std", "./tests", "./top"},
		codes:    append([]string{"SA6002"}, factChecks...),
	}, {
		name: "perflint", dir: filepath.Join("..", "..", ".."), tests: true,
		patterns: []string{"./..."},
	}, {
		name: "std", dir: fixture,
		patterns: []string{"encoding/...", "go/...", "text/..."},
		codes:    []string{"SA1019"},
	}}
	// Both keep what they know of shared dependencies from corpus to corpus.
	theirs, ours := t.TempDir(), t.TempDir()
	cache, err := driver.OpenCache(ours)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range corpora {
		t.Run(c.name, func(t *testing.T) {
			want := c.staticcheck(t, command, theirs)
			for _, code := range c.codes {
				if !slices.ContainsFunc(want, func(d diagnostic) bool { return d.code == code }) {
					t.Errorf("staticcheck reports no %s: the comparison proves nothing about it", code)
				}
			}
			if i == 0 {
				got, _ := c.driver(t, driver.Config{})
				compare(t, "without a cache", got, want)
			}
			got, _ := c.driver(t, driver.Config{Cache: cache})
			compare(t, "filling a cache", got, want)

			// One by one, so that the packages of the corpus itself see
			// each other's facts as the cache returns them.
			got = nil
			for _, pattern := range c.patterns {
				one := c
				one.patterns = []string{pattern}
				part, stats := one.driver(t, driver.Config{Cache: cache, Fresh: true})
				if stats.Cached != stats.FactsOnly {
					t.Errorf("%s: facts of %d of %d packages came from the cache, want all", pattern, stats.Cached, stats.FactsOnly)
				}
				got = append(got, part...)
			}
			compare(t, "with facts from a cache", canonical(got), want)
		})
	}
}

// staticcheck returns what the command prints.
func (c *corpus) staticcheck(t *testing.T, command, cache string) []diagnostic {
	args := []string{"-f=json", "-checks=all", "-show-ignored", "-debug.run-quickfix-analyzers", fmt.Sprintf("-tests=%t", c.tests)}
	cmd := exec.Command(command, append(args, c.patterns...)...)
	cmd.Dir, cmd.Env = c.dir, append(testEnv(), "STATICCHECK_CACHE="+cache)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("staticcheck: %v\n%s", err, stderr.Bytes())
	}
	if stderr.Len() > 0 {
		t.Fatalf("staticcheck: %s", stderr.Bytes())
	}
	var found []diagnostic
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		type location struct {
			File         string
			Line, Column int
		}
		var d struct {
			Code, Message string
			Location, End location
			Related       []struct{ Message string }
		}
		if err := dec.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("staticcheck -f=json: %v\n%s", err, out)
		}
		if d.Code == "compile" || d.Code == "config" {
			t.Fatalf("staticcheck: %s:%d: %s", d.Location.File, d.Location.Line, d.Message)
		}
		if !slices.ContainsFunc(checks, func(a *lint.Analyzer) bool { return a.Analyzer.Name == d.Code }) {
			continue // U1000, and the command itself about directives
		}
		var related []string
		for _, r := range d.Related {
			related = append(related, r.Message)
		}
		found = append(found, diagnostic{
			d.Location.File, d.Location.Line, d.Location.Column, d.End.Line, d.End.Column,
			d.Code, d.Message, strings.Join(related, "; "),
		})
	}
	return canonical(found)
}

// driver returns what the analyzers report in this driver.
func (c *corpus) driver(t *testing.T, cfg driver.Config) ([]diagnostic, driver.Stats) {
	cfg.Dir, cfg.Patterns, cfg.Tests = c.dir, c.patterns, c.tests
	reports := new(collector)
	var analyzers []*analysis.Analyzer
	for _, a := range checks {
		analyzers = append(analyzers, reports.wrap(a.Analyzer))
	}
	result := run(t, &cfg, analyzers...)
	return canonical(reports.found), result.Stats
}

// run runs analyzers and reports all errors.
func run(t *testing.T, cfg *driver.Config, analyzers ...*analysis.Analyzer) *driver.Result {
	t.Helper()
	env, err := driver.ReadEnvironment(t.Context(), cfg.Dir, testEnv())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Env, cfg.Environment, cfg.Analyzers = testEnv(), env, analyzers
	result, err := driver.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range result.Errors {
		t.Error(err)
	}
	return result
}

// canonical returns diagnostics sorted, without repetitions, which arise
// because a test variant repeats the files of its package.
func canonical(found []diagnostic) []diagnostic {
	slices.SortFunc(found, func(a, b diagnostic) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(found)
}

func compare(t *testing.T, how string, got, want []diagnostic) {
	t.Helper()
	for _, d := range want {
		if !slices.Contains(got, d) {
			t.Errorf("%s: missing %s", how, d)
		}
	}
	for _, d := range got {
		if !slices.Contains(want, d) {
			t.Errorf("%s: too much %s", how, d)
		}
	}
}

func testEnv() []string {
	return append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
}

// writeModule writes the files of a txtar archive to a new folder.
func writeModule(t *testing.T, archive []byte) string {
	// The go command resolves symbolic links, which some systems have in
	// their temporary folder.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range txtar.Parse(archive).Files {
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
