package poolmisuse

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// repeated are the methods that callers call again and again, or that they
// call once too often without harm.
var repeated = map[string]bool{
	"Close": true, "Next": true, "Read": true, "Write": true, "Stop": true, "Flush": true, "Shutdown": true,
}

// checkRepeatable reports a method that people call more than once and that
// puts back its receiver, or a field that still has the object afterwards:
// the second call puts it again.
func (c *checker) checkRepeatable(put transfer) {
	fn := put.call.Parent()
	root := strip(put.value)
	for fn.Parent() != nil { // in a function literal, perhaps of a sync.Once
		fn = fn.Parent()
		root = outside(root)
	}
	if !c.reporter.Enabled(repeatable) || fn.Signature.Recv() == nil || !repeated[fn.Name()] || len(fn.Params) == 0 {
		return
	}
	recv := ssa.Value(fn.Params[0])
	what := ""
	if root == recv {
		what = "its receiver"
	}
	if load, ok := root.(*ssa.UnOp); ok {
		if f, ok := load.X.(*ssa.FieldAddr); ok && f.X == recv && !c.forgets(fn, f) {
			what = "field " + fieldOf(recv.Type(), f.Field).Name()
		}
	}
	closes := fn.Name() != "Read" && fn.Name() != "Write" && fn.Name() != "Next"
	if what == "" || (closes || root != recv) && guarded(put.call, recv) {
		return
	}
	pos, end := c.span(put.call)
	advice := "set the field to nil, and put nothing if it is"
	if root == recv {
		advice = "leave the put to an explicit release that is called once"
	}
	c.report(pragma.Draft{
		Rule: repeatable, Pos: pos, End: end,
		Message: fmt.Sprintf("%s puts %s back and keeps it: called once more, it puts the same object again, and the pool hands it to two goroutines; %s", fn.Name(), what, advice),
		Witness: []pragma.Step{
			{Kind: "put", Pos: pos, End: end, Text: fmt.Sprintf("%s puts %s back", fn.Name(), what)},
		},
	})
}

// outside returns what a value in a function literal is in the function around
// it: the only value of a captured variable.
func outside(v ssa.Value) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return v
	}
	free, ok := load.X.(*ssa.FreeVar)
	if !ok {
		return v
	}
	cell := captured(free.Parent(), free)
	if cell == nil {
		return v
	}
	if value := assignedOnce(cell); value != nil {
		return strip(value)
	}
	return v
}

// forgets reports whether a method assigns to a field that it puts back.
func (c *checker) forgets(fn *ssa.Function, field *ssa.FieldAddr) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if s, ok := instr.(*ssa.Store); ok && sameField(s.Addr, field) {
				return true
			}
		}
	}
	return false
}

// guarded reports whether a put stands under a condition on the receiver that
// the method itself changes, such as a flag or a counter.
func guarded(put ssa.CallInstruction, recv ssa.Value) bool {
	fn := put.Parent()
	if fn.Syntax() == nil || fn.Parent() != nil {
		return true // a literal runs once, or under a condition of its caller
	}
	if put.Block() == fn.Blocks[0] {
		return false
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				f, ok := instr.Addr.(*ssa.FieldAddr)
				if ok && f.X == recv && asked(fn, f) {
					return true
				}
			case *ssa.Call:
				if callee := ssax.Callee(instr.Common()); callee != nil && callee.Pkg() != nil && callee.Pkg().Path() == "sync/atomic" {
					return true
				}
			}
		}
	}
	return false
}

// asked reports whether a branch depends on a field that the function stores.
func asked(fn *ssa.Function, field *ssa.FieldAddr) bool {
	for _, block := range fn.Blocks {
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for _, op := range operands(branch.Cond, 0) {
			if load, ok := op.(*ssa.UnOp); ok && sameField(load.X, field) {
				return true
			}
		}
	}
	return false
}

func operands(v ssa.Value, depth int) []ssa.Value {
	found := []ssa.Value{v}
	instr, ok := v.(ssa.Instruction)
	if !ok || depth > 4 {
		return found
	}
	for _, op := range instr.Operands(nil) {
		if *op != nil {
			found = append(found, operands(*op, depth+1)...)
		}
	}
	return found
}
