package ctxleak_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/ctxleak"
	"github.com/perflint/perflint/internal/finding"
)

// What go vet's lostcancel check reports on its own test data is reported
// here too. It has two diagnostics for a lost function; the second, on the
// return, is in our witness.
func TestLostcancel(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/tools").Output()
	if err != nil {
		t.Skipf("the source of x/tools is not to be had: %v", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "go", "analysis", "passes", "lostcancel", "testdata")
	got := make(map[string]map[int]bool)
	packages := []string{"a", "b", "typeparams"}
	for _, result := range analysistest.Run(unchecked{}, dir, ctxleak.New(everything), packages...) {
		for _, f := range result.Result.(*finding.List).Findings {
			if got[f.Location.File] == nil {
				got[f.Location.File] = make(map[int]bool)
			}
			got[f.Location.File][f.Location.Line] = true
		}
	}
	wants := 0
	for _, pkg := range packages {
		files, err := filepath.Glob(filepath.Join(dir, "src", pkg, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range bytes.Split(src, []byte("\n")) {
				_, want, ok := strings.Cut(string(line), "// want ")
				if !ok || strings.Contains(want, "may be reached") || strings.Contains(want, "return statement") {
					continue
				}
				wants++
				if !got[file][i+1] {
					t.Errorf("%s:%d: not reported, unlike in go vet: %s", file, i+1, want)
				}
			}
		}
	}
	if wants < 10 {
		t.Errorf("only %d expectations in %s", wants, dir)
	}
}
