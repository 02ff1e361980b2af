package escape_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var update = flag.Bool("update", false, "rewrite testdata/findings.golden")

// TestFindings compares what diagnostics do not show: which findings are
// hidden and why, their severity and confidence, witness and fix.
func TestFindings(t *testing.T) {
	var got bytes.Buffer
	for _, name := range []string{"calls", "facts", "fix", "flow", "nofix", "results"} {
		for _, result := range analysistest.Run(unchecked{}, module(t, name, asIs), escape.New(pragma.Options{}), "./...") {
			if result.Err != nil {
				t.Fatal(result.Err)
			}
			list := result.Result.(*finding.List).Findings
			finding.Sort(list)
			for _, f := range list {
				print(&got, &f)
			}
		}
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

func print(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s/%s:%d %s %s %s %s", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence)
	if f.Hidden != "" {
		fmt.Fprintf(w, ", hidden: %s", f.Hidden)
	}
	fmt.Fprintf(w, "\n\t%s\n", f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%s:%d %s: %s\n", filepath.Base(s.Location.File), s.Location.Line, s.Kind, s.Text)
	}
	if len(f.Fixes) > 0 {
		fmt.Fprintf(w, "\tfix: %s\n", f.Fixes[0].Message)
	}
}
