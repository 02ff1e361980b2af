package ctxleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// maxBoundDepth bounds how many functions of the package deep a product is
// looked for.
const maxBoundDepth = 3

// boundTo returns what a function makes with contexts, or with requests that
// carry them, once a call is executed. After nil, it is all that it makes.
func boundTo(fn *ssa.Function, after *ssa.Call, contexts, requests map[ssa.Value]bool, depth int) []product {
	var list []product
	sent := make(map[ssa.Value]bool)
	addRequest := func(v ssa.Value) {
		for alias := range holders(v) {
			sent[alias] = true
		}
	}
	for v := range requests {
		addRequest(v)
	}
	for call, callee := range calls(fn) {
		made := firstResult(call)
		if made == nil || after != nil && !follows(call, after) {
			continue
		}
		h, ok := makes(call, callee.FullName(), contexts, sent)
		if !ok {
			h, ok = passesBack(call, contexts, sent, depth)
		}
		if !ok {
			continue
		}
		p := product{value: made, held: h, call: call}
		switch h.what {
		case heldContext.what:
			p.call = nil // whatever is done with it, it has ended
		case heldRequest.what:
			addRequest(made)
		}
		list = append(list, p)
	}
	return list
}

// makes returns what the tables say about the result of a call that is given
// a context or request.
func makes(call *ssa.Call, name string, contexts, requests map[ssa.Value]bool) (held, bool) {
	takes := func(set map[ssa.Value]bool) bool {
		return slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return set[v] })
	}
	switch {
	case sends(call):
		return heldResponse, takes(requests)
	case !takes(contexts):
		return held{}, false
	case children[name]:
		return heldContext, contexts[firstResult(call)]
	case requestMakers[name]:
		return heldRequest, true
	}
	if h, ok := heldBy[name]; ok {
		return h, true
	}
	return heldByType(call)
}

// sends reports whether a call looks like one that sends a request: its first
// result is a response, and it is not a function of this package, which can
// be looked into.
func sends(call *ssa.Call) bool {
	made := firstResult(call)
	if made == nil || !isResponse(made.Type()) {
		return false
	}
	fn := call.Call.StaticCallee()
	return fn == nil || len(fn.Blocks) == 0
}

// passesBack returns what a function of this package returns that it makes
// with a context or request that a call gives it.
func passesBack(call *ssa.Call, contexts, requests map[ssa.Value]bool, depth int) (held, bool) {
	fn := call.Call.StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 || depth >= maxBoundDepth {
		return held{}, false
	}
	for i, arg := range call.Call.Args {
		inner, carried := map[ssa.Value]bool{}, map[ssa.Value]bool{}
		switch {
		case contexts[arg] && isContext(fn.Params[i].Type()):
			inner = inherits(fn.Params[i], nil)
		case requests[arg] && isRequest(fn.Params[i].Type()):
			carried[fn.Params[i]] = true
		default:
			continue
		}
		for _, p := range boundTo(fn, nil, inner, carried, depth+1) {
			first := func(ret *ssa.Return) bool {
				return len(ret.Results) > 0 && types.Identical(ret.Results[0].Type(), p.value.Type())
			}
			if p.call != nil && slices.ContainsFunc(p.returned(fn), first) {
				return p.held, true
			}
		}
	}
	return held{}, false
}

// firstResult returns the first or only result of a call, or nil.
func firstResult(call *ssa.Call) ssa.Value {
	if extract := result(call, 0); extract != nil {
		return extract
	}
	if isTuple(call) {
		return nil
	}
	return call
}

func isTuple(v ssa.Value) bool {
	_, ok := v.Type().(*types.Tuple)
	return ok
}

// heldByType recognises interfaces of generated code, of which there are too
// many for a table.
func heldByType(call *ssa.Call) (held, bool) {
	v := firstResult(call)
	if v == nil || !types.IsInterface(v.Type()) {
		return held{}, false
	}
	if v.Type().String() == kubernetesWatch {
		return heldWatch, true
	}
	methods := types.NewMethodSet(v.Type())
	for _, name := range grpcStreamMethods {
		if methods.Lookup(nil, name) == nil {
			return held{}, false
		}
	}
	return heldStream, true
}
