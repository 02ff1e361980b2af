package ctxleak_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/ctxleak"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var update = flag.Bool("update", false, "rewrite testdata/findings.golden")

// everything shows what the default options hide.
var everything = pragma.Options{Severity: finding.Info, Confidence: finding.Possible}

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), ctxleak.Analyzer,
		"discarded", "goroutine", "lost", "paths", "silent", "stored", "paramdropped", "example.com/lib/wrapped", "xnet", "mainpkg", "mainrun", "generated", "suppressed")
}

// TestOff runs rules that are off by default, and shows what is only possible.
func TestOff(t *testing.T) {
	opts := everything
	opts.Enable = []string{"all"}
	analysistest.Run(t, analysistest.TestData(), ctxleak.New(opts), "body", "owner", "registry", "wrappers")
}

// The options show what is of info, and nothing of silent.
func TestEverything(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), ctxleak.New(everything), "info", "silent", "tests")
}

// TestFindings compares what diagnostics do not show: severity, witness, and
// why a finding is hidden. The functions of severity begin with theirs.
func TestFindings(t *testing.T) {
	var got bytes.Buffer
	for _, f := range findings(t, "severity", "lost", "paramdropped", "mainpkg", "tests", "generated", "suppressed") {
		if f.Package == "severity" && !strings.HasPrefix(f.Function, f.Severity.String()) {
			t.Errorf("%s: severity is %s", f.Function, f.Severity)
		}
		printFinding(&got, &f)
	}
	golden := filepath.Join("testdata", "findings.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; run with -update and review the difference. Got:\n%s", golden, got.Bytes())
	}
}

// TestFix also checks the bytes that the fixes leave: analysistest formats
// what it compares.
func TestFix(t *testing.T) {
	edits := make(map[string][]finding.Edit)
	for _, result := range analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), ctxleak.Analyzer, "fix") {
		for _, f := range result.Result.(*finding.List).Findings {
			if len(f.Fixes) == 0 {
				t.Errorf("%s:%d: %s: no fix", filepath.Base(f.Location.File), f.Location.Line, f.Function)
				continue
			}
			for _, edit := range f.Fixes[0].Edits {
				edits[edit.File] = append(edits[edit.File], edit)
			}
		}
	}
	for file, edits := range edits {
		got := apply(t, file, edits)
		if want, err := format.Source(got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not formatted after its fixes (%v):\n%s", filepath.Base(file), err, got)
		}
	}
}

// TestFixed checks that the fixed files compile and are silent.
func TestFixed(t *testing.T) {
	files, err := filepath.Glob("testdata/src/fix/*.go")
	if err != nil {
		t.Fatal(err)
	}
	wants := regexp.MustCompile(" // want .*")
	fixed := make(map[string]string)
	for _, file := range files {
		name := "fix/" + filepath.Base(file)
		if _, err := os.Stat(file + ".golden"); err == nil {
			file += ".golden"
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fixed[name] = string(wants.ReplaceAll(src, nil))
	}
	dir, cleanup, err := analysistest.WriteFiles(fixed)
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	analysistest.Run(t, dir, ctxleak.New(everything), "fix")
}

func TestNoFix(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), ctxleak.New(everything), "nofix") {
		for _, f := range result.Result.(*finding.List).Findings {
			if len(f.Fixes) > 0 {
				t.Errorf("%s:%d: %s: unexpected fix %q", filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Fixes[0].Message)
			}
		}
	}
}

// unchecked ignores expectations, which another test is about.
type unchecked struct{}

func (unchecked) Errorf(string, ...any) {}

// findings returns all findings in packages, hidden ones included, in order.
func findings(t *testing.T, pkgs ...string) []finding.Finding {
	t.Helper()
	var all []finding.Finding
	for _, result := range analysistest.Run(unchecked{}, analysistest.TestData(), ctxleak.Analyzer, pkgs...) {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		all = append(all, result.Result.(*finding.List).Findings...)
	}
	finding.Sort(all)
	return all
}

func printFinding(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s/%s:%d %s %s %s %s", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence)
	if f.Hidden != "" {
		fmt.Fprintf(w, " hidden: %s", f.Hidden)
	}
	if f.Suppressed != "" {
		fmt.Fprintf(w, " suppressed by line %s", strings.Split(f.Suppressed, ":")[1])
	}
	fmt.Fprintf(w, "\n\t%s\n", f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
	}
}

// apply returns a file after edits, which must not overlap.
func apply(t *testing.T, file string, edits []finding.Edit) []byte {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(edits, func(a, b finding.Edit) int { return b.Start - a.Start })
	for _, e := range edits {
		src = slices.Concat(src[:e.Start], []byte(e.New), src[e.End:])
	}
	return src
}
