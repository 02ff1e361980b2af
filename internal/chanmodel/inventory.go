package chanmodel

import (
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An inventory lists the instructions of a package by kind, in their order: a
// model is built in several passes, and each asks about a few kinds only.
type inventory struct {
	stores   []*ssa.Store
	updates  []*ssa.MapUpdate
	calls    []ssa.CallInstruction
	literals []*ssa.MakeClosure
	chans    []*ssa.MakeChan
	boxes    []ssa.Instruction // conversions to interfaces
	flows    []ssa.Instruction // by which values get from one place to another, other than calls
}

// take lists the instructions of functions, and returns how many there are of
// all kinds.
func (l *inventory) take(fns []*ssa.Function) int {
	n := 0
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			n += len(b.Instrs)
			for _, instr := range b.Instrs {
				l.add(instr)
			}
		}
	}
	return n
}

func (l *inventory) add(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Store:
		l.stores = append(l.stores, instr)
	case *ssa.MapUpdate:
		l.updates = append(l.updates, instr)
	case *ssa.MakeClosure:
		l.literals = append(l.literals, instr)
	case *ssa.MakeChan:
		l.chans = append(l.chans, instr)
		return
	case *ssa.MakeInterface, *ssa.ChangeInterface:
		l.boxes = append(l.boxes, instr)
		return
	case ssa.CallInstruction:
		l.calls = append(l.calls, instr)
		return
	case *ssa.Send, *ssa.Select, *ssa.Phi, *ssa.Return:
	case *ssa.BinOp:
		if !ssax.IsNil(instr.Y) {
			return
		}
	default:
		return
	}
	l.flows = append(l.flows, instr)
}
