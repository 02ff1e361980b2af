package ctxleak

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// The fixes.
//
// A fix makes the function call what it loses. It is offered only if the
// result compiles and nothing but the leak can tell the difference, that is,
// if no use of the context comes after the call that the fix inserts. Every
// use must be seen to be over by then; see [confined]. Where that is in doubt,
// there is no fix: cancelling too early breaks the program, and cancelling
// too late is what the finding already says.
//
// Edits insert whole lines, so that comments stay with their statements.

// fixDiscarded returns a fix for a release function that nothing calls.
func (c *checker) fixDiscarded(a *acquisition) (analysis.SuggestedFix, bool) {
	f, ok := c.newFixer(a)
	if !ok || !f.deferrable() || a.Companion == nil || len(*a.Companion.Referrers()) == 0 {
		return analysis.SuggestedFix{}, false // nobody uses the context: delete the call instead
	}
	if a.source.blank() {
		return f.nameAndDefer()
	}
	if use, ok := f.blankUse(); ok {
		return f.replaceBlankUse(use)
	}
	return f.deferRelease()
}

// fixLost returns a fix for a release function that some path does not call.
func (c *checker) fixLost(a *acquisition, s *typestate.Track) (analysis.SuggestedFix, bool) {
	f, ok := c.newFixer(a)
	if !ok || s.Handed {
		return analysis.SuggestedFix{}, false // other code counts on calling it
	}
	if f.deferrable() {
		return f.deferRelease()
	}
	return f.releaseBeforeExits()
}

// A fixer makes the edits for one acquisition.
type fixer struct {
	editor
	pass *analysis.Pass
	a    *acquisition
	stmt *ast.AssignStmt
	list []ast.Stmt // that stmt is in
	next int        // index in list of the statement after stmt
	decl ast.Node   // the declaration around stmt
	file *ast.File
}

// newFixer returns a fixer for an acquisition that is a statement of its own.
func (c *checker) newFixer(a *acquisition) (*fixer, bool) {
	stmt, ok := a.source.stmt.(*ast.AssignStmt)
	if !ok || len(a.source.block) < 3 {
		return nil, false
	}
	f := &fixer{pass: c.pass, a: a, stmt: stmt, list: statements(a.source.block[0])}
	f.next = slices.Index(f.list, ast.Stmt(stmt)) + 1
	if f.next == 0 {
		return nil, false // the header of an if, for or switch statement
	}
	around := a.source.block[len(a.source.block)-2:]
	f.decl = around[0]
	f.file, ok = around[1].(*ast.File)
	if !ok {
		return nil, false
	}
	f.editor, ok = newEditor(c.pass, f.file)
	return f, ok
}

// statements returns the list of a node that holds one.
func statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// deferrable reports whether a deferred call behind the acquisition runs once
// for each, and when nothing uses the context any more.
func (f *fixer) deferrable() bool {
	fn := f.a.Call.Parent()
	if _, ok := fn.Syntax().(*ast.RangeStmt); ok {
		return false // a loop over a function: deferred calls wait for its end
	}
	return !ssax.InCycle(f.a.Call.Block()) && f.confined()
}

// confined reports whether every use of the context is over when the round or
// function that makes it ends.
func (f *fixer) confined() bool { return f.a.Companion == nil || confined(f.a.Companion) }

