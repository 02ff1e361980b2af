package escape

import (
	"fmt"
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

// appendsRule finds slices that start empty and get several parts, one after
// the other, whose lengths are known before the first.
func (c *checker) appendsRule(fn *ssa.Function) {
	if !c.reporter.Enabled(appendGrowth) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && isAppend(call) && startsEmpty(call.Call.Args[0]) {
				c.appends(call)
			}
		}
	}
}

func isAppend(call *ssa.Call) bool {
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "append" && len(call.Call.Args) == 2
}

// A part is what one call of append adds.
type part struct {
	call *ssa.Call
	expr *ast.CallExpr
	n    int64  // how many elements that are
	text string // or an expression for that; "" if n is known
}

func (c *checker) appends(head *ssa.Call) {
	heat := c.heat(head)
	if heat.Level == allocmodel.Cold && !heat.Each {
		return
	}
	var parts []part
	for call := head; call != nil; call = c.nextAppend(call) {
		p, ok := c.partOf(call, head)
		if !ok {
			break
		}
		parts = append(parts, p)
	}
	size := c.sizeOf(head.Type().Underlying().(*types.Slice).Elem())
	if size == 0 || !growsAgain(parts) {
		return
	}
	name := "a slice"
	if id, ok := ast.Unparen(parts[0].expr.Args[0]).(*ast.Ident); ok && id.Name != "nil" {
		name = id.Name
	}
	bound := total(parts)
	d := pragma.Draft{
		Rule: appendGrowth, Pos: parts[0].expr.Pos(), End: parts[0].expr.End(),
		Message: fmt.Sprintf("%s grows to %s elements of %d bytes in %d steps and is copied on the way %s; make it with that capacity", name, bound, size, len(parts), often(heat)),
	}
	if fix, ok := c.fixAppends(parts, bound); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
}

// growsAgain reports whether a slice is likely to be copied: something of
// unknown length is not the last part, or the array that make allocates for
// the first one is too small. Where a slice does not come from make, few
// elements at its beginning are on the stack since Go 1.26.
func growsAgain(parts []part) bool {
	if len(parts) < 2 {
		return false
	}
	for _, p := range parts[:len(parts)-1] {
		if p.text != "" {
			return true
		}
	}
	made, ok := parts[0].call.Call.Args[0].(*ssa.Slice)
	return ok && made.X.(*ssa.Alloc).Comment == "makeslice" && parts[len(parts)-1].text != ""
}

// total returns an expression for the number of elements of all parts; "all" if
// that is too long to read.
func total(parts []part) string {
	n, text := int64(0), make([]string, 0, len(parts)+1)
	for _, p := range parts {
		if p.text == "" {
			n += p.n
			continue
		}
		text = append(text, p.text)
	}
	if n > 0 {
		text = append(text, fmt.Sprint(n))
	}
	if len(text) > 4 {
		return "all"
	}
	return strings.Join(text, "+")
}

// nextAppend returns the call of append that is all that uses the result of
// another one, and that follows unless there is an error, or nil.
func (c *checker) nextAppend(call *ssa.Call) *ssa.Call {
	var next *ssa.Call
	for _, use := range *call.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Call:
			switch {
			case isLenOf(use, call):
			case next == nil && isAppend(use) && use.Call.Args[0] == ssa.Value(call) && use.Call.Args[1] != ssa.Value(call):
				next = use
			default:
				return nil
			}
		default:
			return nil
		}
	}
	if next == nil || ssax.InCycle(next.Block()) != ssax.InCycle(call.Block()) || !c.follows(call.Block(), next.Block()) {
		return nil
	}
	return next
}

// follows reports whether a block leads to another one unless there is an
// error.
func (c *checker) follows(from, to *ssa.BasicBlock) bool {
	for range len(from.Parent().Blocks) {
		if from == to {
			return true
		}
		var next *ssa.BasicBlock
		for _, succ := range from.Succs {
			if c.heat(succ.Instrs[0]).Level == allocmodel.Cold {
				continue
			}
			if next != nil {
				return false
			}
			next = succ
		}
		if next == nil {
			return false
		}
		from = next
	}
	return false
}

