package driver

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/types/objectpath"
)

// An image is what a package is to its importers: its types and the facts
// about it, serialised. Importers never see the types that were made from
// source. So the scopes of function bodies, most of what the type checker
// leaves, go when the package is done, and an answer cannot depend on whether
// the package was analysed in this run or an earlier one.
//
// Types in an image have no positions: a change of line numbers is no change
// to importers. A fact that needs a position must contain it.
type image struct {
	types []byte // in the format of gcexportdata
	facts []byte // gob of []encodedFact; empty if there are none
}

// An encodedFact is a fact without pointers into types.
type encodedFact struct {
	Object objectpath.Path // empty for a package fact
	Fact   analysis.Fact
}

// newImage serialises a package that type-checks. It reports false for one
// that cannot be serialised, which costs the cache and memory but no answer.
func newImage(pkg *types.Package, facts factSet) (*image, bool) {
	var buf bytes.Buffer
	if err := gcexportdata.Write(&buf, token.NewFileSet(), pkg); err != nil {
		return nil, false
	}
	encoded, err := facts.encode()
	if err != nil {
		return nil, false
	}
	return &image{types: bytes.Clone(buf.Bytes()), facts: encoded}, true // a buffer may be half empty
}

// encode serialises facts in an order of their own, so that equal sets have
// equal bytes. Facts about objects that cannot be named from outside of the
// package are left out.
func (s factSet) encode() ([]byte, error) {
	var list []encodedFact
	var encoder objectpath.Encoder
	for key, fact := range s {
		var path objectpath.Path
		if key.obj != nil {
			var err error
			if path, err = encoder.For(key.obj); err != nil {
				continue
			}
		}
		list = append(list, encodedFact{path, fact})
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b encodedFact) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object),
			cmp.Compare(reflect.TypeOf(a.Fact).String(), reflect.TypeOf(b.Fact).String()))
	})
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(list); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// decodeFacts returns the facts of an image about a package made from it.
func (im *image) decodeFacts(pkg *types.Package) (factSet, error) {
	if len(im.facts) == 0 {
		return nil, nil
	}
	var list []encodedFact
	if err := gob.NewDecoder(bytes.NewReader(im.facts)).Decode(&list); err != nil {
		return nil, fmt.Errorf("import facts of %s: %w", pkg.Path(), err)
	}
	facts := make(factSet)
	for _, f := range list {
		var obj types.Object
		if f.Object != "" {
			var err error
			if obj, err = objectpath.Object(pkg, f.Object); err != nil {
				continue // not part of what the package exports
			}
		}
		facts[factKey{obj, reflect.TypeOf(f.Fact)}] = f.Fact
	}
	return facts, nil
}

// registerFacts makes the fact types known to gob. They get their numbers in
// the stream format in order of first use, so each is used once, in a fixed
// order: the same facts must have the same bytes in every process.
func registerFacts(analyzers []*analysis.Analyzer) {
	for _, a := range analyzers {
		for _, fact := range a.FactTypes {
			gob.Register(fact)
			zero := reflect.New(reflect.TypeOf(fact).Elem()).Interface().(analysis.Fact)
			// An error here is found again, with its package, by encode.
			_ = gob.NewEncoder(new(bytes.Buffer)).Encode([]encodedFact{{Fact: zero}})
		}
	}
}

// typesOf returns the types of a node that is done, for its importers. They
// are made when they are first needed, after those of all packages that they
// may mention. It returns nil for a package that could not be checked at all.
func (x *executor) typesOf(n *node) *types.Package {
	n.load.Do(func() {
		if n.cached {
			if im := x.cfg.Cache.image(n); im != nil && n.digestOf(im) == n.digest {
				n.image = im
			}
		}
		pkg, err := x.readTypes(n)
		if n.cached && (n.image == nil || err != nil) {
			x.restore(n)
			pkg, err = x.readTypes(n)
		}
		if err == nil && pkg != nil { // else importers say that they cannot import it
			n.image.types = nil // not read again
			n.setTypes(x, pkg)
		}
	})
	return n.types
}

// readTypes makes types of a node's image. It returns nil if there is none,
// because the types were made from source, or not at all.
func (x *executor) readTypes(n *node) (*types.Package, error) {
	if n.image == nil {
		return nil, nil
	}
	universe := make(map[string]*types.Package)
	x.addUniverse(n, universe)
	return gcexportdata.Read(bytes.NewReader(n.image.types), x.graph.fset, universe, n.pkg.PkgPath)
}

// addUniverse adds the packages that a node depends on to a map by path.
func (x *executor) addUniverse(n *node, universe map[string]*types.Package) {
	for _, dep := range n.deps {
		if _, ok := universe[dep.pkg.PkgPath]; ok {
			continue
		}
		universe[dep.pkg.PkgPath] = x.typesOf(dep)
		x.addUniverse(dep, universe)
	}
}

// setTypes makes the types of a node known to importers and to fact lookup.
func (n *node) setTypes(x *executor, pkg *types.Package) {
	n.types = pkg
	if pkg != nil {
		x.mu.Lock()
		x.owner[pkg] = n
		x.mu.Unlock()
	}
}

// factsOf returns the facts of a dependency that is done.
func (x *executor) factsOf(pkg *types.Package) factSet {
	x.mu.RLock()
	n := x.owner[pkg]
	x.mu.RUnlock()
	if n == nil {
		return nil // package unsafe
	}
	n.loadFacts.Do(func() {
		if n.image == nil {
			return
		}
		// The bytes are those that encode made, or have their hash.
		n.outcome.facts, _ = n.image.decodeFacts(n.types)
	})
	return n.outcome.facts
}
