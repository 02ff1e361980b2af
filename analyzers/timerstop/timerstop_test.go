package timerstop_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/timerstop"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var update = flag.Bool("update", false, "rewrite testdata/findings.golden")

// everything shows what the default options hide.
var everything = pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Enable: []string{"timerstop"}}

// TestShapes runs on the shapes as part of a main module of Go 1.22, where
// timers have the old behaviour, and of Go 1.26. An expectation holds for
// both, or, with "old:" or "new:" before it, for one.
func TestShapes(t *testing.T) {
	for version, tag := range versions {
		t.Run(version, func(t *testing.T) {
			analysistest.Run(t, shapes(t, version, "", tag), timerstop.Analyzer, "./...")
		})
	}
}

var versions = map[string]string{"1.22": "old", "1.26": "new"}

// TestOff runs the rules that are off by default, and no other. Their
// expectations have "off:" before them, or "offold:" or "offnew:".
func TestOff(t *testing.T) {
	for version, tag := range versions {
		t.Run(version, func(t *testing.T) {
			analysistest.Run(t, shapes(t, version, "off", "off"+tag), timerstop.New(offRules()), "./...")
		})
	}
}

// offRules returns options that enable what is off by default and disable what
// is on.
func offRules() pragma.Options {
	opts := pragma.Options{Severity: finding.Info, Confidence: finding.Possible}
	for _, r := range timerstop.Rules() {
		if r.Default {
			opts.Disable = append(opts.Disable, r.Name)
		} else {
			opts.Enable = append(opts.Enable, r.Name)
		}
	}
	return opts
}

// TestMainModule checks that the lines of the main module decide, and not the
// language version of the package. (For -go, see TestClocks and TestFacts.)
func TestMainModule(t *testing.T) {
	analysistest.Run(t, shapes(t, "1.22", "", "new"), timerstop.New(pragma.Options{Main: pragma.GoLines{Go: "1.26"}}), "./...")
	async := pragma.GoLines{Go: "1.26", HasAsyncLine: true, AsyncTimer: "1"}
	analysistest.Run(t, shapes(t, "1.26", "", "old"), timerstop.New(pragma.Options{Main: async}), "./...")
}

// expectation is one in the comments of the shapes.
var expectation = regexp.MustCompile("(?:(\\w+): )?want (`[^`]*`)")

// shapes writes the shapes to a module with a go line, and with the
// expectations of some tags only, in a form that analysistest understands.
func shapes(t *testing.T, version string, tags ...string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module shapes\n\ngo "+version+"\n")
	files, err := filepath.Glob("testdata/shapes/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no shapes (%v)", err)
	}
	kept := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		for i, line := range lines {
			code, comment, ok := strings.Cut(line, " // ")
			if !ok || !expectation.MatchString(comment) {
				continue
			}
			lines[i] = code
			var wants []string
			for _, m := range expectation.FindAllStringSubmatch(comment, -1) {
				if slices.Contains(tags, m[1]) {
					wants = append(wants, m[2])
				}
			}
			if len(wants) > 0 {
				lines[i] += " // want " + strings.Join(wants, " ")
				kept++
			}
		}
		write(filepath.Base(file), strings.Join(lines, "\n"))
	}
	if kept == 0 {
		t.Fatalf("no expectations of %v", tags)
	}
	return dir
}

