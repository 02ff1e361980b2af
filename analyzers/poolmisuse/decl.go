package poolmisuse

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkPoolValue reports what is wrong with how a pool itself is handled.
func (c *checker) checkPoolValue(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.MUL && isPool(instr.Type()) {
			c.checkCopy(instr)
		}
	case *ssa.Store:
		if isPool(instr.Val.Type()) {
			c.checkReplaced(instr)
		}
	case *ssa.Alloc:
		if isPool(pointee(instr.Type())) {
			c.checkLocal(instr)
		}
	}
}

// checkCopy reports a load of a whole pool, unless it is that of a literal on
// its way to where it stays.
func (c *checker) checkCopy(load *ssa.UnOp) {
	if _, fresh := load.X.(*ssa.Alloc); fresh || !load.Pos().IsValid() && len(*load.Referrers()) == 0 {
		return
	}
	c.report(pragma.Draft{
		Rule: copied, Pos: position(load),
		Message: "the pool is copied: the copy shares the original's objects and hands them out a second time; keep a pointer to the pool",
		Witness: []pragma.Step{{Kind: "copy", Pos: position(load), Text: "the value of the pool is read, which copies it"}},
	})
}

// checkReplaced reports a new pool that takes the place of one that may be in
// use. Constructors, which fill what they have made themselves, may do that.
func (c *checker) checkReplaced(store *ssa.Store) {
	fn := store.Parent()
	if fn.Synthetic != "" {
		return
	}
	owner := store.Addr
	if f, ok := owner.(*ssa.FieldAddr); ok {
		owner = strip(f.X)
	}
	switch owner.(type) {
	case *ssa.Parameter, *ssa.Global, *ssa.FreeVar:
	default:
		return
	}
	pos := position(store)
	c.report(pragma.Draft{
		Rule: replaced, Pos: pos,
		Message: "the pool is replaced while other goroutines may use it: that is a data race, and its objects are lost; set up the pool once, before it is shared",
		Witness: []pragma.Step{{Kind: "store", Pos: pos, Text: "another pool is assigned"}},
	})
}

// checkLocal reports a pool that only the function that makes it can use.
func (c *checker) checkLocal(pool *ssa.Alloc) {
	if !c.reporter.Enabled(localPool) || pool.Comment == "complit" || pool.Comment == "new" {
		return
	}
	gets := 0
	for _, ref := range *pool.Referrers() {
		switch ref := ref.(type) {
		case *ssa.FieldAddr, *ssa.DebugRef:
		case *ssa.Store:
			if ref.Val == pool {
				return
			}
		case *ssa.Call:
			if !c.isTransfer(ref) {
				return
			}
			gets++
		case *ssa.Defer:
			if !c.isTransfer(ref) {
				return
			}
		default:
			return // somebody else gets to know it
		}
	}
	if gets == 0 || ssax.InCycle(pool.Block()) == false && c.usedInLoop(pool) {
		return
	}
	c.report(pragma.Draft{
		Rule: localPool, Pos: pool.Pos(),
		Message: fmt.Sprintf("%s is a variable of this function: every call makes a pool of its own, which is empty at first and garbage at the end; declare it at package level", pool.Comment),
		Witness: []pragma.Step{{Kind: "pool", Pos: pool.Pos(), Text: "the pool is made, and nothing outside the function gets to know it"}},
	})
}

// usedInLoop reports whether a pool serves the rounds of a loop.
func (c *checker) usedInLoop(pool *ssa.Alloc) bool {
	for _, ref := range *pool.Referrers() {
		if _, ok := ref.(ssa.CallInstruction); ok && ssax.InCycle(ref.Block()) {
			return true
		}
	}
	return false
}

// checkNewCall reports a call of a pool's New that stands where Get should.
func (c *checker) checkNewCall(instr ssa.CallInstruction) {
	call, ok := instr.(*ssa.Call)
	if !ok || call.Call.IsInvoke() {
		return
	}
	load, ok := call.Call.Value.(*ssa.UnOp)
	if !ok {
		return
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok || !isPool(pointee(field.X.Type())) {
		return
	}
	if c.fillsPool(call) || c.getsFrom(call.Parent(), poolOf(field.X)) {
		return
	}
	pos, end := c.span(call)
	c.report(pragma.Draft{
		Rule: newNotGet, Pos: pos, End: end,
		Message: fmt.Sprintf("%s makes a new object each time, whatever the pool holds; call Get, which calls New when the pool is empty", c.calleeText(call)),
		Witness: []pragma.Step{{Kind: "call", Pos: pos, End: end, Text: "New is called directly"}},
	})
}

// fillsPool reports whether a new object goes straight into the pool.
func (c *checker) fillsPool(call *ssa.Call) bool {
	for _, ref := range *call.Referrers() {
		if put, ok := ref.(ssa.CallInstruction); ok {
			if _, ok := c.given(put); ok {
				return true
			}
		}
	}
	return false
}

// getsFrom reports whether a function takes objects from a pool as well: New
// is then its answer to an empty pool.
func (c *checker) getsFrom(fn *ssa.Function, pool types.Object) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			for _, get := range c.got(call) {
				if get.pool == pool {
					return true
				}
			}
		}
	}
	return false
}

