package ctxleak

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// requestWithoutContext reports HTTP requests that cannot be cancelled,
// in a function that has a context: those of http.Get and the like, and those of
// http.NewRequest that the function itself sends.
func (c *checker) requestWithoutContext(fn *ssa.Function) {
	have, ok := contextInScope(fn)
	if !ok || !runsWithCaller(fn) {
		return
	}
	for _, r := range bareRequests(fn) {
		if c.inTest(r.call.Pos()) {
			continue // the test's own server answers
		}
		pos, end := c.span(r.call)
		c.reporter.Report(pragma.Draft{
			Rule: requestWithoutCtx, Pos: pos, End: end,
			Message: fmt.Sprintf("the request does not carry %s: when the caller gives up, it goes on; make it with http.NewRequestWithContext(%s, …)", have.expr, have.expr),
			Witness: []pragma.Step{
				step("context", have.pos, fmt.Sprintf("the caller gives %s", have.expr)),
				{Kind: "use", Pos: pos, End: end, Text: "the request is made without it"},
			},
		})
	}
}

// A bareRequest is an HTTP request without a context that a function sends.
type bareRequest struct {
	call   *ssa.Call // that makes the request
	client ssa.Value // that sends it; nil for the default client
}

// bareRequests returns those of a function.
func bareRequests(fn *ssa.Function) []bareRequest {
	var list []bareRequest
	for call, callee := range calls(fn) {
		switch {
		case defaultClientCalls.Has(callee):
			list = append(list, bareRequest{call: call})
		case clientCalls.Has(callee):
			list = append(list, bareRequest{call: call, client: call.Call.Args[0]})
		case ssax.IsNamed(callee, newRequest):
			if client := sender(call); client != nil {
				list = append(list, bareRequest{call: call, client: client})
			}
		}
	}
	return list
}

// sender returns the client that sends the request which a call makes, or nil
// if something else may send it or give it a context.
func sender(call *ssa.Call) ssa.Value {
	request := result(call, 0)
	if request == nil {
		return nil
	}
	var client ssa.Value
	for h := range holders(request) {
		for _, ref := range *h.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Call:
				switch name := calleeName(ref.Common()); {
				case name == clientDo:
					client = ref.Call.Args[0]
				case !requestMethods[name]:
					return nil
				}
			case *ssa.MakeClosure, *ssa.Return, *ssa.MakeInterface, *ssa.Go, *ssa.Defer:
				return nil
			}
		}
	}
	return client
}

// clientWithoutTimeout reports HTTP requests that nothing limits in time, in a
// handler, whose client waits, and in a goroutine, which stays: the
// client is the default one or one made here without a timeout, and the
// request has no context.
func (c *checker) clientWithoutTimeout(fn *ssa.Function) {
	where := ""
	switch {
	case startedByGo(fn):
		where = "this goroutine"
	case handles(fn):
		where = "this handler"
	default:
		return
	}
	if _, ok := contextInScope(fn); ok && c.reporter.Enabled(requestWithoutCtx) && runsWithCaller(fn) {
		return // says the same and more
	}
	for _, r := range bareRequests(fn) {
		if !unlimited(r.client) || c.inTest(r.call.Pos()) {
			continue
		}
		pos, end := c.span(r.call)
		c.reporter.Report(pragma.Draft{
			Rule: clientNoTimeout, Pos: pos, End: end,
			Message: fmt.Sprintf("nothing limits the time of this request: a server that does not answer holds %s for ever; use an http.Client with a Timeout, or a context with one", where),
			Witness: []pragma.Step{{Kind: "use", Pos: pos, End: end, Text: "the client has no timeout, and the request no context"}},
		})
	}
}

// startedByGo reports whether a function literal is started as a goroutine.
func startedByGo(fn *ssa.Function) bool {
	if fn.Parent() == nil {
		return false
	}
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			if start, ok := instr.(*ssa.Go); ok && started(start) == fn {
				return true
			}
		}
	}
	return false
}

// unlimited reports whether a client is known to have no timeout.
func unlimited(client ssa.Value) bool {
	switch client := client.(type) {
	case nil:
		return true
	case *ssa.UnOp:
		global, ok := client.X.(*ssa.Global)
		return ok && global.Pkg.Pkg.Path() == httpHome && global.Name() == "DefaultClient"
	case *ssa.Alloc:
		for _, ref := range *client.Referrers() {
			switch ref := ref.(type) {
			case *ssa.FieldAddr:
				if nameOfField(ref) == "Timeout" {
					return false
				}
			case *ssa.Call:
				if !isClientMethod(ref) {
					return false
				}
			default:
				return false
			}
		}
		return true
	}
	return false
}

func isClientMethod(call *ssa.Call) bool {
	callee := ssax.Callee(call.Common())
	return clientCalls.Has(callee) || ssax.IsNamed(callee, clientDo) || ssax.IsNamed(callee, "(*net/http.Client).CloseIdleConnections")
}
