package ctxleak

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

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

// conditions joins the last two decisions into a clause: " when a and b",
// " in case c when a", or nothing.
func conditions(branches []ssax.Branch) string {
	var said []ssax.Branch
	for _, b := range branches {
		repeated := slices.ContainsFunc(said, func(other ssax.Branch) bool { return other.Text == b.Text })
		if (b.Kind == ssax.IfBranch || b.Kind == ssax.CaseBranch) && !repeated {
			said = append(said, b)
		}
	}
	said = said[max(0, len(said)-2):]
	var clause strings.Builder
	for i, b := range said {
		switch {
		case b.Kind == ssax.CaseBranch:
			clause.WriteString(" in " + b.Text)
		case i > 0 && said[i-1].Kind == ssax.IfBranch:
			clause.WriteString(" and " + b.Text)
		default:
			clause.WriteString(" when " + b.Text)
		}
	}
	return clause.String()
}

// againstContract reports whether a path supposes that a call returned neither
// an error nor a result, which functions promise not to do.
func againstContract(l *typestate.Violation) bool {
	noError := make(map[ssa.Value]bool)
	noResult := make(map[ssa.Value]bool)
	for _, e := range l.Steps {
		branch, ok := e.From.Instrs[len(e.From.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cmp, ok := branch.Cond.(*ssa.BinOp)
		if !ok || cmp.Op != token.EQL && cmp.Op != token.NEQ || (cmp.Op == token.EQL) != (e.Succ == 0) {
			continue
		}
		if c, ok := cmp.Y.(*ssa.Const); !ok || !c.IsNil() {
			continue
		}
		for _, part := range resultsOf(cmp.X) {
			if types.Identical(part.Type(), types.Universe.Lookup("error").Type()) {
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
