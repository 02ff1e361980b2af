package poolmisuse

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// checkLost reports a path on which an object is neither put back nor handed
// on, although the function or others of the package do.
func (c *checker) checkLost(a *typestate.Acquisition, track *typestate.Track) {
	lost := track.Lost
	if lost == nil || !c.reporter.Enabled(notPutOnPath) || c.keptByCallee(a.Value) {
		return
	}
	if ret, ok := lost.At.(*ssa.Return); ok && c.returnsPart(a.Value, ret) {
		return
	}
	if track.Released == nil && !c.putElsewhere(a.Call) {
		return
	}
	for _, e := range lost.Steps {
		if branch, ok := e.From.Instrs[len(e.From.Instrs)-1].(*ssa.If); ok && asksSize(branch.Cond, a.Value, 0) {
			return // too large to be kept, or too small
		}
	}
	at := position(lost.At)
	if lost.Kind == typestate.AtRepeat {
		at = a.Call.Pos()
	}
	pos, end := c.span(a.Call)
	where := fmt.Sprintf("before the return on line %d", c.line(at))
	switch lost.Kind {
	case typestate.AtRepeat:
		where = "before the loop takes the next one"
	case typestate.AtOverwrite:
		where = fmt.Sprintf("before line %d overwrites the variable", c.line(at))
	}
	steps := make([]edge, 0, len(lost.Steps))
	for _, e := range lost.Steps {
		steps = append(steps, edge{e.From, e.Succ})
	}
	draft := pragma.Draft{
		Rule: notPutOnPath, Pos: pos, End: end,
		Message: fmt.Sprintf("the object that %s returns is not put back %s: the garbage collector takes it, and the pool must make another one; put it back on this path too, or say why not", c.calleeText(a.Call), where),
	}
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "acquire", Pos: pos, End: end, Text: "an object is taken"})
	draft.Witness = append(draft.Witness, branchSteps(steps)...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: at, Text: "nothing refers to the object any more"})
	if track.Released != nil {
		if p := position(track.Released); p != token.NoPos {
			draft.Witness = append(draft.Witness, pragma.Step{Kind: "put", Pos: p, Text: "it is put back or handed on here, but not on that path"})
		}
	}
	c.report(draft)
}

// returnsPart reports whether a return hands on a variable that holds memory
// of an object, by its address.
func (c *checker) returnsPart(object ssa.Value, ret *ssa.Return) bool {
	held := c.holdings(object)
	for _, r := range ret.Results {
		if v := storedIn(r, ret); v != nil {
			r = v // functions with defers keep results in variables
		}
		if cell, ok := r.(*ssa.Alloc); ok {
			if v := storedOnce(cell); v != nil && held[v] != nothing {
				return true
			}
		}
	}
	return false
}

// putElsewhere reports whether the package puts back what a call takes.
func (c *checker) putElsewhere(call *ssa.Call) bool {
	for _, get := range c.got(call) {
		if s := c.pools.byObject[get.pool]; get.pool != nil && s != nil && len(s.puts) > 0 {
			return true
		}
	}
	return false
}

// keptByCallee reports whether a call that gets an object returns something
// that may keep it, as a reader on top of a buffer does.
func (c *checker) keptByCallee(object ssa.Value) bool {
	for v := range c.holdings(object) {
		if v.Referrers() == nil {
			continue
		}
		for _, ref := range *v.Referrers() {
			call, ok := ref.(*ssa.Call)
			if !ok || aliasing[calleeName(call)] {
				continue
			}
			for r := range call.Call.Signature().Results().Variables() {
				if keepsReference(r.Type()) {
					return true
				}
			}
		}
	}
	return false
}

func calleeName(call *ssa.Call) string {
	if callee := ssax.Callee(call.Common()); callee != nil {
		return callee.FullName()
	}
	return ""
}

// keepsReference reports whether a value of a type may refer to what the
// function that returns it was given.
func keepsReference(t types.Type) bool {
	if ssax.IsError(t) {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Signature, *types.Struct:
		return true
	}
	return false
}
