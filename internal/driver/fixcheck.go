package driver

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// try makes the fixes of the list, which begins with those accepted before,
// the state of the fixer. If the program would not type-check with them, it
// returns the first error instead and changes nothing.
func (f *fixer) try(fixes []*candidate) *Error {
	edits := make(map[string][]finding.Edit)
	for _, c := range fixes {
		for _, e := range c.edits {
			edits[e.File] = append(edits[e.File], e)
		}
	}
	changed := make(map[*source][]byte)
	for name, list := range edits {
		slices.SortFunc(list, compareEdits)
		s := f.sources[name]
		if text := s.rewrite(slices.Compact(list)); !bytes.Equal(text, s.new) {
			changed[s] = text
		}
	}
	shadows, problem := f.check(changed)
	if problem != nil {
		return problem
	}
	maps.Copy(f.shadows, shadows)
	for s, text := range changed {
		s.new = text
	}
	return nil
}

// check type-checks what new contents of some sources affect: the packages
// that contain them, in all variants, and if a change can be seen from outside
// their packages, everything that imports these. It reuses the types of all
// other packages. Those that failed in the run are left out, and with them
// their importers, because nobody can tell who would break them.
//
// It returns shadows of the nodes whose types have changed.
func (f *fixer) check(changed map[*source][]byte) (map[*node]*node, *Error) {
	touched := make(map[*node]bool) // whether it can be seen from outside
	cfg := *f.run.cfg
	cfg.Overlay = maps.Clone(cfg.Overlay)
	if cfg.Overlay == nil {
		cfg.Overlay = make(map[string][]byte)
	}
	for name, s := range f.sources {
		text, ok := changed[s]
		if !ok {
			text = s.new
		} else {
			visible := !sameInterface(s.new, text)
			for _, n := range s.nodes {
				touched[n] = touched[n] || visible
			}
		}
		if s.refusal == "" {
			cfg.Overlay[name] = text
		}
	}
	x := &executor{cfg: &cfg, graph: f.run.graph}
	shadows := make(map[*node]*node)
	for _, n := range f.run.graph.nodes { // dependencies come first
		visible, inside := touched[n]
		outside := slices.ContainsFunc(n.deps, func(dep *node) bool { return shadows[dep] != nil })
		if n.failed || !inside && !outside {
			continue
		}
		shadow := f.shadow(n, shadows, cfg.Overlay)
		u, errs := x.check(shadow)
		if errs != nil {
			return nil, &errs[0] // unsorted, because some errors only continue the one before
		}
		if visible || outside {
			shadow.types = u.types
			shadows[n] = shadow
		}
	}
	return shadows, nil
}

// shadow returns a copy of a node that has not been checked yet and imports
// what has become of its imports.
func (f *fixer) shadow(n *node, shadows map[*node]*node, overlay map[string][]byte) *node {
	shadow := &node{pkg: n.pkg, imports: maps.Clone(n.imports)}
	for path, dep := range n.imports {
		if s := f.shadows[dep]; s != nil {
			shadow.imports[path] = s
		}
		if s := shadows[dep]; s != nil {
			shadow.imports[path] = s
		}
	}
	// A fix may import what the package did not import before.
	for _, name := range n.pkg.CompiledGoFiles {
		text, ok := overlay[name]
		if !ok {
			continue
		}
		for _, path := range outline(text).imports {
			if shadow.imports[path] != nil {
				continue
			}
			if dep := f.run.graph.standard(path); dep != nil {
				shadow.imports[path] = dep
			}
		}
	}
	return shadow
}

// standard returns the package of the standard library with a path if the
// run loaded it. Unlike others, it is always there to be imported, with no
// cycle and nothing for go.mod.
func (g *graph) standard(path string) *node {
	for _, n := range g.nodes {
		internal := slices.Contains(strings.Split(path, "/"), "internal")
		if n.pkg.PkgPath == path && n.pkg.ForTest == "" && !internal && protected(n.pkg.Dir) == "GOROOT" {
			return n
		}
	}
	return nil
}

// sameInterface reports whether two contents of a file are the same to other
// packages, which do not see into function bodies. This is what keeps the
// check cheap: nearly every fix is made inside of one. An import that is gone
// makes no difference to them either, but one that is new can give a name in
// a declaration another meaning.
func sameInterface(old, new []byte) bool {
	a, b := outline(old), outline(new)
	for imp := range b.imports {
		if _, ok := a.imports[imp]; !ok {
			return false
		}
	}
	return a.text == b.text && a.text != ""
}

// A fileOutline is what other packages can see of a file.
type fileOutline struct {
	text    string            // without imports and function bodies, "" if it does not parse
	imports map[string]string // the text of an import, with its name → its path
}

func outline(src []byte) fileOutline {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return fileOutline{}
	}
	offset := func(pos token.Pos) int { return int(pos - file.FileStart) }
	o := fileOutline{imports: make(map[string]string)}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		o.imports[string(src[offset(spec.Pos()):offset(spec.Path.End())])] = path
	}
	var text bytes.Buffer
	text.Write(src[:offset(file.Name.End())]) // build constraints matter
	text.WriteByte('\n')
	done := len(src) - len(bytes.TrimLeft(src[offset(file.Name.End()):], " \t\r\n"))
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			if decl.Tok == token.IMPORT {
				done = len(src) - len(bytes.TrimLeft(src[offset(decl.End()):], " \t\r\n"))
			}
		case *ast.FuncDecl:
			if decl.Body != nil {
				text.Write(src[done:offset(decl.Body.Lbrace)])
				done = offset(decl.Body.Rbrace)
			}
		}
	}
	text.Write(src[done:])
	o.text = text.String()
	return o
}
