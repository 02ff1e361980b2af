package escape

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// smallArray is the size in bytes up to which the array of a growing slice
// costs no more than one that is made at once: since Go 1.26, append begins on
// the stack with as much.
// https://go.dev/blog/allocation-optimizations
const smallArray = 32

// preallocRule finds slices that start empty and get one element in each round
// of a loop whose number of rounds is known before it.
func (c *checker) preallocRule(fn *ssa.Function) {
	if !c.reporter.Enabled(appendGrowth) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if header := c.growsEachRound(call); header != nil {
					c.prealloc(call, header)
				}
			}
		}
	}
}

// growsEachRound returns the header of the loop in each round of which a call
// of append adds one element to a slice, or nil. The loop ends when its rounds
// are over, or with an error.
func (c *checker) growsEachRound(call *ssa.Call) *ssa.BasicBlock {
	if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" || len(call.Call.Args) != 2 {
		return nil
	}
	phi, ok := call.Call.Args[0].(*ssa.Phi)
	if !ok || len(phi.Edges) != 2 || !isSingle(call.Call.Args[1]) {
		return nil
	}
	header := phi.Block()
	back := 0
	if !header.Dominates(header.Preds[0]) {
		back = 1
	}
	if phi.Edges[back] != ssa.Value(call) || !header.Dominates(header.Preds[back]) || !startsEmpty(phi.Edges[1-back]) {
		return nil
	}
	latch := header.Preds[back]
	inLoop := func(b *ssa.BasicBlock) bool { return b == header || latch != header && ssax.Reaches(b, latch, header) }
	for _, b := range header.Parent().Blocks {
		if b == header || b == latch || !inLoop(b) {
			continue // range over an integer ends at its end
		}
		for _, succ := range b.Succs {
			if !inLoop(succ) && c.heat(succ.Instrs[0]).Level != allocmodel.Cold {
				return nil // it may end early
			}
		}
	}
	return header
}

// isSingle reports whether a value is the slice of one argument.
func isSingle(v ssa.Value) bool {
	slice, ok := v.(*ssa.Slice)
	if !ok {
		return false
	}
	alloc, ok := slice.X.(*ssa.Alloc)
	if !ok || alloc.Comment != "varargs" {
		return false
	}
	array, ok := alloc.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	return ok && array.Len() == 1
}

// startsEmpty reports whether a slice has no array yet.
func startsEmpty(v ssa.Value) bool {
	if ssax.IsNil(v) {
		return true
	}
	slice, ok := v.(*ssa.Slice)
	if !ok {
		return false
	}
	alloc, ok := slice.X.(*ssa.Alloc) // []T{}, make([]T, 0)
	if !ok {
		return false
	}
	array, ok := alloc.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	return ok && array.Len() == 0
}

func (c *checker) prealloc(call *ssa.Call, header *ssa.BasicBlock) {
	before := header.Idom()
	if before == nil || c.heat(call).Loops == 0 {
		return
	}
	heat := c.heat(before.Instrs[len(before.Instrs)-1])
	expr, around := c.callExpr(call.Pos())
	if expr == nil || heat.Level == allocmodel.Cold {
		return
	}
	id, ok := ast.Unparen(expr.Args[0]).(*ast.Ident)
	loop := loopAround(around)
	if !ok || loop == nil {
		return
	}
	size := c.pass.TypesSizes.Sizeof(call.Type().Underlying().(*types.Slice).Elem())
	bound, n := c.rounds(loop)
	if bound == "" || size == 0 || n >= 0 && n*size <= smallArray {
		return
	}
	d := pragma.Draft{
		Rule: appendGrowth, Pos: expr.Pos(), End: expr.End(),
		Message: fmt.Sprintf("%s grows to %s elements of %d bytes and is copied on the way %s; make it with that capacity", id.Name, bound, size, often(heat)),
	}
	if fix, ok := c.fixPrealloc(id, bound, loop); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
}

// loopAround returns the innermost loop around a place in a function.
func loopAround(around []ast.Node) ast.Stmt {
	for _, n := range around {
		switch n := n.(type) {
		case *ast.RangeStmt:
			return n
		case *ast.ForStmt:
			return n
		case *ast.FuncLit:
			return nil
		}
	}
	return nil
}

// rounds returns the number of rounds of a loop as an expression that could
// as well stand before it, and its value if that is constant, else -1.
func (c *checker) rounds(loop ast.Stmt) (expr string, n int64) {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		t := c.pass.TypesInfo.TypeOf(loop.X)
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		switch u := t.Underlying().(type) {
		case *types.Array:
			return fmt.Sprint(u.Len()), u.Len()
		case *types.Slice, *types.Map:
			if isPlace(loop.X) {
				return "len(" + types.ExprString(loop.X) + ")", -1
			}
		case *types.Basic:
			if u.Info()&types.IsInteger != 0 {
				return c.bound(loop.X)
			}
		}
	case *ast.ForStmt:
		if expr, n = c.countedRounds(loop); expr != "" && !c.changes(loop, loop.Cond.(*ast.BinaryExpr).Y) {
			return expr, n
		}
	}
	return "", 0
}

// changes reports whether a loop assigns to a variable in its bound: a list of
// work grows while it is worked on.
func (c *checker) changes(loop *ast.ForStmt, bound ast.Expr) bool {
	changed := false
	in := make(map[types.Object]bool)
	ast.Inspect(bound, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			in[c.pass.TypesInfo.Uses[id]] = true
		}
		return true
	})
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, lhs := range assign.Lhs {
				if root := rootOf(lhs); root != nil && in[c.pass.TypesInfo.Uses[root]] {
					changed = true
				}
			}
		}
		return true
	})
	return changed
}

