package inject

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// findingKind is the kind of marks that only a finding asks for.
const findingKind = "finding"

// findTargets decides which node of a file is marked for each finding in it:
// the call at its column, else the first call that begins on its line, else
// the innermost statement in a list that spans it. One finding gets one mark,
// because what it counts is how often the line is executed.
func (p *planner) findTargets(file *ast.File) {
	p.targets = make(map[ast.Node]*Target)
	for i := range p.opts.Findings {
		t := &p.opts.Findings[i]
		if t.File != p.name {
			continue
		}
		node, reason := p.findTarget(file, t)
		if node == nil {
			p.Skips = append(p.Skips, Skip{token.Position{Filename: t.File, Line: t.Line}, "the finding", reason})
		} else if p.targets[node] == nil {
			p.targets[node] = t
		} else {
			p.Skips = append(p.Skips, Skip{token.Position{Filename: t.File, Line: t.Line}, "the finding", "another one has a mark there"})
		}
	}
}

func (p *planner) findTarget(file *ast.File, t *Target) (ast.Node, string) {
	var calls []ast.Node
	var around, statement ast.Node
	var parents []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			parents = parents[:len(parents)-1]
			return true
		}
		switch s := n.(type) {
		case *ast.CallExpr:
			tv := p.Package.TypesInfo.Types[s.Fun]
			if p.line(s.Pos()) == t.Line && !tv.IsType() && !tv.IsBuiltin() && p.room(parents) {
				calls = append(calls, n)
			}
		case *ast.FuncDecl:
			if s.Body != nil && p.line(s.Pos()) <= t.Line && t.Line <= p.line(s.Body.Lbrace) {
				around = s.Body
			}
		case *ast.EmptyStmt:
		case ast.Stmt:
			if p.line(s.Pos()) <= t.Line && t.Line <= p.line(s.End()) && len(parents) > 0 && inList(parents[len(parents)-1], s) {
				around = n
				if p.line(s.Pos()) == t.Line && statement == nil {
					statement = n // the first that begins there
				}
			}
		}
		parents = append(parents, n)
		return true
	})
	if len(calls) > 0 {
		return slices.MinFunc(calls, func(a, b ast.Node) int {
			return cmp.Compare(p.distance(a, t), p.distance(b, t))
		}), ""
	}
	if node := cmp.Or(statement, around); node != nil {
		return node, ""
	}
	return nil, "no statement is on its line"
}

// enclosesTarget reports whether a finding is marked in a body, literals in it
// included.
func (p *planner) enclosesTarget(body *ast.BlockStmt) bool {
	for n := range p.targets {
		if body.Pos() <= n.Pos() && n.Pos() < body.End() {
			return true
		}
	}
	return false
}

// room reports whether a call with these parents can get a mark: it is in a
// function, and no statement that runs it later or elsewhere.
func (p *planner) room(parents []ast.Node) bool {
	switch parents[len(parents)-1].(type) {
	case *ast.GoStmt, *ast.DeferStmt:
		return false
	}
	return slices.ContainsFunc(parents, func(n ast.Node) bool {
		_, ok := n.(*ast.BlockStmt)
		return ok
	})
}

// distance is zero for a call at the very place of a finding.
func (p *planner) distance(n ast.Node, t *Target) int {
	if p.position(n.Pos()).Column == t.Column {
		return 0
	}
	return 1
}

func (p *planner) line(pos token.Pos) int { return p.position(pos).Line }

// statementTarget counts a statement that a finding is about.
func (p *planner) statementTarget(n ast.Node) {
	s, ok := n.(ast.Stmt)
	if !ok || p.targets[n] == nil {
		return
	}
	site := p.site(findingKind, findingKind, AtBranch, s.Pos(), p.targets[n].Fingerprint)
	switch s := s.(type) {
	case *ast.CaseClause:
		p.edits.before(p.offset(s.Colon)+1, fmt.Sprintf(" %s.Hit(%s);", p.prefix, site))
	case *ast.CommClause:
		p.edits.before(p.offset(s.Colon)+1, fmt.Sprintf(" %s.Hit(%s);", p.prefix, site))
	case *ast.BlockStmt:
		p.edits.before(p.offset(s.Lbrace)+1, fmt.Sprintf(" %s.Hit(%s);", p.prefix, site))
	default:
		p.edits.first(p.offset(s.Pos()), fmt.Sprintf("%s.Hit(%s); ", p.prefix, site))
	}
}

// fallBack counts the statement around a call that a finding is about and
// that cannot be timed.
func (p *planner) fallBack(t *Target) bool {
	for i := len(p.parents) - 1; i > 0; i-- {
		s, ok := p.parents[i].(ast.Stmt)
		if !ok || !inList(p.parents[i-1], s) || p.targets[s] != nil {
			continue
		}
		p.targets[s] = t
		p.statementTarget(s)
		return true
	}
	return false
}
