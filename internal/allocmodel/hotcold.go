package allocmodel

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// coldBlocks returns, by block index, why a block runs seldom even if its
// function runs often; "" where nothing says so.
//
// A block is on the way to an error if each path from it ends in a return
// whose last result is an error that is surely not nil, or in a panic. That is
// a least fixed point: a loop is on the way to nothing. A block that is
// dominated by the outcome of a comparison of an error with nil is cold as
// well, whatever it does about the error; so is one that runs while a package
// variable is nil, and fills it. Code that takes errors for answers
// (a reader's end of input) is called cold wrongly.
func coldBlocks(fn *ssa.Function, failures ssax.Names[bool]) []string {
	cold := make([]string, len(fn.Blocks))
	for _, b := range fn.Blocks {
		cold[b.Index] = ending(b, failures)
	}
	for changed := true; changed; {
		changed = false
		for i := len(fn.Blocks) - 1; i >= 0; i-- {
			b := fn.Blocks[i]
			if cold[i] != "" || len(b.Succs) == 0 {
				continue
			}
			why := cold[b.Succs[0].Index]
			for _, succ := range b.Succs[1:] {
				if cold[succ.Index] == "" {
					why = ""
				}
			}
			if why != "" {
				cold[i], changed = why, true
			}
		}
	}
	for _, b := range fn.Blocks {
		for i, succ := range b.Succs {
			if v, isNil := ssax.NilTest(b, i); v != nil && !isNil && ssax.IsError(v.Type()) && len(succ.Preds) == 1 {
				markDominated(succ, cold, "only when there is an error")
			} else if v != nil && isNil && len(succ.Preds) == 1 && fillsGlobal(v, succ) {
				markDominated(succ, cold, "only once, when it is first needed")
			}
		}
	}
	return cold
}

// fillsGlobal reports whether a value is that of a package variable to which a
// block, or one that it dominates, assigns.
func fillsGlobal(v ssa.Value, b *ssa.BasicBlock) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	global, ok := load.X.(*ssa.Global)
	if !ok {
		return false
	}
	for _, instr := range b.Instrs {
		if store, ok := instr.(*ssa.Store); ok && store.Addr == global {
			return true
		}
	}
	return slices.ContainsFunc(b.Dominees(), func(d *ssa.BasicBlock) bool { return fillsGlobal(v, d) })
}

func markDominated(b *ssa.BasicBlock, cold []string, why string) {
	cold[b.Index] = why
	for _, d := range b.Dominees() {
		markDominated(d, cold, why)
	}
}

// ending returns why the end of a function is reached seldom.
func ending(b *ssa.BasicBlock, failures ssax.Names[bool]) string {
	if len(b.Instrs) == 0 {
		return ""
	}
	switch last := b.Instrs[len(b.Instrs)-1].(type) {
	case *ssa.Panic: // also behind calls that never return
		return "only on the way to the end of the process"
	case *ssa.Return:
		n := len(last.Results)
		if n > 0 && ssax.IsError(last.Results[n-1].Type()) && surelyError(last.Results[n-1], b, failures) {
			return "only on the way to an error"
		}
	}
	return ""
}

// surelyError reports whether a value of type error is not nil at the end of a
// block: it was made from a concrete value, loaded from a global variable (a
// sentinel), made by a function that always fails, or compared with nil.
func surelyError(v ssa.Value, b *ssa.BasicBlock, failures ssax.Names[bool]) bool {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return true
	case *ssa.UnOp:
		_, global := v.X.(*ssa.Global)
		if v.Op == token.MUL && global {
			return true
		}
	case *ssa.Call:
		if failures.Has(ssax.Callee(&v.Call)) {
			return true
		}
	}
	for ; b != nil; b = b.Idom() {
		d := b.Idom()
		if d == nil {
			return false
		}
		for i, succ := range d.Succs {
			if x, isNil := ssax.NilTest(d, i); x == v && !isNil && succ == b && len(succ.Preds) == 1 {
				return true
			}
		}
	}
	return false
}