// partOf returns what a call of append adds, if its length can be told before
// the first call.
func (c *checker) partOf(call, head *ssa.Call) (part, bool) {
	expr, _ := c.callExpr(call.Pos())
	if expr == nil || len(expr.Args) < 2 {
		return part{}, false
	}
	p := part{call: call, expr: expr}
	if !expr.Ellipsis.IsValid() {
		p.n = int64(len(expr.Args) - 1)
		return p, true
	}
	added := ast.Unparen(expr.Args[1])
	if tv := c.pass.TypesInfo.Types[added]; tv.Value != nil || !isSection(added) || !known(call.Call.Args[1], head, 6) {
		return part{}, false
	}
	p.text = "len(" + types.ExprString(added) + ")"
	return p, true
}

// isSection reports whether an expression is a place or a part of one.
func isSection(e ast.Expr) bool {
	slice, ok := e.(*ast.SliceExpr)
	if !ok {
		return isPlace(e)
	}
	for _, bound := range []ast.Expr{slice.Low, slice.High} {
		if bound != nil && !isSum(bound) {
			return false
		}
	}
	return slice.Max == nil && isPlace(slice.X)
}

// isSum reports whether an expression is made of places and constants.
func isSum(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		return (e.Op == token.ADD || e.Op == token.SUB) && isSum(e.X) && isSum(e.Y)
	}
	return isPlace(e)
}

// known reports whether a value can be computed before an instruction.
func known(v ssa.Value, at ssa.Instruction, depth int) bool {
	def, ok := v.(ssa.Instruction)
	if !ok {
		return true // a constant, parameter …
	}
	b := def.Block()
	if b != at.Block() && b.Dominates(at.Block()) || b == at.Block() && precedes(def, at) {
		return true
	}
	switch def.(type) {
	case *ssa.Slice, *ssa.UnOp, *ssa.FieldAddr, *ssa.Field, *ssa.BinOp:
	default:
		return false
	}
	for _, op := range def.Operands(nil) {
		if *op != nil && (depth == 0 || !known(*op, at, depth-1)) {
			return false
		}
	}
	return true
}

// precedes reports whether an instruction comes before another one of its
// block.
func precedes(x, y ssa.Instruction) bool {
	for _, instr := range x.Block().Instrs {
		switch instr {
		case x:
			return true
		case y:
			return false
		}
	}
	return false
}

// fixAppends makes room where the slice is declared, if nothing but the calls
// of append follows the declaration, and none of them calls anything that could
// change what the lengths are made of.
func (c *checker) fixAppends(parts []part, bound string) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	var first, previous ast.Stmt
	id, ok := ast.Unparen(parts[0].expr.Args[0]).(*ast.Ident)
	if !ok || c.means("len", parts[0].expr.Pos()) != types.Universe.Lookup("len") {
		return none, false
	}
	for _, p := range parts {
		stmt := c.assignment(p.expr, id.Name)
		if stmt == nil || previous != nil && c.stmtBefore(stmt) != previous || hasCall(p.expr) {
			return none, false
		}
		if first == nil {
			first = stmt
		}
		previous = stmt
	}
	return c.fixPrealloc(id, bound, first)
}

// assignment returns the statement "name = append(name, …)" around a call, or
// nil.
func (c *checker) assignment(call *ast.CallExpr, name string) ast.Stmt {
	_, around := c.callExpr(call.Lparen)
	if len(around) == 0 {
		return nil
	}
	stmt, ok := around[0].(*ast.AssignStmt)
	if !ok || len(stmt.Lhs) != 1 || stmt.Tok != token.ASSIGN || types.ExprString(stmt.Lhs[0]) != name || types.ExprString(call.Args[0]) != name {
		return nil
	}
	return stmt
}

// hasCall reports whether an argument of a call has another call in it, or
// receives something.
func hasCall(call *ast.CallExpr) bool {
	found := false
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr, *ast.FuncLit:
				found = true
			case *ast.UnaryExpr:
				found = found || n.Op == token.ARROW
			}
			return !found
		})
	}
	return found
}
