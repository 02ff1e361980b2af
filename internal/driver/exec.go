package driver

import (
	"container/heap"
	"context"
	"fmt"
	"go/types"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/cache"
	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// An executor analyses the nodes of a graph.
type executor struct {
	cfg   *Config
	graph *graph
	all   []*analysis.Analyzer // roots and their requirements, requirements first
	facts []*analysis.Analyzer // the part of all that dependencies need

	base  cache.ActionID // what all packages depend on; only with a cache
	shown string         // what their findings depend on beside; only with a cache

	// disturbed is set when a package turns out to have changed since its key
	// was computed. From then on the run stores nothing.
	disturbed atomic.Bool

	mu    sync.RWMutex
	owner map[*types.Package]*node // by the types that importers see
	spent map[string]time.Duration // by analyzer
}

func newExecutor(cfg *Config, g *graph) *executor {
	x := &executor{
		cfg:   cfg,
		graph: g,
		all:   closure(cfg.Analyzers, func(*analysis.Analyzer) bool { return true }),
		facts: closure(cfg.Analyzers, func(a *analysis.Analyzer) bool { return len(a.FactTypes) > 0 }),
		owner: make(map[*types.Package]*node),
		spent: make(map[string]time.Duration),
	}
	registerFacts(x.all)
	return x
}

// closure returns the analyzers reachable from roots that are wanted, and
// everything these require, requirements first.
func closure(roots []*analysis.Analyzer, want func(*analysis.Analyzer) bool) []*analysis.Analyzer {
	var list []*analysis.Analyzer
	added := make(map[*analysis.Analyzer]bool)
	var add func(*analysis.Analyzer)
	add = func(a *analysis.Analyzer) {
		if added[a] {
			return
		}
		added[a] = true
		for _, req := range a.Requires {
			add(req)
		}
		list = append(list, a)
	}
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(*analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, req := range a.Requires {
			visit(req)
		}
		if want(a) {
			add(a)
		}
	}
	for _, a := range roots {
		visit(a)
	}
	return list
}

// before returns the nodes that must be done before a node can be analysed:
// its dependencies, and the package that may have to stand in for it, whose
// outcome decides whether it can and whose dependencies it then needs.
func (n *node) before() []*node {
	if n.fallback == nil || slices.Contains(n.deps, n.fallback) {
		return n.deps
	}
	return append(slices.Clip(n.deps), n.fallback)
}

// run analyses every node, each after those before it, and returns early only
// if the context is cancelled.
func (x *executor) run(ctx context.Context, jobs int) error {
	waiting := make(map[*node]int)
	needed := make(map[*node]int) // dependents that are not released
	dependents := make(map[*node][]*node)
	ready := &queue{height: heights(x.graph)}
	for _, n := range x.graph.nodes {
		before := n.before()
		waiting[n] = len(before)
		for _, dep := range before {
			dependents[dep] = append(dependents[dep], n)
			needed[dep]++
		}
		if len(before) == 0 {
			heap.Push(ready, n)
		}
	}
	todo, done := make(chan *node), make(chan *node)
	for range jobs {
		go func() {
			for n := range todo {
				x.analyzeSafely(n)
				done <- n
			}
		}()
	}
	defer close(todo)
	finished := 0
	for running := 0; ready.Len() > 0 || running > 0; {
		var next *node
		send := todo
		if ready.Len() > 0 && running < jobs && ctx.Err() == nil {
			next = ready.nodes[0]
		} else {
			send = nil
			if running == 0 {
				break // cancelled
			}
		}
		select {
		case send <- next:
			heap.Pop(ready)
			running++
			if x.cfg.Progress != nil {
				x.cfg.Progress(finished, len(x.graph.nodes), next.pkg.PkgPath)
			}
		case n := <-done:
			running--
			finished++
			if !x.cfg.Fresh {
				x.release(n, needed)
			}
			for _, d := range dependents[n] {
				if waiting[d]--; waiting[d] == 0 {
					heap.Push(ready, d)
				}
			}
		}
	}
	return ctx.Err()
}

// release frees what importers see of a node that is done, and of its
// dependencies, where no dependent, direct or not, is left to look at it.
func (x *executor) release(n *node, needed map[*node]int) {
	if needed[n] > 0 {
		return
	}
	x.mu.Lock()
	delete(x.owner, n.types)
	x.mu.Unlock()
	n.image, n.types, n.facts = nil, nil, nil
	for _, dep := range n.before() {
		needed[dep]--
		x.release(dep, needed)
	}
}

// analyzeSafely turns a panic outside of the analyzers, of the type checker
// for example, into an error of one package.
func (x *executor) analyzeSafely(n *node) {
	defer func() {
		if r := recover(); r != nil {
			n.failed, n.sealed, n.hasKey, n.image = true, false, false, nil
			n.errors = append(n.errors, Error{
				Package: n.pkg.PkgPath, Kind: PanicError,
				Message: fmt.Sprintf("perflint panicked: %v; this is a bug in perflint, please report it with these lines%s", r, panicFrames()),
			})
		}
	}()
	x.analyze(n)
}

// analyze computes the outcome of a node, or takes it from the cache. A
// package whose test variant does not type-check is analysed without its
// tests, so that an error in a test does not hide what is wrong with the
// package.
func (x *executor) analyze(n *node) {
	if x.cfg.Cache != nil {
		x.setKey(n)
		if n.hasKey && !(n.root && x.cfg.Fresh) && x.cfg.Cache.lookup(n, n.root) {
			n.sources = nil
			return
		}
	}
	x.process(n, n.root)
	if n.hasKey = n.hasKey && n.image != nil && len(n.errors) == 0; n.hasKey {
		n.digest = n.digestOf(n.image)
		if !x.disturbed.Load() {
			x.cfg.Cache.keep(n, n.root)
		}
	}
	if n.root && n.failed && n.fallback != nil && !n.fallback.failed {
		again := &node{pkg: n.fallback.pkg, imports: n.fallback.imports, deps: n.fallback.deps, root: true}
		x.process(again, true)
		n.findings, n.ssaBuilt = again.findings, again.ssaBuilt
	}
}

// process fills in the outcome of one package from its source.
func (x *executor) process(n *node, root bool) {
	defer func() { n.sources = nil }()
	u, errs := x.check(n)
	n.sealed = !slices.ContainsFunc(n.deps, func(dep *node) bool { return dep.failed || !dep.sealed })
	if errs != nil {
		n.setTypes(x, u.types)
		n.failed = true
		n.errors = errs
		if !root && errs[0].Kind == SkippedError {
			n.errors = nil // only what was asked for is worth naming
		}
		return
	}
	own := make(factSet)
	x.runAnalyzers(n, u, root, own)
	if n.sealed {
		n.image, n.sealed = newImage(u.types, own)
	}
	if n.image == nil {
		// Types with holes cannot be serialised; importers get these.
		n.setTypes(x, u.types)
		n.outcome.facts = own.exported()
		return
	}
	n.factBytes = len(n.image.facts)
	if !x.cfg.Fresh {
		x.forget(u)
	}
}

// forget removes the files of a unit from the file set, whose line tables
// would otherwise stay. Of a unit that has an image, only positions that are
// resolved outlive it.
func (x *executor) forget(u *unit) {
	for _, file := range u.files {
		if f := x.graph.fset.File(file.FileStart); f != nil {
			x.graph.fset.RemoveFile(f)
		}
	}
}

// restore makes the image of a node whose outcome came from the cache, in
// which the image itself is missing or damaged, once more from source.
func (x *executor) restore(n *node) {
	again := &node{pkg: n.pkg, imports: n.imports, deps: n.deps}
	x.setKey(again)
	x.process(again, false)
	n.image, n.types, n.errors, n.failed = again.image, again.types, again.errors, again.failed
	var made digest
	if n.image != nil {
		made = n.digestOf(n.image)
	}
	if made != n.digest {
		// Somebody has edited the package since the run began, or the digest
		// was wrong. What is found of importers may not fit their keys.
		x.disturbed.Store(true)
	}
	if n.image != nil && len(n.errors) == 0 && again.hasKey && again.key == n.key {
		again.image, again.digest = n.image, made
		x.cfg.Cache.keep(again, false)
	}
}

// runAnalyzers runs the analyzers on a package one after the other;
// parallelism comes from the packages.
func (x *executor) runAnalyzers(n *node, u *unit, root bool, own factSet) {
	analyzers := x.facts
	if root {
		analyzers = x.all
	}
	scope := x.newFactScope(u, own)
	results := make(map[*analysis.Analyzer]any)
	broken := make(map[*analysis.Analyzer]bool)
	for _, a := range analyzers {
		if slices.ContainsFunc(a.Requires, func(req *analysis.Analyzer) bool { return broken[req] }) {
			broken[a] = true // the requirement's own error says why
			continue
		}
		begin, built := time.Now(), building(results)
		result, err := runAnalyzer(x.newPass(a, n, u, scope, results))
		x.spend(a, time.Since(begin), building(results)-built)
		if err != nil {
			broken[a] = true
			e := Error{Package: n.pkg.PkgPath, Kind: PanicError, Message: err.Error()}
			if dep := n.failedImport(); dep != "" {
				// Nobody promises analyzers that the types of a package
				// with errors are sound.
				e = Error{Package: n.pkg.PkgPath, Kind: SkippedError, Message: fmt.Sprintf("not analysed by %s, because it imports %s, which has errors", a, dep)}
			}
			n.errors = append(n.errors, e)
			continue
		}
		if index, ok := result.(*pragma.Index); ok {
			index.FactsOnly = !root
		}
		results[a] = result
	}
	if lazy, ok := results[ssax.Analyzer].(*ssax.Lazy); ok {
		n.ssaBuilt = lazy.Built()
	}
	if !root {
		return
	}
	for _, a := range analyzers {
		if list, ok := results[a].(*finding.List); ok {
			n.findings = append(n.findings, list.Findings...)
		}
	}
	if index, ok := results[pragma.Analyzer].(*pragma.Index); ok && len(broken) == 0 {
		n.findings = append(n.findings, index.Audit(n.pkg.PkgPath, n.findings, x.cfg.Rules, &x.cfg.Options)...)
	}
}

// newPass makes the pass of one analyzer on one package.
func (x *executor) newPass(a *analysis.Analyzer, n *node, u *unit, scope *factScope, results map[*analysis.Analyzer]any) *analysis.Pass {
	inputs := make(map[*analysis.Analyzer]any)
	for _, req := range a.Requires {
		inputs[req] = results[req]
	}
	readable := slices.Concat(n.pkg.CompiledGoFiles, n.pkg.GoFiles, n.pkg.OtherFiles, n.pkg.IgnoredFiles)
	return &analysis.Pass{
		Analyzer:     a,
		Fset:         x.graph.fset,
		Files:        u.files,
		OtherFiles:   n.pkg.OtherFiles,
		IgnoredFiles: n.pkg.IgnoredFiles,
		Pkg:          u.types,
		TypesInfo:    u.info,
		TypesSizes:   n.pkg.TypesSizes,
		Module:       analysisModule(n.pkg.Module),
		ResultOf:     inputs,
		Report:       func(analysis.Diagnostic) {}, // findings are in the analyzers' results
		ReadFile: func(name string) ([]byte, error) {
			if !slices.Contains(readable, name) {
				return nil, fmt.Errorf("Pass.ReadFile: %s is not among the files of package %s", name, n.pkg.PkgPath)
			}
			return x.readSource(n, name)
		},
		ImportObjectFact:  scope.importObjectFact,
		ExportObjectFact:  scope.exportObjectFact,
		ImportPackageFact: scope.importPackageFact,
		ExportPackageFact: scope.exportPackageFact,
		AllObjectFacts:    func() []analysis.ObjectFact { return scope.allObjectFacts(a) },
		AllPackageFacts:   func() []analysis.PackageFact { return scope.allPackageFacts(a) },
	}
}

// runAnalyzer runs one pass and turns a panic into an error, so that one
// analyzer's bug costs the findings of one package only.
func runAnalyzer(pass *analysis.Pass) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("analyzer %s panicked: %v; this is a bug in perflint, please report it with these lines%s", pass.Analyzer, r, panicFrames())
		}
	}()
	result, err = pass.Analyzer.Run(pass)
	if err != nil {
		return nil, fmt.Errorf("analyzer %s: %w", pass.Analyzer, err)
	}
	if got, want := reflect.TypeOf(result), pass.Analyzer.ResultType; got != want {
		return nil, fmt.Errorf("internal error: analyzer %s returned a %v instead of a %v", pass.Analyzer, got, want)
	}
	return result, nil
}

// panicFrames returns the innermost frames of a panic, without the addresses
// and goroutine numbers that would make two runs differ.
func panicFrames() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var b strings.Builder
	panicking, count := false, 0
	for {
		frame, more := frames.Next()
		if panicking && !strings.HasPrefix(frame.Function, "runtime.") && count < 8 {
			count++
			fmt.Fprintf(&b, "\n\t%s (%s:%d)", frame.Function, filepath.Base(frame.File), frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return b.String()
		}
	}
}
