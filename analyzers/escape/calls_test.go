package escape_test

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// callRules are the rules about calls and statements, whose fixtures are
// tested without those about the flow of values.
var callRules = []string{
	"escape/recompiled", "escape/scalar-format", "escape/concat-in-loop", "escape/defer-in-loop",
	"escape/append-growth", "escape/bytes-lookup", "escape/split-to-iterate", "escape/map-growth",
	"escape/split-for-parts", "escape/checksum-slice",
}

func callAnalyzer() *analysis.Analyzer {
	return escape.New(pragma.Options{Confidence: finding.Possible, Enable: callRules, Disable: []string{"escape"}})
}

// module copies a folder of testdata to a module of its own, with the paths of
// packages that it has among the fixtures of all analyzers.
func module(t *testing.T, name string, edit func(name string, src []byte) []byte) string {
	t.Helper()
	dir, from := t.TempDir(), filepath.Join("testdata", "src", name)
	err := filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		to := filepath.Join(dir, strings.TrimPrefix(file, from))
		if err != nil || entry.IsDir() {
			return errors.Join(err, os.MkdirAll(to, 0o777))
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if src = edit(file, src); src == nil {
			return nil
		}
		return os.WriteFile(to, src, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module fixtures/escape/"+name+"\n\ngo 1.26\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func asIs(_ string, src []byte) []byte { return src }

// asFixed keeps what the fixes left, without expectations.
func asFixed(name string, src []byte) []byte {
	if strings.HasSuffix(name, ".golden") {
		return nil
	}
	if golden, err := os.ReadFile(name + ".golden"); err == nil {
		src = golden
	}
	return regexp.MustCompile("[ \t]// want .*").ReplaceAll(src, nil)
}

func TestCalls(t *testing.T) {
	analysistest.Run(t, module(t, "calls", asIs), callAnalyzer(), "./...")
}

// TestParts runs the rules without thresholds.
func TestParts(t *testing.T) {
	all := pragma.Options{Confidence: finding.Possible, Severity: finding.Info, Enable: callRules, Disable: []string{"escape"}}
	analysistest.Run(t, module(t, "parts", asIs), escape.New(all), "./...")
}

func TestNoFix(t *testing.T) {
	for _, result := range analysistest.Run(t, module(t, "nofix", asIs), callAnalyzer(), "./...") {
		for _, f := range result.Result.(*finding.List).Findings {
			if f.Shown() && len(f.Fixes) > 0 {
				t.Errorf("%s:%d: %s: unexpected fix %q", filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Fixes[0].Message)
			}
		}
	}
}

var updateFixes = flag.Bool("updatefixes", false, "rewrite testdata/fix/*.golden")

// TestFix applies all fixes; what is left type-checks and has no findings.
func TestFix(t *testing.T) {
	if *updateFixes {
		updateGolden(t)
	}
	for _, result := range analysistest.RunWithSuggestedFixes(t, module(t, "fix", asIs), callAnalyzer(), "./...") {
		for _, f := range result.Result.(*finding.List).Findings {
			if f.Shown() && len(f.Fixes) == 0 {
				t.Errorf("%s:%d: %s: no fix", filepath.Base(f.Location.File), f.Location.Line, f.Function)
			}
		}
	}
	for _, result := range analysistest.Run(t, module(t, "fix", asFixed), callAnalyzer(), "./...") {
		if result.Err != nil {
			t.Error(result.Err)
		}
	}
}

// unchecked ignores expectations, which another test is about.
type unchecked struct{}

func (unchecked) Errorf(string, ...any) {}

// updateGolden writes what the first fix of each finding leaves.
func updateGolden(t *testing.T) {
	edits := make(map[string][]finding.Edit)
	for _, result := range analysistest.Run(unchecked{}, module(t, "fix", asIs), callAnalyzer(), "./...") {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		for _, f := range result.Result.(*finding.List).Findings {
			if f.Shown() && len(f.Fixes) > 0 {
				for _, e := range f.Fixes[0].Edits {
					edits[filepath.Base(e.File)] = append(edits[filepath.Base(e.File)], e)
				}
			}
		}
	}
	for name, list := range edits {
		name = filepath.Join("testdata", "src", "fix", name)
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortStableFunc(list, func(a, b finding.Edit) int { return cmp.Compare(b.Start, a.Start) })
		for _, e := range slices.Compact(list) {
			src = slices.Concat(src[:e.Start], []byte(e.New), src[e.End:])
		}
		if src, err = format.Source(src); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name+".golden", src, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFixedRun runs each function of the fixture before and after its fix. The
// results are the same, and there are fewer allocations.
func TestFixedRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	before, after := runFixture(t, asIs), runFixture(t, asFixed)
	if len(before) < 10 || len(before) != len(after) {
		t.Fatalf("%d functions before, %d after", len(before), len(after))
	}
	for name, b := range before {
		a := after[name]
		t.Logf("%-14s %4d → %d", name, b.allocs, a.allocs)
		if a.result != b.result {
			t.Errorf("%s: %q before, %q after the fix", name, b.result, a.result)
		}
		if a.allocs >= b.allocs {
			t.Errorf("%s: %d allocations before, %d after the fix", name, b.allocs, a.allocs)
		}
	}
}

// An outcome is what a function of the fixture returns, and its allocations.
type outcome struct {
	result string
	allocs int
}

// runFixture runs all functions of the fixture.
func runFixture(t *testing.T, edit func(string, []byte) []byte) map[string]outcome {
	t.Helper()
	dir := module(t, "fix", func(name string, src []byte) []byte {
		if src = edit(name, src); strings.HasSuffix(name, ".golden") {
			return nil
		}
		return bytes.Replace(src, []byte("package fix\n"), []byte("package main\n"), 1)
	})
	var main strings.Builder
	main.WriteString("package main\n\nimport \"testing\"\n\nvar in = []string{\"alpha\", \"b\", \"gamma9\", \"delta\", \"\", \"zeta-42\", \"eta\", \"theta\", \"iota\", \"kappa\", \"λ\"}\n\n")
	main.WriteString("func show(name string, f func([]string) string) {\n\tprintln(name, int(testing.AllocsPerRun(10, func() { f(in[:10:10]) })), f(in[:10:10]))\n}\n\nfunc main() {\n")
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(in \[\]string\) string`).FindAllSubmatch(src, -1) {
			fmt.Fprintf(&main, "\tshow(%q, %s)\n", m[1], m[1])
		}
	}
	main.WriteString("}\n")
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(main.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	out := goCommand(t, dir, "run", ".")
	outcomes := make(map[string]outcome)
	for line := range strings.Lines(out) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		allocs, result, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(allocs)
		if err != nil {
			t.Fatalf("unexpected line %q", line)
		}
		outcomes[name] = outcome{result, n}
	}
	return outcomes
}

// goCommand runs the go command in a folder and returns what it writes.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}
