package timerstop

import (
	"go/types"

	"github.com/perflint/perflint/internal/typestate"
)

// A summary is a fact about a function that returns running timers, or that is
// given one and does something else with it than its callers expect.
type summary struct{ typestate.Summary }

func (*summary) AFact()           {}
func (s *summary) String() string { return s.Summary.String() }

// A carrier is a fact about a package that has summaries: only packages that
// import one, or that mention timers themselves, are looked at.
type carrier struct{}

func (*carrier) AFact()         {}
func (*carrier) String() string { return "carries timers" }

// carries reports whether a package that is imported directly is a carrier.
func (c *checker) carries() bool {
	for _, imported := range c.pass.Pkg.Imports() {
		if c.pass.ImportPackageFact(imported, new(carrier)) {
			return true
		}
	}
	return false
}

// lookup returns the summary of a function of another package, or nil.
func (c *checker) lookup(fn *types.Func) *typestate.Summary {
	var s summary
	if !c.pass.ImportObjectFact(fn.Origin(), &s) {
		return nil
	}
	return &s.Summary
}

// exportFacts exports the summaries of the package's functions.
func (c *checker) exportFacts() {
	found := false
	c.engine.Summaries(func(fn *types.Func, s *typestate.Summary) {
		c.pass.ExportObjectFact(fn, &summary{*s})
		found = true
	})
	if found {
		c.pass.ExportPackageFact(new(carrier))
	}
}
