package ctxleak_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/ctxleak"
	"github.com/perflint/perflint/internal/finding"
)

// These rules have a fixture folder each.
var checkFolders = []string{"deferloop", "premature", "unused", "growth", "timeout", "stopdropped", "detached", "requests", "ignores", "circular", "restart", "valueabuse"}

// checkNames are the rules themselves. The others say what they have to say in
// their own fixtures.
var checkNames = []string{
	"ctxleak/defer-in-loop", "ctxleak/premature-cancel", "ctxleak/unused-derived", "ctxleak/value-growth",
	"ctxleak/zero-timeout", "ctxleak/stop-dropped", "ctxleak/goroutine-ignores-ctx", "ctxleak/detached",
	"ctxleak/request-without-context", "ctxleak/client-without-timeout", "ctxleak/circular-wait", "ctxleak/restart-overwrites", "ctxleak/value-abuse",
}

// TestChecks shows all that the rules which follow no path find.
func TestChecks(t *testing.T) {
	opts := everything
	opts.Enable, opts.Disable = checkNames, []string{"ctxleak"}
	analysistest.Run(t, analysistest.TestData(), ctxleak.New(opts), checkFolders...)
}

// severityPrefix begins the name of each function with a finding.
var severityPrefix = regexp.MustCompile(`^(?:\w+\.)?(error|warn|info|possible)`)

// TestCheckFindings compares severity, confidence and witness of the rules
// that are on by default.
func TestCheckFindings(t *testing.T) {
	var got bytes.Buffer
	for _, f := range findings(t, checkFolders...) {
		if !slices.Contains(checkNames, f.Rule) {
			continue
		}
		if m := severityPrefix.FindStringSubmatch(f.Function); m != nil {
			want := map[string]bool{"error": f.Severity == finding.Error, "warn": f.Severity == finding.Warning,
				"info": f.Severity == finding.Info, "possible": f.Confidence == finding.Possible}
			if !want[m[1]] {
				t.Errorf("%s: %s %s", f.Function, f.Severity, f.Confidence)
			}
		}
		printFinding(&got, &f)
	}
	golden := filepath.Join("testdata", "checks.golden")
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

// The rules that may be noisy say nothing unless they are asked to.
func TestChecksOff(t *testing.T) {
	for _, f := range findings(t, "detached", "requests", "ignores", "circular") {
		if slices.Contains(checkNames, f.Rule) {
			t.Errorf("%s:%d: %s is on", filepath.Base(f.Location.File), f.Location.Line, f.Rule)
		}
	}
}
