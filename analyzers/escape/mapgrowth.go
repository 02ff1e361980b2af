package escape

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// smallMap is the number of entries up to which a map does not grow: it is one
// group. https://go.dev/blog/swisstable
const smallMap = 8

// mapGrowthRule finds maps that are made without a size and get one entry in
// each round of a loop whose number of rounds is known before it.
func (c *checker) mapGrowthRule(fn *ssa.Function) {
	if !c.reporter.Enabled(mapGrowth) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if made, ok := instr.(*ssa.MakeMap); ok && made.Reserve == nil {
				if heat := c.heat(made); heat.Level != allocmodel.Cold || heat.Each {
					c.mapGrows(made, heat)
				}
			}
		}
	}
}

// mapGrows looks for the only entry that is put into a map.
func (c *checker) mapGrows(made *ssa.MakeMap, heat allocmodel.Heat) {
	puts := entries(made)
	if len(puts) != 1 || puts[0].Parent() != made.Parent() || !c.inEachRound(puts[0].Block()) {
		return
	}
	put := puts[0]
	if heat.Level != allocmodel.Cold && c.heat(put).Loops <= heat.Loops {
		return // few rounds, or slow ones
	}
	expr, _ := c.callExpr(made.Pos())
	loop := loopAround(c.around(put.Pos()))
	if expr == nil || len(expr.Args) != 1 || loop == nil || loop.Pos() < expr.End() || c.isNested(loop, expr.Pos()) {
		return
	}
	bound, n := c.rounds(loop)
	if bound == "" || n >= 0 && n <= smallMap {
		return
	}
	d := pragma.Draft{
		Rule: mapGrowth, Pos: expr.Pos(), End: expr.End(),
		Message: fmt.Sprintf("a map grows to %s entries, which are moved on the way, %s; make it with that size", bound, often(heat)),
	}
	if fix, ok := c.fixMapGrowth(expr, bound, loop); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
}

// entries returns what puts entries into a map, also by way of a variable that
// function literals share and that holds nothing else.
func entries(made *ssa.MakeMap) []*ssa.MapUpdate {
	puts := updates(made)
	for _, ref := range *made.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok {
			continue
		}
		if cell, ok := store.Addr.(*ssa.Alloc); ok && stores(cell) == 1 {
			puts = append(puts, entriesOf(cell)...)
		}
	}
	return puts
}

// updates returns the assignments to elements of a map.
func updates(m ssa.Value) []*ssa.MapUpdate {
	var puts []*ssa.MapUpdate
	for _, ref := range *m.Referrers() {
		if update, ok := ref.(*ssa.MapUpdate); ok && update.Map == m {
			puts = append(puts, update)
		}
	}
	return puts
}

// entriesOf returns the assignments to elements of the map in a variable.
func entriesOf(cell ssa.Value) []*ssa.MapUpdate {
	var puts []*ssa.MapUpdate
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			puts = append(puts, updates(ref)...)
		case *ssa.MakeClosure:
			for i, binding := range ref.Bindings {
				if binding == cell {
					puts = append(puts, entriesOf(ref.Fn.(*ssa.Function).FreeVars[i])...)
				}
			}
		}
	}
	return puts
}

// stores returns how often a variable is assigned to.
func stores(cell ssa.Value) int {
	n := 0
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == cell {
				n++
			}
		case *ssa.MakeClosure:
			for i, binding := range ref.Bindings {
				if binding == cell {
					n += stores(ref.Fn.(*ssa.Function).FreeVars[i])
				}
			}
		}
	}
	return n
}

// inEachRound reports whether a block runs in each round of the innermost loop
// around it, which does not end early but for an error.
func (c *checker) inEachRound(b *ssa.BasicBlock) bool {
	for header := b; header != nil; header = header.Idom() {
		var latches []*ssa.BasicBlock
		inside := false
		for _, pred := range header.Preds {
			if header.Dominates(pred) {
				latches = append(latches, pred)
				inside = inside || b == header || ssax.Reaches(b, pred, header)
			}
		}
		if inside {
			return len(latches) == 1 && b.Dominates(latches[0]) && c.endsAtHeader(header, latches[0])
		}
	}
	return false
}

// fixMapGrowth gives the size to make. A size is a hint that nobody can tell
// from none; len is never negative. The loop must follow at once, or range
// over a variable that is there already, so that the size can be evaluated
// here.
func (c *checker) fixMapGrowth(expr *ast.CallExpr, bound string, loop ast.Stmt) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	if bound[0] != 'l' && (bound[0] < '0' || bound[0] > '9') {
		return none, false
	}
	decl, ok := c.stmtBefore(loop).(*ast.AssignStmt)
	if !ok || len(decl.Rhs) != 1 || decl.Rhs[0] != ast.Expr(expr) || c.means("len", expr.Pos()) != types.Universe.Lookup("len") {
		return none, false
	}
	return analysis.SuggestedFix{
		Message:   "Make the map with size " + bound,
		TextEdits: insert(expr.Args[0].End(), ", "+bound),
	}, true
}