// checkNew reports a New that captures a variable which, before Go 1.22, all
// rounds of a loop share.
func (c *checker) checkNew(s *stock) {
	for _, fn := range s.news {
		for _, free := range fn.FreeVars {
			cell := captured(fn, free)
			if cell == nil || !c.isLoopVariable(cell) {
				continue
			}
			c.report(pragma.Draft{
				Rule: newCaptures, Pos: fn.Pos(),
				Message: fmt.Sprintf("New captures %s, which all rounds of the loop share before Go 1.22: every pool makes objects for its last value; copy it in the loop's body", free.Name()),
				Witness: []pragma.Step{
					{Kind: "variable", Pos: cell.Pos(), Text: "the loop has one variable for all rounds"},
					{Kind: "capture", Pos: fn.Pos(), Text: "New reads it whenever it is called, after the loop"},
				},
			})
		}
	}
}

// captured returns the variable behind a free variable of a literal.
func captured(fn *ssa.Function, free *ssa.FreeVar) *ssa.Alloc {
	if fn.Parent() == nil {
		return nil
	}
	for _, block := range fn.Parent().Blocks {
		for _, instr := range block.Instrs {
			closure, ok := instr.(*ssa.MakeClosure)
			if !ok || closure.Fn != fn {
				continue
			}
			for i, v := range fn.FreeVars {
				if v == free {
					cell, _ := closure.Bindings[i].(*ssa.Alloc)
					return cell
				}
			}
		}
	}
	return nil
}

// isLoopVariable reports whether a variable is that of a loop in a file whose
// language shares it between rounds.
func (c *checker) isLoopVariable(cell *ssa.Alloc) bool {
	language := c.reporter.Versions(cell.Pos()).Language
	if language == "" || version.Compare(language, "go1.22") >= 0 {
		return false
	}
	found := false
	if cell.Parent().Syntax() == nil {
		return false
	}
	ast.Inspect(cell.Parent().Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			found = found || n.Tok == token.DEFINE && (isAt(n.Key, cell) || isAt(n.Value, cell))
		case *ast.ForStmt:
			if init, ok := n.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE {
				for _, lhs := range init.Lhs {
					found = found || isAt(lhs, cell)
				}
			}
		}
		return !found
	})
	return found
}

func isAt(e ast.Expr, cell *ssa.Alloc) bool { return e != nil && e.Pos() == cell.Pos() }

// checkScoped reports objects that a framework pools itself and that a
// goroutine keeps beyond the handler they were given to.
func (c *checker) checkScoped(call ssa.CallInstruction) {
	started, ok := call.(*ssa.Go)
	if !ok || !c.reporter.Enabled(scopedRetained) || waits(started) {
		return
	}
	values := arguments(started.Common())
	if closure, ok := started.Call.Value.(*ssa.MakeClosure); ok {
		values = append(values[:len(values):len(values)], closure.Bindings...)
	}
	for _, v := range values {
		t := v.Type()
		if cell, ok := v.(*ssa.Alloc); ok {
			t = pointee(cell.Type())
			if assigned := assignedOnce(cell); assigned != nil {
				v = assigned
			}
		}
		p := pointee(t)
		if p == nil {
			continue
		}
		advice, ok := scoped[typeName(p)]
		if _, param := v.(*ssa.Parameter); !ok || !param {
			continue
		}
		pos := started.Pos()
		c.report(pragma.Draft{
			Rule: scopedRetained, Pos: pos,
			Message: fmt.Sprintf("the goroutine keeps %s, which its framework gives to another request once this function has returned; %s", v.Name(), advice),
			Witness: []pragma.Step{
				{Kind: "parameter", Pos: v.Pos(), Text: fmt.Sprintf("%s is a %s, which is valid until the function returns", v.Name(), c.typeText(t))},
				{Kind: "go", Pos: pos, Text: "the goroutine may run longer"},
			},
		})
		return
	}
}

// waits reports whether a function waits for something after it has started a
// goroutine: it may be that one.
func waits(started ssa.Instruction) bool {
	fn := started.Parent()
	for _, block := range fn.Blocks {
		if block != started.Block() && !ssax.Reaches(started.Block(), block, nil) {
			continue
		}
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return true
				}
			case *ssa.Select:
				return true
			case *ssa.Next:
				return true
			case *ssa.Call:
				if callee := ssax.Callee(instr.Common()); callee != nil && (waiting[callee.FullName()] || callee.Name() == "Wait") {
					return true
				}
			case *ssa.Defer:
				if callee := ssax.Callee(instr.Common()); callee != nil && (waiting[callee.FullName()] || callee.Name() == "Wait") {
					return true
				}
			}
		}
	}
	return false
}
