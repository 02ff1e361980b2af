package driver

import (
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An importEdge is one import of a package.
type importEdge struct {
	from *packages.Package
	path string
}

// cutCycles removes all imports that lie on an import cycle, which the go
// command has reported as errors. go/packages removes some of them, enough for
// there to be no cycle, but which ones depends on the order of a map. It returns
// those that were removed.
func cutCycles(roots []*packages.Package) map[importEdge]bool {
	byID := make(map[string]*packages.Package)
	cyclic := false
	packages.Visit(roots, func(pkg *packages.Package) bool {
		byID[pkg.ID] = pkg
		for _, e := range pkg.Errors {
			cyclic = cyclic || strings.HasPrefix(e.Msg, "import cycle not allowed")
		}
		return true
	}, nil)
	if !cyclic {
		return nil
	}
	for _, pkg := range byID {
		restoreImports(pkg, byID)
	}
	cut := make(map[importEdge]bool)
	for _, pkg := range byID {
		if pkg.Module == nil {
			continue // of the standard library, which has no cycles
		}
		for path, dep := range pkg.Imports {
			if leads(dep, pkg) {
				cut[importEdge{pkg, path}] = true
			}
		}
	}
	for e := range cut {
		delete(e.from.Imports, e.path)
	}
	return cut
}

// restoreImports adds the imports that a package's files have and that
// go/packages has removed.
func restoreImports(pkg *packages.Package, byID map[string]*packages.Package) {
	for _, name := range pkg.CompiledGoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			continue // reported later
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if pkg.Imports[path] != nil {
				continue
			}
			dep := byID[path+" ["+pkg.ForTest+".test]"]
			if dep == nil {
				dep = byID[path]
			}
			if dep != nil {
				pkg.Imports[path] = dep
			}
		}
	}
}

// leads reports whether a package is, or depends on, another one.
func leads(from, to *packages.Package) bool {
	found := false
	packages.Visit([]*packages.Package{from}, func(p *packages.Package) bool {
		found = found || p == to
		return !found && p.Module != nil
	}, nil)
	return found
}
