package escape

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/allocmodel"
)

// A leaks is a fact about an exported function that keeps arguments or
// returns them. One of the same module without the fact does neither.
type leaks struct{ allocmodel.Summary }

func (*leaks) AFact()           {}
func (l *leaks) String() string { return l.Summary.String() }

// known returns what a function of another package does with its arguments,
// or nil. Whether that package was looked at follows from its path; of one in
// a nested module too little may be said to be on the heap, never too much.
func (t *table) known(pass *analysis.Pass, fn *types.Func) *allocmodel.Summary {
	fact := new(leaks)
	if pass.ImportObjectFact(fn, fact) {
		return &fact.Summary
	}
	if fn.Exported() && fn.Pkg() != nil && fn.Pkg() != pass.Pkg && strings.HasPrefix(fn.Pkg().Path()+"/", pass.Module.Path+"/") {
		return new(allocmodel.Summary)
	}
	return t.lookup(fn)
}
