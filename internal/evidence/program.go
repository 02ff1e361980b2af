package evidence

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Package is one package of the program at hand.
type Package struct {
	Path  string   // import path
	Name  string   // "main" for a program
	Dir   string   // absolute
	Files []string // absolute names of its Go files
}

// A Program is the source that evidence is mapped to: the packages that belong
// to the user. Files are parsed when they are first asked for.
type Program struct {
	packages []Package
	read     func(string) ([]byte, error)

	files  map[string]int         // the package of each file
	byBase map[string][]string    // files by base name
	paths  map[string]bool        // import paths
	parsed map[string]*sourceFile // by name
}

// NewProgram returns the program with the given packages, whose files are read
// with a function such as [os.ReadFile].
func NewProgram(packages []Package, read func(string) ([]byte, error)) *Program {
	p := &Program{
		packages: packages, read: read,
		files: make(map[string]int), byBase: make(map[string][]string), paths: make(map[string]bool),
		parsed: make(map[string]*sourceFile),
	}
	for i, pkg := range packages {
		p.paths[pkg.Path] = true
		for _, file := range pkg.Files {
			if _, ok := p.files[file]; ok {
				continue // a package and its test variant have it in common
			}
			p.files[file] = i
			base := filepath.Base(file)
			p.byBase[base] = append(p.byBase[base], file)
		}
	}
	return p
}

// Packages returns the packages of the program.
func (p *Program) Packages() []Package { return p.packages }

// find returns the file of the program that a profile means, or "". The name
// is that on the machine where the program was built; with -trimpath, it begins
// with the import path. The package is that of the symbol.
func (p *Program) find(name string, sym symbol) string {
	name = filepath.FromSlash(name)
	if _, ok := p.files[name]; ok {
		return name
	}
	candidates := p.byBase[filepath.Base(name)]
	slashed := filepath.ToSlash(name)
	for _, file := range candidates {
		if trimmed := p.packages[p.files[file]].Path + "/" + filepath.Base(file); trimmed == withoutVersion(slashed) {
			return file
		}
	}
	if sym.pkg != "main" { // all programs have that name
		for _, file := range candidates {
			if pkg := p.packages[p.files[file]]; pkg.Path == sym.pkg || pkg.Path == sym.pkg+"_test" {
				return file
			}
		}
	}
	return p.findBySuffix(slashed, candidates, sym)
}

// minSuffix is how many elements two paths must have in common at their ends
// to be taken for the same file: "server/handler.go" may be, "main.go" not.
const minSuffix = 2

// findBySuffix returns the candidate that has most in common with a path, if
// it is the only one. Packages whose last elements differ are never the same.
func (p *Program) findBySuffix(name string, candidates []string, sym symbol) string {
	best, most, equal := "", minSuffix-1, false
	for _, file := range candidates {
		pkg := p.packages[p.files[file]]
		if (pkg.Name == "main") != (sym.pkg == "main") || sym.pkg != "main" && path.Base(pkg.Path) != path.Base(sym.pkg) {
			continue
		}
		switch n := commonSuffix(name, filepath.ToSlash(file)); {
		case n > most:
			best, most, equal = file, n, false
		case n == most && best != "":
			equal = true
		}
	}
	if equal {
		return ""
	}
	return best
}

// commonSuffix returns how many path elements two paths have in common at
// their ends.
func commonSuffix(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}

// withoutVersion removes the version from a name in the module cache's form,
// "example.com/mod@v1.2.3/file.go".
func withoutVersion(name string) string {
	before, after, ok := strings.Cut(name, "@")
	if !ok {
		return name
	}
	_, rest, ok := strings.Cut(after, "/")
	if !ok {
		return name
	}
	return before + "/" + rest
}

// owns reports whether a symbol is of one of the program's packages. That a
// function of package main is cannot be said from its name.
func (p *Program) owns(sym symbol) bool {
	return p.paths[sym.pkg] || p.paths[strings.TrimSuffix(sym.pkg, "_test")]
}

// A sourceFile is what evidence must know of a file.
type sourceFile struct {
	fset      *token.FileSet
	syntax    *ast.File
	functions []extent // in source order; literals come after what they are in
}

// An extent is a function and the lines that it stands on.
type extent struct {
	name        string // "F" or "T.M"; of a literal, that of the declaration around it
	literal     bool
	generic     bool // the function, or the type that it is a method of, has type parameters
	first, last int  // lines, from the func keyword to the closing brace
}

// file returns what a file holds, or nil if it cannot be read. Functions are
// where line directives say, as in a profile.
func (p *Program) file(name string) *sourceFile {
	if f, ok := p.parsed[name]; ok {
		return f
	}
	p.parsed[name] = nil
	src, err := p.read(name)
	if err != nil {
		return nil
	}
	fset := token.NewFileSet()
	syntax, _ := parser.ParseFile(fset, name, src, parser.SkipObjectResolution|parser.ParseComments)
	if syntax == nil {
		return nil
	}
	f := &sourceFile{fset: fset, syntax: syntax}
	f.index()
	p.parsed[name] = f
	return f
}

func (f *sourceFile) index() {
	line := func(pos token.Pos) int { return f.fset.Position(pos).Line }
	for _, decl := range f.syntax.Decls {
		outer := extent{}
		if fn, ok := decl.(*ast.FuncDecl); ok {
			outer.name, outer.generic = declaredName(fn)
			outer.first, outer.last = line(fn.Type.Func), line(fn.End())
			f.functions = append(f.functions, outer)
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				inner := outer
				inner.literal, inner.first, inner.last = true, line(lit.Pos()), line(lit.End())
				f.functions = append(f.functions, inner)
			}
			return true
		})
	}
}

// declaredName returns the name of a function as symbols have it, and whether
// the compiler makes instances of it.
func declaredName(fn *ast.FuncDecl) (name string, generic bool) {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name, fn.Type.TypeParams != nil
	}
	expr := fn.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr, generic = e.X, true
		case *ast.IndexListExpr:
			expr, generic = e.X, true
		case *ast.Ident:
			return e.Name + "." + fn.Name.Name, generic
		default:
			return fn.Name.Name, generic
		}
	}
}

// around returns the declared function around a line, if there is one.
func (f *sourceFile) around(line int) (extent, bool) {
	i := slices.IndexFunc(f.functions, func(e extent) bool { return !e.literal && e.first <= line && line <= e.last })
	if i < 0 {
		return extent{}, false
	}
	return f.functions[i], true
}