// rootOf returns the variable that an expression is, or is a part of.
func rootOf(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return rootOf(e.X)
	}
	return nil
}

// countedRounds returns the bound of "for i := 0; i < bound; i++".
func (c *checker) countedRounds(loop *ast.ForStmt) (expr string, n int64) {
	init, ok := loop.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 {
		return "", 0
	}
	zero := c.pass.TypesInfo.Types[init.Rhs[0]].Value
	cond, ok := loop.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.LSS || zero == nil || zero.Kind() != constant.Int || constant.Sign(zero) != 0 {
		return "", 0
	}
	post, ok := loop.Post.(*ast.IncDecStmt)
	if !ok || post.Tok != token.INC || types.ExprString(post.X) != types.ExprString(cond.X) || types.ExprString(init.Lhs[0]) != types.ExprString(cond.X) {
		return "", 0
	}
	return c.bound(cond.Y)
}

// bound returns a number of rounds: a constant, a variable of type int, or the
// length of something.
func (c *checker) bound(e ast.Expr) (expr string, n int64) {
	tv := c.pass.TypesInfo.Types[e]
	if tv.Value != nil {
		n, exact := constant.Int64Val(constant.ToInt(tv.Value))
		if !exact {
			return "", 0
		}
		return types.ExprString(e), n
	}
	if !types.Identical(tv.Type, types.Typ[types.Int]) {
		return "", 0
	}
	if call, ok := e.(*ast.CallExpr); ok {
		id, ok := call.Fun.(*ast.Ident)
		if !ok || id.Name != "len" || len(call.Args) != 1 || !isPlace(call.Args[0]) {
			return "", 0
		}
		return types.ExprString(e), -1
	}
	if !isPlace(e) {
		return "", 0
	}
	return types.ExprString(e), -1
}

// isPlace reports whether an expression is a variable or a field of one, which
// costs nothing to evaluate once more.
func isPlace(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPlace(e.X)
	}
	return false
}

// fixPrealloc makes room where an empty slice is declared:
//
//	out := make([]T, 0, len(in))     // was: out := []T{}
//
// or, since others may tell nil from empty, behind the declaration:
//
//	var out []T
//	out = slices.Grow(out, len(in))
//
// which leaves a nil slice nil if there is nothing to make room for. A
// negative bound would panic, so it must be a length or constant, and the
// declaration must stand right before the loop.
func (c *checker) fixPrealloc(id *ast.Ident, bound string, loop ast.Stmt) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	if bound[0] != 'l' && (bound[0] < '0' || bound[0] > '9') {
		return none, false
	}
	decl := c.stmtBefore(loop)
	message := "Make " + id.Name + " with capacity " + bound
	switch decl := decl.(type) {
	case *ast.AssignStmt:
		if len(decl.Lhs) != 1 || decl.Tok != token.DEFINE || types.ExprString(decl.Lhs[0]) != id.Name || c.comments(decl.Pos(), decl.End()) {
			return none, false
		}
		t, ok := emptyLiteral(decl.Rhs[0])
		if !ok || c.means("make", loop.Pos()) != types.Universe.Lookup("make") {
			return none, false
		}
		text := "make(" + c.text(t.Pos(), t.End()) + ", 0, " + bound + ")"
		return analysis.SuggestedFix{Message: message, TextEdits: []analysis.TextEdit{{Pos: decl.Rhs[0].Pos(), End: decl.Rhs[0].End(), NewText: []byte(text)}}}, true
	case *ast.DeclStmt:
		gen := decl.Decl.(*ast.GenDecl)
		spec, ok := gen.Specs[0].(*ast.ValueSpec)
		if !ok || len(gen.Specs) != 1 || gen.Tok != token.VAR || len(spec.Names) != 1 || spec.Names[0].Name != id.Name || len(spec.Values) > 0 {
			return none, false
		}
		if version.Compare(c.reporter.Versions(id.Pos()).Language, "go1.21") < 0 {
			return none, false // has no package slices
		}
		name, edits, ok := c.importing("slices", loop.Pos())
		if !ok {
			return none, false
		}
		grow := fmt.Sprintf("%s = %s.Grow(%s, %s)\n%s", id.Name, name, id.Name, bound, c.indent(loop.Pos()))
		return analysis.SuggestedFix{Message: message, TextEdits: append(edits, insert(loop.Pos(), grow)...)}, true
	}
	return none, false
}

// emptyLiteral returns the type of []T{} or make([]T, 0).
func emptyLiteral(e ast.Expr) (ast.Expr, bool) {
	switch e := e.(type) {
	case *ast.CompositeLit:
		return e.Type, e.Type != nil && len(e.Elts) == 0
	case *ast.CallExpr:
		if len(e.Args) == 2 && types.ExprString(e.Fun) == "make" && types.ExprString(e.Args[1]) == "0" {
			return e.Args[0], true
		}
	}
	return nil, false
}

// stmtBefore returns the statement right before one in its block, or nil.
func (c *checker) stmtBefore(stmt ast.Stmt) ast.Stmt {
	for _, n := range c.around(stmt.Pos()) {
		block, ok := n.(*ast.BlockStmt)
		if !ok {
			continue
		}
		for i, s := range block.List {
			if s == stmt && i > 0 {
				return block.List[i-1]
			}
		}
	}
	return nil
}
