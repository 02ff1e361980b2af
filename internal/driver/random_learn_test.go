package driver_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var learnRules = []finding.Rule{
	{Name: "learn/use", Severity: finding.Warning, Confidence: finding.Likely, Default: true},
	{Name: "learn/call", Severity: finding.Error, Confidence: finding.Certain, Default: true},
	{Name: "learn/import", Severity: finding.Warning, Confidence: finding.Certain, Default: true},
	{Name: "learn/facts", Severity: finding.Warning, Confidence: finding.Likely, Default: true},
	{Name: "learn/flow", Severity: finding.Warning, Confidence: finding.Likely},
}

// blocks is a fact indicating that a function contains an empty select, or
// a call of a function that blocks.
type blocks struct{ Depth int } // calls down to the select

// written is a fact indicating that a field is assigned to in its package.
type written struct{ Times int }

// census is a fact about a package.
type census struct {
	Blocking            int // functions
	Module, Version, Go string
}

func (*blocks) AFact()           {}
func (f *blocks) String() string { return fmt.Sprintf("blocks %d deep", f.Depth) }

func (*written) AFact()           {}
func (f *written) String() string { return fmt.Sprintf("written %d times", f.Times) }

func (*census) AFact()           {}
func (f *census) String() string { return fmt.Sprintf("%+v", *f) }

// A learner is a pass of an analyzer that reports all that it can learn
// about other packages.
type learner struct {
	*analysis.Pass
	reporter *pragma.Reporter
	depth    map[*types.Func]int // of the package's own functions that block
}

func newLearner(opts *pragma.Options) *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name:       "learn",
		Doc:        "report what a package can know about others",
		Requires:   []*analysis.Analyzer{pragma.Analyzer, ctrlflow.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(blocks), new(written), new(census)},
	}
	a.Run = func(pass *analysis.Pass) (any, error) {
		l := &learner{pass, pragma.NewReporter(pass, opts, learnRules), make(map[*types.Func]int)}
		for l.learn() {
		}
		l.export()
		for _, file := range pass.Files {
			ast.Inspect(file, l.report)
		}
		return l.reporter.List(), nil
	}
	return a
}

// learn looks for functions that block, and reports whether it found one, or
// a shorter way to one.
func (l *learner) learn() (changed bool) {
	for _, file := range l.Files {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			obj := l.TypesInfo.Defs[fn.Name].(*types.Func)
			ast.Inspect(fn, func(n ast.Node) bool {
				depth := 0
				switch n := n.(type) {
				case *ast.SelectStmt:
					depth = 1
				case *ast.Ident:
					if f, ok := l.TypesInfo.Uses[n].(*types.Func); ok && l.blocking(f) > 0 {
						depth = l.blocking(f) + 1
					}
				}
				if old := l.depth[obj]; depth > 0 && (old == 0 || depth < old) {
					l.depth[obj], changed = depth, true
				}
				return true
			})
		}
	}
	return changed
}

// blocking returns how deep a function blocks, or 0.
func (l *learner) blocking(f *types.Func) int {
	f = f.Origin()
	if f.Pkg() == l.Pkg {
		return l.depth[f]
	}
	var fact blocks
	l.ImportObjectFact(f, &fact)
	return fact.Depth
}

func (l *learner) export() {
	for f, depth := range l.depth {
		l.ExportObjectFact(f, &blocks{depth})
	}
	times := make(map[*types.Var]int)
	for _, file := range l.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if assign, ok := n.(*ast.AssignStmt); ok {
				if sel, ok := assign.Lhs[0].(*ast.SelectorExpr); ok {
					if v, ok := l.TypesInfo.Uses[sel.Sel].(*types.Var); ok && v.Pkg() == l.Pkg {
						times[v.Origin()]++
					}
				}
			}
			return true
		})
	}
	for v, n := range times {
		l.ExportObjectFact(v, &written{n})
	}
	l.ExportPackageFact(&census{len(l.depth), l.Module.Path, l.Module.Version, l.Module.GoVersion})
}

func (l *learner) report(n ast.Node) bool {
	say := func(rule, format string, args ...any) {
		l.reporter.Report(pragma.Draft{Rule: "learn/" + rule, Pos: n.Pos(), End: n.End(), Message: fmt.Sprintf(format, args...)})
	}
	switch n := n.(type) {
	case *ast.File:
		say("facts", "version %s; sees %v %v", l.TypesInfo.FileVersions[n], l.foreignFacts(), l.AllPackageFacts())
	case *ast.FuncDecl:
		cfgs := l.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs)
		for _, b := range cfgs.FuncDecl(n).Blocks {
			if !b.Live {
				say("flow", "block %d is dead", b.Index)
			}
		}
	case *ast.ImportSpec:
		name := l.TypesInfo.PkgNameOf(n)
		var fact census
		if name != nil {
			say("import", "%s: package fact %t %v", n.Path.Value, l.ImportPackageFact(name.Imported(), &fact), &fact)
		}
	case *ast.Ident:
		l.reportUse(n, say)
	}
	return true
}

func (l *learner) reportUse(id *ast.Ident, say func(rule, format string, args ...any)) {
	obj := l.TypesInfo.Uses[id]
	if f, ok := obj.(*types.Func); ok && l.blocking(f) > 0 {
		say("call", "%s blocks %d deep", f.Name(), l.blocking(f))
	}
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == l.Pkg {
		return
	}
	text := types.ObjectString(obj, (*types.Package).Path)
	switch o := obj.(type) {
	case *types.PkgName:
		return
	case *types.Const:
		text += " = " + o.Val().String()
	case *types.TypeName:
		text += " " + types.TypeString(o.Type().Underlying(), (*types.Package).Path)
	case *types.Var:
		var fact written
		l.ImportObjectFact(o.Origin(), &fact)
		text += ", " + fact.String()
	}
	say("use", "%s", text)
}

// foreignFacts lists the object facts of other packages.
func (l *learner) foreignFacts() []string {
	var list []string
	for _, f := range l.AllObjectFacts() {
		if f.Object.Pkg() != l.Pkg {
			list = append(list, fmt.Sprintf("%s.%s %v", f.Object.Pkg().Name(), f.Object.Name(), f.Fact))
		}
	}
	return list
}
