package driver

import (
	"path/filepath"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

// analysisModule converts module metadata to the form that passes see,
// which is never nil.
func analysisModule(mod *packages.Module) *analysis.Module {
	if mod == nil {
		return new(analysis.Module)
	}
	m := &analysis.Module{
		Path: mod.Path, Version: mod.Version, Time: mod.Time, Main: mod.Main,
		Indirect: mod.Indirect, Dir: mod.Dir, GoMod: mod.GoMod, GoVersion: mod.GoVersion,
	}
	if mod.Replace != nil {
		m.Replace = analysisModule(mod.Replace)
	}
	if mod.Error != nil {
		m.Error = &analysis.ModuleError{Err: mod.Error.Err}
	}
	return m
}

// A Package is one of the user's own packages.
type Package struct {
	Path  string   // import path
	Name  string   // "main" for a program
	Dir   string   // absolute
	Files []string // absolute names of its Go files
	Root  bool     // it was asked for
}

// Packages returns the packages of a run that are neither in the module cache
// nor in GOROOT, each once for every test variant, dependencies first.
func (r *Result) Packages() []Package {
	var list []Package
	for _, n := range r.run.graph.nodes {
		files := n.pkg.GoFiles
		if len(files) == 0 || r.run.immutable(files[0]) {
			continue
		}
		list = append(list, Package{n.pkg.PkgPath, n.pkg.Name, filepath.Dir(files[0]), files, n.root})
	}
	return list
}
