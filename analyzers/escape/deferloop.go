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
	"github.com/perflint/perflint/internal/ssax"
)

// deferRule finds defer statements in loops. Each round allocates a record,
// and what it would release stays until the function returns.
//
// What other analyzers know better is left to them, and so is a resource that
// outlives the round on purpose, because it is collected or returned.
func (c *checker) deferRule(fn *ssa.Function) {
	if !c.reporter.Enabled(deferInLoop) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok || ssax.IsLoopBody(fn) || !ssax.InCycle(b) || othersDefer(&d.Call) {
				continue
			}
			if heat := c.heat(d); heat.Level != allocmodel.Cold && c.loopHeats(d, heat) && c.eachRound(b) && staysInRound(d) {
				c.deferInLoop(d, heat)
			}
		}
	}
}

// loopHeats reports whether the loop around an instruction adds to its heat,
// so that it has many rounds.
func (c *checker) loopHeats(instr ssa.Instruction, heat allocmodel.Heat) bool {
	entry := instr.Parent().Blocks[0]
	return heat.Level == allocmodel.Hot && heat.Loops > c.heat(entry.Instrs[0]).Loops
}

// eachRound reports whether a block runs in each round of the innermost loop
// around it, but for those that end with an error: what is deferred on a
// condition piles up less.
func (c *checker) eachRound(b *ssa.BasicBlock) bool {
	for header := b; header != nil; header = header.Idom() {
		inside, each := false, true
		for _, pred := range header.Preds {
			if header.Dominates(pred) && c.heat(pred.Instrs[len(pred.Instrs)-1]).Level != allocmodel.Cold {
				inside = inside || b == header || ssax.Reaches(b, pred, header)
				each = each && b.Dominates(pred)
			}
		}
		if inside {
			return each
		}
	}
	return false
}

// othersDefer reports whether a deferred call belongs to another analyzer:
// cancel functions, timers, pools, and locks, which would be locked twice.
func othersDefer(call *ssa.CallCommon) bool {
	if callee := ssax.Callee(call); callee != nil {
		return deferredByOthers.Has(callee)
	}
	named, ok := types.Unalias(call.Value.Type()).(*types.Named)
	return ok && named.Obj().Pkg() != nil && deferredTypes[named.Obj().Pkg().Path()+"."+named.Obj().Name()]
}

// staysInRound reports whether a deferred call releases something, which is
// taken from its being a method without arguments, and whether that is used in
// the round of the loop only. Its receiver is followed through
// conversions, calls and interfaces: something made from it, such as a
// scanner, counts as well. It is not safe to say about what is stored,
// collected, sent, returned, or captured by another function.
func staysInRound(d *ssa.Defer) bool {
	var roots []ssa.Value
	switch callee := ssax.Callee(&d.Call); {
	case callee == nil || callee.Signature().Recv() == nil || callee.Signature().Params().Len() > 0:
		return false // a function literal, or something that is to be done at the end
	case d.Call.IsInvoke():
		roots = []ssa.Value{d.Call.Value}
	default:
		roots = []ssa.Value{d.Call.Args[0]}
	}
	// Field by field, back to where it was made: defer resp.Body.Close().
	for v := roots[0]; ; {
		switch x := v.(type) {
		case *ssa.UnOp:
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		default:
			return madeHere(v, d) && !leaves(v, make(map[ssa.Value]bool))
		}
	}
}

// madeHere reports whether a value comes from a call in the same loop.
func madeHere(v ssa.Value, d *ssa.Defer) bool {
	if extract, ok := v.(*ssa.Extract); ok {
		v = extract.Tuple
	}
	call, ok := v.(*ssa.Call)
	return ok && call.Block().Dominates(d.Block()) && ssax.Reaches(d.Block(), call.Block(), nil)
}

// leaves reports whether a value, or what is made from it, may outlive the
// round of the loop that it is made in.
func leaves(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] || v.Referrers() == nil {
		return false
	}
	seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Val == v {
				return true
			}
		case *ssa.Phi, *ssa.MakeClosure, *ssa.MapUpdate, *ssa.Send, *ssa.Return, *ssa.Go:
			return true
		case ssa.Value:
			if holds(ref.Type()) && leaves(ref, seen) {
				return true
			}
		}
	}
	return false
}

// holds reports whether values of a type can refer to what they were made
// from. Errors and strings do not.
func holds(t types.Type) bool {
	if ssax.IsError(t) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Slice:
		return holds(u.Elem())
	case *types.Tuple:
		for v := range u.Variables() {
			if holds(v.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

func (c *checker) deferInLoop(d *ssa.Defer, heat allocmodel.Heat) {
	var stmt *ast.DeferStmt
	around := c.around(d.Pos())
	for i, n := range around {
		if found, ok := n.(*ast.DeferStmt); ok {
			stmt, around = found, around[i+1:]
			break
		}
	}
	if stmt == nil {
		return
	}
	draft := pragma.Draft{
		Rule: deferInLoop, Pos: stmt.Pos(), End: stmt.End(),
		Message: types.ExprString(stmt.Call.Fun) + " is deferred " + often(heat) + ", and each call waits in memory until the function returns; make the body of the loop a function",
	}
	if fix, ok := c.fixDefer(stmt, around); ok {
		draft.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(draft, heat)
}

// fixDefer makes the body of the loop a function literal that is called at
// once:
//
//	for _, name := range names {
//		func() {
//			f, err := os.Open(name)
//			…
//			defer f.Close()
//			…
//		}()
//	}
//
// Only if nothing in the body leaves it: return, break, continue and goto
// would mean something else. A deferred literal might recover, and would then
// let the loop go on; it gets no fix.
func (c *checker) fixDefer(stmt *ast.DeferStmt, around []ast.Node) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	if len(around) < 2 {
		return none, false
	}
	block, ok := around[0].(*ast.BlockStmt)
	if !ok || loopBody(around[1]) != block || leavesBlock(block) {
		return none, false
	}
	text := c.text(block.Lbrace+1, block.Rbrace)
	if strings.Contains(text, "`") || strings.Contains(text, "recover(") || c.line(block.Lbrace) == c.line(block.Rbrace) {
		return none, false // indenting would change raw strings
	}
	indent := c.indent(around[1].Pos()) + "\t"
	body := strings.TrimRight(strings.ReplaceAll(text, "\n", "\n\t"), " \t\n")
	return analysis.SuggestedFix{
		Message:   "Make the body of the loop a function",
		TextEdits: []analysis.TextEdit{{Pos: block.Lbrace + 1, End: block.Rbrace, NewText: []byte("\n" + indent + "func() {" + body + "\n" + indent + "}()\n" + indent[1:])}},
	}, true
}

func loopBody(n ast.Node) *ast.BlockStmt {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

// leavesBlock reports whether a statement in a block may leave it. That of an
// inner loop or switch does not count unless it has a label.
func leavesBlock(block *ast.BlockStmt) bool {
	leaves := false
	var visit func(n ast.Node, breaks, continues bool)
	visit = func(root ast.Node, breaks, continues bool) {
		ast.Inspect(root, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				leaves = true
			case *ast.BranchStmt:
				own := n.Tok == token.BREAK && breaks || n.Tok == token.CONTINUE && continues || n.Tok == token.FALLTHROUGH
				leaves = leaves || !own || n.Label != nil
			case *ast.LabeledStmt:
				leaves = true
			case *ast.ForStmt, *ast.RangeStmt:
				if n != root {
					visit(n, true, true)
					return false
				}
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				if n != root {
					visit(n, true, continues)
					return false
				}
			}
			return true
		})
	}
	visit(block, false, false)
	return leaves
}
