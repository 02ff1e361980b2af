package inject

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// body plans what is in the body of a function, or a declaration of variables.
func (p *planner) body(body ast.Node) {
	p.parents = nil
	p.inspect(body)
}

// inspect visits a node and all below it, and keeps track of the parents.
func (p *planner) inspect(root ast.Node) {
	depth := len(p.parents)
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			p.parents = p.parents[:len(p.parents)-1]
			return true
		}
		if lit, ok := n.(*ast.FuncLit); ok {
			p.literal(lit)
			return false
		}
		p.statementTarget(n)
		if p.opts.Channels {
			p.channel(n)
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			p.call(n)
		case *ast.IfStmt, *ast.CaseClause, *ast.CommClause:
			if p.opts.Branches {
				p.branch(n)
			}
		}
		p.parents = append(p.parents, n)
		return true
	})
	p.parents = p.parents[:depth]
}

// branch marks the bodies that a statement may run.
func (p *planner) branch(n ast.Node) {
	hit := func(after token.Pos, pos token.Pos) {
		p.edits.before(p.offset(after)+1, fmt.Sprintf(" %s.Hit(%s);", p.prefix, p.site("branch", "branch", AtBranch, pos, "")))
	}
	switch n := n.(type) {
	case *ast.IfStmt:
		hit(n.Body.Lbrace, n.Body.Pos())
		if block, ok := n.Else.(*ast.BlockStmt); ok {
			hit(block.Lbrace, block.Pos())
		}
	case *ast.CaseClause:
		hit(n.Colon, n.Pos())
	case *ast.CommClause:
		hit(n.Colon, n.Pos())
	}
}

// call marks a call, if a rule or a finding says so.
func (p *planner) call(call *ast.CallExpr) {
	kind, id, finding := "", "", ""
	rule, fn := p.callRule(call)
	if rule != nil {
		kind, id = rule.Kind, rule.ID
	}
	if target := p.targets[call]; target != nil {
		finding = target.Fingerprint
		if rule == nil {
			kind, id = findingKind, findingKind
		}
	}
	if kind == "" {
		return
	}
	what := "the call"
	if fn != nil {
		what = "the call of " + shortName(fn)
	}
	reason := "it initialises a variable of the package, before anything is timed"
	if !p.inner().initial {
		reason = p.wrap(call, kind, id, finding)
	}
	if reason != "" && (p.targets[call] == nil || !p.fallBack(p.targets[call])) {
		p.skip(call.Pos(), what, reason)
	}
}

// wrap marks a call in the form that its place allows, or returns why there
// is none.
func (p *planner) wrap(call *ast.CallExpr, kind, id, finding string) string {
	results := 1
	if tuple, ok := p.Package.TypesInfo.TypeOf(call).(*types.Tuple); ok {
		results = tuple.Len()
	} else if p.Package.TypesInfo.Types[call].IsVoid() {
		results = 0
	}
	site := func() string { return p.site(kind, id, AtCall, call.Pos(), finding) }
	reason := "its results are used in a place that has no room for a statement"
	switch s := p.parent(0).(type) {
	case *ast.GoStmt:
		return "it is in a go statement"
	case *ast.DeferStmt:
		return "it is in a defer statement"
	case *ast.ExprStmt:
		if reason = p.statement(s, site); reason == "" {
			return ""
		}
	case *ast.AssignStmt:
		if len(s.Rhs) == 1 && results != 1 {
			return p.statement(s, site)
		}
	case *ast.ReturnStmt:
		if len(s.Results) == 1 && results > 1 {
			return p.returned(s, results, site)
		}
	}
	if results != 1 {
		return reason
	}
	p.edits.before(p.offset(call.Pos()), fmt.Sprintf("%s.E1(%s.Enter(%s), ", p.prefix, p.prefix, site()))
	p.edits.after(p.offset(call.End()), ")")
	return ""
}

// parent returns the node around the one in hand, past parentheses.
func (p *planner) parent(up int) ast.Node {
	for i := len(p.parents) - 1; i >= 0; i-- {
		if _, ok := p.parents[i].(*ast.ParenExpr); ok {
			continue
		}
		if up == 0 {
			return p.parents[i]
		}
		up--
	}
	return nil
}

// inList reports whether a statement is one of a list, so that others can be
// put beside it.
func inList(parent ast.Node, s ast.Stmt) bool {
	var list []ast.Stmt
	switch n := parent.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// variable returns the name of the variable for the mark that comes next.
func (p *planner) variable() string { return fmt.Sprintf("%s%d", p.prefix, len(p.Marks)) }

const hasGotoReason = "its function contains goto, which must not jump over the variable that a mark needs"

// statement marks a call that is a statement, or all that one assigns. The
// function site adds the mark.
func (p *planner) statement(s ast.Stmt, site func() string) string {
	if p.inner().goto_ {
		return hasGotoReason
	}
	v := p.variable()
	if cond, ok := p.parent(1).(*ast.IfStmt); ok && cond.Init == s {
		if !inList(p.parent(2), cond) {
			return "it is in an else if, or behind a label"
		}
		if t := types.Unalias(p.Package.TypesInfo.TypeOf(cond.Cond)); t != types.Typ[types.Bool] && t != types.Typ[types.UntypedBool] {
			return "the condition behind it is of a boolean type of its own"
		}
		p.edits.before(p.offset(cond.Pos()), fmt.Sprintf("%s := %s.Enter(%s); ", v, p.prefix, site()))
		p.edits.before(p.offset(cond.Cond.Pos()), v+".T() && (")
		p.edits.after(p.offset(cond.Cond.End()), ")")
		return ""
	}
	if !inList(p.parent(1), s) {
		return "there is no room for another statement beside its own"
	}
	p.edits.before(p.offset(s.Pos()), fmt.Sprintf("%s := %s.Enter(%s); ", v, p.prefix, site()))
	p.edits.after(p.offset(s.End()), fmt.Sprintf("; %s.Exit()", v))
	return ""
}

// returned marks a call whose results a return statement passes on.
func (p *planner) returned(s *ast.ReturnStmt, results int, site func() string) string {
	if p.inner().goto_ {
		return hasGotoReason
	}
	if !inList(p.parent(1), s) {
		return "there is no room for another statement beside its own"
	}
	v := p.variable()
	var list []string
	for i := range results {
		list = append(list, fmt.Sprintf("%s_%d", v, i))
	}
	vars := strings.Join(list, ", ")
	enter := fmt.Sprintf("%s := %s.Enter(%s); %s := /*return*/", v, p.prefix, site(), vars)
	start := p.offset(s.Return)
	p.edits.replace(start, start+len("return"), enter)
	p.edits.after(p.offset(s.End()), fmt.Sprintf("; %s.Exit(); return %s", v, vars))
	return ""
}
