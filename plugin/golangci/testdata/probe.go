package plugin

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/finding"
)

// The tests build this file into package plugin (go build -overlay), as a
// linter that does what no analyzer of perflint does yet, or ever should: it
// has facts of its own, two fixes, and bugs.
func init() {
	register.Plugin("probe", func(any) (register.LinterPlugin, error) { return probe{}, nil })
}

type probe struct{}

func (probe) GetLoadMode() string { return register.LoadModeTypesInfo }

func (probe) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return []*analysis.Analyzer{adapt(&analysis.Analyzer{
		Name: "probe", Doc: "probe golangci-lint", Run: runProbe,
		FactTypes:  []analysis.Fact{new(noted)},
		ResultType: reflect.TypeFor[*finding.List](),
	})}, nil
}

// noted is a fact about functions whose names begin with Noted and those that
// call them.
type noted struct{ By string }

func (*noted) AFact()           {}
func (f *noted) String() string { return "noted by " + f.By }

func runProbe(pass *analysis.Pass) (any, error) {
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			switch {
			case fn.Name.Name == "panics":
				var list *finding.List
				return list.Findings, nil
			case fn.Name.Name == "fails":
				return nil, fmt.Errorf("no luck")
			case strings.HasPrefix(fn.Name.Name, "Noted"):
				pass.ExportObjectFact(pass.TypesInfo.Defs[fn.Name], &noted{pass.Pkg.Name()})
			}
			probeCalls(pass, fn)
		}
	}
	return new(finding.List), nil
}

func probeCalls(pass *analysis.Pass, fn *ast.FuncDecl) {
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		callee, ok := pass.TypesInfo.Uses[sel.Sel].(*types.Func)
		fact := new(noted)
		if !ok || !pass.ImportObjectFact(callee, fact) {
			return true
		}
		pass.ExportObjectFact(pass.TypesInfo.Defs[fn.Name], fact)
		edit := func(text string) []analysis.TextEdit {
			return []analysis.TextEdit{{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(text)}}
		}
		pass.Report(analysis.Diagnostic{
			Pos: call.Pos(), End: call.End(), Category: "probe/call",
			Message:        fmt.Sprintf("calls %s, %s", callee.Name(), fact),
			Related:        []analysis.RelatedInformation{{Pos: fn.Pos(), Message: "in this function"}},
			SuggestedFixes: []analysis.SuggestedFix{{Message: "First", TextEdits: edit("First")}, {Message: "Second", TextEdits: edit("Second")}},
		})
		return true
	})
}
