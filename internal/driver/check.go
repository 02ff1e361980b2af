package driver

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A unit is a package while it is analysed: what outcome does not keep.
type unit struct {
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// check parses and type-checks a package whose dependencies are done. If it
// reports errors, the unit must not be analysed; its types, which may then
// have holes, are still good for importers that do not need what is missing.
func (x *executor) check(n *node) (*unit, []Error) {
	errs := listErrors(n.pkg)
	u := &unit{info: newInfo()}
	for _, name := range n.pkg.CompiledGoFiles {
		if len(n.pkg.Errors) > 0 && filepath.Dir(name) != n.pkg.Dir {
			continue // go/packages names the importer's file for a package that is missing
		}
		file, fileErrs := x.parse(n, name)
		errs = append(errs, fileErrs...)
		if file != nil {
			u.files = append(u.files, file)
		}
	}
	if len(u.files) == 0 {
		if errs == nil { // all its files are tests; nothing can import it
			u.types = types.NewPackage(n.pkg.PkgPath, n.pkg.Name)
			u.types.MarkComplete()
		}
		return u, errs
	}
	unimportable := make(map[string]bool) // packages that have reported errors themselves
	cfg := &types.Config{
		Importer: importerFunc(func(path string) (*types.Package, error) {
			pkg, err := x.importTypes(n, path)
			if dep := n.imports[path]; err != nil && dep != nil && len(dep.errors) > 0 {
				unimportable[path] = true
			}
			return pkg, err
		}),
		Sizes: n.pkg.TypesSizes,
	}
	failed := false
	cfg.Error = func(err error) {
		failed = true
		e := x.typeError(n.pkg.PkgPath, err)
		switch {
		case strings.HasPrefix(e.Message, "\t"):
			// The second half of the error before it ("other declaration
			// of f"), which sorting would tear off.
			if len(errs) > 0 {
				errs[len(errs)-1].Message += fmt.Sprintf(" (%s: %s)", e.Posn, e.Message[1:])
			}
		case !aboutImport(e.Message, unimportable):
			errs = append(errs, e)
		}
	}
	// Packages without a module, as those of the standard library, are written
	// for the newest language, as in go vet.
	cfg.GoVersion = build.Default.ReleaseTags[len(build.Default.ReleaseTags)-1]
	if mod := n.pkg.Module; mod != nil && mod.GoVersion != "" {
		cfg.GoVersion = "go" + mod.GoVersion
	}
	u.types, _ = cfg.Check(n.pkg.PkgPath, x.graph.fset, u.files, u.info) // errors went to cfg.Error
	if errs == nil && (failed || u.incomplete(n)) {
		errs = []Error{{Package: n.pkg.PkgPath, Kind: SkippedError, Message: "not analysed, because it needs " + n.failedImport() + ", which has errors"}}
	}
	return u, errs
}

// parse reads and parses a file. With errors, it may return what there is of
// the file.
func (x *executor) parse(n *node, name string) (*ast.File, []Error) {
	src, err := x.readSource(n, name)
	if err != nil {
		return nil, []Error{{Package: n.pkg.PkgPath, Kind: ParseError, Posn: name, Message: err.Error()}}
	}
	file, err := parser.ParseFile(x.graph.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return file, parseErrors(n.pkg.PkgPath, err)
	}
	return file, nil
}

// aboutImport reports whether a type error only repeats that a package, whose
// own errors say why, cannot be imported.
func aboutImport(message string, unimportable map[string]bool) bool {
	for path := range unimportable {
		if strings.HasPrefix(message, "could not import "+path+" ") {
			return true
		}
	}
	return false
}

// incomplete reports whether a unit without type errors has expressions
// without a type, because an import has errors.
func (u *unit) incomplete(n *node) bool {
	if n.failedImport() == "" {
		return false
	}
	for _, tv := range u.info.Types {
		if tv.Type == types.Typ[types.Invalid] {
			return true
		}
	}
	return false
}

// failedImport returns the first direct import that has errors, or "".
func (n *node) failedImport() string {
	for _, dep := range n.deps {
		if dep.failed {
			return dep.pkg.PkgPath
		}
	}
	return ""
}

func newInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// importTypes resolves an import in a node's own universe.
func (x *executor) importTypes(n *node, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	dep := n.imports[path]
	if x.graph.cut[importEdge{n.pkg, path}] {
		return nil, errors.New("import cycle not allowed")
	}
	if dep == nil {
		return nil, fmt.Errorf("the go command did not list package %q", path)
	}
	if pkg := x.typesOf(dep); pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("package %q could not be type-checked", path)
}

// parseErrors converts the error of the parser, which is often a list.
func parseErrors(pkg string, err error) []Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []Error{{Package: pkg, Kind: ParseError, Message: err.Error()}}
	}
	var errs []Error
	for _, e := range list {
		errs = append(errs, Error{Package: pkg, Kind: ParseError, Posn: posnString(e.Pos), Message: e.Msg})
	}
	return errs
}

// typeError converts an error of the type checker. One that says that the
// code is newer than this build of perflint gets the remedy attached.
func (x *executor) typeError(pkg string, err error) Error {
	var terr types.Error
	if !errors.As(err, &terr) {
		return Error{Package: pkg, Kind: TypeError, Message: err.Error()}
	}
	msg := terr.Msg
	if strings.Contains(msg, "requires newer Go version") {
		msg += fmt.Sprintf("; perflint was built with %s: install it again with the newer Go", runtime.Version())
	}
	return Error{Package: pkg, Kind: TypeError, Posn: posnString(x.graph.fset.Position(terr.Pos)), Message: msg}
}

func posnString(posn token.Position) string {
	if !posn.IsValid() {
		return posn.Filename
	}
	return posn.String()
}

// readSource reads a source file of a package: the text that its key was made
// of, if it has one.
func (x *executor) readSource(n *node, name string) ([]byte, error) {
	if src, ok := n.sources[name]; ok {
		return src, nil
	}
	return x.readFile(name)
}

// readFile reads a source file through the overlay.
func (x *executor) readFile(name string) ([]byte, error) {
	if src, ok := x.cfg.Overlay[name]; ok {
		return src, nil
	}
	return os.ReadFile(name)
}
