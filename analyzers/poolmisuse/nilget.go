package poolmisuse

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkNilGet reports an assertion on what Get returns of a pool that makes
// nothing: it has no New, or one that may return nil. Whatever was put in at
// the start, the garbage collector empties the pool.
//
// Pools behind pointers and pools that other code may know are left out: their
// New may be set where this package does not see it.
func (c *checker) checkNilGet(s *stock) {
	if !c.reporter.Enabled(nilGet) || !s.private() || !isPool(s.pool.Type()) || !s.std() || c.pools.unclear {
		return
	}
	why := s.mayMakeNothing()
	if why == nil && len(s.news) > 0 {
		return
	}
	for _, get := range s.gets {
		if assert := unchecked(get.value); assert != nil {
			c.reportNilGet(s, get, assert, why)
		}
	}
}

// mayMakeNothing returns a return of a pool's New that returns nil, if there
// is one.
func (s *stock) mayMakeNothing() *ssa.Return {
	for _, fn := range s.news {
		for _, block := range fn.Blocks {
			ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
			if ok && len(ret.Results) == 1 && ssax.IsNil(ret.Results[0]) {
				return ret
			}
		}
	}
	return nil
}

// unchecked returns an assertion that panics on nil, if nothing is asked about
// the value before: it is compared with nothing, and no other assertion of it
// may fail.
func unchecked(v ssa.Value) *ssa.TypeAssert {
	var found *ssa.TypeAssert
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.TypeAssert:
			if ref.CommaOk {
				return nil
			}
			found = ref
		case *ssa.DebugRef:
		default:
			return nil
		}
	}
	return found
}

func (c *checker) reportNilGet(s *stock, get transfer, assert *ssa.TypeAssert, why *ssa.Return) {
	pos, end := c.span(get.call)
	reason, at, text := "it has no New", s.pool.Pos(), "nothing in the package sets New of this pool"
	if why != nil {
		at = ssax.ExitPos(why)
		reason, text = fmt.Sprintf("its New returns nil on line %d", c.line(at)), "New returns nil"
	}
	if at == token.NoPos {
		at = pos
	}
	c.report(pragma.Draft{
		Rule: nilGet, Pos: pos, End: end,
		Message: fmt.Sprintf("Get returns nil when %s is empty, because %s, and the assertion to %s panics then; set New, or use the two-value form of the assertion",
			s.pool.Name(), reason, c.typeText(assert.AssertedType)),
		Witness: []pragma.Step{
			{Kind: "pool", Pos: at, Text: text},
			{Kind: "get", Pos: pos, End: end, Text: "what Get returns is taken to be an object"},
		},
	})
}
