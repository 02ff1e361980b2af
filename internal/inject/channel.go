package inject

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// channelRule is the ID of marks on operations on channels, which are about
// syntax: no rule of a user's can name them.
const channelRule = "chan"

// channel marks an operation on a channel that may wait. A loop over a channel
// has no room for a mark on its receive.
func (p *planner) channel(n ast.Node) {
	var what, reason string
	switch n := n.(type) {
	case *ast.SendStmt:
		if p.communicates(n) {
			return // the select statement is what waits
		}
		what, reason = "the send", p.send(n)
	case *ast.UnaryExpr:
		if n.Op != token.ARROW || p.communicates(n) {
			return
		}
		what, reason = "the receive", p.receive(n)
	case *ast.SelectStmt:
		if polls(n) {
			return
		}
		what, reason = "the select statement", p.selection(n)
	}
	if reason != "" {
		p.skip(n.Pos(), what, reason)
	}
}

// channelSite returns the function that adds a mark.
func (p *planner) channelSite(kind string, pos token.Pos) func() string {
	return func() string { return p.site(kind, channelRule, AtCall, pos, "") }
}

// communicates reports whether an operation is what a case of a select
// statement waits for: the case's own statement, or what that receives.
func (p *planner) communicates(n ast.Node) bool {
	if clause, ok := p.parent(0).(*ast.CommClause); ok {
		return clause.Comm == n
	}
	clause, ok := p.parent(1).(*ast.CommClause)
	if !ok || clause.Comm != p.parent(0) {
		return false
	}
	switch s := p.parent(0).(type) {
	case *ast.ExprStmt:
		return true
	case *ast.AssignStmt: // and not an index on the left
		return ast.Unparen(s.Rhs[0]) == n
	}
	return false
}

// polls reports whether a select statement never waits.
func polls(s *ast.SelectStmt) bool {
	for _, clause := range s.Body.List {
		if clause.(*ast.CommClause).Comm == nil {
			return true
		}
	}
	return false
}

// send marks a send.
func (p *planner) send(s *ast.SendStmt) string {
	if reason := p.noRoom(s); reason != "" {
		return reason
	}
	v := p.variable()
	p.edits.before(p.offset(s.Pos()), fmt.Sprintf("%s := %s.Enter(%s); ", v, p.prefix, p.channelSite("chan_send", s.Pos())()))
	p.edits.after(p.offset(s.End()), fmt.Sprintf("; %s.Exit()", v))
	return ""
}

// noRoom returns why no statement can be put beside the one in hand.
func (p *planner) noRoom(s ast.Stmt) string {
	if p.inner().goto_ {
		return hasGotoReason
	}
	if !inList(p.parent(0), s) {
		return "there is no room for another statement beside its own"
	}
	return ""
}

// receive marks a receive.
func (p *planner) receive(n *ast.UnaryExpr) string {
	site := p.channelSite("chan_recv", n.Pos())
	if p.inner().initial {
		return "it initialises a variable of the package, before anything is timed"
	}
	if _, ok := p.Package.TypesInfo.TypeOf(n).(*types.Tuple); ok {
		if s, ok := p.parent(0).(*ast.AssignStmt); ok {
			return p.statement(s, site)
		}
		return "its results are used in a place that has no room for a statement"
	}
	p.edits.before(p.offset(n.Pos()), fmt.Sprintf("%s.E1(%s.Enter(%s), ", p.prefix, p.prefix, site()))
	p.edits.after(p.offset(n.End()), ")")
	return ""
}

// selection marks a select statement that waits: each of its cases ends the
// mark.
func (p *planner) selection(s *ast.SelectStmt) string {
	if reason := p.noRoom(s); reason != "" {
		return reason
	}
	if len(s.Body.List) == 0 {
		return "it waits for ever"
	}
	v := p.variable()
	p.edits.before(p.offset(s.Pos()), fmt.Sprintf("%s := %s.Enter(%s); ", v, p.prefix, p.channelSite("select", s.Pos())()))
	for _, clause := range s.Body.List {
		p.edits.before(p.offset(clause.(*ast.CommClause).Colon)+1, fmt.Sprintf(" %s.Exit();", v))
	}
	return ""
}
