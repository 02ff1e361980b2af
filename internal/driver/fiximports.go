package driver

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"

	"github.com/perflint/perflint/internal/finding"
)

// importName returns the name by which a file refers to an import, or "" if
// it is not known.
func (s *source) importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	for _, n := range s.nodes {
		if dep := n.imports[path]; dep != nil {
			return dep.pkg.Name
		}
	}
	return ""
}

// usedImports returns the imports that a file refers to, as a map from their
// names to their paths. Blank and dot imports are not among them.
//
// The file must have been parsed with object resolution. The parser resolves
// local names only, which is enough to tell "time" the package from a
// variable of that name, and does not depend on whether the file type-checks.
func usedImports(file *ast.File, nameOf func(*ast.ImportSpec) string) map[string]string {
	qualifiers := make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil {
				qualifiers[id.Name] = true
			}
		}
		return true
	})
	used := make(map[string]string)
	for _, spec := range file.Imports {
		if name := nameOf(spec); qualifiers[name] {
			used[name] = spec.Path.Value
		}
	}
	return used
}

// dropImports removes from a new content, in its plain form, the imports that
// the old content used and the new one does not. Any other import that is
// not used is either there for its effects or the fault of a fix, which the
// check will find.
func (s *source) dropImports(text []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, s.name, text, parser.ParseComments)
	if err != nil {
		return text // the check will say so
	}
	used := usedImports(file, s.importName)
	unused := func(spec ast.Spec) bool {
		imp := spec.(*ast.ImportSpec)
		name := s.importName(imp)
		return s.imports[name] == imp.Path.Value && used[name] != imp.Path.Value
	}
	var edits []finding.Edit
	for _, decl := range file.Decls {
		decl, ok := decl.(*ast.GenDecl)
		if !ok || decl.Tok != token.IMPORT {
			continue
		}
		kept := slices.ContainsFunc(decl.Specs, func(spec ast.Spec) bool { return !unused(spec) })
		if !kept && len(decl.Specs) > 0 {
			last := decl.Specs[len(decl.Specs)-1].(*ast.ImportSpec)
			edits = append(edits, deletion(fset, text, decl, last))
			continue
		}
		for _, spec := range decl.Specs {
			if unused(spec) {
				edits = append(edits, deletion(fset, text, spec, spec.(*ast.ImportSpec)))
			}
		}
	}
	return applyEdits(text, edits)
}

// deletion returns the edit that removes an import spec, or the declaration
// that it is the last of, with the comment beside it. Comments above stay,
// for they may speak of more than this import.
func deletion(fset *token.FileSet, text []byte, node ast.Node, spec *ast.ImportSpec) finding.Edit {
	tokens := fset.File(node.Pos()) // whose lines are the physical ones
	end := node.End()
	if spec.Comment != nil && tokens.Line(spec.Comment.Pos()) == tokens.Line(end) {
		end = max(end, spec.Comment.End())
	}
	e := finding.Edit{Start: tokens.Offset(node.Pos()), End: tokens.Offset(end)}
	lead := bytes.TrimRight(text[:e.Start], " \t")
	rest := bytes.TrimLeft(text[e.End:], " \t;")
	switch {
	case len(rest) > 0 && rest[0] != '\n':
		e.End = len(text) - len(rest) // another spec or a bracket follows on the line
	case bytes.HasSuffix(lead, []byte("\n")):
		e.Start, e.End = len(lead), len(text)-len(bytes.TrimPrefix(rest, []byte("\n"))) // the line
		if bytes.HasSuffix(lead, []byte("\n\n")) && bytes.HasPrefix(text[e.End:], []byte("\n")) {
			e.End++ // of two blank lines, one
		}
	}
	return e
}
