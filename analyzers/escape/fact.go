package escape

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/allocmodel"
)

// A leaks is a fact about an exported function that does with its arguments
// what callers do not assume (see [assumed]). It is the text of a summary,
// which is shorter than the encoding of one.
type leaks struct{ Text string }

func (*leaks) AFact()           {}
func (l *leaks) String() string { return l.Text }

// known returns what a function of another package does with its arguments,
// or nil. Whether that package was looked at follows from its path; of one in
// a nested module too little may be said to be on the heap.
func (t *table) known(pass *analysis.Pass, fn *types.Func) *allocmodel.Summary {
	fact := new(leaks)
	if pass.ImportObjectFact(fn, fact) {
		if s, err := allocmodel.ParseSummary(fact.Text); err == nil {
			return s
		}
		return nil
	}
	if fn.Exported() && fn.Pkg() != nil && fn.Pkg() != pass.Pkg && strings.HasPrefix(fn.Pkg().Path()+"/", pass.Module.Path+"/") {
		return assumed(fn.Signature())
	}
	return t.lookup(fn)
}

// assumed returns what callers assume of a function without a fact: it calls
// methods of the interface values that it is given, so that these may go
// anywhere, and keeps nothing else.
func assumed(sig *types.Signature) *allocmodel.Summary {
	s := new(allocmodel.Summary)
	add := func(v *types.Var) {
		var l allocmodel.Leak
		if types.IsInterface(v.Type()) {
			l.AddHeap(0)
		}
		s.Params = append(s.Params, l)
	}
	if recv := sig.Recv(); recv != nil {
		add(recv)
	}
	for v := range sig.Params().Variables() {
		add(v)
	}
	return s
}
