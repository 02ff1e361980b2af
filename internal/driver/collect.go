package driver

import (
	"slices"

	"github.com/perflint/perflint/internal/finding"
)

// collect gathers the outcomes of a finished graph into one result whose
// order does not depend on the order of execution.
func collect(g *graph) *Result {
	result := new(Result)
	for _, n := range g.nodes {
		result.Errors = append(result.Errors, n.errors...)
		if n.cached {
			result.Stats.Cached++
		}
		if n.ssaBuilt {
			result.Stats.SSABuilds++
		}
		result.Stats.addFacts(n)
		if n.root {
			result.Stats.Roots++
		} else {
			result.Stats.FactsOnly++
		}
		for _, f := range n.findings {
			switch {
			case f.Suppressed != "":
				result.Stats.Suppressed++
			case f.Hidden == finding.Cold:
				result.Cold = append(result.Cold, f)
				result.Stats.Hidden++
			case f.Hidden != "":
				result.Stats.Hidden++
			default:
				result.Findings = append(result.Findings, f)
			}
		}
	}
	result.Stats.sortFacts()
	result.Errors = sortErrors(result.Errors)
	result.Findings = canonical(result.Findings)
	result.Cold = canonical(result.Cold)
	finding.AssignFingerprints(result.Findings)
	return result
}

// canonical sorts findings and drops those that two variants of a package
// have in common.
func canonical(findings []finding.Finding) []finding.Finding {
	finding.Sort(findings)
	return slices.CompactFunc(findings, func(a, b finding.Finding) bool {
		return a.Rule == b.Rule && a.Location == b.Location && a.Message == b.Message
	})
}
