package chandeadlock_test

import (
	"bytes"
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

// compare compares what diagnostics do not show of findings, such as their
// severity, confidence and witness, with a golden file, or rewrites it.
func compare(t *testing.T, name string, update bool, list []finding.Finding) {
	t.Helper()
	var got bytes.Buffer
	for _, f := range list {
		if f.Hidden != "" {
			continue
		}
		fmt.Fprintf(&got, "%s/%s:%d %s %s %s %s\n\t%s\n", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence, f.Message)
		for _, s := range f.Witness {
			fmt.Fprintf(&got, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
		}
	}
	golden := filepath.Join("testdata", name+".golden")
	if update {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; run with -update-%s and review the difference. Got:\n%s", golden, name, got.Bytes())
	}
}

// checkFixed checks that nothing is found in what the fixes of a fixture leave.
func checkFixed(t *testing.T, fixture string, opts pragma.Options) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", "src", fixture, fixture+".go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "src", "fixed"), 0o777); err != nil {
		t.Fatal(err)
	}
	src = regexp.MustCompile(` *// want .*`).ReplaceAll(src, nil)
	if err := os.WriteFile(filepath.Join(dir, "src", "fixed", "fixed.go"), src, 0o666); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, chandeadlock.New(opts), "fixed")
}
