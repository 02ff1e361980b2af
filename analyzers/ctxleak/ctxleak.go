package ctxleak

import (
	_ "embed"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

//go:embed doc.go
var doc string

// Analyzer is the analyzer with default options.
var Analyzer = New(pragma.Options{})

// The rules.
const (
	discarded  = "ctxleak/discarded"
	lostOnPath = "ctxleak/lost-on-path"
)

// Rules returns the rules of the analyzer.
func Rules() []finding.Rule {
	rules := []finding.Rule{
		{Name: discarded, Summary: "a context's cancel function is thrown away or never called", Confidence: finding.Certain},
		{Name: lostOnPath, Summary: "a context's cancel function is not called on some path", Confidence: finding.Likely},
	}
	for i := range rules {
		r := &rules[i]
		r.Severity, r.Default, r.Since = finding.Warning, true, "v0.1.0"
		r.Nolint = []string{"govet", "lostcancel"} // https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/lostcancel
		r.Doc = finding.MustExtractDoc(doc, "Rule "+r.Name)
	}
	return rules
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
}

func (c *checker) run() {
	if !slices.ContainsFunc(homes, func(path string) bool { return ssax.Imports(c.pass.Pkg, path) }) {
		return // nothing here can call a producer
	}
	if !c.reporter.Enabled(discarded) && !c.reporter.Enabled(lostOnPath) {
		return
	}
	for _, fn := range c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get().Funcs {
		c.function(fn)
	}
}

// function checks every producer called in a function.
func (c *checker) function(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			callee := ssax.Callee(call.Common())
			if callee == nil {
				continue
			}
			if p, ok := producers[callee.FullName()]; ok {
				c.acquisition(call, p, callee.Pkg().Name()+"."+callee.Name())
			}
		}
	}
}

// An acquisition is a call of a producer, with all that a report needs.
type acquisition struct {
	call     *ssa.Call
	producer producer
	name     string       // of the producer as people write it
	release  *ssa.Extract // the release function; nil if nothing receives it
	context  *ssa.Extract // likewise
	source   assignment   // the statement that receives them, if it is one
	inTest   bool         // whether the call is in a test file
}

// acquisition checks one call of a producer.
func (c *checker) acquisition(call *ssa.Call, p producer, name string) {
	a := &acquisition{call: call, producer: p, name: name}
	for _, ref := range *call.Referrers() {
		if _, ok := ref.(*ssa.Extract); !ok {
			return // the results are returned or passed on together
		}
	}
	a.release, a.context = result(call, p.result), result(call, 0)
	a.source = findAssignment(c.pass.Files, call.Pos(), p.result)
	a.inTest = strings.HasSuffix(c.pass.Fset.Position(call.Pos()).Filename, "_test.go")
	if a.release == nil {
		c.reportDiscarded(a)
		return
	}
	search := trace(a)
	switch {
	case search.exhausted && len(*a.release.Referrers()) > 0:
		// Too many paths to tell: stay silent.
	case search.exhausted:
		c.reportDiscarded(a) // on any of them
	case search.released == nil && search.lost != nil:
		c.reportDiscarded(a) // nothing calls it on any path
	case search.lost != nil && !runsOnce(call.Parent()):
		c.reportLost(a, search)
	}
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
	waited := a.producer.bound != byDeadline && a.waitedOn()
	again := ssax.InCycle(a.call.Block())
	switch {
	case a.inTest, !again && a.parentReleasedAtReturn():
		return finding.Info
	case waited:
		return finding.Error
	case a.producer.bound == byParent && a.parentEndsAlone():
		return finding.Info
	case runsOnce(a.call.Parent()) && !again:
		return finding.Info
	case again && a.producer.bound != byDeadline:
		return finding.Error
	}
	return finding.Warning
}

// confidenceDiscarded says how sure it is that a context is not meant to live
// on by itself. Where a deadline ends it and it leaves the function, that may
// well be so, and there is no place in the function to release it.
func (a *acquisition) confidenceDiscarded() finding.Confidence {
	if a.producer.bound == byDeadline && a.outlives() {
		return finding.Possible
	}
	return finding.Certain
}

// waitedOn reports whether the context is given to a goroutine that is
// started here.
func (a *acquisition) waitedOn() bool {
	if a.context == nil {
		return false
	}
	return flowsToGo(a.context, make(map[ssa.Value]bool))
}

func flowsToGo(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] || v.Referrers() == nil {
		return false
	}
	seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Go:
			return true
		case *ssa.MakeClosure, *ssa.Phi, *ssa.ChangeInterface:
			if flowsToGo(ref.(ssa.Value), seen) {
				return true
			}
		case *ssa.Store: // into the cell of a captured variable
			if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v && flowsToGo(cell, seen) {
				return true
			}
		case *ssa.UnOp:
			if ref.Op == token.MUL && flowsToGo(ref, seen) {
				return true
			}
		}
	}
	return false
}
