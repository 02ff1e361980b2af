package ctxleak

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// httpHome is the package of HTTP responses.
const httpHome = "net/http"

// bodySpec is the protocol of HTTP responses: the body has to be closed,
// whether it is read or not, unless the request failed.
var bodySpec = typestate.Spec{
	Produces: map[string]typestate.Product{
		"net/http.Get":      response, // https://pkg.go.dev/net/http#Get
		"net/http.Post":     response, // https://pkg.go.dev/net/http#Post
		"net/http.PostForm": response, // https://pkg.go.dev/net/http#PostForm

		"(*net/http.Client).Do":       response, // https://pkg.go.dev/net/http#Client.Do
		"(*net/http.Client).Get":      response, // https://pkg.go.dev/net/http#Client.Get
		"(*net/http.Client).Post":     response, // https://pkg.go.dev/net/http#Client.Post
		"(*net/http.Client).PostForm": response, // https://pkg.go.dev/net/http#Client.PostForm
	},
	Releases: map[string]int{
		"(io.Closer).Close":     0, // of the body, https://pkg.go.dev/net/http#Response
		"(io.ReadCloser).Close": 0,
	},
	Borrows: map[string]bool{
		"io.ReadAll":                     true, // https://pkg.go.dev/io#ReadAll
		"io/ioutil.ReadAll":              true, // https://pkg.go.dev/io/ioutil#ReadAll
		"io.Copy":                        true, // https://pkg.go.dev/io#Copy
		"io.CopyN":                       true, // https://pkg.go.dev/io#CopyN
		"net/http/httputil.DumpResponse": true, // https://pkg.go.dev/net/http/httputil#DumpResponse
		"encoding/json.NewDecoder":       true, // https://pkg.go.dev/encoding/json#NewDecoder
		"fmt.Println":                    true,
		"fmt.Printf":                     true,
		"(net/http.Header).Get":          true,
		"(*net/http.Response).Cookies":   true,
	},
	Part:    "Body",
	Unknown: typestate.Move, // who gets one may well close it
	Types:   isResponse,
	Exits:   exits,
}

var response = typestate.Product{Result: 0, Err: 1, Companion: -1, Class: "response"}

// isResponse reports whether a type is *http.Response.
func isResponse(t types.Type) bool {
	ptr, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	return ok && named.Obj().Name() == "Response" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == httpHome
}

// checkBodies reports responses whose body is not closed on some path.
func (c *checker) checkBodies(pkg *ssax.Package) {
	engine := typestate.New(&bodySpec, pkg, nil)
	for _, fn := range pkg.Funcs {
		for _, a := range engine.Acquisitions(fn) {
			if isHead(a.Call) {
				continue
			}
			if a.Value == nil {
				c.reportBody(a, nil)
				continue
			}
			a.Ends = bodiless{}
			if track := engine.Track(a); track.Lost != nil && !track.Exhausted && !runsOnce(fn) {
				c.reportBody(a, track)
			}
		}
	}
}

// bodiless tells which paths know that a response has no body, by its status.
type bodiless struct{}

func (bodiless) At(*ssax.Paths, ssa.Instruction) bool { return false }

func (bodiless) On(_ *ssax.Paths, from *ssa.BasicBlock, succ int) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || !(cmp.Op == token.EQL && succ == 0 || cmp.Op == token.NEQ && succ == 1) {
		return false
	}
	status, ok := cmp.Y.(*ssa.Const)
	if !ok || !isStatus(cmp.X) || status.Value == nil {
		return false
	}
	code := status.Int64()
	return code == 204 || code == 304 // https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
}

// isStatus reports whether a value is the status of some response.
func isStatus(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok || !isResponse(addr.X.Type()) {
		return false
	}
	s, ok := addr.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	return ok && s.Field(addr.Field).Name() == "StatusCode"
}

// isHead reports whether a call sends a request that is made right here with
// the method HEAD: the response has no body.
func isHead(call *ssa.Call) bool {
	for _, arg := range call.Call.Args {
		made, ok := arg.(*ssa.Extract)
		if !ok {
			continue
		}
		request, ok := made.Tuple.(*ssa.Call)
		if !ok {
			continue
		}
		method := -1
		switch callee := ssax.Callee(request.Common()); {
		case callee == nil:
		case callee.FullName() == "net/http.NewRequest": // https://pkg.go.dev/net/http#NewRequest
			method = 0
		case callee.FullName() == "net/http.NewRequestWithContext": // https://pkg.go.dev/net/http#NewRequestWithContext
			method = 1
		}
		if method < 0 {
			continue
		}
		if c, ok := request.Call.Args[method].(*ssa.Const); ok && c.Value != nil && constant.StringVal(c.Value) == "HEAD" {
			return true
		}
	}
	return false
}

// reportBody reports one response. Track is nil if nothing receives it.
func (c *checker) reportBody(a *typestate.Acquisition, track *typestate.Track) {
	source := findAssignment(c.pass.Files, a.Call.Pos(), a.Result)
	callee := producerName(a.Callee)
	name := source.name("the response")
	const consequence = "its connection cannot be used again and stays open, with the goroutines that serve it, until the server closes it or the request's context ends"
	draft := pragma.Draft{Rule: bodyNotClosed, Pos: a.Call.Pos()}
	if c.inTest(a.Call.Pos()) {
		draft.Severity = finding.Info // the process ends with the tests
	}
	if source.call != nil {
		draft.Pos, draft.End = source.call.Pos(), source.call.End()
	}
	draft.Witness = []pragma.Step{{Kind: "acquire", Pos: draft.Pos, End: draft.End, Text: fmt.Sprintf("%s returns %s, whose body is open unless the request failed", callee, name)}}
	switch {
	case track == nil || track.Released == nil:
		draft.Message = fmt.Sprintf("the body of %s, from %s, is never closed: %s; defer %s.Body.Close() after the error check", name, callee, consequence, name)
	default:
		branches := describe(track.Lost)
		exit := c.lossPos(track.Lost, draft.Pos)
		draft.Message = fmt.Sprintf("the body of %s, from %s, is not closed before line %d%s: %s; defer %s.Body.Close() after the error check",
			name, callee, c.pass.Fset.Position(exit).Line, ssax.Conditions(branches), consequence, name)
		for _, b := range branches {
			draft.Witness = append(draft.Witness, pragma.Step{Kind: "branch", Pos: b.Pos, End: b.End, Text: b.Clause()})
		}
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: "here the body is still open, and nothing can close it any more"})
	}
	c.reporter.Report(draft)
}

// lossPos returns where the path of a loss ends.
func (c *checker) lossPos(l *typestate.Violation, otherwise token.Pos) token.Pos {
	if ret, ok := l.At.(*ssa.Return); ok {
		if pos := ssax.ExitPos(ret); pos.IsValid() {
			return pos
		}
	}
	if l.Kind != typestate.AtRepeat && l.At.Pos().IsValid() {
		return l.At.Pos()
	}
	return otherwise
}
