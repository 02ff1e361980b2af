package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// A leaks is a fact about an exported function that does with its arguments
// what callers do not assume (see [assumed]). It is the text of a summary,
// which is shorter than the encoding of one.
type leaks struct{ Text string }

func (*leaks) AFact()           {}
func (l *leaks) String() string { return l.Text }

// known returns what a function of another package does with its arguments,
// or nil. Whether that package was looked at follows from its path; of one in
// a nested module too little may be said to be on the heap.
func (t *table) known(pass *analysis.Pass, fn *types.Func) *allocmodel.Summary {
	fact := new(leaks)
	if pass.ImportObjectFact(fn, fact) {
		if s, err := allocmodel.ParseSummary(fact.Text); err == nil {
			return s
		}
		return nil
	}
	if fn.Exported() && fn.Pkg() != nil && fn.Pkg() != pass.Pkg && strings.HasPrefix(fn.Pkg().Path()+"/", pass.Module.Path+"/") {
		return assumed(fn.Signature())
	}
	return t.lookup(fn)
}

// A costs is a fact about a package: a line for each exported function that
// allocates in each call, with its name and an [allocmodel.Cost]. Facts about the
// functions would be more than three times as large.
type costs struct{ Text string }

func (*costs) AFact()           {}
func (c *costs) String() string { return c.Text }

// A prices knows what functions of other packages allocate.
type prices struct {
	pass  *analysis.Pass
	known map[*types.Package]map[string]*allocmodel.Cost
}

// cost returns what each call of a function of another package allocates, or
// nil. Hosts hand on facts of packages that are imported directly only.
func (p *prices) cost(fn *types.Func) *allocmodel.Cost {
	pkg := fn.Pkg()
	if pkg == nil || pkg == p.pass.Pkg {
		return nil
	}
	table, ok := p.known[pkg]
	if !ok {
		table = make(map[string]*allocmodel.Cost)
		fact := new(costs)
		if p.pass.ImportPackageFact(pkg, fact) {
			for line := range strings.Lines(fact.Text) {
				name, text, _ := strings.Cut(line, " ")
				if c, err := allocmodel.ParseCost(text); err == nil {
					table[name] = c
				}
			}
		}
		p.known[pkg] = table
	}
	if len(table) == 0 {
		return costOf(fn)
	}
	return table[localName(fn)]
}

// localName returns the name of a function or method within its package.
func localName(fn *types.Func) string {
	name, ok := ssax.NameOf(fn)
	if !ok || name.Recv == "" {
		return fn.Name()
	}
	return name.Recv + "." + name.Name
}

// exportCosts exports what functions of a package allocate. Nobody imports a
// program.
func exportCosts(pass *analysis.Pass, pkg *ssax.Package, m *allocmodel.Model) {
	if pass.Pkg.Name() == "main" {
		return
	}
	skip := make(map[*token.File]bool) // what is generated nobody changes, and what is in a test nobody imports
	for _, file := range pass.Files {
		f := pass.Fset.File(file.FileStart)
		skip[f] = ast.IsGenerated(file) || isTestFile(f.Name())
	}
	var lines []string
	for _, fn := range pkg.Funcs {
		obj, ok := fn.Object().(*types.Func)
		if price := m.Cost(fn); ok && price != nil && obj.Exported() && !skip[pass.Fset.File(obj.Pos())] {
			lines = append(lines, localName(obj)+" "+price.String()+"\n")
		}
	}
	if lines != nil {
		slices.Sort(lines)
		pass.ExportPackageFact(&costs{strings.Join(lines, "")})
	}
}

// assumed returns what callers assume of a function without a fact: it calls
// methods of the interface values that it is given, so that these may go
// anywhere, and keeps nothing else.
func assumed(sig *types.Signature) *allocmodel.Summary {
	s := new(allocmodel.Summary)
	add := func(v *types.Var) {
		var l allocmodel.Leak
		if types.IsInterface(v.Type()) {
			l.AddHeap(0)
		}
		s.Params = append(s.Params, l)
	}
	if recv := sig.Recv(); recv != nil {
		add(recv)
	}
	for v := range sig.Params().Variables() {
		add(v)
	}
	return s
}
