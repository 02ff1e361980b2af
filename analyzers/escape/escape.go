package escape

import (
	_ "embed"
	"go/token"
	"reflect"
	"strings"

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
		Requires:   []*analysis.Analyzer{pragma.Analyzer, ssax.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
	}
	opts.AddFlags(&a.Flags)
	a.Run = func(pass *analysis.Pass) (any, error) {
		c := &checker{pass: pass, reporter: pragma.NewReporter(pass, &opts, rules)}
		c.run()
		return c.reporter.List(), nil
	}
	return a
}

// A checker analyses one package.
type checker struct {
	pass     *analysis.Pass
	reporter *pragma.Reporter
	pkg      *ssax.Package

	hotness *allocmodel.Hotness  // made when a rule asks for it
	taken   map[string]token.Pos // names that the package uses, or a fix gave to what is at a position
}

// checks are what is looked for in each function of a package, in this order.
// A check asks the reporter whether its rule is enabled before it does
// anything expensive.
func (c *checker) checks() []func(*ssa.Function) {
	return []func(*ssa.Function){c.recompiledRule, c.scalarRule, c.concatRule, c.deferRule, c.preallocRule, c.lookupRule}
}

func (c *checker) run() {
	if !c.own() {
		return
	}
	c.pkg = c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
	if c.reporter.FactsOnly() {
		return
	}
	checks := c.checks()
	for _, fn := range c.pkg.Funcs {
		for _, check := range checks {
			check(fn)
		}
	}
}

// own reports whether the package is being worked on, as opposed to one of a
// module that was downloaded or of the standard library. Those cost more to
// build than all that they could say: what the usual ones do with their
// arguments is in the tables of spec.go.
func (c *checker) own() bool {
	mod := c.pass.Module
	return mod != nil && mod.Path != "" && mod.Version == ""
}

// report hands a draft to the gate. What is in a test costs nobody anything.
func (c *checker) report(d pragma.Draft) {
	if strings.HasSuffix(c.pass.Fset.Position(d.Pos).Filename, "_test.go") {
		d.Severity = finding.Info
	}
	c.reporter.Report(d)
}
