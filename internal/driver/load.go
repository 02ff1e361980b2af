package driver

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/cache"
	"golang.org/x/tools/go/packages"

	"github.com/perflint/perflint/internal/finding"
)

// A graph is the packages of a run: what was asked for and all that it needs.
type graph struct {
	fset  *token.FileSet
	nodes []*node // dependencies before dependents, otherwise by ID
	order map[*node]int
	cut   map[importEdge]bool // imports that were removed, because they lie on cycles
}

// A node is one package, or one test variant of a package, in a graph.
// Each has a type universe of its own: "q [p.test]" and "q" are different
// packages to the type checker although their import paths are equal.
type node struct {
	pkg     *packages.Package // metadata only
	imports map[string]*node  // by import path as written in the source
	deps    []*node           // the values of imports, without repetitions

	root     bool  // analysed for findings, not only for facts
	fallback *node // the package that stands in if this test variant does not type-check

	key     cache.ActionID    // of the outcome in the cache
	hasKey  bool              // whether it can be cached
	text    [32]byte          // the hash of its own source; of a package with a key
	shown   string            // what its findings depend on beside the key
	cached  bool              // whether it came from there
	digest  digest            // of what importers see; only with a key
	sources map[string][]byte // text of files that the key covers, until they are parsed

	outcome
	load, loadFacts sync.Once
}

// An outcome is what analysing a node leaves behind: an image for importers,
// findings for the user. The cache keeps it.
type outcome struct {
	image     *image // nil if the package, or one that it depends on, has errors
	findings  []finding.Finding
	errors    []Error
	ssaBuilt  bool
	factBytes int  // size of the image's facts, if they were made in this run
	failed    bool // the package has errors, and so may its importers
	sealed    bool // no package that it depends on has errors

	// What importers see, made from the image when it is first needed, or
	// from source if there is none.
	types *types.Package // nil if the package could not be checked at all
	facts factSet
}

const loadMode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
	packages.NeedImports | packages.NeedDeps | packages.NeedModule |
	packages.NeedTypesSizes | packages.NeedForTest

// load asks the go command which packages there are. It compiles nothing,
// except that the go command runs cgo for packages that use it.
func load(ctx context.Context, cfg *Config) (*graph, error) {
	pcfg := &packages.Config{
		Context: ctx,
		Mode:    loadMode,
		Dir:     cfg.Dir,
		Env:     cfg.Env,
		Tests:   cfg.Tests,
		Overlay: cfg.Overlay,
	}
	if cfg.Tags != "" {
		pcfg.BuildFlags = append(pcfg.BuildFlags, "-tags="+cfg.Tags)
	}
	roots, err := packages.Load(pcfg, cfg.Patterns...)
	if err != nil {
		return nil, fmt.Errorf("load packages: %w", err)
	}
	cut := cutCycles(roots)
	g := newGraph(roots)
	g.cut = cut
	if !slices.ContainsFunc(g.nodes, func(n *node) bool { return n.root }) {
		return nil, &noMatchError{cfg.Patterns}
	}
	return g, nil
}

// A noMatchError says that the go command knows none of the packages.
type noMatchError struct{ patterns []string }

func (e *noMatchError) Error() string {
	return fmt.Sprintf("no packages match %s; 'go list %[1]s' shows what the go command sees", strings.Join(e.patterns, " "))
}

func newGraph(roots []*packages.Package) *graph {
	g := &graph{fset: token.NewFileSet(), order: make(map[*node]int)}
	byPkg := make(map[*packages.Package]*node)
	var visit func(*packages.Package) *node
	visit = func(pkg *packages.Package) *node {
		if n := byPkg[pkg]; n != nil {
			return n // done, or a cycle, which the go command has reported
		}
		n := &node{pkg: pkg, imports: make(map[string]*node)}
		byPkg[pkg] = n
		for _, path := range slices.Sorted(maps.Keys(pkg.Imports)) {
			if path == "unsafe" || path == "C" {
				continue
			}
			dep := visit(pkg.Imports[path])
			n.imports[path] = dep
			if _, done := g.order[dep]; done && !slices.Contains(n.deps, dep) {
				n.deps = append(n.deps, dep)
			}
		}
		g.order[n] = len(g.nodes)
		g.nodes = append(g.nodes, n)
		return n
	}
	roots = slices.Clone(roots)
	slices.SortFunc(roots, func(a, b *packages.Package) int { return strings.Compare(a.ID, b.ID) })
	for _, pkg := range roots {
		if !isTestMain(pkg) {
			visit(pkg)
		}
	}
	markRoots(roots, byPkg)
	return g
}

// markRoots decides which nodes are analysed for findings. A package that
// was loaded with its tests is analysed once, with them.
func markRoots(roots []*packages.Package, byPkg map[*packages.Package]*node) {
	plain := make(map[string]*node)
	for _, pkg := range roots {
		n := byPkg[pkg]
		if n == nil {
			continue // test main
		}
		if pkg.ForTest == "" {
			n.root = true
			plain[pkg.PkgPath] = n
		} else if pkg.PkgPath == pkg.ForTest || pkg.PkgPath == pkg.ForTest+"_test" {
			n.root = true // "p [p.test]" or "p_test [p.test]"
		}
	}
	for _, pkg := range roots {
		if pkg.ForTest != "" && pkg.PkgPath == pkg.ForTest {
			if p := plain[pkg.PkgPath]; p != nil {
				p.root = false
				byPkg[pkg].fallback = p
			}
		}
	}
}

// isTestMain reports whether a package is the main package that the go
// command generates for a test binary. Its file lies in the build cache; a
// package that somebody named "x.test" has its own folder.
func isTestMain(pkg *packages.Package) bool {
	if pkg.Name != "main" || !strings.HasSuffix(pkg.PkgPath, ".test") {
		return false
	}
	for _, file := range pkg.CompiledGoFiles {
		if filepath.Dir(file) == pkg.Dir {
			return false
		}
	}
	return true
}
