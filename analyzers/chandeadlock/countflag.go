package chandeadlock

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// keptTrack reports whether a function keeps track, in a flag, of a goroutine
// that it starts again and again: the flag gets one value where the function
// receives from the goroutine, and the other where it starts it. Then it is
// likely that there are never two, as a shortage of two sends supposes, for a
// reason that the model does not see, such as a timer that runs only while
// there is none.
//
// Unsound: that the flag is asked before the goroutine is started is not
// checked.
func keptTrack(sh *chanmodel.Shortage) bool {
	fn := sh.Root.Source()
	if sh.Kind != chanmodel.Send || sh.Need < 2 || fn == nil {
		return false
	}
	received, started := receiving(sh), starting(sh)
	under := func(b *ssa.BasicBlock, tops []*ssa.BasicBlock) bool {
		return slices.ContainsFunc(tops, func(top *ssa.BasicBlock) bool { return top.Dominates(b) })
	}
	sets := flagSets(fn)
	return slices.ContainsFunc(sets, func(a flagSet) bool {
		return under(a.block, received) && slices.ContainsFunc(sets, func(b flagSet) bool {
			return a.flag == b.flag && a.value != b.value && under(b.block, started)
		})
	})
}

// receiving returns the blocks in which the function that a channel belongs to
// has received from it.
func receiving(sh *chanmodel.Shortage) []*ssa.BasicBlock {
	fn := sh.Root.Source()
	var list []*ssa.BasicBlock
	var cases []token.Pos
	for i, block := range sh.Root.Blocks {
		for _, op := range block.Ops {
			if op.Kind == chanmodel.Receive && op.Resource == sh.Resource {
				list = append(list, fn.Blocks[i])
			}
			for _, one := range op.Cases {
				if one.Kind == chanmodel.Receive && one.Resource == sh.Resource {
					cases = append(cases, one.Pos)
				}
			}
		}
	}
	for _, b := range fn.Blocks {
		for succ, to := range b.Succs {
			if state := ssax.ChosenCase(b, succ); state != nil && slices.Contains(cases, state.Pos) {
				list = append(list, to)
			}
		}
	}
	return list
}

// starting returns the blocks in loops in which the function that a channel
// belongs to starts the goroutine that blocks, itself or by a call.
func starting(sh *chanmodel.Shortage) []*ssa.BasicBlock {
	fn := sh.Root.Source()
	var list []*ssa.BasicBlock
	for i, block := range sh.Root.Blocks {
		for _, op := range block.Ops {
			if ssax.InCycle(fn.Blocks[i]) && (op.Kind == chanmodel.Go && sends(op, sh) || op.Kind == chanmodel.Call && startsSender(op, sh)) {
				list = append(list, fn.Blocks[i])
			}
		}
	}
	return list
}

// startsSender reports whether a call starts a goroutine that sends.
func startsSender(call *chanmodel.Op, sh *chanmodel.Shortage) bool {
	return anyOp(call, func(op *chanmodel.Op) bool { return op.Kind == chanmodel.Go && sends(op, sh) })
}

// sends reports whether what a call or go statement runs sends to the channel.
func sends(start *chanmodel.Op, sh *chanmodel.Shortage) bool {
	return anyOp(start, func(op *chanmodel.Op) bool { return op.Kind == chanmodel.Send && op.Resource == sh.Resource })
}

// anyOp reports whether an operation of the functions that a call or go
// statement runs satisfies a predicate.
func anyOp(start *chanmodel.Op, is func(*chanmodel.Op) bool) bool {
	for _, callee := range start.Callees {
		if callee.Func == nil {
			continue
		}
		for _, b := range callee.Func.Blocks {
			if slices.ContainsFunc(b.Ops, is) {
				return true
			}
		}
	}
	return false
}

// A flagSet is a place where a boolean variable gets a constant.
type flagSet struct {
	flag  ssa.Value // one of the phis of the variable, or its cell
	value bool
	block *ssa.BasicBlock
}

// flagSets returns the places where boolean variables of a function get
// constants.
func flagSets(fn *ssa.Function) []flagSet {
	var list []flagSet
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if v, ok := truth(instr.Val); ok {
					list = append(list, flagSet{instr.Addr, v, b})
				}
			case *ssa.Phi:
				if basic, ok := instr.Type().Underlying().(*types.Basic); ok && basic.Kind() == types.Bool {
					list = append(list, phiSets(instr, instr, nil)...)
				}
			}
		}
	}
	return list
}

// phiSets returns the places where a phi, or one that it takes its value from,
// gets a constant.
func phiSets(flag, phi *ssa.Phi, seen []*ssa.Phi) []flagSet {
	if slices.Contains(seen, phi) {
		return nil
	}
	seen = append(seen, phi)
	var list []flagSet
	for i, e := range phi.Edges {
		if v, ok := truth(e); ok {
			list = append(list, flagSet{flag, v, phi.Block().Preds[i]})
		} else if inner, ok := e.(*ssa.Phi); ok {
			list = append(list, phiSets(flag, inner, seen)...)
		}
	}
	return list
}

// truth returns the value of a constant truth value.
func truth(v ssa.Value) (value, ok bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
		return false, false
	}
	return constant.BoolVal(c.Value), true
}
