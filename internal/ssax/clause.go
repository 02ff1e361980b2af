package ssax

import (
	"slices"
	"strings"
)

// Clause returns the decision as a step of a witness says it.
func (b Branch) Clause() string {
	switch b.Kind {
	case CaseBranch:
		return b.Text + " is chosen"
	case LoopBranch:
		return "the loop runs (" + b.Text + ")"
	case LoopEndBranch:
		return "the loop ends (" + b.Text + ")"
	}
	return "suppose that " + b.Text
}

// Conditions joins the last two conditions and cases among the decisions of a
// path into a clause: " when a and b", " in case c when a", or nothing.
func Conditions(branches []Branch) string {
	var said []Branch
	for _, b := range branches {
		repeated := slices.ContainsFunc(said, func(other Branch) bool { return other.Text == b.Text })
		if (b.Kind == IfBranch || b.Kind == CaseBranch) && !repeated {
			said = append(said, b)
		}
	}
	said = said[max(0, len(said)-2):]
	var clause strings.Builder
	for i, b := range said {
		switch {
		case b.Kind == CaseBranch:
			clause.WriteString(" in " + b.Text)
		case i > 0 && said[i-1].Kind == IfBranch:
			clause.WriteString(" and " + b.Text)
		default:
			clause.WriteString(" when " + b.Text)
		}
	}
	return clause.String()
}
