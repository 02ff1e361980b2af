package poolmisuse

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkRequestBody reports an object that is the body of an HTTP request which
// the function sends, and that the function puts back. A transport may read
// the body even after it has returned: the server has answered early, or the
// request's context has ended. Nothing tells the caller when that is over but
// the body's Close, which buffers and readers of the standard library do not
// have.
func (c *checker) checkRequestBody(get transfer) {
	if !c.reporter.Enabled(requestBody) {
		return
	}
	held := c.holdings(get.value)
	put := c.putOf(get, held)
	if put == nil {
		return
	}
	for _, block := range get.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !comesTo(call, put.call, get.call.Block()) {
				continue
			}
			if sent := sends(call, held); sent != nil {
				c.reportRequestBody(*put, call, sent)
				return
			}
		}
	}
}

// sends returns the call that sends a request whose body, as a call makes it,
// is an object; that may be the same call.
func sends(call *ssa.Call, held map[ssa.Value]hold) *ssa.Call {
	callee := ssax.Callee(call.Common())
	if callee == nil {
		return nil
	}
	name := callee.FullName()
	if i, ok := senders[name]; ok && held[call.Call.Args[i]] != nothing {
		return call
	}
	if i, ok := requestMakers[name]; !ok || held[call.Call.Args[i]] == nothing {
		return nil
	}
	for _, ref := range *call.Referrers() {
		request, ok := ref.(*ssa.Extract)
		if !ok || request.Index != 0 {
			continue
		}
		for _, use := range *request.Referrers() {
			if sent, ok := use.(*ssa.Call); ok && receives(sent, request) {
				return sent
			}
		}
	}
	return nil
}

// receives reports whether a call gets a request as an argument, other than
// as the receiver of a method of its own.
func receives(call *ssa.Call, request ssa.Value) bool {
	callee := ssax.Callee(call.Common())
	for i, arg := range call.Call.Args {
		if arg == request {
			return i > 0 || callee == nil || callee.Signature().Recv() == nil || call.Call.IsInvoke()
		}
	}
	return false
}

func (c *checker) reportRequestBody(put transfer, made, sent *ssa.Call) {
	object := c.argumentText(put)
	pos, end := c.span(sent)
	draft := pragma.Draft{
		Rule: requestBody, Pos: pos, End: end,
		Message: fmt.Sprintf("%s is the body of the request that %s sends, and line %d puts it back: the transport may still be reading it, if the server answers early or the request is cancelled; put it back when the transport closes the body, or send a copy",
			object, c.calleeText(sent), c.line(put.call.Pos())),
	}
	if made != sent {
		start, stop := c.span(made)
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "body", Pos: start, End: stop, Text: fmt.Sprintf("%s becomes the body of a request", object)})
	}
	draft.Witness = append(draft.Witness,
		pragma.Step{Kind: "send", Pos: pos, End: end, Text: "the request is sent; its body may be read for longer than this call takes"},
		pragma.Step{Kind: "put", Pos: put.call.Pos(), Text: fmt.Sprintf("%s is put back", object)})
	c.report(draft)
}
