package chandeadlock_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/chandeadlock"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// TestRangeFunc runs all rules on loops over functions.
func TestRangeFunc(t *testing.T) {
	opts := pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Enable: []string{"chandeadlock/*"}}
	analysistest.Run(t, analysistest.TestData(), chandeadlock.New(opts), "rangefunc")
}
