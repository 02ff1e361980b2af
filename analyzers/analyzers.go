// Package analyzers lists the analyzers of perflint.
package analyzers

import (
	"flag"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers/chandeadlock"
	"github.com/perflint/perflint/analyzers/ctxleak"
	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/analyzers/poolmisuse"
	"github.com/perflint/perflint/analyzers/timerstop"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// All returns every analyzer with default options.
func All() []*analysis.Analyzer { return New(pragma.Options{}) }

// New returns every analyzer with the given options. The result of each is a
// [finding.List].
func New(opts pragma.Options) []*analysis.Analyzer {
	return []*analysis.Analyzer{
		chandeadlock.New(opts),
		ctxleak.New(opts),
		escape.New(opts),
		poolmisuse.New(opts),
		timerstop.New(opts),
	}
}

// AddFlags declares the flags of all options, of every analyzer's and of
// those that a single one reads.
func AddFlags(flags *flag.FlagSet, opts *pragma.Options) {
	opts.AddFlags(flags)
	poolmisuse.AddFlags(flags, opts)
	timerstop.AddFlags(flags, opts)
}

// Rules returns the rules of every analyzer, and those about suppressions,
// sorted by name within each.
func Rules() []finding.Rule {
	const speed, concurrency = "performance", "concurrency"
	return slices.Concat(
		tagged(chandeadlock.Rules(), concurrency),
		tagged(ctxleak.Rules(), speed, concurrency),
		tagged(escape.Rules(), speed),
		tagged(poolmisuse.Rules(), speed, concurrency),
		tagged(timerstop.Rules(), speed, concurrency),
		tagged(pragma.Rules(), "maintainability"),
	)
}

func tagged(rules []finding.Rule, tags ...string) []finding.Rule {
	for i := range rules {
		rules[i].Tags = tags
	}
	return rules
}
