package typestate

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// An Exchange carries summaries between packages as facts of an analyzer,
// whose own the types of facts are: a function's holds its summary, and a
// package's says that it has such functions, so that others need no look.
// What a package learns of through methods of types from packages that it
// does not import directly is missed.
type Exchange struct {
	Pass    *analysis.Pass
	Summary func() SummaryFact   // returns an empty fact about a function
	Carrier func() analysis.Fact // returns the fact about a package
}

// A SummaryFact is a fact that is a struct with an embedded [Summary].
type SummaryFact interface {
	analysis.Fact
	Held() *Summary
}

// Held returns the summary itself: whatever embeds it can be asked for it.
func (s *Summary) Held() *Summary { return s }

// Carries reports whether a package that is imported directly has summaries.
func (x Exchange) Carries() bool {
	for _, imported := range x.Pass.Pkg.Imports() {
		if x.Pass.ImportPackageFact(imported, x.Carrier()) {
			return true
		}
	}
	return false
}

// Lookup returns the summary of a function of another package, or nil.
func (x Exchange) Lookup(fn *types.Func) *Summary {
	fact := x.Summary()
	if !x.Pass.ImportObjectFact(fn.Origin(), fact) {
		return nil
	}
	return fact.Held()
}

// Export exports the summaries of the package's functions.
func (x Exchange) Export(e *Engine) {
	found := false
	e.Summaries(func(fn *types.Func, s *Summary) {
		fact := x.Summary()
		*fact.Held() = *s
		x.Pass.ExportObjectFact(fn, fact)
		found = true
	})
	if found {
		x.Pass.ExportPackageFact(x.Carrier())
	}
}
