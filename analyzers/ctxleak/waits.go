package ctxleak

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// waits tells where code waits for the end of a context.
type waits struct {
	start    *ssa.Call                               // that makes the context
	contexts map[ssa.Value]bool                      // what holds it, in all functions
	reached  map[*ssa.Function][]ssa.CallInstruction // how other functions come to run

	first  ssa.Instruction // a wait that was found
	joined ssa.Instruction // the start of the goroutine that it waits for, if it is one
}

// precede reports whether every path to a call comes through a wait: in its
// own function, or before that is called.
func (w *waits) precede(call ssa.CallInstruction, depth int) bool {
	fn := call.Parent()
	block, next := fn.Blocks[0], 0
	if fn == w.start.Parent() {
		block, next = w.start.Block(), indexOf(w.start)+1
	}
	_, deferred := call.(*ssa.Defer)
	if !w.passes(block, next, func(instr ssa.Instruction) bool {
		if deferred {
			_, ok := instr.(*ssa.Return)
			return ok && follows(instr, call)
		}
		return instr == call
	}) {
		return true
	}
	before := w.reached[fn]
	if fn == w.start.Parent() || len(before) == 0 || depth > 3 || !calledOnly(fn, before) {
		return false
	}
	for _, caller := range before {
		if !w.precede(caller, depth+1) {
			return false
		}
	}
	return true
}

// calledOnly reports whether the calls are all that is done with a literal.
func calledOnly(fn *ssa.Function, calls []ssa.CallInstruction) bool {
	for _, call := range calls {
		closure, ok := call.Common().Value.(*ssa.MakeClosure)
		if ok && !calledOrStarted(closure) {
			return false
		}
		if !ok && fn.Parent() != nil {
			return false
		}
	}
	return true
}

// calledOrStarted reports whether a literal is only called, deferred or
// started where it stands.
func calledOrStarted(closure *ssa.MakeClosure) bool {
	for _, ref := range *closure.Referrers() {
		if call, ok := ref.(ssa.CallInstruction); !ok || call.Common().Value != closure {
			return false
		}
	}
	return true
}

func indexOf(instr ssa.Instruction) int {
	for i, other := range instr.Block().Instrs {
		if other == instr {
			return i
		}
	}
	return -1
}

// passes reports whether a path from a place reaches what is asked for
// without a wait.
func (w *waits) passes(block *ssa.BasicBlock, next int, found func(ssa.Instruction) bool) bool {
	type place struct {
		block *ssa.BasicBlock
		next  int
	}
	seen := make(map[*ssa.BasicBlock]bool)
	queue := []place{{block, next}}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		cut := false
		for _, instr := range p.block.Instrs[p.next:] {
			if cut = w.at(instr); cut {
				break
			}
			if found(instr) {
				return true
			}
		}
		for succ, to := range p.block.Succs {
			if !cut && !seen[to] && !w.on(p.block, succ) {
				seen[to] = true
				queue = append(queue, place{to, 0})
			}
		}
	}
	return false
}

// at reports whether an instruction waits for the end of the context, or for
// a goroutine that does.
func (w *waits) at(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.ARROW && w.isCall(instr.X, contextDone) {
			return w.note(instr)
		}
	case *ssa.Call:
		if joins[calleeName(instr.Common())] {
			if started := w.startedBefore(instr); started != nil {
				if w.first == nil {
					w.joined = started
				}
				return w.note(instr)
			}
		}
	}
	return false
}

// on reports whether an edge is taken only when the context has ended.
func (w *waits) on(block *ssa.BasicBlock, succ int) bool {
	if state := ssax.ChosenCase(block, succ); state != nil {
		return w.isCall(state.Chan, contextDone) && w.note(state.Chan.(*ssa.Call))
	}
	v, nilThere := ssax.NilTest(block, succ)
	return v != nil && !nilThere && w.isCall(v, contextErr) && w.note(v.(*ssa.Call))
}

func (w *waits) note(instr ssa.Instruction) bool {
	if w.first == nil {
		w.first = instr
	}
	return true
}

// isCall reports whether a value is the result of a method of the context.
func (w *waits) isCall(v ssa.Value, method string) bool {
	call, ok := v.(*ssa.Call)
	return ok && call.Call.IsInvoke() && w.contexts[call.Call.Value] && calleeName(call.Common()) == method
}

// startedBefore returns the start of a goroutine for which a call waits, if
// that goroutine in turn ends only with the context.
func (w *waits) startedBefore(join *ssa.Call) ssa.Instruction {
	group := spread(groupOf(join.Call.Args[0]))
	inner := &waits{start: w.start, contexts: w.contexts, reached: w.reached}
	for _, block := range join.Parent().Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || !comesBefore(instr, join) {
				continue
			}
			if body := joinedBy(call, group.values); body != nil && !inner.passes(body.Blocks[0], 0, isReturn) {
				return instr
			}
		}
	}
	return nil
}

func isReturn(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.Return)
	return ok
}

// groupOf returns the variable of a group that was loaded from one.
func groupOf(v ssa.Value) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok {
		return load.X
	}
	return v
}

// joinedBy returns the function of a goroutine that a call starts for a group:
// the group starts it, or it tells the group when it ends.
func joinedBy(call ssa.CallInstruction, group map[ssa.Value]bool) *ssa.Function {
	common := call.Common()
	if starters[calleeName(common)] && group[common.Args[0]] {
		if closure, ok := common.Args[1].(*ssa.MakeClosure); ok {
			return closure.Fn.(*ssa.Function)
		}
		return nil
	}
	start, ok := call.(*ssa.Go)
	if !ok {
		return nil
	}
	body := started(start)
	if body == nil || len(body.Blocks) == 0 {
		return nil
	}
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			if done, ok := instr.(ssa.CallInstruction); ok && calleeName(done.Common()) == groupDone && group[done.Common().Args[0]] {
				return body
			}
		}
	}
	return nil
}
