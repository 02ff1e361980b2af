// Package pragma is the one gate through which analyzers speak.
//
// An analyzer hands each finding to a [Reporter]. The reporter resolves its
// positions, decides whether it is shown (suppressions, generated files,
// thresholds, disabled rules), records it in the analyzer's result either
// way, and reports what is shown to the analysis framework. So every host
// (perflint itself, go vet, golangci-lint) shows the same findings, and the
// driver, which alone sees the hidden ones, can tell directives that are used
// from those that are not.
//
// # Rule perflint/bad-ignore
//
// A suppression that does not say what it suppresses or why does not
// suppress anything:
//
//	//perflint:ignore                            // which rule?
//	//perflint:ignore ctxleak/discarded          // why?
//	//perflint:ignore ctxleak/discraded  a typo  // no such rule
//
// Write the rule and a reason that will convince the next reader:
//
//	//perflint:ignore ctxleak/discarded the process ends with this context
//
// The rule is an analyzer ("ctxleak"), a rule ("ctxleak/discarded"), a glob
// ("ctxleak/*"), or several of these separated by commas without spaces.
//
// # Rule perflint/unused-ignore
//
// A //perflint:ignore directive that silences nothing is a trap: the code
// that it excused has changed, and the next bug on that line would be
// excused too. Delete it.
//
// A directive counts as used if a finding that it covers was made, even one
// that the thresholds would have hidden. It is not called unused when a rule
// that it names is disabled in this run, nor when the package could not be
// analysed. Only perflint itself reports this rule: go vet and golangci-lint
// see one analyzer at a time. //nolint and //lint:ignore comments are
// honoured, but whether they are used is their own tools' business.
package pragma

import (
	_ "embed"

	"github.com/perflint/perflint/internal/finding"
)

//go:embed doc.go
var doc string

// The rules of the gate itself, reported by the driver.
const (
	BadIgnore    = "perflint/bad-ignore"
	UnusedIgnore = "perflint/unused-ignore"
)

// Rules returns the rules about suppressions themselves.
func Rules() []finding.Rule {
	rules := []finding.Rule{
		{Name: BadIgnore, Summary: "a suppression names no rule, no known rule, or no reason", Since: "v0.1.0"},
		{Name: UnusedIgnore, Summary: "a suppression silences nothing", Since: "v0.1.0"},
	}
	for i := range rules {
		r := &rules[i]
		r.Severity, r.Confidence, r.Default = finding.Warning, finding.Certain, true
		r.Doc = finding.MustExtractDoc(doc, "Rule "+r.Name)
	}
	return rules
}
