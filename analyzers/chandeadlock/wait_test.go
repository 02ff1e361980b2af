package chandeadlock_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/chandeadlock"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var updateWaits = flag.Bool("update-waits", false, "rewrite testdata/waits.golden")

// waitOptions show the rules about waiting for others, and no other.
func waitOptions() pragma.Options {
	opts := pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Disable: []string{"chandeadlock/*"}}
	for _, kind := range []string{
		"peer-needs-lock", "done-skipped", "never-done", "wait-in-spawn-loop", "waits-for-itself", "wait-before-receive",
		"workers-quit", "never-signalled", "lost-wake-up", "late-add", "limit-reached",
	} {
		opts.Enable = append(opts.Enable, "chandeadlock/"+kind)
	}
	return opts
}

// TestWaits runs the rules on fixtures, and compares what diagnostics do not
// show: confidence and witness.
func TestWaits(t *testing.T) {
	var got bytes.Buffer
	for _, pkg := range []string{"waitlock", "waitgroups", "waitself", "waitconds", "waitlate", "waitlimit"} {
		for _, result := range analysistest.Run(t, analysistest.TestData(), chandeadlock.New(waitOptions()), pkg) {
			for _, f := range result.Result.(*finding.List).Findings {
				if f.Hidden == "" {
					printWait(&got, &f)
				}
			}
		}
	}
	golden := filepath.Join("testdata", "waits.golden")
	if *updateWaits {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; run with -update-waits and review the difference. Got:\n%s", golden, got.Bytes())
	}
}

func printWait(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s/%s:%d %s %s %s %s\n\t%s\n", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence, f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
	}
}
