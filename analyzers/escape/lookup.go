package escape

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
)

// lookupRule finds bytes that become a string in a variable of its own, only
// to be looked up in maps more than once. The compiler copies nothing if the
// conversion is itself the index, as in m[string(b)], or used once:
// https://go.dev/wiki/CompilerOptimizations#string-and-byte
func (c *checker) lookupRule(fn *ssa.Function) {
	if !c.reporter.Enabled(bytesLookup) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			conv, ok := instr.(*ssa.Convert)
			if !ok || !isString(conv.Type()) || !isBytes(conv.X.Type()) || !onlyLookedUp(conv) {
				continue
			}
			if heat := c.heat(conv); heat.Level != allocmodel.Cold {
				c.lookup(conv, heat)
			}
		}
	}
}

func isBytes(t types.Type) bool {
	slice, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	basic, ok := slice.Elem().Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Uint8
}

// onlyLookedUp reports whether a string is nothing but the index of reads from
// maps, and nothing that could change its bytes happens before the last one.
func onlyLookedUp(conv *ssa.Convert) bool {
	left := len(*conv.Referrers())
	if left < 2 {
		return false // the compiler sees to it
	}
	for _, ref := range *conv.Referrers() {
		look, ok := ref.(*ssa.Lookup)
		if !ok || look.Index != ssa.Value(conv) || look.X == ssa.Value(conv) || look.Block() != conv.Block() {
			return false
		}
	}
	behind := false
	for _, instr := range conv.Block().Instrs {
		switch instr := instr.(type) {
		case *ssa.Convert:
			behind = behind || instr == conv
		case *ssa.Lookup:
			if instr.Index == ssa.Value(conv) {
				if left--; left == 0 {
					return true
				}
			}
		case ssa.CallInstruction, *ssa.Store, *ssa.MapUpdate, *ssa.Send, *ssa.Select:
			if behind {
				return false
			}
		case *ssa.UnOp:
			if behind && instr.Op == token.ARROW {
				return false
			}
		}
	}
	return false
}

func (c *checker) lookup(conv *ssa.Convert, heat allocmodel.Heat) {
	expr, around := c.callExpr(conv.Pos())
	if expr == nil || len(around) == 0 {
		return
	}
	assign, ok := around[0].(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 1 || assign.Tok != token.DEFINE {
		return
	}
	id, ok := assign.Lhs[0].(*ast.Ident)
	if !ok {
		return
	}
	bytes := types.ExprString(expr.Args[0])
	d := pragma.Draft{
		Rule: bytesLookup, Pos: expr.Pos(), End: expr.End(),
		Message: "the bytes of " + bytes + " are copied " + often(heat) + ", only to be looked up; index with string(" + bytes + ") itself, which copies nothing",
	}
	if fix, ok := c.fixLookup(assign, id, expr); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
}

// fixLookup removes the variable and puts the conversion where it was used:
//
//	v, ok := m[string(b)]   // was: k := string(b); v, ok := m[k]
func (c *checker) fixLookup(assign *ast.AssignStmt, id *ast.Ident, conv *ast.CallExpr) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	block, ok := c.blockOf(assign)
	obj := c.pass.TypesInfo.Defs[id]
	if !ok || obj == nil || !isPlace(conv.Args[0]) {
		return none, false
	}
	text := c.text(conv.Pos(), conv.End())
	if strings.Contains(text, "\n") {
		return none, false
	}
	root := rootOf(conv.Args[0])
	var edits []analysis.TextEdit
	ok = true
	ast.Inspect(block, func(n ast.Node) bool {
		if index, isIndex := n.(*ast.IndexExpr); isIndex {
			if use, isID := index.Index.(*ast.Ident); isID && c.pass.TypesInfo.Uses[use] == obj {
				edits = append(edits, analysis.TextEdit{Pos: use.Pos(), End: use.End(), NewText: []byte(text)})
			}
		}
		if use, isID := n.(*ast.Ident); isID && c.pass.TypesInfo.Uses[use] == obj {
			ok = ok && len(edits) > 0 && edits[len(edits)-1].Pos == use.Pos() && c.means(root.Name, use.Pos()) == c.pass.TypesInfo.Uses[root]
		}
		return true
	})
	if !ok || len(edits) == 0 {
		return none, false
	}
	edits = append(edits, c.removal(assign))
	return analysis.SuggestedFix{Message: "Index with " + text, TextEdits: edits}, true
}

// blockOf returns the block that a statement is in.
func (c *checker) blockOf(stmt ast.Stmt) (*ast.BlockStmt, bool) {
	for _, n := range c.around(stmt.Pos()) {
		if block, ok := n.(*ast.BlockStmt); ok {
			for _, s := range block.List {
				if s == stmt {
					return block, true
				}
			}
			return nil, false
		}
	}
	return nil, false
}

// removal returns the edit that deletes a statement with its line.
func (c *checker) removal(stmt ast.Stmt) analysis.TextEdit {
	start, end := stmt.Pos(), stmt.End()
	file := c.pass.Fset.File(start)
	line := file.Line(start)
	if line < file.LineCount() && strings.TrimSpace(c.text(file.LineStart(line), start)) == "" && strings.TrimSpace(c.text(end, file.LineStart(line+1))) == "" {
		start, end = file.LineStart(line), file.LineStart(line+1)
	}
	return analysis.TextEdit{Pos: start, End: end}
}
