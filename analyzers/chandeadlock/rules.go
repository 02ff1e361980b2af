package chandeadlock

import (
	"slices"

	"github.com/perflint/perflint/internal/finding"
)

// Rules returns the rules of the analyzer.
func Rules() []finding.Rule {
	rules := slices.Concat(lockRules(), countRules(), waitRules(), contractRules())
	for i := range rules {
		rules[i].Since = "v0.1.0"
		rules[i].Doc = finding.MustExtractDoc(doc, "Rule "+rules[i].Name)
	}
	return rules
}
