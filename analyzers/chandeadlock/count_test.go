package chandeadlock_test

import (
	"flag"
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
	var all []finding.Finding
	for _, pkg := range []string{"counts", "countpeer", "countcommand", "countnil", "countflag", "bench", "workbench"} {
		for _, result := range analysistest.Run(t, analysistest.TestData(), chandeadlock.New(countOptions()), pkg) {
			all = append(all, result.Result.(*finding.List).Findings...)
		}
	}
	compare(t, "counts", *updateCounts, all)
}

func TestCountFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), chandeadlock.New(countOptions()), "countfix")
	checkFixed(t, "countfix", countOptions())
}
