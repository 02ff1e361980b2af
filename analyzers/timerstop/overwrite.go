package timerstop

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// overwrites reports a store of a new timer over one that may be running.
func (c *checker) overwrites(h *holder) {
	for _, a := range h.made {
		store, base := fieldStore(a, h.field)
		if store == nil || isFresh(base) {
			continue
		}
		fn := a.call.Parent()
		if c.guarded(fn, h.field) || c.reachesStop(outermost(fn), h.field, 0) || c.inCallback(h, fn) {
			continue
		}
		why, other := c.twice(h, a)
		if why == "" {
			continue
		}
		c.reportOverwrite(h, a, why, other)
	}
}

// fieldStore returns the store of a timer into a field, and the struct.
func fieldStore(a *acquisition, f *types.Var) (*ssa.Store, ssa.Value) {
	for _, ref := range *a.call.Referrers() {
		if store, ok := ref.(*ssa.Store); ok {
			if addr, ok := store.Addr.(*ssa.FieldAddr); ok && structField(addr.X.Type(), addr.Field) == f {
				return store, addr.X
			}
		}
	}
	return nil, nil
}

// isFresh reports whether a struct was made in this function, so that its
// field was empty.
func isFresh(base ssa.Value) bool {
	for {
		switch b := base.(type) {
		case *ssa.Alloc:
			for _, ref := range *b.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == b {
					if call, ok := store.Val.(*ssa.Call); ok && call != nil {
						return false
					}
					return isFresh(store.Val)
				}
			}
			return true
		case *ssa.UnOp:
			base = b.X
		case *ssa.FieldAddr:
			base = b.X
		default:
			return false
		}
	}
}

// guarded reports whether a function compares the field with nil: it then
// knows whether there is a timer already. It also holds for one that waits for
// the old timer.
func (c *checker) guarded(fn *ssa.Function, f *types.Var) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if cmp, ok := instr.(*ssa.BinOp); ok && (cmp.Op == token.EQL || cmp.Op == token.NEQ) {
				if c.spec.isTimer(cmp.X.Type()) && share(c.places(cmp.X), []place{f}) {
					return true
				}
			}
			for _, e := range c.at[instr] {
				if e.kind == receives && share(e.places, []place{f}) {
					return true
				}
			}
		}
	}
	return false
}

// inCallback reports whether a function is run by the timer in the field: the
// old one has fired then.
func (c *checker) inCallback(h *holder, fn *ssa.Function) bool {
	for _, a := range h.made {
		if a.makes != callback {
			continue
		}
		if _, ok := a.function.(*ssa.Parameter); ok {
			continue // the caller's function
		}
		closure, ok := a.function.(*ssa.MakeClosure)
		if !ok {
			return true // unknown
		}
		body := closure.Fn.(*ssa.Function)
		if body == fn || callsStatically(body, fn, 0) {
			return true
		}
	}
	return false
}

// callsStatically reports whether a function leads to another through calls
// that name their callee.
func callsStatically(from, to *ssa.Function, depth int) bool {
	if depth > 4 {
		return true
	}
	for _, block := range from.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			callee := call.Common().StaticCallee()
			if callee != nil && callee != from && (callee == to || callee.Pkg == to.Pkg && callsStatically(callee, to, depth+1)) {
				return true
			}
		}
	}
	return false
}

// always reports whether a function cannot return without executing a call.
func always(call *ssa.Call) bool {
	fn := call.Parent()
	for _, b := range fn.Blocks {
		if _, returns := b.Instrs[len(b.Instrs)-1].(*ssa.Return); returns && b != call.Block() && fn.Blocks[0] != call.Block() && ssax.Reaches(fn.Blocks[0], b, call.Block()) {
			return false
		}
	}
	return true
}

// restarters begin the names of functions that are called again and again.
var restarters = []string{"Reset", "Restart", "Reload", "Reconfigure", "Update", "Set", "Change", "Refresh", "Renew", "Reconnect"}

// twice says why a store is executed when the field holds a timer already, or
// returns "".
func (c *checker) twice(h *holder, a *acquisition) (why string, other token.Pos) {
	fn := a.call.Parent()
	if ssax.InCycle(a.call.Block()) {
		return "in every round of the loop", token.NoPos
	}
	for _, o := range h.made {
		if o == a {
			continue
		}
		if _, base := fieldStore(o, h.field); base != nil && isFresh(base) {
			return fmt.Sprintf("that line %d made", c.line(o.call.Pos())), o.call.Pos()
		}
	}
	if !always(a.call) {
		return "", token.NoPos // the condition may say that there is none yet
	}
	name := strings.ToLower(outermost(fn).Name())
	for _, prefix := range restarters {
		if strings.HasPrefix(name, strings.ToLower(prefix)) {
			return fmt.Sprintf("of the last call of %s", functionName(outermost(fn))), token.NoPos
		}
	}
	return "", token.NoPos
}

func (c *checker) reportOverwrite(h *holder, a *acquisition, why string, other token.Pos) {
	pos, end := c.span(a.call)
	name := h.owner.Name() + "." + h.field.Name()
	ranged := c.rangedOver(h)
	draft := pragma.Draft{Rule: overwritten, Pos: pos, End: end}
	effect := "the old one can never be stopped again"
	switch {
	case a.makes == callback:
		effect = "the function of the old one runs as well"
	case ranged.IsValid():
		effect = fmt.Sprintf("the loop on line %d goes on with the channel of the old one", c.line(ranged))
	case !c.pinned(pos):
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
	}
	draft.Message = fmt.Sprintf("%s gets a new %s while the one %s may be running: %s; stop it first, or use Reset", name, kindOf(a), why, effect)
	if other.IsValid() {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "acquire", Pos: other, Text: fmt.Sprintf("%s gets its first %s", name, kindOf(a))})
	}
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "overwrite", Pos: pos, End: end, Text: "nothing stops the old one before it is replaced"})
	if ranged.IsValid() {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "block", Pos: ranged, Text: "the channel was read from the field once, before the loop"})
	}
	c.report(draft)
}

// rangedOver returns where a loop receives from a channel that it read from
// the field only once.
func (c *checker) rangedOver(h *holder) token.Pos {
	for _, e := range c.uses(receives, []place{h.field}) {
		recv, ok := e.instr.(*ssa.UnOp)
		if !ok {
			continue
		}
		load, ok := recv.X.(*ssa.UnOp)
		if ok && ssax.InCycle(recv.Block()) && (!ssax.InCycle(load.Block()) || !selfContains(load.Block(), recv.Block())) {
			return recv.Pos()
		}
	}
	return token.NoPos
}

// selfContains reports whether two blocks are in one cycle.
func selfContains(a, b *ssa.BasicBlock) bool {
	return ssax.Reaches(a, b, nil) && ssax.Reaches(b, a, nil)
}
