package escape

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// heat returns how often an instruction runs.
func (c *checker) heat(instr ssa.Instruction) allocmodel.Heat {
	if c.hotness == nil {
		c.hotness = allocmodel.NewHotness(c.pkg, &hotTable)
	}
	return c.hotness.Heat(instr)
}

// often says how often something runs, as a clause.
func often(heat allocmodel.Heat) string { return cmp.Or(heat.Why, "whenever its function is called") }

// atHeat reports a draft as how often its place runs allows: what is not hot is
// no more than info of confidence possible.
func (c *checker) atHeat(d pragma.Draft, heat allocmodel.Heat) {
	if !hotEnough(d.Rule, heat) {
		d.Severity, d.Confidence = finding.Info, finding.Possible
	}
	if d.Site == "" {
		d.Site = finding.SiteCall // most of it is spent in what is called
	}
	for _, s := range heat.Steps {
		if s.Pos.IsValid() {
			d.Witness = append(d.Witness, pragma.Step{Kind: "hot", Pos: s.Pos, Text: s.Text})
		}
	}
	c.report(d)
}

// hotEnough reports whether a finding of a rule is a warning. What keeps
// something open, or is large, is worth a word in any loop, and what costs
// microseconds where requests are served. A few
// dozen nanoseconds are not: they must be spent in a function that is known to
// serve requests and the like, and more than once for each of them. Strings that
// grow with a collection stay short; those that grow with a stream do not.
func hotEnough(rule string, heat allocmodel.Heat) bool {
	switch {
	case heat.Level != allocmodel.Hot:
		return false
	case rule == deferInLoop || rule == largeLocal:
		return true
	case rule == recompiled:
		return heat.Root != nil
	case rule == concatInLoop:
		return heat.Root != nil && !heat.Ranges // collections of a request are small
	}
	return heat.Root != nil && heat.Loops > 0
}

// fileAt returns the file of a position.
func (c *checker) fileAt(pos token.Pos) *ast.File {
	for _, file := range c.pass.Files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return file
		}
	}
	return nil
}

// around returns the nodes around a position, innermost first.
func (c *checker) around(pos token.Pos) []ast.Node {
	file := c.fileAt(pos)
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	return path
}

// callExpr returns the call whose opening parenthesis is at a position, which
// is that of call instructions, and the nodes around it, innermost first.
func (c *checker) callExpr(lparen token.Pos) (*ast.CallExpr, []ast.Node) {
	path := c.around(lparen)
	for i, n := range path {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == lparen {
			return call, path[i+1:]
		}
	}
	return nil, nil
}

// text returns the source between two positions, or "" if it cannot be read.
func (c *checker) text(pos, end token.Pos) string {
	from, to := c.pass.Fset.PositionFor(pos, false), c.pass.Fset.PositionFor(end, false)
	src, err := c.pass.ReadFile(from.Filename)
	if err != nil || from.Offset > to.Offset || to.Offset > len(src) {
		return ""
	}
	return string(src[from.Offset:to.Offset])
}

// means returns what a name means at a position, or nil. The scope of a
// package's own declarations counts.
func (c *checker) means(name string, pos token.Pos) types.Object {
	scope := c.pass.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return nil
	}
	_, obj := scope.LookupParent(name, token.NoPos)
	return obj
}

func (c *checker) line(pos token.Pos) int { return c.pass.Fset.Position(pos).Line }

// indent returns the tabs before the statement at a position, as gofmt would
// write them.
func (c *checker) indent(pos token.Pos) string {
	column := c.pass.Fset.PositionFor(pos, false).Column
	line := c.text(pos-token.Pos(column-1), pos)
	i := 0
	for i < len(line) && line[i] == '\t' {
		i++
	}
	return line[:i]
}
