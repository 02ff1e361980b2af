package evidence

import (
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A fixedSite is what a finding is about, before and after its fix.
type fixedSite struct {
	pkg           string
	before, after declared
	named         named
	record        *Record // the verdict before, if that was the heap

	concat bool // a string grows by +=
	grows  bool // a slice grows by append
	loops  int  // around it
}

// A declared is a function that is declared, with its file.
type declared struct {
	file *sourceFile
	decl *ast.FuncDecl
}

// A named is a node of a function that a finding names. The text alone does
// not tell it: deferred in a loop, and deferred in a function literal in a
// loop, are two things.
type named struct {
	text string
	path string // the kinds of the nodes around it, and its own
}

// findFixed returns what a finding is about, or nil if it cannot be told or
// has not been compiled. The problem is that only the fix makes it so.
func findFixed(before, after *Revision, f *finding.Finding) (s *fixedSite, problem string) {
	if !before.Compilation.Packages[f.Package] || strings.HasSuffix(f.Location.File, "_test.go") {
		return nil, ""
	}
	s = &fixedSite{pkg: f.Package}
	var ok bool
	if s.before, ok = functionAround(before.Program.file(f.Location.File), f.Location); !ok {
		return nil, ""
	}
	if ok = s.before.find(f.Location, f.End, s.look); !ok {
		return nil, ""
	}
	if !after.Compilation.Packages[f.Package] {
		return nil, "the package does not compile with it" + after.Compilation.failureOf(f.Package)
	}
	if s.after, ok = s.before.in(after.Program.file(f.Location.File)); !ok {
		return nil, "with it, its function is gone"
	}
	if promises[f.Site.Kind] != nothing {
		if r := before.Compilation.verdict(f.Site, before.Program); r != nil && (r.Outcome == Escapes || r.Outcome == Moved) {
			s.record = r
		}
	}
	return s, ""
}

// failureOf returns why a package did not compile, as the end of a clause.
func (c *Compilation) failureOf(pkg string) string {
	for _, failure := range c.Failures {
		if reason, ok := strings.CutPrefix(failure, pkg+": "); ok {
			return ": " + oneLine(reason)
		}
	}
	return ""
}

// isOf reports whether a difference is that of the site's function.
func (s *fixedSite) isOf(d *Difference) bool {
	return s.pkg == d.Package && displayName(s.before.decl) == d.Function && d.base.At == s.before.file.at(s.before.decl.Type.Func)
}

// functionAround returns the declared function around a position.
func functionAround(file *sourceFile, at finding.Position) (declared, bool) {
	if file == nil {
		return declared{}, false
	}
	for _, decl := range file.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil && file.holds(fn, at) {
			return declared{file, fn}, true
		}
	}
	return declared{}, false
}

// in returns the same function in another revision of its file. Of several
// with one name, such as init, the first is the first.
func (f declared) in(file *sourceFile) (declared, bool) {
	if file == nil {
		return declared{}, false
	}
	ordinal := 0
	for _, decl := range f.file.syntax.Decls {
		if decl == f.decl {
			break
		}
		if fn, ok := decl.(*ast.FuncDecl); ok && displayName(fn) == displayName(f.decl) {
			ordinal++
		}
	}
	for _, decl := range file.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || displayName(fn) != displayName(f.decl) {
			continue
		}
		if ordinal == 0 {
			return declared{file, fn}, fn.Body != nil
		}
		ordinal--
	}
	return declared{}, false
}

// look takes the node that the finding names, and those around it.
func (s *fixedSite) look(n ast.Node, around []ast.Node) {
	s.named = s.before.named(n, around)
	if assign, ok := n.(*ast.AssignStmt); ok {
		s.concat = assign.Tok == token.ADD_ASSIGN
	}
	if call, ok := n.(*ast.CallExpr); ok {
		s.grows = isIdent(call.Fun, appended)
	}
	at := s.before.file.at(n.Pos())
	for _, outer := range around {
		if body := loopBody(outer); body != nil && s.before.file.holds(body, at) {
			s.loops++
		}
	}
}

// find calls a function with the outermost node of a span, if there is one,
// and what is around it.
func (f declared) find(from, to finding.Position, use func(n ast.Node, around []ast.Node)) (ok bool) {
	f.walk(func(n ast.Node, around []ast.Node) {
		if !ok && f.file.at(n.Pos()) == from && f.file.at(n.End()) == to {
			use(n, around)
			ok = true
		}
	})
	return ok
}

// walk visits the nodes of the function's body, outer ones first.
func (f declared) walk(visit func(n ast.Node, around []ast.Node)) {
	var around []ast.Node
	ast.Inspect(f.decl.Body, func(n ast.Node) bool {
		if n == nil {
			around = around[:len(around)-1]
			return true
		}
		visit(n, around)
		around = append(around, n)
		return true
	})
}

func (f declared) named(n ast.Node, around []ast.Node) named {
	var text strings.Builder
	_ = printer.Fprint(&text, f.file.fset, n) // what cannot be printed has no text, before and after
	return named{oneLine(text.String()), pathOf(n, around)}
}

func pathOf(n ast.Node, around []ast.Node) string {
	var path strings.Builder
	for _, outer := range around {
		fmt.Fprintf(&path, "%T ", outer)
	}
	fmt.Fprintf(&path, "%T", n)
	return path.String()
}

// count returns how many nodes of the function are like one that is named.
func (f declared) count(like named) (n int) {
	f.walk(func(node ast.Node, around []ast.Node) {
		if pathOf(node, around) == like.path && f.named(node, around).text == like.text {
			n++
		}
	})
	return n
}

// rooms returns how many calls make room for elements that come later.
func (f declared) rooms() (n int) {
	f.walk(func(node ast.Node, _ []ast.Node) {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return
		}
		sel, isSelector := call.Fun.(*ast.SelectorExpr)
		if isIdent(call.Fun, "make") && len(call.Args) == 3 || isSelector && sel.Sel.Name == "Grow" {
			n++
		}
	})
	return n
}
