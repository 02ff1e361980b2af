package chanmodel

import "golang.org/x/tools/go/ssa"

// openValued opens the results of functions that are used as values: the
// results of a call through a value are not traced back to them.
func (x *extractor) openValued() {
	valued := make(map[*ssa.Function]bool)
	note := func(v ssa.Value, user ssa.Instruction) {
		fn, _ := v.(*ssa.Function)
		if made, ok := v.(*ssa.MakeClosure); ok {
			fn, _ = made.Fn.(*ssa.Function)
		}
		if fn == nil || !x.own[origin(fn)] {
			return
		}
		if call, ok := user.(ssa.CallInstruction); ok && call.Common().Value == v && !call.Common().IsInvoke() {
			for _, arg := range call.Common().Args {
				if arg == v {
					valued[origin(fn)] = true
				}
			}
			return
		}
		if _, making := user.(*ssa.MakeClosure); !making {
			valued[origin(fn)] = true
		}
	}
	var operands []*ssa.Value
	for _, fn := range x.pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				operands = instr.Operands(operands[:0])
				for _, v := range operands {
					if *v != nil {
						note(*v, instr)
					}
				}
			}
		}
	}
	for _, fn := range x.pkg.Funcs {
		results := fn.Signature.Results()
		for i := 0; valued[fn] && i < results.Len(); i++ {
			if t := results.At(i).Type(); x.carries(t) {
				x.functionResult(fn, i).class.open(x.access(t))
			}
		}
	}
}
