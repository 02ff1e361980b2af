package ctxleak

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// releaseBeforeExits calls the release function of one round of a loop, where
// a deferred call would come too late, before every statement that leaves the
// round without having called it:
//
//	for job := range jobs {
//		ctx, cancel := context.WithTimeout(parent, time.Second)
//		if err := run(ctx, job); err != nil {
//			cancel()
//			~~~~~~~~
//			continue
//		}
//		cancel()
//	}
//
// Whoever wrote the call at the end meant the context to be over by then; at
// the other exits, [confined] and what a return evaluates have to show it.
func (f *fixer) releaseBeforeExits() (analysis.SuggestedFix, bool) {
	obj, ok := f.variable()
	if !ok || f.pass.TypesInfo.Defs[f.a.source.target.(*ast.Ident)] != obj || !f.confined() {
		return analysis.SuggestedFix{}, false
	}
	w := &exitWalker{info: f.pass.TypesInfo, release: obj, clear: true}
	falls := w.list(f.list[f.next:], true)
	if falls || !w.clear || len(w.exits) == 0 || w.calls != f.mentions(obj) {
		return analysis.SuggestedFix{}, false
	}
	call := f.release(obj.Name())
	fix := analysis.SuggestedFix{Message: "Call " + call + " before the " + keyword(w.exits[0])}
	if len(w.exits) > 1 {
		fix.Message = "Call " + call + " wherever the round ends early"
	}
	for _, exit := range w.exits {
		if ret, ok := exit.(*ast.ReturnStmt); ok && !f.evaluatesLater(ret) {
			return analysis.SuggestedFix{}, false
		}
		edit, ok := f.lineBefore(exit, call)
		if !ok {
			return analysis.SuggestedFix{}, false
		}
		fix.TextEdits = append(fix.TextEdits, edit)
	}
	return fix, true
}

func keyword(exit ast.Stmt) string {
	if branch, ok := exit.(*ast.BranchStmt); ok {
		return branch.Tok.String()
	}
	return "return"
}

// An exitWalker walks the statements behind an acquisition, to the end of the
// list that they are in, and finds the exits from that list that may be
// reached before the release function is called. It goes by structure alone
// and takes every path to be possible: a call too many does no harm.
type exitWalker struct {
	info    *types.Info
	release types.Object

	calls int        // of the release function
	exits []ast.Stmt // returns, breaks and continues
	clear bool       // false: the list jumps in a way that this walk does not follow

	loops, breakable int  // statements around the current one, within the list
	broke            bool // an unlabelled break leaves the innermost of these before a call
}

// list walks statements. Given whether their start can be reached before a
// call, it reports whether their end can.
func (w *exitWalker) list(stmts []ast.Stmt, live bool) bool {
	for _, stmt := range stmts {
		live = w.stmt(stmt, live)
	}
	return live
}

func (w *exitWalker) stmt(stmt ast.Stmt, live bool) bool {
	switch s := stmt.(type) {
	case *ast.ExprStmt:
		return !w.isRelease(s.X) && live
	case *ast.DeferStmt:
		return !w.isRelease(s.Call) && live
	case *ast.ReturnStmt:
		return w.exit(s, live)
	case *ast.BranchStmt:
		return w.branch(s, live)
	case *ast.LabeledStmt:
		w.clear = false
	case *ast.BlockStmt:
		return w.list(s.List, live)
	case *ast.IfStmt:
		then, otherwise := w.list(s.Body.List, live), live
		if s.Else != nil {
			otherwise = w.stmt(s.Else, live)
		}
		return then || otherwise
	case *ast.ForStmt:
		w.loop(s.Body, live)
	case *ast.RangeStmt:
		w.loop(s.Body, live)
	case *ast.SwitchStmt:
		return w.clauses(s.Body, live, true)
	case *ast.TypeSwitchStmt:
		return w.clauses(s.Body, live, true)
	case *ast.SelectStmt:
		return w.clauses(s.Body, live, false)
	}
	return live
}

