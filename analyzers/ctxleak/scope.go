package ctxleak

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A scope is the context that the source of a function can name.
type scope struct {
	expr string // "ctx", or "r.Context()"
	pos  token.Pos
}

// contextInScope returns the context that a function, or one around it, has
// as a parameter, itself or in an *http.Request.
func contextInScope(fn *ssa.Function) (scope, bool) {
	for ; fn != nil; fn = fn.Parent() {
		for _, p := range fn.Params {
			switch {
			case p.Object() == nil || p.Object().Name() == "" || p.Object().Name() == "_":
				// The SSA builder has a name for it, but the source has none.
			case isContext(p.Type()):
				return scope{p.Name(), p.Pos()}, true
			case isRequest(p.Type()):
				return scope{p.Name() + ".Context()", p.Pos()}, true
			}
		}
	}
	return scope{}, false
}

// isRequest reports whether a type is *http.Request.
func isRequest(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isNamedIn(p.Elem(), httpHome, "Request")
}

func isNamedIn(t types.Type, path, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}
