package inject

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// A world is a set of packages that import each other, made from source text.
type world struct {
	t       *testing.T
	fset    *token.FileSet
	sources map[string]string // by import path
	done    map[string]*types.Package
}

// newWorld returns a world of stubs: those of the companion and of the module
// ext, and more.
func newWorld(t *testing.T, more map[string]string) *world {
	t.Helper()
	w := &world{t: t, fset: token.NewFileSet(), sources: map[string]string{"x.test/internal/perfmark": companionStub, "ext": extStub}, done: make(map[string]*types.Package)}
	maps.Copy(w.sources, more)
	return w
}

const companionStub = `package perfmark
type Site struct{ x int }
type Place struct{ Kind, Func, File string; Line int; Finding string }
type Span struct{ x int }
func Declare([]Site, []Place) int
func Start(bool) func()
func Enter(*Site) Span
func Hit(*Site)
func (Span) Exit()
func (Span) T() bool
func E1[V any](_ Span, v V) V { return v }
type HandlerSpan struct{}
func (HandlerSpan) Exit()
func EnterHandler(*Site, any) HandlerSpan
func EnterStream(*Site, any) HandlerSpan
func EnterContext(*Site, any) HandlerSpan
func EnterRequest(*Site, any) HandlerSpan
func EnterRequestOf[C, R any](*Site, C, func(C) *R) (_ HandlerSpan) { return }
func EnterContextOf[C, R any](*Site, C, func(C) *R) (_ HandlerSpan) { return }
`

const extStub = `package ext
type T struct{ F int }
func One(...any) int
func Two(...any) (int, error)
func Void(...any)
func Is() bool
func Get() T
func (T) M() T
func (*T) P() (*T, error)
func Seq() func(func(int) bool)
func Chan() chan int
type Bool bool
func Gen[V any](v V) V { return v }
type Box[V any] struct{ v V }
func (*Box[V]) Do() V
type I interface{ Do() int }
`

func (w *world) Import(path string) (*types.Package, error) {
	if pkg := w.done[path]; pkg != nil {
		return pkg, nil
	}
	src, ok := w.sources[path]
	if !ok {
		return nil, fmt.Errorf("no package %s", path)
	}
	pkg, err := w.check(path, path+".go", src)
	if err != nil {
		return nil, err
	}
	w.done[path] = pkg.Types
	return pkg.Types, nil
}

// check parses and type-checks files, given as name and text in turn.
func (w *world) check(path string, files ...string) (*packages.Package, error) {
	pkg := &packages.Package{
		PkgPath: path, Fset: w.fset, Imports: make(map[string]*packages.Package),
		TypesInfo: &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
			Selections: make(map[*ast.SelectorExpr]*types.Selection), Instances: make(map[*ast.Ident]types.Instance),
		},
	}
	for i := 0; i < len(files); i += 2 {
		syntax, err := parser.ParseFile(w.fset, files[i], files[i+1], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		pkg.Syntax = append(pkg.Syntax, syntax)
		pkg.GoFiles = append(pkg.GoFiles, files[i])
		pkg.Name = syntax.Name.Name
	}
	pkg.CompiledGoFiles = pkg.GoFiles
	conf := types.Config{Importer: w, IgnoreFuncBodies: path != "x.test/p", FakeImportC: true}
	var err error
	pkg.Types, err = conf.Check(path, w.fset, pkg.Syntax, pkg.TypesInfo)
	return pkg, err
}

// plan plans a package with one file, x.go, of this text.
func (w *world) plan(src string, opts *Options) *Plan {
	w.t.Helper()
	name := filepath.Join(w.t.TempDir(), "x.go")
	if err := os.WriteFile(name, []byte(src), 0o666); err != nil {
		w.t.Fatal(err)
	}
	pkg, err := w.check("x.test/p", name, src)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range opts.Findings {
		opts.Findings[i].File = name
	}
	prog := &Program{Packages: []*packages.Package{pkg}, Module: "x.test", Dir: filepath.Dir(name)}
	plans, err := prog.Plans(opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return plans[0]
}

// render returns the marked file, having checked that the marked package has
// the right types and as many lines.
func (w *world) render(p *Plan) string {
	w.t.Helper()
	sources, err := p.Render(&Companion{Path: "x.test/internal/perfmark"})
	if err != nil {
		w.t.Fatal(err)
	}
	var files []string
	for _, s := range sources {
		files = append(files, s.Name, string(s.Text))
	}
	if len(files) == 0 {
		return ""
	}
	if _, err := w.check("x.test/p", files...); err != nil {
		w.t.Errorf("the marked package does not compile: %v\n%s", err, files[1])
	}
	return files[1]
}

// short abbreviates marks: m0 is Enter of site 0.
func short(text string) string {
	text = strings.ReplaceAll(text, "&_perfmarkSites", "")
	text = strings.ReplaceAll(text, "_perfmark.", "")
	text = strings.ReplaceAll(text, "_perfmark", "v")
	return text
}

// skips returns why a plan leaves places out, as line: what: reason.
func skips(p *Plan) string {
	var list []string
	for _, s := range p.Skips {
		list = append(list, fmt.Sprintf("%d: %s: %s", s.Pos.Line, s.What, s.Reason))
	}
	return strings.Join(list, "\n")
}

var extRules = []Rule{{ID: "ext", Kind: "ext", At: AtCall, Func: []string{"ext.*", "(ext.T).*", "(*ext.T).*", "(*ext.Box).*", "(ext.I).*"}}}
