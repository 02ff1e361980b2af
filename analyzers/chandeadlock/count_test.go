package chandeadlock_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/chandeadlock"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var updateCounts = flag.Bool("update-counts", false, "rewrite testdata/counts.golden")

// countOptions show the rules about counts, and no other.
func countOptions() pragma.Options {
	opts := pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Disable: []string{"chandeadlock/*"}}
	for _, kind := range []string{
		"abandoned-send", "abandoned-receive", "excess-send", "unclosed-range", "self-block", "no-peer", "nil-channel",
	} {
		opts.Enable = append(opts.Enable, "chandeadlock/"+kind)
	}
	return opts
}

// TestCounts runs the rules on fixtures, and compares what diagnostics do not
// show: confidence and witness.
func TestCounts(t *testing.T) {
	var got bytes.Buffer
	for _, pkg := range []string{"counts", "countpeer", "countcommand"} {
		for _, result := range analysistest.Run(t, analysistest.TestData(), chandeadlock.New(countOptions()), pkg) {
			for _, f := range result.Result.(*finding.List).Findings {
				if f.Hidden == "" {
					printCount(&got, &f)
				}
			}
		}
	}
	golden := filepath.Join("testdata", "counts.golden")
	if *updateCounts {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; run with -update-counts and review the difference. Got:\n%s", golden, got.Bytes())
	}
}

func printCount(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s/%s:%d %s %s %s %s\n\t%s\n", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence, f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
	}
}

func TestCountFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), chandeadlock.New(countOptions()), "countfix")
}

// TestCountFixed checks that nothing is found in what the fixes leave.
func TestCountFixed(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("testdata", "src", "countfix", "countfix.go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "src", "fixed"), 0o777); err != nil {
		t.Fatal(err)
	}
	src = regexp.MustCompile(" // want .*").ReplaceAll(src, nil)
	if err := os.WriteFile(filepath.Join(dir, "src", "fixed", "fixed.go"), src, 0o666); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, chandeadlock.New(countOptions()), "fixed")
}
