package poolmisuse

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// A spoken is a rule that has spoken about a line.
type spoken struct {
	rule string
	file string
	line int
}

// report reports a finding. In test files, whose process ends with the tests
// and which put odd things into pools to see what happens, it is info.
// What the engine and a rule of its own both find is reported once.
func (c *checker) report(d pragma.Draft) {
	group := d.Rule
	switch d.Rule {
	case useAfterPut, doublePut, returnedAlias, keptAlias:
		group = useAfterPut
	}
	key := spoken{group, c.pass.Fset.Position(d.Pos).Filename, c.line(d.Pos)}
	if c.said[key] {
		return
	}
	c.said[key] = true
	if strings.HasSuffix(c.pass.Fset.Position(d.Pos).Filename, "_test.go") {
		d.Severity = finding.Info
	}
	c.reporter.Report(d)
}

// line returns the number of a position's line.
func (c *checker) line(pos token.Pos) int { return c.pass.Fset.Position(pos).Line }

// span returns the range of a call in the source.
func (c *checker) span(call ssa.CallInstruction) (pos, end token.Pos) {
	if e := c.expr(call); e != nil {
		return e.Pos(), e.End()
	}
	return call.Pos(), token.NoPos
}

// argumentText returns what the source calls the object that is put.
func (c *checker) argumentText(put transfer) string {
	e := c.expr(put.call)
	if e == nil {
		return "the object"
	}
	if inner, ok := c.given(put.call); ok {
		put.value = inner.value // of a deferred literal, the object is known as another value outside
	}
	args := arguments(put.call.Common())
	skip := len(args) - len(e.Args) // the receiver is not among the arguments
	for i, arg := range args {
		if arg != put.value {
			continue
		}
		var expr ast.Expr
		if i < skip {
			if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok {
				expr = sel.X
			}
		} else if i-skip < len(e.Args) {
			expr = e.Args[i-skip]
		}
		if expr != nil {
			return shorten(types.ExprString(ast.Unparen(expr)))
		}
	}
	return "the object"
}

// shorten keeps long expressions out of messages.
func shorten(text string) string {
	if len(text) > 40 || strings.Contains(text, "\n") {
		return "the object"
	}
	return text
}

// position returns where an instruction stands in the source.
func position(instr ssa.Instruction) token.Pos {
	if ret, ok := instr.(*ssa.Return); ok {
		return ssax.ExitPos(ret)
	}
	if instr.Pos().IsValid() {
		return instr.Pos()
	}
	for _, op := range instr.Operands(nil) {
		if *op != nil && (*op).Pos().IsValid() {
			return (*op).Pos()
		}
	}
	if v, ok := instr.(ssa.Value); ok {
		for _, ref := range *v.Referrers() {
			if ref.Pos().IsValid() {
				return ref.Pos()
			}
		}
	}
	return token.NoPos
}

// steps returns the branches of a path as steps of a witness.
func branchSteps(path []edge) []pragma.Step {
	var steps []pragma.Step
	for _, e := range path {
		b, ok := ssax.DescribeBranch(e.from, e.succ)
		if !ok {
			continue
		}
		steps = append(steps, pragma.Step{Kind: "branch", Pos: b.Pos, End: b.End, Text: b.Clause()})
	}
	return steps
}

// putStep is the step of a witness that gives the object back.
func (c *checker) putStep(put transfer) pragma.Step {
	pos, end := c.span(put.call)
	return pragma.Step{Kind: "put", Pos: pos, End: end, Text: fmt.Sprintf("%s gives %s back", c.calleeText(put.call), c.argumentText(put))}
}