// nameAndDefer names a release function that the source throws away:
//
//	ctx, _ := context.WithCancel(parent)
//	     -
//	     cancel
//	ctx, cancel := context.WithCancel(parent)
//	defer cancel()
//	~~~~~~~~~~~~~~
//
// An assignment becomes a declaration where that declares nothing else;
// otherwise the new variable gets a declaration of its own:
//
//	var cancel context.CancelFunc
//	~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
//	s.ctx, cancel = context.WithCancel(parent)
func (f *fixer) nameAndDefer() (analysis.SuggestedFix, bool) {
	if f.a.source.target == nil || f.jumps() {
		return analysis.SuggestedFix{}, false // goto must not jump over a declaration
	}
	word := f.a.releaseWord()
	name := f.freshName(word)
	edits := []analysis.TextEdit{replace(f.a.source.target, name)}
	switch {
	case f.stmt.Tok == token.DEFINE:
	case f.redeclares():
		edits = append(edits, analysis.TextEdit{Pos: f.stmt.TokPos, End: f.stmt.TokPos + 1, NewText: []byte(":=")})
	default:
		typ, ok := f.releaseType()
		if !ok {
			return analysis.SuggestedFix{}, false
		}
		declaration, ok := f.lineBefore(f.stmt, "var "+name+" "+typ)
		if !ok {
			return analysis.SuggestedFix{}, false
		}
		edits = append(edits, declaration)
	}
	deferred, ok := f.lineAfter(f.stmt, "defer "+f.release(name))
	if !ok {
		return analysis.SuggestedFix{}, false
	}
	return analysis.SuggestedFix{
		Message:   "Name the " + word + " function and defer it",
		TextEdits: append(edits, deferred),
	}, true
}

// deferRelease calls a named release function at the end of the function:
//
//	ctx, cancel := context.WithTimeout(parent, time.Second)
//	defer cancel()
//	~~~~~~~~~~~~~~
//
// Calls that are there already stay: only the first has an effect.
func (f *fixer) deferRelease() (analysis.SuggestedFix, bool) {
	obj, ok := f.variable()
	if !ok {
		return analysis.SuggestedFix{}, false
	}
	call := f.release(obj.Name())
	edit, ok := f.lineAfter(f.stmt, "defer "+call)
	return analysis.SuggestedFix{Message: "Defer " + call, TextEdits: []analysis.TextEdit{edit}}, ok
}

// replaceBlankUse makes a use that only pleases the compiler a real one:
//
//	ctx, cancel := context.WithCancel(parent)
//	_ = cancel
//	----------
//	defer cancel()
func (f *fixer) replaceBlankUse(use *ast.AssignStmt) (analysis.SuggestedFix, bool) {
	call := f.release(use.Rhs[0].(*ast.Ident).Name)
	return analysis.SuggestedFix{
		Message:   "Defer " + call,
		TextEdits: []analysis.TextEdit{replace(use, "defer "+call)},
	}, true
}

// blankUse returns the statement "_ = cancel" if it is the only use of the
// release function and nothing between the acquisition and it can leave the
// function or skip it.
func (f *fixer) blankUse() (*ast.AssignStmt, bool) {
	obj, ok := f.variable()
	if !ok {
		return nil, false
	}
	for _, stmt := range f.list[f.next:] {
		if assign, ok := stmt.(*ast.AssignStmt); ok && len(assign.Lhs) == 1 && len(assign.Rhs) == 1 && isBlank(assign.Lhs[0]) {
			if id, ok := assign.Rhs[0].(*ast.Ident); ok && f.pass.TypesInfo.Uses[id] == obj {
				return assign, f.mentions(obj) == 1
			}
		}
		if leaves(stmt) {
			break
		}
	}
	return nil, false
}

// mentions counts the uses of the variable of the release function, other
// than as the target of the acquisition.
func (f *fixer) mentions(obj types.Object) int {
	n := 0
	for node := range ast.Preorder(f.decl) {
		if id, ok := node.(*ast.Ident); ok && id != f.a.source.target && f.pass.TypesInfo.Uses[id] == obj {
			n++
		}
	}
	return n
}

// variable returns the local variable that receives the release function.
func (f *fixer) variable() (types.Object, bool) {
	id, ok := f.a.source.target.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil, false
	}
	obj := f.pass.TypesInfo.ObjectOf(id)
	return obj, obj != nil && obj.Parent() != f.pass.Pkg.Scope()
}

// release returns a call of the release function, which may want a cause.
func (f *fixer) release(name string) string {
	if f.signature().Params().Len() == 1 {
		return name + "(nil)"
	}
	return name + "()"
}

// leaves reports whether a statement may end the function or jump.
func leaves(stmt ast.Stmt) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.LabeledStmt:
			found = true
		}
		return !found
	})
	return found
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}