// loop walks the body of a loop, which may run no round at all.
func (w *exitWalker) loop(body *ast.BlockStmt, live bool) {
	broke := w.broke
	w.loops++
	w.breakable++
	w.list(body.List, live)
	w.loops--
	w.breakable--
	w.broke = broke
}

// clauses walks the body of a switch or select statement. Without a default
// clause, a switch may run none of its clauses.
func (w *exitWalker) clauses(body *ast.BlockStmt, live, optional bool) bool {
	broke := w.broke
	w.broke = false
	w.breakable++
	after := false
	for _, clause := range body.List {
		if c, ok := clause.(*ast.CaseClause); ok && c.List == nil {
			optional = false
		}
		end := w.list(statements(clause), live)
		after = after || end
	}
	w.breakable--
	after = after || w.broke || optional && live
	w.broke = broke
	return after
}

func (w *exitWalker) branch(s *ast.BranchStmt, live bool) bool {
	switch {
	case s.Tok == token.GOTO || s.Tok == token.FALLTHROUGH:
		w.clear = false
		return live
	case s.Label == nil && s.Tok == token.CONTINUE && w.loops > 0:
		return false
	case s.Label == nil && s.Tok == token.BREAK && w.breakable > 0:
		w.broke = w.broke || live
		return false
	}
	return w.exit(s, live) // labels are outside: there are none in the list
}

func (w *exitWalker) exit(s ast.Stmt, live bool) bool {
	if live {
		w.exits = append(w.exits, s)
	}
	return false
}

// isRelease reports whether an expression is a call of the release function.
func (w *exitWalker) isRelease(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok || w.info.Uses[id] != w.release {
		return false
	}
	w.calls++
	return true
}

// evaluatesLater reports whether the results of a return can as well be
// evaluated when the context has ended.
func (f *fixer) evaluatesLater(ret *ast.ReturnStmt) bool {
	if len(ret.Results) == 0 {
		// Named results have their values already. A pointer among them
		// cannot lead to the context, which is confined.
		return true
	}
	for _, result := range ret.Results {
		if !f.settled(result) {
			return false
		}
	}
	return true
}

// settled reports whether an expression is certain to have the same value
// after the context has ended as before.
func (f *fixer) settled(e ast.Expr) bool {
	tv := f.pass.TypesInfo.Types[e]
	if tv.IsNil() || tv.Value != nil || tv.IsBuiltin() {
		return true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.settled(e.X)
	case *ast.Ident:
		return inert(tv.Type)
	case *ast.SelectorExpr:
		if _, ok := f.pass.TypesInfo.Selections[e]; ok {
			return !tv.IsValue() || tv.Addressable() && inert(tv.Type) && f.settled(e.X)
		}
		_, isVar := f.pass.TypesInfo.Uses[e.Sel].(*types.Var)
		return isVar && inert(tv.Type) // io.EOF
	case *ast.BinaryExpr:
		return f.settled(e.X) && f.settled(e.Y)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && e.Op != token.AND && f.settled(e.X)
	case *ast.CallExpr:
		return f.settledCall(e)
	}
	return false
}

// formatters are functions that only look at their arguments, by
// [types.Func.FullName].
var formatters = map[string]bool{
	"errors.Join":  true, // https://pkg.go.dev/errors#Join
	"errors.New":   true, // https://pkg.go.dev/errors#New
	"fmt.Errorf":   true, // https://pkg.go.dev/fmt#Errorf
	"fmt.Sprint":   true, // https://pkg.go.dev/fmt#Sprint
	"fmt.Sprintf":  true, // https://pkg.go.dev/fmt#Sprintf
	"fmt.Sprintln": true, // https://pkg.go.dev/fmt#Sprintln
}

func (f *fixer) settledCall(call *ast.CallExpr) bool {
	fun := f.pass.TypesInfo.Types[call.Fun]
	callee, _ := typeutil.Callee(f.pass.TypesInfo, call).(*types.Func)
	if !fun.IsType() && !fun.IsBuiltin() && (callee == nil || !formatters[callee.FullName()]) {
		return false
	}
	for _, arg := range call.Args {
		if !f.settled(arg) {
			return false
		}
	}
	return true
}
