package escape

import (
	_ "embed"
	"go/token"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

//go:embed doc.go
var doc string

// Analyzer is the analyzer with default options.
var Analyzer = New(pragma.Options{})

// New returns the analyzer with the given options. Its flags change the
// options of this analyzer only.
func New(opts pragma.Options) *analysis.Analyzer {
	rules := Rules()
	a := &analysis.Analyzer{
		Name:       "escape",
		Doc:        finding.MustExtractDoc(doc, "Analyzer escape"),
		URL:        "https://pkg.go.dev/github.com/perflint/perflint/analyzers/escape",
		ResultType: reflect.TypeFor[*finding.List](),
	}
	model := NewModel(&opts)
	a.Requires = []*analysis.Analyzer{pragma.Analyzer, ssax.Analyzer, model}
	opts.AddFlags(&a.Flags)
	a.Run = func(pass *analysis.Pass) (any, error) {
		c := &checker{
			pass:     pass,
			reporter: pragma.NewReporter(pass, &opts, rules),
			model:    pass.ResultOf[model].(*allocmodel.Model),
			inserted: make(map[token.Pos]string),
			worded:   make(map[token.Pos]bool),
		}
		c.run()
		return c.reporter.List(), nil
	}
	return a
}

// A checker analyses one package.
type checker struct {
	pass     *analysis.Pass
	reporter *pragma.Reporter
	model    *allocmodel.Model // nil for packages that nobody works on
	pkg      *ssax.Package

	hotness  *allocmodel.Hotness  // made when a rule asks for it
	taken    map[string]token.Pos // names that the package uses, or a fix gave to what is at a position
	inserted map[token.Pos]string // what fixes insert
	worded   map[token.Pos]bool   // calls that a rule spoke about, so that what they box is not worth another word

	spoken map[*allocmodel.Site]bool // sites with a finding
	spans  []span                    // of the findings in the function that is looked at
}

// checks are what is looked for in each function of a package, in this order.
// A check asks the reporter whether its rule is enabled before it does
// anything expensive.
func (c *checker) checks() []func(*ssa.Function) {
	return []func(*ssa.Function){c.recompiledRule, c.scalarRule, c.concatRule, c.deferRule, c.preallocRule, c.appendsRule, c.lookupRule, c.splitRule, c.splitPartsRule, c.checksumRule, c.mapGrowthRule, c.siteRules, c.calledRule, c.allocationRules}
}

func (c *checker) run() {
	if c.model == nil || c.reporter.FactsOnly() {
		return
	}
	c.pkg = c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
	checks := c.checks()
	c.spoken = make(map[*allocmodel.Site]bool)
	for _, fn := range c.pkg.Funcs {
		c.spans = c.spans[:0]
		for _, check := range checks {
			check(fn)
		}
	}
}

// report hands a draft to the gate. What is in a test costs nobody anything.
func (c *checker) report(d pragma.Draft) {
	d.Cold = true // what is not shown waits for a profile
	if isTestFile(c.pass.Fset.Position(d.Pos).Filename) {
		d.Severity = finding.Info
	}
	if d.End.IsValid() {
		c.spans = append(c.spans, span{d.Pos, d.End})
	}
	c.reporter.Report(d)
}
