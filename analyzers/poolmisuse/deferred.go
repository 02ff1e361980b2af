package poolmisuse

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A deferred is a put that happens when its function returns.
type deferred struct {
	transfer
	stmt   *ssa.Defer
	cell   *ssa.Alloc // the variable whose value is put, if a closure reads it only then
	always bool       // whether the put happens whatever else is the case, once the statement ran
}

// deferred returns the puts that a function defers, directly or in a deferred
// function literal, in the order of the blocks.
func (c *checker) deferred(fn *ssa.Function) []deferred {
	if found, ok := c.defers[fn]; ok {
		return found
	}
	var found []deferred
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			stmt, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			if put, ok := c.given(stmt); ok {
				found = append(found, deferred{transfer: put, stmt: stmt, always: put.sure})
				continue
			}
			if closure, ok := stmt.Call.Value.(*ssa.MakeClosure); ok {
				found = append(found, c.inClosure(stmt, closure)...)
			}
		}
	}
	c.defers[fn] = found
	return found
}

// inClosure returns the puts in a deferred function literal of objects that
// the function around it holds.
func (c *checker) inClosure(stmt *ssa.Defer, closure *ssa.MakeClosure) []deferred {
	var found []deferred
	body := closure.Fn.(*ssa.Function)
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			put, ok := c.given(call)
			if !ok {
				continue
			}
			load, ok := strip(put.value).(*ssa.UnOp)
			if !ok {
				continue
			}
			i := slices.IndexFunc(body.FreeVars, func(v *ssa.FreeVar) bool { return ssa.Value(v) == load.X })
			if i < 0 {
				continue
			}
			cell, ok := closure.Bindings[i].(*ssa.Alloc)
			if !ok {
				continue
			}
			d := deferred{transfer: put, stmt: stmt, cell: cell, always: put.sure && c.unconditional(call, load)}
			if value := assignedOnce(cell); value != nil {
				d.value, d.cell = value, nil
			}
			found = append(found, d)
		}
	}
	return found
}
