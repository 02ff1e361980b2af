package poolmisuse

import (
	_ "embed"
	"flag"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
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
		Name:       "poolmisuse",
		Doc:        finding.MustExtractDoc(doc, "Analyzer poolmisuse"),
		URL:        "https://pkg.go.dev/github.com/perflint/perflint/analyzers/poolmisuse",
		Requires:   []*analysis.Analyzer{pragma.Analyzer, ssax.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(wraps), new(hasWrappers)},
	}
	opts.AddFlags(&a.Flags)
	AddFlags(&a.Flags, &opts)
	named := sync.OnceValues(func() (halves, error) { return parsePools(opts.Pools) }) // when the flags are set
	a.Run = func(pass *analysis.Pass) (any, error) {
		named, err := named()
		if err != nil {
			return nil, fmt.Errorf("option pools: %w", err)
		}
		c := &checker{
			pass:     pass,
			reporter: pragma.NewReporter(pass, &opts, rules),
			known:    ssax.NewNames(knownPairs(pairs)),
			imported: make(map[*types.Func]*wraps),
			said:     make(map[spoken]bool),
			defers:   make(map[*ssa.Function][]deferred),
		}
		c.run(named)
		return c.reporter.List(), nil
	}
	return a
}

// AddFlags declares the flags of the options that only this analyzer reads.
func AddFlags(flags *flag.FlagSet, opts *pragma.Options) {
	check := func(list []string) error { _, err := parsePools(list); return err }
	pragma.ListVar(flags, &opts.Pools, check, "pools", "poolmisuse: functions and methods that take an object from a pool and give it back, as comma-separated pairs `GET=PUT`, such as (*example.com/pool.Pool).Get=(*example.com/pool.Pool).Put")
}

// A checker analyses one package.
type checker struct {
	pass     *analysis.Pass
	reporter *pragma.Reporter
	known    ssax.Names[*wraps]     // the functions of pairs
	imported map[*types.Func]*wraps // what is known of functions of other packages; nil if nothing

	funcs    []*ssa.Function
	wrappers map[*types.Func]*inferred // of this package
	recycled map[*types.Var]bool       // slice fields whose arrays serve again
	sharing  map[*types.Func]bool      // functions whose result shares the first parameter's memory

	pools  *inventory
	engine *typestate.Engine
	said   map[spoken]bool // what was reported, for two ways may lead to it

	calls  map[int]*ast.CallExpr // by position, made when first asked for
	defers map[*ssa.Function][]deferred
}

// run checks a package that mentions a pool, of those that are named too, or
// imports a package with functions that wrap one. All others cost nothing but
// this question.
func (c *checker) run(named halves) {
	learnt, imported := c.learn(named), c.importsWrappers()
	if !learnt && !c.mentionsPool() && !imported {
		return
	}
	funcs := c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get().Funcs
	c.funcs = funcs
	c.inferWrappers(funcs)
	c.exportFacts(imported)
	if c.reporter.FactsOnly() {
		return
	}
	c.findRecycled(funcs)
	c.findSharing(funcs)
	c.pools = c.takeInventory(funcs)
	c.engine = typestate.New(c.protocol(), c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get(), c.lookup)
	for _, fn := range funcs {
		c.function(fn)
		c.checkAcquired(fn)
	}
	c.checkPools(funcs)
}

// mentionsPool reports whether the package names a type or function of a home:
// of package sync, which nearly all import, Pool or what it has.
func (c *checker) mentionsPool() bool {
	if !slices.ContainsFunc(homes, func(path string) bool { return ssax.Imports(c.pass.Pkg, path) }) {
		return false
	}
	for _, obj := range c.pass.TypesInfo.Uses {
		if obj.Pkg() == nil || !slices.Contains(homes, obj.Pkg().Path()) {
			continue
		}
		if obj.Pkg().Path() != "sync" {
			return true
		}
		switch obj := obj.(type) {
		case *types.TypeName:
			if obj.Name() == "Pool" {
				return true
			}
		case *types.Func:
			if recv := obj.Signature().Recv(); recv != nil && isPool(pointee(recv.Type())) {
				return true
			}
		}
	}
	return false
}

func (c *checker) importsWrappers() bool {
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(p *types.Package) bool {
		return c.pass.ImportPackageFact(p, new(hasWrappers))
	})
}

// exportFacts tells importers about the wrappers that they can name.
func (c *checker) exportFacts(imported bool) {
	any := imported
	for fn, w := range c.wrappers {
		if nameable(fn) {
			c.pass.ExportObjectFact(fn, &w.wraps)
			any = true
		}
	}
	if any {
		c.pass.ExportPackageFact(new(hasWrappers))
	}
}

// nameable reports whether other packages can call a function by its name.
func nameable(fn *types.Func) bool {
	if !fn.Exported() {
		return false
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return true
	}
	t := recv.Type()
	if p := pointee(t); p != nil {
		t = p
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Exported()
}

// function checks the transfers of a function and what stands beside them.
func (c *checker) function(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			c.instruction(instr)
		}
	}
	for _, d := range c.deferred(fn) {
		c.checkDeferred(d)
	}
}

func (c *checker) instruction(instr ssa.Instruction) {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		c.checkPoolValue(instr)
		return
	}
	c.checkNewCall(call)
	c.checkScoped(call)
	if put, ok := c.given(call); ok {
		c.checkArgument(put)
		c.checkRepeatable(put)
		if _, ok := call.(*ssa.Call); ok && put.sure {
			c.checkAfter(put)
		}
	}
	if call, ok := call.(*ssa.Call); ok {
		for _, get := range c.got(call) {
			c.checkGet(get)
		}
	}
}

func (c *checker) ssaPackage() *ssa.Package {
	return c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get().SSA
}
