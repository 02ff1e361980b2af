package ctxleak

import (
	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/typestate"
)

// A summary is a fact about a function that returns release functions, or
// that is given one and does something else with it than its callers expect.
type summary struct{ typestate.Summary }

func (*summary) AFact()           {}
func (s *summary) String() string { return s.Summary.String() }

// A carrier is a fact about a package that has summaries: only packages that
// import one, or the home of a producer, are looked at.
type carrier struct{}

func (*carrier) AFact()         {}
func (*carrier) String() string { return "carries release functions" }

// facts returns how the package's summaries come and go.
func facts(pass *analysis.Pass) typestate.Exchange {
	return typestate.Exchange{
		Pass:    pass,
		Summary: func() typestate.SummaryFact { return new(summary) },
		Carrier: func() analysis.Fact { return new(carrier) },
	}
}
