package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/analysis"
)

// A place is where a fix may insert text, with what has to stand around it.
type place struct {
	pos           token.Pos
	before, after string
}

// insertAt returns the edit that inserts text at the first of some places where
// no other fix inserts anything else: of two insertions at one place nobody
// knows which comes first, so that only one of two fixes would be made. It
// returns nil if there is none.
func (c *checker) insertAt(places []place, text string) []analysis.TextEdit {
	for _, p := range places {
		whole := p.before + text + p.after
		if other, ok := c.inserted[p.pos]; !ok || other == whole {
			c.inserted[p.pos] = whole
			return insert(p.pos, whole)
		}
	}
	return nil
}

func insert(pos token.Pos, text string) []analysis.TextEdit {
	return []analysis.TextEdit{{Pos: pos, End: pos, NewText: []byte(text)}}
}

// besideDecl returns the places for a declaration beside that of a function:
// before and behind it, and then before the others of its file.
func (c *checker) besideDecl(decl *ast.FuncDecl) []place {
	places := []place{{declStart(decl), "", "\n\n"}, {decl.End(), "\n\n", ""}}
	for _, other := range c.fileAt(decl.Pos()).Decls {
		if fn, ok := other.(*ast.FuncDecl); ok && fn != decl {
			places = append(places, place{declStart(fn), "", "\n\n"})
		}
	}
	return places
}

// declStart returns where a declaration begins, with its comment.
func declStart(decl *ast.FuncDecl) token.Pos {
	if decl.Doc != nil {
		return decl.Doc.Pos()
	}
	return decl.Pos()
}

// importing returns the name under which the file of a position knows a
// package of the standard library there, and the edits that import it if the
// file does not do so yet. It reports false if that name means something else.
func (c *checker) importing(path string, pos token.Pos) (name string, edits []analysis.TextEdit, ok bool) {
	file := c.fileAt(pos)
	for _, spec := range file.Imports {
		if spec.Path.Value != strconv.Quote(path) || spec.Name != nil && (spec.Name.Name == "_" || spec.Name.Name == ".") {
			continue
		}
		obj := c.pass.TypesInfo.PkgNameOf(spec)
		return obj.Name(), nil, c.means(obj.Name(), pos) == types.Object(obj)
	}
	name = path[lastSlash(path):]
	if c.means(name, pos) != nil || c.pass.Pkg.Scope().Lookup(name) != nil {
		return "", nil, false
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if ok && gen.Tok == token.IMPORT && len(gen.Specs) > 0 {
			edits = c.insertAt(c.besideImports(gen, path), strconv.Quote(path))
			return name, edits, edits != nil
		}
	}
	return "", nil, false // no file with a finding is without imports
}

func lastSlash(path string) int {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return i + 1
		}
	}
	return 0
}

// besideImports returns the places for one more import in a declaration, or
// beside it: where it belongs by its path, and then others of its group, which
// gofmt sorts.
func (c *checker) besideImports(gen *ast.GenDecl, path string) []place {
	if !gen.Lparen.IsValid() {
		if gen.Specs[0].(*ast.ImportSpec).Path.Value == `"C"` {
			return nil
		}
		return []place{{gen.Pos(), "import ", "\n"}, {gen.End(), "\nimport ", ""}}
	}
	var group []place
	at := -1
	for i, spec := range gen.Specs {
		if i > 0 && c.line(spec.Pos()) > c.line(gen.Specs[i-1].End())+1 {
			break // another group
		}
		if p, err := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value); at < 0 && (err != nil || p > path) {
			at = i
		}
		group = append(group, place{spec.Pos(), "", "\n\t"})
	}
	if at < 0 {
		at = len(group) - 1
	}
	places := append([]place{group[at]}, group[at+1:]...)
	return append(append(places, group[:at]...), place{gen.Lparen + 1, "\n\t", ""})
}
