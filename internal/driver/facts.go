package driver

import (
	"cmp"
	"fmt"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// A factKey identifies a fact. It has no analyzer, because no two analyzers
// share a fact type.
type factKey struct {
	obj types.Object // nil for a package fact
	typ reflect.Type
}

// A factSet is the facts about a package and its objects.
type factSet map[factKey]analysis.Fact

// exported returns the facts that importers may see: those about objects
// that can be named from outside. A serialised fact could not be about any
// other, and cached and uncached runs must answer alike.
func (s factSet) exported() factSet {
	if len(s) == 0 {
		return nil
	}
	var encoder objectpath.Encoder
	kept := make(factSet)
	for key, fact := range s {
		if key.obj != nil {
			if _, err := encoder.For(key.obj); err != nil {
				continue
			}
		}
		kept[key] = fact
	}
	return kept
}

// A factScope is the facts that one pass may read and write. It follows
// unitchecker, the strictest host, so that every host answers alike: of
// packages that are not imported directly, a pass sees neither package facts
// nor facts about package-level functions and variables, only those about
// types and their fields and methods.
type factScope struct {
	pkg    *types.Package
	own    factSet
	direct map[*types.Package]bool
	lookup func(*types.Package) factSet // of a dependency
}

func (x *executor) newFactScope(u *unit, own factSet) *factScope {
	s := &factScope{pkg: u.types, own: own, direct: make(map[*types.Package]bool), lookup: x.factsOf}
	for _, imported := range u.types.Imports() {
		s.direct[imported] = true
	}
	return s
}

func (s *factScope) importObjectFact(obj types.Object, ptr analysis.Fact) bool {
	if obj == nil {
		panic("nil object")
	}
	if obj.Pkg() == nil {
		return false // universe
	}
	facts := s.own
	if obj.Pkg() != s.pkg {
		if !s.visible(obj) {
			return false
		}
		facts = s.lookup(obj.Pkg())
	}
	return copyFact(facts[factKey{obj, reflect.TypeOf(ptr)}], ptr)
}

// visible reports whether facts about an object of another package are.
func (s *factScope) visible(obj types.Object) bool {
	if s.direct[obj.Pkg()] {
		return true
	}
	_, isType := obj.(*types.TypeName)
	return isType || obj.Parent() != obj.Pkg().Scope()
}

func (s *factScope) exportObjectFact(obj types.Object, fact analysis.Fact) {
	if obj == nil || obj.Pkg() != s.pkg {
		panic(fmt.Sprintf("internal error: fact %T about %v, which is not of package %s", fact, obj, s.pkg.Path()))
	}
	s.own[factKey{obj, reflect.TypeOf(fact)}] = fact
}

func (s *factScope) importPackageFact(pkg *types.Package, ptr analysis.Fact) bool {
	facts := s.own
	if pkg != s.pkg {
		if !s.direct[pkg] {
			return false
		}
		facts = s.lookup(pkg)
	}
	return copyFact(facts[factKey{nil, reflect.TypeOf(ptr)}], ptr)
}

func (s *factScope) exportPackageFact(fact analysis.Fact) {
	s.own[factKey{nil, reflect.TypeOf(fact)}] = fact
}

func copyFact(fact, ptr analysis.Fact) bool {
	if fact == nil {
		return false
	}
	reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(fact).Elem())
	return true
}

// allObjectFacts returns the object facts of the analyzer that the pass may
// see, sorted by package, object and type. Objects of other packages have no
// positions; their paths tell fields and methods of one name apart.
func (s *factScope) allObjectFacts(a *analysis.Analyzer) []analysis.ObjectFact {
	var all []analysis.ObjectFact
	var encoder objectpath.Encoder
	paths := make(map[types.Object]objectpath.Path)
	s.each(a, func(pkg *types.Package, key factKey, fact analysis.Fact) {
		if key.obj == nil {
			return
		}
		all = append(all, analysis.ObjectFact{Object: key.obj, Fact: fact})
		if pkg != s.pkg {
			paths[key.obj], _ = encoder.For(key.obj) // facts without a path are not exported
		}
	})
	slices.SortFunc(all, func(f, g analysis.ObjectFact) int {
		return cmp.Or(
			cmp.Compare(f.Object.Pkg().Path(), g.Object.Pkg().Path()),
			cmp.Compare(f.Object.Pos(), g.Object.Pos()),
			cmp.Compare(paths[f.Object], paths[g.Object]),
			cmp.Compare(f.Object.Name(), g.Object.Name()),
			cmp.Compare(reflect.TypeOf(f.Fact).String(), reflect.TypeOf(g.Fact).String()))
	})
	return all
}

// allPackageFacts returns the package facts of the analyzer that the pass
// may see, sorted by package and type.
func (s *factScope) allPackageFacts(a *analysis.Analyzer) []analysis.PackageFact {
	var all []analysis.PackageFact
	s.each(a, func(pkg *types.Package, key factKey, fact analysis.Fact) {
		if key.obj == nil && (pkg == s.pkg || s.direct[pkg]) {
			all = append(all, analysis.PackageFact{Package: pkg, Fact: fact})
		}
	})
	slices.SortFunc(all, func(f, g analysis.PackageFact) int {
		return cmp.Or(
			cmp.Compare(f.Package.Path(), g.Package.Path()),
			cmp.Compare(reflect.TypeOf(f.Fact).String(), reflect.TypeOf(g.Fact).String()))
	})
	return all
}

// each calls f for the visible facts of the analyzer's types: those about this
// package and its direct imports, and those about what can be seen through the
// direct imports. The types of a package further down may have more than that,
// but only what can be seen is in the images that the key of a package covers.
func (s *factScope) each(a *analysis.Analyzer, f func(*types.Package, factKey, analysis.Fact)) {
	wanted := make(map[reflect.Type]bool)
	for _, fact := range a.FactTypes {
		wanted[reflect.TypeOf(fact)] = true
	}
	seen := make(horizon)
	packages := make(map[*types.Package]bool)
	for pkg := range s.direct {
		packages[pkg] = true
		for _, name := range pkg.Scope().Names() {
			seen.addObject(pkg.Scope().Lookup(name))
		}
	}
	for x := range seen {
		if obj, ok := x.(types.Object); ok && obj.Pkg() != nil {
			packages[obj.Pkg()] = true
		}
	}
	visit := func(pkg *types.Package, facts factSet, all bool) {
		for key, fact := range facts {
			if wanted[key.typ] && (all || key.obj != nil && seen[key.obj] && s.visible(key.obj)) {
				f(pkg, key, fact)
			}
		}
	}
	visit(s.pkg, s.own, true)
	for pkg := range packages {
		visit(pkg, s.lookup(pkg), s.direct[pkg])
	}
}
