package allocmodel

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// price finds the cost of a function, whose sites are settled; nil if it surely
// allocates nothing.
func (m *Model) price(fn *ssa.Function) *Cost {
	if fn.Parent() != nil {
		return nil // who calls function literals is rarely known
	}
	always := m.alwaysRuns(fn)
	c := &Cost{Result: -1}
	for _, s := range m.sites[fn] {
		if surely(s) && always(s.Instr.Block()) {
			c.count(s, 1)
			c.Sites = append(c.Sites, s)
		}
	}
	for _, b := range fn.Blocks {
		if !always(b) {
			continue
		}
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && m.called[call] != nil {
				c.addCall(m.called[call])
			}
		}
	}
	if c.Total() == 0 {
		return nil
	}
	if len(c.Sites) > 0 {
		first := c.Sites[0]
		c.First, c.Line = first.Kind, fn.Prog.Fset.Position(first.Pos).Line
	}
	c.Result = max(c.Result, 0)
	c.Inlined = !m.tooLargeToInline(fn)
	return c
}

// count adds some allocations of one site.
func (c *Cost) count(s *Site, n int) {
	switch {
	case s.result == 0 || c.Result >= 0 && c.Result != s.result-1:
		c.Heap += n // also of a second result, of which nothing more is told
	case s.level == 0:
		c.Result = s.result - 1
		c.Own += n
	default:
		c.Result = s.result - 1
		c.Inner += n
	}
}

// addCall adds what a call in the function allocates.
func (c *Cost) addCall(called *Called) {
	c.Heap += called.Cost.Heap
	for _, part := range []struct {
		s *Site
		n int
	}{{called.own, called.Cost.Own}, {called.inner, called.Cost.Inner}} {
		if part.s == nil || part.n == 0 {
			continue
		}
		switch {
		case part.s.Fate == Heap:
			c.count(part.s, part.n)
		case !called.Cost.Inlined:
			c.Heap += part.n
		}
	}
}

// surely reports whether a site allocates whenever it runs. Numbers below 256
// in an interface do not, nor does a map that begins on the stack, or an append
// to a slice with room.
func surely(s *Site) bool {
	if s.Fate != Heap || s.Size == 0 {
		return false
	}
	switch s.Kind {
	case Append, MapGrowth, DeferInLoop:
		return false
	case MakeMap:
		return s.Reason() != VariableSize
	case Box:
		basic, ok := s.Type.Underlying().(*types.Basic)
		return !ok || basic.Info()&types.IsInteger == 0
	}
	return true
}

// alwaysRuns returns a function that reports whether a block runs in each call
// of a function that does not fail. A call of it costs as much as there are
// returns.
func (m *Model) alwaysRuns(fn *ssa.Function) func(*ssa.BasicBlock) bool {
	var ends []*ssa.BasicBlock
	var cold []string
	return func(b *ssa.BasicBlock) bool {
		if cold == nil {
			cold = coldBlocks(fn, m.failures)
			for _, b := range fn.Blocks {
				if b.Index != 0 && b.Idom() == nil {
					continue // behind a panic that a deferred call ends
				}
				if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && cold[b.Index] == "" {
					ends = append(ends, b)
				}
			}
		}
		for _, end := range ends {
			if !b.Dominates(end) {
				return false
			}
		}
		return len(ends) > 0
	}
}

// What the compiler inlines at most, by its own count of nodes and what it adds
// for a call (https://go.dev/src/cmd/compile/internal/inline/inl.go). Half of
// the nodes of the syntax tree is less than it counts.
const (
	inlineBudget = 80
	costOfCall   = 57
)

// tooLargeToInline reports whether the compiler surely does not inline a
// function, unless a profile tells it to.
func (m *Model) tooLargeToInline(fn *ssa.Function) bool {
	decl, ok := fn.Syntax().(*ast.FuncDecl)
	if !ok {
		return false
	}
	if decl.Doc != nil {
		for _, line := range decl.Doc.List {
			if strings.HasPrefix(line.Text, "//go:noinline") {
				return true
			}
		}
	}
	nodes := 0
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if n != nil {
			nodes++
		}
		return true
	})
	cost := nodes / 2
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Go, *ssa.Defer, *ssa.Select:
				return true
			case *ssa.Call:
				if m.surelyCalls(&instr.Call) {
					cost += costOfCall
				}
			}
		}
	}
	return cost > inlineBudget
}

// surelyCalls reports whether a call is left as it is: of a method that is not
// known, or of a function that is too large.
func (m *Model) surelyCalls(call *ssa.CallCommon) bool {
	if call.IsInvoke() {
		return devirtualized(call) == nil && !isCallResult(call.Value)
	}
	callee := ssax.Callee(call)
	if callee == nil {
		return false
	}
	cost := m.costOf(callee)
	return cost != nil && !cost.Inlined
}

// isCallResult reports whether a value comes from a call: where that is
// inlined, its type may be known.
func isCallResult(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		return true
	case *ssa.Extract:
		return isCallResult(v.Tuple)
	case *ssa.UnOp:
		return v.Op == token.MUL && isCallResult(v.X)
	}
	return false
}
