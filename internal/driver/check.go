package driver

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"runtime"
	"strings"
)

// A unit is a package while it is analysed: what outcome does not keep.
type unit struct {
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// check parses and type-checks a package whose dependencies are done.
// If it reports errors, the unit must not be analysed.
func (x *executor) check(n *node) (*unit, []Error) {
	if errs := listErrors(n.pkg); errs != nil {
		return nil, errs
	}
	u := &unit{info: newInfo()}
	var errs []Error
	for _, name := range n.pkg.CompiledGoFiles {
		src, err := x.readFile(name)
		if err != nil {
			errs = append(errs, Error{Package: n.pkg.PkgPath, Kind: ParseError, Posn: name, Message: err.Error()})
			continue
		}
		file, err := parser.ParseFile(x.graph.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			errs = append(errs, parseErrors(n.pkg.PkgPath, err)...)
			continue
		}
		u.files = append(u.files, file)
	}
	if errs != nil {
		return nil, errs
	}
	cfg := &types.Config{
		Importer: importerFunc(func(path string) (*types.Package, error) { return n.importTypes(path) }),
		Sizes:    n.pkg.TypesSizes,
		Error:    func(err error) { errs = append(errs, x.typeError(n.pkg.PkgPath, err)) },
	}
	if mod := n.pkg.Module; mod != nil && mod.GoVersion != "" {
		cfg.GoVersion = "go" + mod.GoVersion
	}
	u.types, _ = cfg.Check(n.pkg.PkgPath, x.graph.fset, u.files, u.info) // errors went to cfg.Error
	if errs != nil {
		return nil, errs
	}
	return u, nil
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

// importTypes resolves an import in the node's own universe.
func (n *node) importTypes(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	dep := n.imports[path]
	if dep == nil {
		return nil, fmt.Errorf("the go command did not list package %q", path)
	}
	if dep.types == nil {
		return nil, fmt.Errorf("package %q could not be type-checked", path)
	}
	return dep.types, nil
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

// readFile reads a source file through the overlay.
func (x *executor) readFile(name string) ([]byte, error) {
	if src, ok := x.cfg.Overlay[name]; ok {
		return src, nil
	}
	return os.ReadFile(name)
}
