package chanmodel

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// findInert notes which functions neither synchronise nor lead to one that
// does. Most functions of most packages are like that, and the model has
// nothing but the edges of their blocks: calls of them are pruned.
//
// It errs towards functions that are not inert, whose calls prune looks at
// with all that is known by then.
func (x *extractor) findInert() {
	callers := make(map[*Func][]*Func)
	var work []*Func
	stir := func(f *Func) {
		if f.inert {
			f.inert = false
			work = append(work, f)
		}
	}
	for _, fn := range x.pkg.Funcs {
		f := x.funcs[fn]
		f.inert = true
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					if stirs(instr) {
						stir(f)
					}
					continue
				}
				fns, stirs := x.leads(call.Common())
				if stirs || x.likeLock(call.Common()) {
					stir(f)
				}
				for _, callee := range fns {
					callers[x.funcs[callee]] = append(callers[x.funcs[callee]], f)
				}
			}
		}
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, caller := range callers[f] {
			stir(caller)
		}
	}
}

// stirs reports whether an instruction other than a call makes or uses
// something that the model has.
func stirs(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Send, *ssa.Select, *ssa.MakeChan, *ssa.MakeClosure:
		return true // what a closure does may be what its caller gave to the function
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	}
	return false
}

// leads returns the functions of this package that a call names, and reports
// whether it does something itself, or may call others that do.
func (x *extractor) leads(call *ssa.CallCommon) (fns []*ssa.Function, stirs bool) {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return nil, b.Name() == "close"
	}
	if s, ok := x.symbol(call); ok {
		return nil, s.Op != 0 || len(s.Calls)+len(s.Starts) > 0 || s.Locks > 0 || s.Prints || s.Halts
	}
	for _, arg := range call.Args {
		if loopBody(arg) != nil {
			return nil, true
		}
	}
	if !call.IsInvoke() {
		if _, ok := call.Value.(*ssa.Function); !ok {
			return nil, len(x.ref(call.Value).class.find().funcs) > 0
		}
	}
	callees, _ := x.targets(call)
	fn := call.StaticCallee()
	return callees, len(callees) == 0 && fn != nil && x.summary(origin(fn)) != nil
}
