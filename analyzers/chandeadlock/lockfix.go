package chandeadlock

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"

	"github.com/perflint/perflint/internal/chanmodel"
)

// deferLockFix makes "defer mu.Lock()" what was surely meant.
func (c *checker) deferLockFix(d *chanmodel.DoubleLock) []analysis.SuggestedFix {
	s, ok := c.syntaxAt(d.Op.Pos)
	if !ok {
		return nil
	}
	stmt, ok := s.node.(*ast.DeferStmt)
	if !ok {
		return nil
	}
	sel, ok := stmt.Call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != verb(d.Read) {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   "Defer " + release(d.Read),
		TextEdits: []analysis.TextEdit{{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(release(d.Read))}},
	}}
}

// unlockFixes inserts the release in front of the returns that forget it, or
// defers it if nothing in the function releases the lock.
func (c *checker) unlockFixes(leak *chanmodel.LockLeak, name string) []analysis.SuggestedFix {
	lock, ok := c.lockStatement(leak.Lock.Pos)
	if !ok || leak.Contract || leak.Func.Body && len(leak.Elsewhere) == 0 || leak.Lock.Kind == chanmodel.Call { // what a function has locked may have no name here
		return nil
	}
	unlock := name + "." + release(leak.Read) + "()"
	if len(leak.Elsewhere) == 0 {
		edit, ok := c.insertLine(lock, lock.End(), "defer "+unlock)
		if !ok {
			return nil
		}
		return []analysis.SuggestedFix{{Message: "Defer " + unlock, TextEdits: []analysis.TextEdit{edit}}}
	}
	fix := analysis.SuggestedFix{Message: "Call " + unlock + " before the return"}
	for _, exit := range leak.Exits {
		ret := c.returnAt(exit.Op.Pos)
		if exit.Round || exit.Lost || ret == nil || !keeps(ret) || !c.sameMeaning(lock, ret.Pos()) {
			return nil
		}
		edit, ok := c.insertLine(ret, ret.Pos(), unlock)
		if !ok {
			return nil
		}
		fix.TextEdits = append(fix.TextEdits, edit)
	}
	return []analysis.SuggestedFix{fix}
}

// lockStatement returns the statement that is just a call, by the position of
// the call.
func (c *checker) lockStatement(pos token.Pos) (*ast.ExprStmt, bool) {
	s, ok := c.syntaxAt(pos)
	if !ok {
		return nil, false
	}
	for _, n := range c.around(s.node.Pos()) {
		if stmt, ok := n.(*ast.ExprStmt); ok && ast.Unparen(stmt.X) == s.node {
			return stmt, true
		}
	}
	return nil, false
}

// returnAt returns the return statement at a position.
func (c *checker) returnAt(pos token.Pos) *ast.ReturnStmt {
	for _, n := range c.around(pos) {
		if ret, ok := n.(*ast.ReturnStmt); ok && ret.Pos() == pos {
			return ret
		}
	}
	return nil
}

// around returns the nodes around a position, innermost first.
func (c *checker) around(pos token.Pos) []ast.Node {
	for _, file := range c.pass.Files {
		if file.FileStart <= pos && pos < file.FileEnd {
			path, _ := astutil.PathEnclosingInterval(file, pos, pos)
			return path
		}
	}
	return nil
}

// keeps reports whether what a return statement evaluates does not depend on
// the lock: constants and variables of the function.
func keeps(ret *ast.ReturnStmt) bool {
	for _, result := range ret.Results {
		switch x := ast.Unparen(result).(type) {
		case *ast.Ident, *ast.BasicLit:
		case *ast.CallExpr:
			sel, ok := x.Fun.(*ast.SelectorExpr)
			if !ok || len(x.Args) != 1 {
				return false
			}
			pkg, ok := sel.X.(*ast.Ident)
			if _, literal := x.Args[0].(*ast.BasicLit); !ok || !literal || pkg.Name != "errors" || sel.Sel.Name != "New" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// sameMeaning reports whether the variables in a statement mean the same at
// another position.
func (c *checker) sameMeaning(stmt ast.Stmt, pos token.Pos) bool {
	scope := c.pass.Pkg.Scope().Innermost(pos)
	same := scope != nil
	ast.Inspect(stmt, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || !same {
			return same
		}
		obj := c.pass.TypesInfo.Uses[id]
		if v, ok := obj.(*types.Var); ok && v.IsField() || obj == nil || obj.Parent() == nil {
			return true // a field or method
		}
		_, there := scope.LookupParent(id.Name, pos)
		same = there == obj
		return same
	})
	return same
}

// insertLine returns the edit that puts a line in front of a statement, or
// behind it. It reports false if the statement does not begin its line.
func (c *checker) insertLine(stmt ast.Stmt, at token.Pos, text string) (analysis.TextEdit, bool) {
	file := c.pass.Fset.File(stmt.Pos())
	src, err := c.pass.ReadFile(file.Name())
	if err != nil || len(src) != file.Size() {
		return analysis.TextEdit{}, false
	}
	line := file.PositionFor(stmt.Pos(), false).Line
	start := file.Offset(file.LineStart(line))
	indent := string(src[start:file.Offset(stmt.Pos())])
	if strings.Trim(indent, " \t") != "" {
		return analysis.TextEdit{}, false
	}
	text += "\n" + indent
	if at == stmt.End() {
		text = "\n" + indent + strings.TrimSuffix(text, "\n"+indent)
	}
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)}, true
}

// runsOnce reports whether a function ends with the process.
func runsOnce(f *chanmodel.Func) bool {
	return f.Outer == nil && (f.Label == "main" || f.Label == "TestMain")
}

// takesForCaller reports whether the name of a function, or of the type that
// it belongs to, says that it takes a lock for its caller.
func takesForCaller(f *chanmodel.Func) bool {
	for f.Outer != nil {
		f = f.Outer
	}
	name := strings.ToLower(f.Label)
	for _, part := range []string{"lock", "acquire", "begin", "enter", "start", "suspend", "pause", "freeze", "hold", "reserve", "guard"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// isLocker reports whether a function is a lock itself, by its name.
func isLocker(f *chanmodel.Func) bool {
	name := f.Label[strings.LastIndexByte(f.Label, '.')+1:]
	for _, prefix := range []string{"lock", "rlock", "trylock", "tryrlock", "acquire", "tryacquire"} {
		if f.Outer == nil && strings.HasPrefix(strings.ToLower(name), prefix) {
			return true
		}
	}
	return false
}
