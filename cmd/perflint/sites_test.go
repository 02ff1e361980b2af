package main

import (
	"go/ast"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// siteRule is what mainWithSites finds.
var siteRule = finding.Rule{
	Name: "sites/found", Summary: "an allocation", Severity: finding.Warning, Confidence: finding.Likely, Default: true, Since: "0.1.0",
}

// mainWithSites is perflint with one more analyzer, which finds every &T{…} and
// make by its looks, so that there is much for evidence to decide. Those in
// functions whose names begin with "cold" are on a cold path.
func mainWithSites() {
	a := &app{stdout: os.Stdout, stderr: os.Stderr, rules: slices.Concat(analyzers.Rules(), []finding.Rule{siteRule})}
	a.analyzers = func(opts pragma.Options) []*analysis.Analyzer {
		sites := &analysis.Analyzer{
			Name:       "sites",
			Doc:        "find allocations by their looks",
			Requires:   []*analysis.Analyzer{pragma.Analyzer},
			ResultType: reflect.TypeFor[*finding.List](),
		}
		opts.AddFlags(&sites.Flags)
		sites.Run = func(pass *analysis.Pass) (any, error) { return reportSites(pass, &opts), nil }
		return append([]*analysis.Analyzer{sites}, analyzers.New(opts)...)
	}
	os.Exit(a.run(os.Args[1:]))
}

func reportSites(pass *analysis.Pass, opts *pragma.Options) *finding.List {
	reporter := pragma.NewReporter(pass, opts, []finding.Rule{siteRule})
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			cold := strings.HasPrefix(fn.Name.Name, "cold")
			ast.Inspect(fn, func(n ast.Node) bool {
				if kind := siteKind(n); kind != "" {
					d := pragma.Draft{Rule: siteRule.Name, Pos: n.Pos(), End: n.End(), Message: string(kind), Site: kind}
					if cold {
						d.Severity, d.Cold = finding.Info, true
					}
					reporter.Report(d)
				}
				return true
			})
		}
	}
	return reporter.List()
}

// siteKind returns what a node makes.
func siteKind(n ast.Node) finding.SiteKind {
	switch n := n.(type) {
	case *ast.UnaryExpr:
		if _, ok := n.X.(*ast.CompositeLit); ok && n.Op == token.AND {
			return finding.SiteComposite
		}
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "make" {
			return finding.SiteMakeSlice
		}
	}
	return ""
}
