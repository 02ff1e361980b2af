package chandeadlock_test

import (
	"flag"
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

var lockFixtures = []string{"lockleak", "lockdouble", "lockread", "lockorder", "lockslow", "lockgiven", "lockfix", "example.com/x/lockdep", "lockuse"}

// TestLockFixes applies the fixes and analyses the result, which has no
// finding left.
func TestLockFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), chandeadlock.New(lockOptions()), "lockfix")
	checkFixed(t, "lockfix", lockOptions())
}

// TestLocks runs the rules about locks on fixtures, and compares what
// diagnostics do not show: confidence and witness.
func TestLocks(t *testing.T) {
	var all []finding.Finding
	for _, result := range analysistest.Run(t, analysistest.TestData(), chandeadlock.New(lockOptions()), lockFixtures...) {
		all = append(all, result.Result.(*finding.List).Findings...)
	}
	finding.Sort(all)
	compare(t, "locks", *updateLocks, all)
}
