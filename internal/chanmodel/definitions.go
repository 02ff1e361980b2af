package chanmodel

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// definitions notes which blocks of functions compute roots of objects anew.
func (x *extractor) definitions() {
	for v, r := range x.roots {
		instr, ok := v.(ssa.Instruction)
		if !ok || !defines(v) {
			continue
		}
		if f := x.funcs[v.Parent()]; f != nil {
			if f.Defs == nil {
				f.Defs = make(map[int][]Object)
			}
			b := instr.Block().Index
			f.Defs[b] = append(f.Defs[b], r.object)
		}
	}
	for _, f := range x.funcs {
		for _, roots := range f.Defs {
			slices.SortFunc(roots, func(a, b Object) int { // as in the block; their names end in numbers
				return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
			})
		}
	}
}

// defines reports whether a register can be the root of an object.
func defines(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.MakeChan, *ssa.Call, *ssa.Phi, *ssa.Next, *ssa.Extract, *ssa.UnOp, *ssa.BinOp:
		return true
	}
	return false
}
