package ctxleak

import (
	_ "embed"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

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

// The rules.
const (
	discarded  = "ctxleak/discarded"
	lostOnPath = "ctxleak/lost-on-path"

	overwritten       = "ctxleak/overwritten"
	paramDropped      = "ctxleak/param-dropped"
	lostInRegistry    = "ctxleak/lost-in-registry"
	storedNeverCalled = "ctxleak/stored-never-called"
	bodyNotClosed     = "ctxleak/body-not-closed"
	ownerDropped      = "ctxleak/owner-dropped"
)

// Rules returns the rules of the analyzer.
func Rules() []finding.Rule {
	rules := []finding.Rule{
		{Name: discarded, Summary: "a context's cancel function is thrown away or never called", Confidence: finding.Certain},
		{Name: lostOnPath, Summary: "a context's cancel function is not called on some path", Confidence: finding.Likely},
		{Name: overwritten, Summary: "a context's cancel function is overwritten before it is called", Confidence: finding.Likely},
		{Name: paramDropped, Summary: "a context's cancel function is given to a function that neither calls nor keeps it", Confidence: finding.Likely},
		{Name: lostInRegistry, Summary: "a context's cancel function is left in a map or slice, or removed from it, without being called", Confidence: finding.Possible},
		{Name: bodyNotClosed, Summary: "an HTTP response's body is not closed on some path", Confidence: finding.Possible},
		{Name: ownerDropped, Summary: "a value that holds a cancel function is dropped without calling it", Confidence: finding.Possible},
		{Name: storedNeverCalled, Summary: "a context's cancel function is stored in a field that nothing calls", Confidence: finding.Likely},
	}
	for i := range rules {
		r := &rules[i]
		r.Severity, r.Default, r.Since = finding.Warning, r.Confidence > finding.Possible, "v0.1.0"
		r.Nolint = []string{"govet", "lostcancel"} // https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/lostcancel
		if r.Name == bodyNotClosed {
			r.Nolint = []string{"bodyclose"} // https://github.com/timakin/bodyclose
		}
		r.Doc = finding.MustExtractDoc(doc, "Rule "+r.Name)
	}
	return append(rules, checkRules()...)
}

// New returns the analyzer with the given options. Its flags change the
// options of this analyzer only.
func New(opts pragma.Options) *analysis.Analyzer {
	rules := Rules()
	a := &analysis.Analyzer{
		Name:       "ctxleak",
		Doc:        finding.MustExtractDoc(doc, "Analyzer ctxleak"),
		URL:        "https://pkg.go.dev/github.com/perflint/perflint/analyzers/ctxleak",
		Requires:   []*analysis.Analyzer{pragma.Analyzer, ssax.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(summary), new(carrier)},
	}
	opts.AddFlags(&a.Flags)
	a.Run = func(pass *analysis.Pass) (any, error) {
		c := &checker{pass: pass, reporter: pragma.NewReporter(pass, &opts, rules), owners: make(map[*types.Var]*owner)}
		c.run()
		return c.reporter.List(), nil
	}
	return a
}

// A checker analyses one package.
type checker struct {
	pass     *analysis.Pass
	reporter *pragma.Reporter
	engine   *typestate.Engine

	owners     map[*types.Var]*owner
	ownerOrder []*owner // in the order of the source
	registered []registration
}

func (c *checker) run() {
	lazy := c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy)
	if slices.ContainsFunc(homes, func(path string) bool { return ssax.Imports(c.pass.Pkg, path) }) || facts(c.pass).Carries() {
		c.follow(lazy.Get()) // else nothing here can call a producer
	}
	if c.reporter.Enabled(bodyNotClosed) && ssax.Imports(c.pass.Pkg, httpHome) {
		c.checkBodies(lazy.Get())
	}
	if checks := c.enabledChecks(); len(checks) > 0 {
		for _, fn := range lazy.Get().Funcs {
			for _, check := range checks {
				check.run(c, fn)
			}
		}
	}
}

