package ssax

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Never reports whether the path cannot take an edge because it belongs to a
// case of a select whose channel is nil: that is how a case is switched off.
func (e Env) Never(block *ssa.BasicBlock, succ int) bool {
	chosen := ChosenCase(block, succ)
	return chosen != nil && IsNil(e.Resolve(chosen.Chan))
}

// switchedOff returns the channels of the selects in a block that may be nil,
// depending on the path.
func switchedOff(b *ssa.BasicBlock) []*ssa.Phi {
	var list []*ssa.Phi
	for _, instr := range b.Instrs {
		sel, ok := instr.(*ssa.Select)
		if !ok {
			continue
		}
		for _, s := range sel.States {
			if phi, ok := s.Chan.(*ssa.Phi); ok && maybeNil(phi, nil) {
				list = append(list, phi)
			}
		}
	}
	return list
}

func maybeNil(phi *ssa.Phi, seen []*ssa.Phi) bool {
	if slices.Contains(seen, phi) {
		return false
	}
	seen = append(seen, phi)
	return slices.ContainsFunc(phi.Edges, func(v ssa.Value) bool {
		inner, ok := v.(*ssa.Phi)
		return IsNil(v) || ok && maybeNil(inner, seen)
	})
}
