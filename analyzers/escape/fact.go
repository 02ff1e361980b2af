package escape

import (
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/allocmodel"
)

// A leaks is a fact about an exported function that keeps arguments or
// returns them. One without the fact does neither, if its package is
// [modelled].
type leaks struct{ allocmodel.Summary }

func (*leaks) AFact()           {}
func (l *leaks) String() string { return l.Summary.String() }

// A modelled is a fact about a package whose functions were looked at.
type modelled struct{}

func (*modelled) AFact()         {}
func (*modelled) String() string { return "modelled" }

// known returns what a function of another package does with its arguments,
// or nil.
func (t *table) known(pass *analysis.Pass, fn *types.Func) *allocmodel.Summary {
	fact := new(leaks)
	if pass.ImportObjectFact(fn, fact) {
		return &fact.Summary
	}
	if fn.Pkg() != nil && pass.ImportPackageFact(fn.Pkg(), new(modelled)) {
		return new(allocmodel.Summary)
	}
	return t.lookup(fn)
}
