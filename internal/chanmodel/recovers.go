package chanmodel

import "golang.org/x/tools/go/ssa"

// recovers reports whether a function defers a function, of its own package,
// that recovers from panics.
func recovers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			if callee := d.Call.StaticCallee(); callee != nil && callsRecover(callee) {
				return true
			}
		}
	}
	return false
}

func callsRecover(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}

// callsBefore reports whether there is a call of a function before an
// operation: most of them may panic.
func (f *Func) callsBefore(u Use) bool {
	if f.source == nil {
		return f.has(func(op *Op) bool { return op.Kind == Call && !op.Deferred })
	}
	for _, b := range f.source.Blocks {
		if b.Index != u.Block && !f.reaches(b.Index, u.Block) {
			continue
		}
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if _, builtin := call.Call.Value.(*ssa.Builtin); !builtin && call.Pos() < u.Op.Pos {
					return true
				}
			}
		}
	}
	return false
}
