package chandeadlock_test

import (
	"flag"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/chandeadlock"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var updateContracts = flag.Bool("update-contracts", false, "rewrite testdata/contracts.golden")

// contractRules are the rules that the fixtures below are about.
var contractRules = []string{
	"chandeadlock/receiver-may-exit", "chandeadlock/sender-may-exit", "chandeadlock/not-stopped",
	"chandeadlock/foreign-watcher", "chandeadlock/circular-wait",
}

var contractFolders = []string{"contractexit", "contractstop", "contractmain", "example.com/x/startdep", "startuse"}

func contractOptions(c finding.Confidence) pragma.Options {
	return pragma.Options{Severity: finding.Info, Confidence: c, Enable: contractRules, Disable: []string{"chandeadlock"}}
}

func TestContracts(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), chandeadlock.New(contractOptions(finding.Likely)), "contractstop", "contractmain", "example.com/x/startdep", "startuse")
	analysistest.Run(t, analysistest.TestData(), chandeadlock.New(contractOptions(finding.Possible)), "contractexit")
}

func TestContractFix(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), chandeadlock.New(contractOptions(finding.Possible)), "contractfix")
}

// noExpectations is for tests that look at the findings themselves.
type noExpectations struct{}

func (noExpectations) Errorf(string, ...any) {}

// TestContractFindings compares what diagnostics do not show: severity,
// confidence and witness.
func TestContractFindings(t *testing.T) {
	var all []finding.Finding
	for _, result := range analysistest.Run(noExpectations{}, analysistest.TestData(), chandeadlock.New(contractOptions(finding.Possible)), contractFolders...) {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		all = append(all, result.Result.(*finding.List).Findings...)
	}
	finding.Sort(all)
	all = slices.CompactFunc(all, func(a, b finding.Finding) bool { return a.Location == b.Location && a.Rule == b.Rule })
	compare(t, "contracts", *updateContracts, all)
}
