package chandeadlock

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/chanmodel"
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
		Name:       "chandeadlock",
		Doc:        finding.MustExtractDoc(doc, "Analyzer chandeadlock"),
		URL:        "https://pkg.go.dev/github.com/perflint/perflint/analyzers/chandeadlock",
		Requires:   []*analysis.Analyzer{pragma.Analyzer, ssax.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(lockSummary), new(startSummary), new(carrier)},
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
	model    *chanmodel.Model
	source   map[token.Pos]syntax
	noted    map[*ast.File]bool // files that are in source
}

func (c *checker) run() {
	shares := c.sharesLocks() || c.sharesStarts()
	if !c.synchronises() && !c.carries() || c.reporter.FactsOnly() && !shares {
		return
	}
	pkg := c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
	c.model = chanmodel.Extract(pkg, &table, c.lookup)
	locks := chanmodel.NewLocks(c.model)
	var starts []*lifecycle
	if shares || c.reporter.Enabled(notStopped) {
		starts = c.lifecycles(pkg)
	}
	if shares && c.export(locks, starts) {
		c.pass.ExportPackageFact(new(carrier))
	}
	if c.reporter.FactsOnly() {
		return
	}
	c.locks(locks)
	c.counts()
	c.waits()
	c.contracts(pkg, starts)
}

// synchronises reports whether the package can contain anything that blocks:
// it makes or uses channels, or mentions a type of the table.
func (c *checker) synchronises() bool {
	for _, obj := range c.pass.TypesInfo.Uses {
		if v, ok := obj.(*types.Var); ok {
			if _, ok := v.Type().Underlying().(*types.Chan); ok {
				return true
			}
		}
		if fn, ok := obj.(*types.Func); ok && fn.Pkg() != nil {
			if s, ok := symbolNames.Of(fn); ok && s.Op != 0 && s.Op != chanmodel.Slow {
				return true
			}
		}
	}
	return false
}
