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

var updateLocks = flag.Bool("update-locks", false, "rewrite testdata/locks.golden")

// lockOptions show the rules about locks, and no other.
func lockOptions() pragma.Options {
	opts := pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Disable: []string{"chandeadlock/*"}}
	for _, kind := range []string{"missing-unlock", "double-lock", "recursive-read-lock", "lock-order", "slow-under-lock"} {
		opts.Enable = append(opts.Enable, "chandeadlock/"+kind)
	}
	return opts
}

var lockFixtures = []string{"lockleak", "lockdouble", "lockread", "lockorder", "lockslow", "lockfix", "example.com/x/lockdep", "lockuse"}

// TestLockFixes applies the fixes and analyses the result, which has no
// finding left.
func TestLockFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), chandeadlock.New(lockOptions()), "lockfix")
	golden, err := os.ReadFile(filepath.Join("testdata", "src", "lockfix", "lockfix.go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "src", "lockfixed")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	fixed := regexp.MustCompile(` *// want .*`).ReplaceAll(golden, nil)
	if err := os.WriteFile(filepath.Join(dir, "fixed.go"), fixed, 0o666); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, filepath.Dir(filepath.Dir(dir)), chandeadlock.New(lockOptions()), "lockfixed")
}

// TestLocks runs the rules about locks on fixtures, and compares what
// diagnostics do not show: confidence and witness.
func TestLocks(t *testing.T) {
	var got bytes.Buffer
	var all []finding.Finding
	for _, result := range analysistest.Run(t, analysistest.TestData(), chandeadlock.New(lockOptions()), lockFixtures...) {
		all = append(all, result.Result.(*finding.List).Findings...)
	}
	finding.Sort(all)
	for _, f := range all {
		if f.Hidden == "" {
			printLock(&got, &f)
		}
	}
	golden := filepath.Join("testdata", "locks.golden")
	if *updateLocks {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; run with -update-locks and review the difference. Got:\n%s", golden, got.Bytes())
	}
}

func printLock(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s/%s:%d %s %s %s %s\n\t%s\n", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence, f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
	}
}
