package timerstop

import (
	_ "embed"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
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
		Name:       "timerstop",
		Doc:        finding.MustExtractDoc(doc, "Analyzer timerstop"),
		URL:        "https://pkg.go.dev/github.com/perflint/perflint/analyzers/timerstop",
		Requires:   []*analysis.Analyzer{pragma.Analyzer, ssax.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(summary), new(carrier)},
	}
	opts.AddFlags(&a.Flags)
	AddFlags(&a.Flags, &opts)
	known := sync.OnceValues(func() (*spec, error) { return newSpec(opts.Clocks) }) // when the flags are set
	a.Run = func(pass *analysis.Pass) (any, error) {
		spec, err := known()
		if err != nil {
			return nil, fmt.Errorf("option clocks: %w", err)
		}
		c := &checker{pass: pass, reporter: pragma.NewReporter(pass, &opts, rules), spec: spec}
		c.run()
		return c.reporter.List(), nil
	}
	return a
}

// AddFlags declares the flags of the options that only this analyzer reads.
func AddFlags(flags *flag.FlagSet, opts *pragma.Options) {
	check := func(list []string) error { _, err := parseClocks(list); return err }
	pragma.ListVar(flags, &opts.Clocks, check, "clocks", "timerstop: functions and methods that make timers, as comma-separated `PACKAGE.NAME=SHAPE`; the shape is timer, ticker, afterfunc, after or tick")
}

// A checker analyses one package.
type checker struct {
	pass     *analysis.Pass
	reporter *pragma.Reporter
	spec     *spec
	engine   *typestate.Engine
	*index
}

func (c *checker) run() {
	if c.spec.homes[c.pass.Pkg.Path()] || !c.mentionsTimers() && !facts(c.pass).Carries() {
		return
	}
	pkg := c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
	c.engine = typestate.New(c.spec.protocol(), pkg, facts(c.pass).Lookup)
	facts(c.pass).Export(c.engine) // first, so that they do not depend on what else is asked for
	if c.reporter.FactsOnly() {
		return
	}
	c.index = newIndex(c.spec, pkg.Funcs)
	for _, fn := range pkg.Funcs {
		for _, found := range c.engine.Acquisitions(fn) {
			c.local(found)
		}
	}
	for _, a := range c.made {
		c.interval(a)
		c.inLoop(a)
		c.abandoned(a)
		c.unstoppable(a)
	}
	c.fields()
	for _, e := range c.events {
		c.event(e)
	}
	c.each(c.length)
	c.each(c.sleep)
	c.each(c.contextTimer)
}

// event checks one use of a timer.
func (c *checker) event(e event) {
	switch e.kind {
	case stops:
		c.deferInLoop(e)
		c.ignoredStop(e)
	case resets:
		c.resetInterval(e)
		c.staleReset(e)
		c.resetInCallback(e)
	case receives:
		c.drain(e)
		c.afterFuncChannel(e)
		c.endless(e)
	}
}

// mentionsTimers reports whether the package mentions anything that a rule is
// about, so that SSA is not built for the many that use durations only.
func (c *checker) mentionsTimers() bool {
	for _, obj := range c.pass.TypesInfo.Uses {
		if obj.Pkg() == nil || obj.Pkg() == c.pass.Pkg {
			continue
		}
		if fn, ok := obj.(*types.Func); ok {
			if _, makes := c.spec.producer(fn); makes || c.spec.method(fn) != "" {
				return true
			}
			if ssax.IsNamed(fn, timeSleep) || ssax.IsNamed(fn, contextWithTimeout) {
				return true
			}
		} else if c.spec.homes[obj.Pkg().Path()] && c.spec.isTimer(obj.Type()) {
			return true
		}
	}
	return false
}

// The functions of the rules that are not about timers themselves.
const (
	timeSleep          = "time.Sleep"          // https://pkg.go.dev/time#Sleep
	contextWithTimeout = "context.WithTimeout" // https://pkg.go.dev/context#WithTimeout
)

// old reports whether timers at a position behave as before Go 1.23: their
// channels have a buffer in which stale values stay.
func (c *checker) old(pos token.Pos) bool {
	return c.reporter.Versions(pos).Timer != pragma.TimerSync
}

// pinned reports whether a timer at a position is kept in memory until it
// fires or is stopped, even if nothing refers to it.
func (c *checker) pinned(pos token.Pos) bool {
	return c.reporter.Versions(pos).Timer == pragma.TimerAsync
}

func (c *checker) pathsOf(fn *ssa.Function) *ssax.Paths { return c.engine.Paths(fn) }

// same reports whether two timers of one function are one: the same
// expression, or in the same place other than a field, which other values of
// the struct have too.
func (c *checker) same(fn *ssa.Function, a, b ssa.Value) bool {
	if a == nil || b == nil {
		return false
	}
	if c.pathsOf(fn).Same(a, b) {
		return true
	}
	for _, p := range c.places(a) {
		if v, ok := p.(*types.Var); ok && v.IsField() {
			continue
		}
		if share([]place{p}, c.places(b)) {
			return true
		}
	}
	return false
}

func (c *checker) line(pos token.Pos) int { return c.pass.Fset.Position(pos).Line }

func (c *checker) inTest(pos token.Pos) bool {
	return strings.HasSuffix(c.pass.Fset.Position(pos).Filename, "_test.go")
}

// runsOnce reports whether a function is main, init or TestMain: what it
// makes, it makes once, and it lives as long as the process.
func runsOnce(fn *ssa.Function) bool {
	if fn.Parent() != nil || fn.Signature.Recv() != nil {
		return false
	}
	name := fn.Name()
	return name == "main" && fn.Pkg.Pkg.Name() == "main" || name == "TestMain" ||
		name == "init" || strings.HasPrefix(name, "init#")
}

// report hands a draft to the gate. What is in a test ends with the process
// and is never more than info.
func (c *checker) report(d pragma.Draft) {
	if c.inTest(d.Pos) {
		d.Severity = finding.Info
	}
	c.reporter.Report(d)
}

// callExpr returns the call whose opening parenthesis is at a position, which
// is that of call instructions, and the nodes around it, innermost first.
func (c *checker) callExpr(lparen token.Pos) (*ast.CallExpr, []ast.Node) {
	path := c.enclosing(lparen)
	for i, n := range path {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == lparen {
			return call, path[i+1:]
		}
	}
	return nil, nil
}
