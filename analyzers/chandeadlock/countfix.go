package chandeadlock

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/chanmodel"
)

// roomFix gives a channel room for all that is sent to it, if each goroutine
// sends once and it is plain how many there are.
func (c *checker) roomFix(sh *chanmodel.Shortage) []analysis.SuggestedFix {
	if sh.Kind != chanmodel.Send || sh.Blocked.Go == nil || sh.Cap != 0 || sh.Made.Cap.Sym != "" || sh.Each != 1 || c.model.SendsRepeat(sh.Resource) {
		return nil
	}
	room, loops := c.bound(sh.Blocked.Go.Pos, sh.Made.Pos)
	switch {
	case sh.Need == 1 && loops == 0:
		room = "1"
	case sh.Need == 1 && loops == 1: // on this path; others start more
	case sh.Need != sh.Blocked.Count || !sh.Unknown:
		return nil
	}
	s, ok := c.syntaxAt(sh.Made.Pos)
	if !ok || room == "" {
		return nil
	}
	call, ok := s.node.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	edit := analysis.TextEdit{Pos: call.Args[0].End(), End: call.Rparen, NewText: []byte(", " + room)}
	return []analysis.SuggestedFix{{Message: "make the channel with room for " + room, TextEdits: []analysis.TextEdit{edit}}}
}

// bound returns an expression for how often the innermost loop around a go
// statement runs, that has the same value where the channel is made, and the
// number of loops around it that begin after the channel is made.
func (c *checker) bound(spawn, made token.Pos) (text string, loops int) {
	for _, file := range c.pass.Files {
		if file.FileStart > spawn || spawn > file.FileEnd {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil || spawn < n.Pos() || n.End() <= spawn {
				return false
			}
			switch n := n.(type) {
			case *ast.ForStmt:
				if n.Pos() > made {
					loops, text = loops+1, ""
				}
			case *ast.RangeStmt:
				if n.Pos() > made {
					loops, text = loops+1, c.rounds(n, made)
				}
			}
			return true
		})
	}
	if loops != 1 {
		text = ""
	}
	return text, loops
}

// rounds returns an expression for how often a range loop runs, or "".
func (c *checker) rounds(loop *ast.RangeStmt, made token.Pos) string {
	id, ok := ast.Unparen(loop.X).(*ast.Ident)
	if !ok {
		return ""
	}
	obj, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || obj.Pos() > made {
		return ""
	}
	switch t := obj.Type().Underlying().(type) {
	case *types.Slice, *types.Map:
		return "len(" + id.Name + ")"
	case *types.Basic:
		if t.Info()&types.IsInteger != 0 {
			return id.Name
		}
	}
	return ""
}
