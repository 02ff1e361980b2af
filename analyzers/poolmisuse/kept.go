package poolmisuse

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// A keeping is an instruction that lets memory of a pooled object outlive the
// function that puts the object back.
type keeping struct {
	at   ssa.Instruction
	what string // "kept in r.raw"
}

// checkKept reports memory of an object that is stored where it outlives the
// function, or given to a goroutine, although the function puts the object
// back.
//
// Only surely outliving places count: fields of parameters, of what
// package-level variables hold and of structs that the function makes and
// returns, package-level variables, and goroutines that nothing in the function
// waits for. A field that the function assigns to
// again is a loan.
func (c *checker) checkKept(get transfer) {
	if !c.reporter.Enabled(keptAlias) {
		return
	}
	held := c.holdings(get.value)
	put := c.putOf(get, held)
	if put == nil {
		return
	}
	for _, block := range get.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			k := c.keeps(instr, held, put.call)
			if k == nil || !comesTo(k.at, put.call, get.call.Block()) {
				continue
			}
			c.reportKept(*put, *k)
			return
		}
	}
}

// comesTo reports whether what is kept at one instruction is put back by a
// call: later, before another object is taken, or at return.
func comesTo(at ssa.Instruction, put ssa.CallInstruction, get *ssa.BasicBlock) bool {
	if _, ok := put.(*ssa.Defer); ok {
		return true
	}
	if at.Block() == put.Block() {
		return slices.Index(at.Block().Instrs, at) < slices.Index(at.Block().Instrs, put.(ssa.Instruction))
	}
	return ssax.Reaches(at.Block(), put.Block(), get)
}

// putOf returns the put of an object in the function that takes it, if that
// happens for sure once the function gets there.
func (c *checker) putOf(get transfer, held map[ssa.Value]hold) *transfer {
	fn := get.call.Parent()
	for _, d := range c.deferred(fn) {
		if d.always && d.cell == nil && held[d.value] == whole {
			put := d.transfer
			put.call = d.stmt
			return &put
		}
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if put, ok := c.given(call); ok && put.sure && held[put.value] == whole {
				return &put
			}
		}
	}
	return nil
}

// keeps returns how an instruction keeps memory of an object, or nil.
func (c *checker) keeps(instr ssa.Instruction, held map[ssa.Value]hold, put ssa.CallInstruction) *keeping {
	switch instr := instr.(type) {
	case *ssa.Store:
		if held[instr.Val] == nothing || held[instr.Addr] != nothing {
			return nil
		}
		name := outliving(instr.Addr)
		if name == "" {
			name = inResult(instr.Addr, put)
		}
		if name != "" && !assignedAgain(instr) {
			return &keeping{instr, "kept in " + name}
		}
	case *ssa.Go:
		if !waits(instr) && c.passes(instr, held) {
			return &keeping{instr, "used by a goroutine that may run longer"}
		}
	case *ssa.Call:
		if callee := ssax.Callee(instr.Common()); callee != nil && keepers[callee.FullName()] && !stopped(instr) {
			if closure, ok := instr.Call.Args[1].(*ssa.MakeClosure); ok && bindsHeld(closure, held) {
				return &keeping{instr, "used by a function that runs later"}
			}
		}
	}
	return nil
}

// passes reports whether a goroutine gets hold of an object, other than to
// put it back itself.
func (c *checker) passes(started *ssa.Go, held map[ssa.Value]hold) bool {
	for _, arg := range arguments(started.Common()) {
		if held[arg] != nothing {
			return true
		}
	}
	closure, ok := started.Call.Value.(*ssa.MakeClosure)
	return ok && bindsHeld(closure, held)
}

// bindsHeld reports whether a function literal captures a variable that holds
// an object for good.
func bindsHeld(closure *ssa.MakeClosure, held map[ssa.Value]hold) bool {
	for _, b := range closure.Bindings {
		if cell, ok := b.(*ssa.Alloc); ok {
			if v := assignedOnce(cell); v != nil && held[v] != nothing {
				return true
			}
		}
	}
	return false
}

// stopped reports whether the timer that a call returns is used at all.
func stopped(call *ssa.Call) bool { return len(*call.Referrers()) > 0 }

// outliving names a place that outlives the function, or returns "".
func outliving(addr ssa.Value) string {
	switch a := addr.(type) {
	case *ssa.Global:
		return a.Name()
	case *ssa.FieldAddr:
		field := fieldOf(a.X.Type(), a.Field)
		switch owner := strip(a.X).(type) {
		case *ssa.Parameter:
			return owner.Name() + "." + field.Name()
		case *ssa.Global:
			return owner.Name() + "." + field.Name()
		case *ssa.UnOp:
			if g, ok := owner.X.(*ssa.Global); ok && owner.Op == token.MUL {
				return g.Name() + "." + field.Name()
			}
		}
	}
	return ""
}

// inResult names a field of a struct that the function makes and returns, once
// the put has been executed or deferred, or returns "".
func inResult(addr ssa.Value, put ssa.CallInstruction) string {
	field, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	made, ok := field.X.(*ssa.Alloc)
	if !ok {
		return ""
	}
	for _, block := range made.Parent().Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || block == made.Parent().Recover || besideError(ret) || put.Block() != block && !ssax.Reaches(put.Block(), block, nil) {
			continue
		}
		for _, r := range ret.Results {
			if isMade(r, made) || isMade(storedIn(r, ret), made) {
				return fmt.Sprintf("field %s of the result", fieldOf(field.X.Type(), field.Field).Name())
			}
		}
	}
	return ""
}

// isMade reports whether a value is a struct that the function made, its
// address, or an interface that holds one of them.
func isMade(v ssa.Value, made *ssa.Alloc) bool {
	for range 5 {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.UnOp:
			if x.X == ssa.Value(made) {
				return true
			}
			cell, ok := x.X.(*ssa.Alloc)
			if !ok {
				return false
			}
			v = assignedOnce(cell)
		default:
			return v == ssa.Value(made)
		}
	}
	return false
}

// assignedAgain reports whether the function assigns to the same field or
// variable a second time.
func assignedAgain(store *ssa.Store) bool {
	fns := append([]*ssa.Function{store.Parent()}, store.Parent().AnonFuncs...)
	for _, fn := range fns {
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				other, ok := instr.(*ssa.Store)
				if ok && other != store && (other.Addr == store.Addr || sameField(other.Addr, store.Addr)) {
					return true
				}
			}
		}
	}
	return false
}

func (c *checker) reportKept(put transfer, k keeping) {
	object := c.argumentText(put)
	pos := position(k.at)
	when := fmt.Sprintf("line %d puts it back", c.line(put.call.Pos()))
	if _, ok := put.call.(*ssa.Defer); ok {
		when = fmt.Sprintf("the defer on line %d puts it back at return", c.line(put.call.Pos()))
	}
	c.report(pragma.Draft{
		Rule: keptAlias, Pos: pos,
		Message: fmt.Sprintf("memory of %s is %s, but %s: the next user of the pool overwrites what is still in use; keep a copy, or put the object back when that ends", object, k.what, when),
		Witness: []pragma.Step{
			{Kind: "keep", Pos: pos, Text: "memory of the object is " + k.what},
			{Kind: "put", Pos: put.call.Pos(), Text: fmt.Sprintf("%s is put back", object)},
		},
	})
}
