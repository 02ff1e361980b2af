// Package ssax answers questions about Go code in SSA form: what a call may
// call, which branches a path can take, and which source a branch came from.
//
// It knows no API and reports nothing.
package ssax

import (
	"go/ast"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/ssa"
)

// Analyzer offers the SSA form of a package, built when it is first asked for.
//
// With x/tools' buildssa, an analyzer that has facts makes every host build
// SSA for all dependencies, although most of them never mention the API that
// the analyzer is about. This one costs nothing until Get is called.
//
// It requires ctrlflow, whose facts say which functions never return.
var Analyzer = &analysis.Analyzer{
	Name: "perflintssa",
	Doc:  "build SSA form when it is first asked for\n\nIt reports nothing itself.",
	URL:  "https://github.com/perflint/perflint",
	Run: func(pass *analysis.Pass) (any, error) {
		return &Lazy{pass: pass, cfgs: pass.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs)}, nil
	},
	Requires:   []*analysis.Analyzer{ctrlflow.Analyzer},
	ResultType: reflect.TypeFor[*Lazy](),
}

// Lazy is the SSA form of one package. It is safe for concurrent use.
type Lazy struct {
	pass  *analysis.Pass
	cfgs  *ctrlflow.CFGs
	once  sync.Once
	built atomic.Bool
	spent atomic.Int64 // nanoseconds
	pkg   *Package
}

// A Package is a package in SSA form.
type Package struct {
	SSA *ssa.Package
	// Funcs are the source functions, function literals included, in source
	// order; a literal follows the function that it stands in.
	Funcs []*ssa.Function
}

// Get returns the SSA form, which it builds on the first call.
func (l *Lazy) Get() *Package {
	l.once.Do(func() {
		begin := time.Now()
		l.pkg = build(l.pass, l.cfgs)
		l.spent.Store(int64(time.Since(begin)))
		l.built.Store(true)
	})
	return l.pkg
}

// Built reports whether Get was called. Drivers count SSA builds with it.
func (l *Lazy) Built() bool { return l.built.Load() }

// Spent returns how long the building took. A driver takes it off the time of
// the analyzer that happened to ask first.
func (l *Lazy) Spent() time.Duration { return time.Duration(l.spent.Load()) }

// build makes a program for one package, as x/tools' buildssa does: the
// analysis framework has no place for one that packages share.
func build(pass *analysis.Pass, cfgs *ctrlflow.CFGs) *Package {
	prog := ssa.NewProgram(pass.Fset, ssa.BuilderMode(0))
	prog.SetNoReturn(cfgs.NoReturn)
	for _, imported := range pass.Pkg.Imports() {
		prog.CreatePackage(imported, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()

	p := &Package{SSA: pkg}
	var add func(*ssa.Function)
	add = func(fn *ssa.Function) {
		p.Funcs = append(p.Funcs, fn)
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok {
				if fn := prog.FuncValue(pass.TypesInfo.Defs[decl.Name].(*types.Func)); fn != nil {
					add(fn)
				}
			}
		}
	}
	// Literals in package-level initialisers belong to the synthetic init.
	if init := pkg.Func("init"); init != nil {
		for _, anon := range init.AnonFuncs {
			add(anon)
		}
	}
	return p
}

// Imports reports whether a package imports a path directly.
func Imports(pkg *types.Package, path string) bool {
	for _, imported := range pkg.Imports() {
		if imported.Path() == path {
			return true
		}
	}
	return false
}