// TestFindings compares what diagnostics do not show: all rules under both
// versions, with severity, witness, and why a finding is hidden.
func TestFindings(t *testing.T) {
	var got bytes.Buffer
	for _, version := range []string{"1.22", "1.26"} {
		fmt.Fprintf(&got, "go %s\n\n", version)
		for _, f := range findings(t, shapes(t, version, "", versions[version]), timerstop.New(pragma.Options{Enable: []string{"timerstop"}}), "./...") {
			printFinding(&got, &f)
		}
		fmt.Fprintln(&got)
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

// unchecked ignores expectations, which another test is about.
type unchecked struct{}

func (unchecked) Errorf(string, ...any) {}

// findings returns all findings in packages, hidden ones included, in order.
func findings(t *testing.T, dir string, a *analysis.Analyzer, pkgs ...string) []finding.Finding {
	t.Helper()
	var all []finding.Finding
	for _, result := range analysistest.Run(unchecked{}, dir, a, pkgs...) {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		all = append(all, result.Result.(*finding.List).Findings...)
	}
	finding.Sort(all)
	return all
}

func printFinding(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s:%d %s %s %s %s", filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence)
	if f.Hidden != "" {
		fmt.Fprintf(w, " hidden: %s", f.Hidden)
	}
	fmt.Fprintf(w, "\n\t%s\n", f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
	}
}

// fixture writes a folder of testdata to a module with a go line.
func fixture(t *testing.T, name, version string, edit func(name string, src []byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join("testdata", name, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixture %s (%v)", name, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if src = edit(file, src); src == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), src, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module fixture\n\ngo "+version+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func unchanged(_ string, src []byte) []byte { return src }

// fixed keeps what the fixes left, without expectations.
func fixed(name string, src []byte) []byte {
	if _, err := os.Stat(name + ".golden"); err == nil {
		golden, err := os.ReadFile(name + ".golden")
		if err != nil {
			return nil
		}
		src = golden
	} else if strings.HasSuffix(name, ".golden") {
		return nil
	}
	return regexp.MustCompile(" // want .*").ReplaceAll(src, nil)
}

var fixtures = map[string]string{"fix": "1.26", "fixold": "1.22"}

func TestFix(t *testing.T) {
	for name, version := range fixtures {
		for _, result := range analysistest.RunWithSuggestedFixes(t, fixture(t, name, version, unchanged), timerstop.New(everything), "./...") {
			for _, f := range result.Result.(*finding.List).Findings {
				if f.Shown() && len(f.Fixes) == 0 {
					t.Errorf("%s:%d: %s: no fix", filepath.Base(f.Location.File), f.Location.Line, f.Function)
				}
			}
		}
	}
}

// TestFixed checks that the fixed files compile and are silent, with all rules.
func TestFixed(t *testing.T) {
	for name, version := range fixtures {
		for _, result := range analysistest.Run(t, fixture(t, name, version, fixed), timerstop.New(everything), "./...") {
			if result.Err != nil {
				t.Error(result.Err)
			}
		}
	}
}

// TestNoFix also checks that nothing is hoisted before Go 1.23, where Reset
// may leave an old value in the channel.
func TestNoFix(t *testing.T) {
	for name, version := range map[string]string{"nofix": "1.26", "fix": "1.22"} {
		for _, f := range findings(t, fixture(t, name, version, unchanged), timerstop.Analyzer, "./...") {
			if len(f.Fixes) > 0 {
				t.Errorf("%s:%d: %s: unexpected fix %q", filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Fixes[0].Message)
			}
		}
	}
}

// TestClocks runs on clocks other than that of package time: those of the
// table, and one that the flag -clocks adds.
func TestClocks(t *testing.T) {
	a := timerstop.New(pragma.Options{Go: "1.22"})
	if err := a.Flags.Set("clocks", "example.com/x/clock.Every=ticker"); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, analysistest.TestData(), a, "clocks")
}

func TestClocksFlag(t *testing.T) {
	a := timerstop.New(pragma.Options{})
	if err := a.Flags.Set("clocks", "example.com/b.T=timer, example.com/a.After=after"); err != nil {
		t.Fatal(err)
	}
	for bad, want := range map[string]string{
		"clock.Every":                            "want PACKAGE.NAME=SHAPE",
		"clock.Every=watch":                      "timer, ticker, afterfunc, after or tick",
		"clock.Every=":                           "timer, ticker, afterfunc, after or tick",
		"example.com/clock=ticker":               "want a name with the path of its package",
		"=ticker":                                "want a name with the path of its package",
		"(*example.com/clock.C).NewTimer=timer":  "without its receiver, as example.com/clock.NewTimer=timer",
		"example.com/clock.Clock.NewTimer=timer": "is no package path",
		"example.com/b.T=ticker":                 "another entry gives example.com/b.T another shape",
	} {
		if err := a.Flags.Set("clocks", bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-clocks=%s: error %v, want one with %q", bad, err, want)
		}
	}
	if got, want := a.Flags.Lookup("clocks").Value.String(), "example.com/b.T=timer,example.com/a.After=after"; got != want {
		t.Errorf("-clocks is %q, want %q", got, want)
	}
	if _, err := timerstop.New(pragma.Options{Clocks: []string{"a.After"}}).Run(nil); err == nil || !strings.Contains(err.Error(), "option clocks: ") {
		t.Errorf("a bad option: error %v, want one that names it", err)
	}
}

// TestFacts checks that timers are followed into and out of other packages.
func TestFacts(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), timerstop.New(pragma.Options{Go: "1.22"}), "example.com/x/wrap", "wrapped")
}

// FuzzClocks: a list of clocks that is accepted is accepted again as it is
// printed, and means the same.
func FuzzClocks(f *testing.F) {
	for _, seed := range []string{"time.After=after", "a/b.New=timer, a/b.New=timer", "a.B=tick,a.B=ticker", "(*a.T).M=timer", "a.[,]=after", "=,="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var one, two pragma.Options
		if setFlag(&one, "clocks", text) != nil {
			return
		}
		printed := strings.Join(one.Clocks, ",")
		if err := setFlag(&two, "clocks", printed); err != nil || !slices.Equal(one.Clocks, two.Clocks) {
			t.Errorf("%q is read as %q, and that as %q, %v", text, one.Clocks, two.Clocks, err)
		}
	})
}

func setFlag(opts *pragma.Options, name, value string) error {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	timerstop.AddFlags(flags, opts)
	return flags.Set(name, value)
}
