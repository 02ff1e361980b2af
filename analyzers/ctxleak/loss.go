package ctxleak

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// blocks returns the blocks on a loss's path, which begins in start.
func (l *loss) blocks(start *ssa.BasicBlock) []*ssa.BasicBlock {
	blocks := []*ssa.BasicBlock{start}
	for _, e := range l.steps {
		blocks = append(blocks, e.from.Succs[e.succ])
	}
	return blocks
}

// describe returns the decisions on a loss's path that mean something to a
// reader, in order.
func (l *loss) describe() []ssax.Branch {
	var branches []ssax.Branch
	for _, e := range l.steps {
		b, ok := ssax.DescribeBranch(e.from, e.succ)
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
func (s *search) byChoice() bool {
	for _, e := range s.lost.steps {
		branch, ok := e.from.Instrs[len(e.from.Instrs)-1].(*ssa.If)
		under := s.released.Block()
		if !ok || under != e.from.Succs[1-e.succ] || len(under.Succs) != 1 || under.Succs[0] != e.from.Succs[e.succ] {
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
func (a *acquisition) returned(l *loss) bool {
	ret, ok := l.at.(*ssa.Return)
	if !ok || a.context == nil {
		return false
	}
	contexts := derived(a.context)
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
