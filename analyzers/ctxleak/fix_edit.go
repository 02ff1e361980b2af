package ctxleak

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// An editor makes edits that keep a file gofmt's.
type editor struct {
	tok *token.File
	src []byte
}

func newEditor(pass *analysis.Pass, file *ast.File) (editor, bool) {
	tok := pass.Fset.File(file.FileStart)
	src, err := pass.ReadFile(tok.Name())
	return editor{tok, src}, err == nil && len(src) == tok.Size()
}

func replace(n ast.Node, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: n.Pos(), End: n.End(), NewText: []byte(text)}
}

// lineBefore inserts a line above a statement. It reports false if the
// statement is not the first thing on its line.
func (e *editor) lineBefore(stmt ast.Stmt, text string) (analysis.TextEdit, bool) {
	indent, ok := e.indent(stmt)
	return insert(stmt.Pos(), text+"\n"+indent), ok
}

// lineAfter inserts a line below a statement. It reports false if the
// statement is not alone on its lines; a comment behind it may be there.
func (e *editor) lineAfter(stmt ast.Stmt, text string) (analysis.TextEdit, bool) {
	indent, ok := e.indent(stmt)
	line := e.line(stmt.End())
	if !ok || line == e.tok.LineCount() {
		return analysis.TextEdit{}, false
	}
	next := e.tok.LineStart(line + 1)
	rest := bytes.TrimSpace(e.src[e.tok.Offset(stmt.End()):e.tok.Offset(next)])
	if len(rest) > 0 && !bytes.HasPrefix(rest, []byte("//")) {
		return analysis.TextEdit{}, false
	}
	return insert(next, indent+text+"\n"), true
}

func insert(pos token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(text)}
}

// indent returns the white space in front of a statement, and whether there
// is nothing else in front of it on its line.
func (e *editor) indent(stmt ast.Stmt) (string, bool) {
	start := e.tok.Offset(e.tok.LineStart(e.line(stmt.Pos())))
	indent := string(e.src[start:e.tok.Offset(stmt.Pos())])
	return indent, strings.Trim(indent, " \t") == ""
}

// line returns the physical line of a position: line directives do not count.
func (e *editor) line(pos token.Pos) int { return e.tok.PositionFor(pos, false).Line }

// freshName returns a name for a new variable that hides nothing and that
// nothing else in the declaration uses. Statements in front of this one in its
// list may get the names of their own fixes, which may be applied as well.
func (f *fixer) freshName(name string) string {
	used := make(map[string]bool)
	for n := range ast.Preorder(f.decl) {
		id, ok := n.(*ast.Ident)
		if !ok {
			continue
		}
		if obj := f.pass.TypesInfo.ObjectOf(id); obj == nil || obj.Parent() != nil {
			used[id.Name] = true // not a field or method, which have no scope
		}
	}
	scope := f.scope()
	for i := 1 + f.discardedBefore(); ; i++ {
		candidate := name
		if i > 1 {
			candidate += strconv.Itoa(i)
		}
		if _, obj := scope.LookupParent(candidate, token.NoPos); obj == nil && !used[candidate] {
			return candidate
		}
	}
}

// discardedBefore counts the statements in front of this one that discard a
// release function of the same type.
func (f *fixer) discardedBefore() int {
	n := 0
	for _, stmt := range f.list[:f.next-1] {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			continue
		}
		results, ok := f.pass.TypesInfo.Types[assign.Rhs[0]].Type.(*types.Tuple)
		for i := 0; ok && i < results.Len(); i++ {
			if isBlank(assign.Lhs[i]) && types.Identical(results.At(i).Type(), f.result()) {
				n++
			}
		}
	}
	return n
}

// scope returns the innermost scope of the statement.
func (f *fixer) scope() *types.Scope { return f.pass.Pkg.Scope().Innermost(f.stmt.Pos()) }

// redeclares reports whether the statement, with ":=", assigns to the same
// variables as with "=": := reuses those of its own scope, to which the
// parameters of a function belong for the statements of its body.
func (f *fixer) redeclares() bool {
	scope := f.scope()
	for _, lhs := range f.stmt.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok {
			return false // a field or element cannot be declared
		}
		if id.Name == "_" {
			continue
		}
		if obj := f.pass.TypesInfo.ObjectOf(id); obj == nil || obj.Parent() != scope {
			return false
		}
	}
	return true
}

// releaseType returns the type of the release function as the file can write
// it: "context.CancelFunc". It reports false if the file does not import its
// package, or hides the name here.
func (f *fixer) releaseType() (string, bool) {
	named, ok := f.result().(*types.Named)
	if !ok {
		return "", false
	}
	obj := named.Obj()
	for _, spec := range f.file.Imports {
		pkgName := f.pass.TypesInfo.PkgNameOf(spec)
		if pkgName == nil || pkgName.Imported() != obj.Pkg() {
			continue
		}
		name, want := pkgName.Name(), types.Object(pkgName)
		if spec.Name != nil && spec.Name.Name == "." {
			name, want = obj.Name(), obj
		}
		if _, found := f.scope().LookupParent(name, f.stmt.Pos()); found != want {
			continue
		}
		if want == obj {
			return name, true
		}
		return name + "." + obj.Name(), true
	}
	return "", false
}

// result returns the type of the release function.
func (f *fixer) result() types.Type {
	return f.a.Call.Type().(*types.Tuple).At(f.a.Result).Type()
}

func (f *fixer) signature() *types.Signature { return f.result().Underlying().(*types.Signature) }

// jumps reports whether the declaration has a goto statement.
func (f *fixer) jumps() bool {
	for n := range ast.Preorder(f.decl) {
		if branch, ok := n.(*ast.BranchStmt); ok && branch.Tok == token.GOTO {
			return true
		}
	}
	return false
}
