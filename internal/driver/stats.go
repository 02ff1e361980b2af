package driver

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/ssax"
)

// Stats count the work of a run.
type Stats struct {
	Roots      int // packages analysed for findings
	FactsOnly  int // dependencies analysed for facts
	Cached     int // packages whose outcome came from the cache
	SSABuilds  int // packages whose SSA form was built
	Suppressed int // findings silenced by directives
	Hidden     int // findings below the thresholds or in generated files

	Facts   []PackageFacts // of the packages analysed in this run that have any, largest first
	Load    time.Duration  // spent waiting for the go command
	Analyze time.Duration  // spent on the packages, by the clock
	// Analyzers is the time spent in each analyzer, by the clock, summed over
	// packages. Building SSA form counts as the time of [ssax.Analyzer], not
	// of the analyzer that asked for it.
	Analyzers map[string]time.Duration
}

// PackageFacts says how much importers have to read about a package.
type PackageFacts struct {
	Package string
	Bytes   int // of its facts, serialised
}

// FactBytes returns the size of all facts.
func (s *Stats) FactBytes() int {
	sum := 0
	for _, f := range s.Facts {
		sum += f.Bytes
	}
	return sum
}

// addFacts notes the facts about a package; sortFacts must follow.
func (s *Stats) addFacts(n *node) {
	if n.factBytes > 0 {
		s.Facts = append(s.Facts, PackageFacts{n.pkg.PkgPath, n.factBytes})
	}
}

func (s *Stats) sortFacts() {
	slices.SortFunc(s.Facts, func(f, g PackageFacts) int {
		return cmp.Or(cmp.Compare(g.Bytes, f.Bytes), cmp.Compare(f.Package, g.Package))
	})
}

// spend adds what an analyzer has spent on a package, of which building SSA
// form was a part.
func (x *executor) spend(a *analysis.Analyzer, total, building time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.spent[a.Name] += total - building
	if building > 0 {
		x.spent[ssax.Analyzer.Name] += building
	}
}

// building returns how long it has taken to build the SSA form of the package
// at hand; zero if nobody has asked for it yet.
func building(results map[*analysis.Analyzer]any) time.Duration {
	if lazy, ok := results[ssax.Analyzer].(*ssax.Lazy); ok {
		return lazy.Spent()
	}
	return 0
}
