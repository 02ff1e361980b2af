package driver

import (
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