// follow checks every release function that the package gets.
func (c *checker) follow(pkg *ssax.Package) {
	c.engine = typestate.New(&spec, pkg, facts(c.pass).Lookup)
	facts(c.pass).Export(c.engine) // first, so that they do not depend on what else is asked for
	if c.reporter.FactsOnly() {
		return
	}
	for _, fn := range pkg.Funcs {
		for _, a := range c.engine.Acquisitions(fn) {
			c.acquisition(a)
		}
	}
	if c.reporter.Enabled(ownerDropped) {
		c.checkOwners(pkg)
	}
	c.checkRegistries(pkg)
}

// An acquisition is a call of a producer, with all that a report needs.
type acquisition struct {
	*typestate.Acquisition
	name   string     // of the producer as people write it
	source assignment // the statement that receives the results, if it is one
	inTest bool       // whether the call is in a test file
}

func (a *acquisition) bound() bound { return bound(a.Class) }

// acquisition checks one call of a producer.
func (c *checker) acquisition(found *typestate.Acquisition) {
	a := &acquisition{Acquisition: found, name: producerName(found.Callee)}
	a.source = findAssignment(c.pass.Files, a.Call.Pos(), a.Result)
	a.inTest = c.inTest(a.Call.Pos())
	if a.Value == nil {
		c.reportDiscarded(a)
		return
	}
	a.Ends = a.contextEnded()
	search := c.engine.Track(found)
	switch {
	case search.Exhausted && len(*a.Value.Referrers()) > 0:
		// Too many paths to tell: stay silent.
	case search.Exhausted:
		c.reportDiscarded(a) // on any of them
	case search.Released == nil && search.Lost != nil && len(search.Lent) > 0:
		c.reportParamDropped(a, search.Lent)
	case search.Released == nil && search.Lost != nil:
		c.reportDiscarded(a) // nothing calls it on any path
	case search.Lost != nil && !runsOnce(a.Call.Parent()):
		c.reportLost(a, search)
	case search.Lost == nil:
		c.checkStored(a, search)
		c.noteOwner(a, search)
		c.noteRegistered(a)
	}
}

// producerName returns the name of a function as people write it.
func producerName(callee *types.Func) string {
	if recv := callee.Signature().Recv(); recv != nil {
		return callee.Name()
	}
	return callee.Pkg().Name() + "." + callee.Name()
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

// severity says what losing the release function costs; doc.go has the rules.
func (a *acquisition) severity() finding.Severity {
	waited := a.bound() != byDeadline && a.waitedOn()
	again := ssax.InCycle(a.Call.Block())
	switch {
	case a.inTest, !again && a.parentReleasedAtReturn():
		return finding.Info
	case waited:
		return finding.Error
	case a.bound() == byParent && a.parentEndsAlone():
		return finding.Info
	case runsOnce(a.Call.Parent()) && !again:
		return finding.Info
	case again && a.bound() != byDeadline:
		return finding.Error
	}
	return finding.Warning
}

// meantToLiveOn reports whether a context may be meant to live on by itself.
// Where a deadline ends it and it leaves the function, that may well be so,
// and there is no place in the function to release it. What a function only
// shows by its type, or keeps itself, may be released by others too.
func (a *acquisition) meantToLiveOn() bool {
	return a.bound() == byDeadline && a.outlives() || a.bound() == byOwner || a.Kept
}

// waitedOn reports whether the context is given to a goroutine that is
// started here.
func (a *acquisition) waitedOn() bool {
	if a.Companion == nil {
		return false
	}
	return len(startedWith(a.Companion, make(map[ssa.Value]bool))) > 0
}

// startedWith returns the go statements whose goroutines get a value.
func startedWith(v ssa.Value, seen map[ssa.Value]bool) []*ssa.Go {
	if seen[v] || v.Referrers() == nil {
		return nil
	}
	seen[v] = true
	var list []*ssa.Go
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Go:
			list = append(list, ref)
		case *ssa.MakeClosure, *ssa.Phi, *ssa.ChangeInterface:
			list = append(list, startedWith(ref.(ssa.Value), seen)...)
		case *ssa.Store: // into the cell of a captured variable
			if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v {
				list = append(list, startedWith(cell, seen)...)
			}
		case *ssa.UnOp:
			if ref.Op == token.MUL {
				list = append(list, startedWith(ref, seen)...)
			}
		}
	}
	return list
}
