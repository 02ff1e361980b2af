package typestate

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

type heldFact struct{ Summary }

func (*heldFact) AFact() {}

type carrierFact struct{}

func (*carrierFact) AFact() {}

// What one package exports, its importers look up, function by function; a
// package without summaries is no carrier.
func TestExchange(t *testing.T) {
	objects := make(map[types.Object]analysis.Fact)
	packages := make(map[*types.Package]bool)
	exchange := func(pkg *types.Package) Exchange {
		return Exchange{
			Pass: &analysis.Pass{
				Pkg:               pkg,
				ExportObjectFact:  func(obj types.Object, fact analysis.Fact) { objects[obj] = fact },
				ExportPackageFact: func(fact analysis.Fact) { _, packages[pkg] = fact.(*carrierFact) },
				ImportPackageFact: func(p *types.Package, _ analysis.Fact) bool { return packages[p] },
				ImportObjectFact: func(obj types.Object, fact analysis.Fact) bool {
					known, ok := objects[obj].(*heldFact)
					if ok {
						*fact.(*heldFact) = *known
					}
					return ok
				},
			},
			Summary: func() SummaryFact { return new(heldFact) },
			Carrier: func() analysis.Fact { return new(carrierFact) },
		}
	}
	full := newTestEngine(t, testSpecs["close"], "close")
	empty := buildTestEngine(t, testSpecs["close"], "package p\n\nfunc Nothing() {}\n")
	for _, e := range []*Engine{full, empty} {
		exchange(e.pkg.Pkg).Export(e)
	}
	importer := types.NewPackage("q", "q")
	importer.SetImports([]*types.Package{empty.pkg.Pkg})
	if exchange(importer).Carries() {
		t.Error("a package without summaries is a carrier")
	}
	importer.SetImports([]*types.Package{empty.pkg.Pkg, full.pkg.Pkg})
	if !exchange(importer).Carries() {
		t.Error("a package with summaries is no carrier")
	}
	want := make(map[string]string)
	full.Summaries(func(fn *types.Func, s *Summary) { want[fn.Name()] = s.String() })
	if len(want) == 0 {
		t.Fatal("the package has no summaries")
	}
	for _, name := range full.pkg.Pkg.Scope().Names() {
		fn, ok := full.pkg.Pkg.Scope().Lookup(name).(*types.Func)
		if !ok {
			continue
		}
		got := exchange(importer).Lookup(fn)
		if (got == nil) != (want[name] == "") || got != nil && got.String() != want[name] {
			t.Errorf("%s: looked up %v, want %q", name, got, want[name])
		}
	}
}
