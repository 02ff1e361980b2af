package escape

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// allocationRules report the allocations of a function that no other rule has
// spoken about. They say nothing about a better place, and how often the code
// runs is not asked: these findings are hidden until a profile says that their
// line costs something, but for calls on hot paths, which are candidates. A finding about an append or an assignment to a map is
// about what may happen there, as is one about a value whose way is not known.
func (c *checker) allocationRules(fn *ssa.Function) {
	if isTestFile(c.pass.Fset.Position(fn.Pos()).Filename) {
		return // costs nobody anything
	}
	for _, s := range c.model.Sites(fn) {
		if c.spoken[s] || c.said(s.Pos) || !s.Pos.IsValid() || othersKeep(s) {
			continue
		}
		rule, message := c.describe(s)
		if rule == "" || !c.reporter.Enabled(rule) {
			continue
		}
		heat := c.heat(s.Instr)
		d := pragma.Draft{Rule: rule, Pos: s.Pos, Message: fmt.Sprintf(message, often(heat)) + because(s)}
		d.NeedsPrice = true
		c.candidate(d, s, heat)
	}
	if c.reporter.Enabled(allocatingCall) {
		c.callRule(fn)
	}
}

func isTestFile(name string) bool { return strings.HasSuffix(name, "_test.go") }

// describe returns the rule of a site that is not sure to be on the stack, and
// a message into which goes how often it runs.
func (c *checker) describe(s *allocmodel.Site) (rule, message string) {
	switch {
	case s.Fate == allocmodel.Stack, s.Size == 0:
		return "", ""
	case s.Kind == allocmodel.Append:
		return mayAllocate, "append allocates a larger array %s if the slice is full"
	case s.Kind == allocmodel.MapGrowth:
		return mayAllocate, "the map grows %s if the key is a new one and the map is full"
	case s.Fate == allocmodel.Unknown:
		return mayAllocate, c.noun(s) + " may be allocated %s"
	case s.Kind == allocmodel.MakeMap && (s.Fate == allocmodel.Buffer || s.Reason() == allocmodel.VariableSize):
		return mayAllocate, "a map allocates %s if it gets more than 8 entries"
	case isSmallNumber(s):
		return mayAllocate, c.noun(s) + " is allocated %s unless it is between 0 and 255"
	case s.Kind == allocmodel.MakeSlice && s.Size < 0 && s.Fate == allocmodel.Heap:
		return mayAllocate, c.noun(s) + " is allocated %s unless its size is 0"
	case s.Fate == allocmodel.Heap:
		return allocates, c.noun(s) + " is allocated %s"
	}
	return mayAllocate, c.noun(s) + " is allocated %s if it has more than 32 bytes"
}

// isSmallNumber reports whether a site boxes an integer. The runtime has one
// byte's worth of them at hand: staticuint64s in runtime/iface.go.
func isSmallNumber(s *allocmodel.Site) bool {
	if s.Kind != allocmodel.Box {
		return false
	}
	basic, ok := s.Type.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

// noun says what a site allocates.
func (c *checker) noun(s *allocmodel.Site) string {
	switch s.Kind {
	case allocmodel.MakeMap:
		return "a map"
	case allocmodel.MakeChan:
		return "a channel"
	case allocmodel.Closure:
		if made, ok := s.Instr.(*ssa.MakeClosure); ok && ssax.IsLoopBody(made.Fn.(*ssa.Function)) {
			return "the body of this loop with what it captures"
		}
		return "a function literal with what it captures"
	case allocmodel.MethodValue:
		return "a method value"
	case allocmodel.Box:
		return fmt.Sprintf("a copy of this %s%s, to become an interface value,", c.typeName(s.Type), sizeText(s.Size))
	case allocmodel.Conversion, allocmodel.Concat:
		return "a new " + c.typeName(s.Type)
	case allocmodel.Variadic:
		return "the slice of the last arguments"
	case allocmodel.DeferInLoop:
		return "the record of a deferred call"
	}
	return c.typeName(s.Type) + sizeText(s.Size)
}

// A span is a part of the code.
type span struct{ pos, end token.Pos }

// said reports whether a rule has spoken about a position of the function
// that is looked at.
func (c *checker) said(pos token.Pos) bool {
	for _, s := range c.spans {
		if s.pos <= pos && pos < s.end {
			return true
		}
	}
	return false
}

// callRule reports calls of functions that allocate each time.
func (c *checker) callRule(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || c.said(call.Pos()) {
				continue
			}
			callee := ssax.Callee(call.Common())
			what, ok := allocators.Of(callee)
			if !ok {
				if call, isCall := instr.(*ssa.Call); isCall {
					c.pricedCall(call)
				}
				continue
			}
			heat := c.heat(instr)
			c.atHeat(pragma.Draft{
				Rule: allocatingCall, Pos: call.Pos(), Severity: finding.Info, Confidence: finding.Possible, Site: finding.SiteCall,
				NeedsPrice: heat.Level != allocmodel.Hot,
				Message:    fmt.Sprintf("%s.%s allocates %s %s", callee.Pkg().Name(), callee.Name(), what, often(heat)),
			}, heat)
		}
	}
}

// literalSpan returns where the expression &T{…} of a site is, of which SSA
// form knows the brace only. Other kinds of sites are where the compiler says
// that they are.
func (c *checker) literalSpan(s *allocmodel.Site) (pos, end token.Pos) {
	if s.Kind != allocmodel.Composite {
		return token.NoPos, token.NoPos
	}
	path := c.around(s.Pos)
	for i, n := range path {
		if lit, ok := n.(*ast.CompositeLit); ok && lit.Lbrace == s.Pos {
			if ref, ok := path[i+1].(*ast.UnaryExpr); ok && ref.Op == token.AND {
				return ref.Pos(), ref.End()
			}
			break
		}
	}
	return token.NoPos, token.NoPos
}
