package ctxleak

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
)

// largeValue is the size in bytes from which a struct is large for a context:
// it is copied to the heap with every WithValue, and out of it by every type
// assertion.
const largeValue = 256

// valueAbuse reports values in contexts that are not data of a request: maps
// and channels, which make of the context a place where functions meet
// unseen, functions, and structs that are large.
func (c *checker) valueAbuse(fn *ssa.Function) {
	for call, callee := range calls(fn) {
		if !isWithValue(callee.FullName()) || len(call.Call.Args) < 3 {
			continue
		}
		boxed, ok := call.Call.Args[2].(*ssa.MakeInterface)
		if !ok {
			continue
		}
		what := c.abuse(boxed.X.Type())
		if what == "" {
			continue
		}
		pos, end := c.span(call)
		c.reporter.Report(pragma.Draft{
			Rule: valueAbuse, Pos: pos, End: end,
			Message: fmt.Sprintf("the context carries %s; pass it as a parameter: contexts are for data of a request that crosses APIs, and a value in one is looked up by every function on the way, at the cost of a walk along the chain", what),
			Witness: []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: "a context is made around this value"}},
		})
	}
}

// abuse says what is wrong with a type of value, or nothing.
func (c *checker) abuse(t types.Type) string {
	name := types.TypeString(t, types.RelativeTo(c.pass.Pkg))
	switch u := t.Underlying().(type) {
	case *types.Map:
		return fmt.Sprintf("a map (%s), which whoever finds it can change under the eyes of the others", name)
	case *types.Chan:
		if u.Dir() != types.RecvOnly {
			return fmt.Sprintf("a channel (%s) that whoever finds it can send on", name)
		}
	case *types.Signature:
		return fmt.Sprintf("a function (%s)", name)
	case *types.Struct:
		if size := c.pass.TypesSizes.Sizeof(t); size >= largeValue {
			return fmt.Sprintf("a struct of %d bytes (%s), which is copied to the heap here and out of it by every type assertion", size, name)
		}
	}
	return ""
}
