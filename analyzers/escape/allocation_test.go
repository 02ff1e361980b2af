package escape_test

import (
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// heapRules are the rules about what a profile must judge, and one that knows
// better in one place.
var heapRules = []string{"escape/allocation", "escape/may-allocate", "escape/allocating-call", "escape/split-to-iterate"}

// TestAllocations runs the rules about all other allocations. With the default
// thresholds none of them speaks.
func TestAllocations(t *testing.T) {
	all := pragma.Options{Enable: heapRules, Disable: []string{"escape"}, Severity: finding.Info, Confidence: finding.Possible}
	plain := func(_ string, src []byte) []byte { return ruleNames.ReplaceAll(src, []byte("`")) }
	analysistest.Run(t, module(t, "heap", plain), escape.New(all), "./...")

	shown := pragma.Options{Enable: heapRules[:3], Disable: []string{"escape"}}
	wants := regexp.MustCompile("// want .*")
	nothing := func(_ string, src []byte) []byte { return wants.ReplaceAll(src, nil) }
	results := analysistest.Run(t, module(t, "heap", nothing), escape.New(shown), "./...")
	cold := 0
	for _, r := range results {
		for _, f := range r.Result.(*finding.List).Findings {
			if f.Hidden == finding.Cold && f.Site.Kind != "" {
				cold++
			}
		}
	}
	if cold == 0 {
		t.Error("no finding is kept for a profile")
	}
}
