package chandeadlock_test

import (
	"flag"
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
	var all []finding.Finding
	for _, pkg := range []string{"waitlock", "waitgroups", "waitself", "waitconds", "waitlate", "waitlimit", "waitcounts"} {
		for _, result := range analysistest.Run(t, analysistest.TestData(), chandeadlock.New(waitOptions()), pkg) {
			all = append(all, result.Result.(*finding.List).Findings...)
		}
	}
	compare(t, "waits", *updateWaits, all)
}
