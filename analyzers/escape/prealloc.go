package escape

import (
	"fmt"
	"go/ast"
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
	if !isAppend(call) {
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
	if !c.endsAtHeader(header, header.Preds[back]) {
		return nil
	}
	return header
}

// endsAtHeader reports whether a loop with one back edge ends when its rounds
// are over, or with an error.
func (c *checker) endsAtHeader(header, latch *ssa.BasicBlock) bool {
	inLoop := func(b *ssa.BasicBlock) bool {
		return b == header || latch != header && header.Dominates(b) && ssax.Reaches(b, latch, header)
	}
	for _, b := range header.Parent().Blocks {
		if b == header || b == latch || !inLoop(b) {
			continue // range over an integer ends at its end
		}
		for _, succ := range b.Succs {
			if !inLoop(succ) && c.heat(succ.Instrs[0]).Level != allocmodel.Cold {
				return false // it may end early
			}
		}
	}
	return true
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
	if before == nil {
		return
	}
	heat := c.heat(before.Instrs[len(before.Instrs)-1])
	if !heat.Each && (heat.Level == allocmodel.Cold || c.heat(call).Loops == 0) {
		return
	}
	expr, around := c.callExpr(call.Pos())
	if expr == nil {
		return
	}
	id, ok := ast.Unparen(expr.Args[0]).(*ast.Ident)
	loop := loopAround(around)
	if !ok || loop == nil {
		return
	}
	size := c.sizeOf(call.Type().Underlying().(*types.Slice).Elem())
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

// sizeOf returns the size of a type's values in bytes, 0 if a type parameter
// decides.
func (c *checker) sizeOf(t types.Type) int64 {
	if hasTypeParam(t) {
		return 0
	}
	return c.pass.TypesSizes.Sizeof(t)
}

// hasTypeParam reports whether the size of a type depends on a type parameter.
func hasTypeParam(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if hasTypeParam(arg) {
				return true
			}
		}
		return false
	case *types.Array:
		return hasTypeParam(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if hasTypeParam(f.Type()) {
				return true
			}
		}
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
