package ctxleak

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// blocks returns the blocks on a loss's path, which begins in start.
func blocks(l *typestate.Violation, start *ssa.BasicBlock) []*ssa.BasicBlock {
	blocks := []*ssa.BasicBlock{start}
	for _, e := range l.Steps {
		blocks = append(blocks, e.From.Succs[e.Succ])
	}
	return blocks
}

// describe returns the decisions on a loss's path that mean something to a
// reader, in order.
func describe(l *typestate.Violation) []ssax.Branch {
	var branches []ssax.Branch
	for _, e := range l.Steps {
		b, ok := ssax.DescribeBranch(e.From, e.Succ)
		if !ok || b.Kind == ssax.LoopBranch && slices.Contains(branches, b) {
			continue
		}
		branches = append(branches, b)
	}
	return branches
}

// byChoice reports whether the release stands directly under a plain flag
// ("if cfg.Cancel { defer cancel() }") and the value is lost because the flag
// is not set: then not to release it is what somebody chose. It also holds
// where the flag is the outcome of a type assertion, whose failure tends to be
// impossible.
func byChoice(s *typestate.Track) bool {
	for _, e := range s.Lost.Steps {
		branch, ok := e.From.Instrs[len(e.From.Instrs)-1].(*ssa.If)
		under := s.Released.Block()
		if !ok || under != e.From.Succs[1-e.Succ] || len(under.Succs) != 1 || under.Succs[0] != e.From.Succs[e.Succ] {
			continue // not "if flag { release }"
		}
		switch cond := branch.Cond.(type) {
		case *ssa.Parameter:
			return true
		case *ssa.UnOp: // a load from a field or variable, or its negation
			return true
		case *ssa.Field:
			return true
		case *ssa.Extract:
			_, assertion := cond.Tuple.(*ssa.TypeAssert)
			return assertion
		}
	}
	return false
}

// returned reports whether the return at the end of a lost path hands the
// context, or one derived from it, to the caller.
func (a *acquisition) returned(l *typestate.Violation) bool {
	ret, ok := l.At.(*ssa.Return)
	if !ok || a.Companion == nil {
		return false
	}
	contexts := derived(a.Companion)
	return slices.ContainsFunc(ret.Results, func(v ssa.Value) bool { return contexts[v] })
}

// againstContract reports whether a path supposes that a call returned neither
// an error nor a result, which functions promise not to do.
func againstContract(l *typestate.Violation) bool {
	noError := make(map[ssa.Value]bool)
	noResult := make(map[ssa.Value]bool)
	for _, e := range l.Steps {
		v, nilThere := ssax.NilTest(e.From, e.Succ)
		if v == nil || !nilThere {
			continue
		}
		for _, part := range resultsOf(v) {
			if ssax.IsError(part.Type()) {
				noError[part.Tuple] = true
			} else {
				noResult[part.Tuple] = true
			}
		}
	}
	for call := range noResult {
		if noError[call] {
			return true
		}
	}
	return false
}

// resultsOf returns the results of calls that a value is or, if it is loaded
// from a variable, that were stored there.
func resultsOf(v ssa.Value) []*ssa.Extract {
	if part, ok := v.(*ssa.Extract); ok {
		return []*ssa.Extract{part}
	}
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return nil
	}
	variable, ok := load.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var parts []*ssa.Extract
	for _, ref := range *variable.Referrers() {
		if store, ok := ref.(*ssa.Store); ok {
			if part, ok := store.Val.(*ssa.Extract); ok {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// succeeds reports whether a path knows of an error that it is nil.
func succeeds(l *typestate.Violation) bool {
	return slices.ContainsFunc(l.Steps, func(e typestate.Edge) bool {
		v, nilThere := ssax.NilTest(e.From, e.Succ)
		return v != nil && nilThere && ssax.IsError(v.Type())
	})
}

// leavesRunning reports whether a goroutine other than the one that a
// statement starts gets the context, and the function returns without waiting
// for anything. To cancel the context would then end that goroutine, which may
// be meant to go on until the parent ends.
func (a *acquisition) leavesRunning(start ssa.Instruction) bool {
	if a.Companion == nil {
		return false
	}
	for _, b := range a.Call.Parent().Blocks {
		if slices.ContainsFunc(b.Instrs, mayWait) {
			return false
		}
	}
	return slices.ContainsFunc(startedWith(a.Companion, make(map[ssa.Value]bool)), func(g *ssa.Go) bool { return g.Pos() != start.Pos() })
}

// mayWait reports whether an instruction waits for other goroutines: a receive,
// a select, or a method Wait.
func mayWait(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Select:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case ssa.CallInstruction:
		callee := ssax.Callee(instr.Common())
		return callee != nil && callee.Name() == "Wait"
	}
	return false
}
