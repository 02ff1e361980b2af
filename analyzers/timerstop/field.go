package timerstop

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rules about timers in fields. A field stands for that field of all
// values of its type, and only unexported fields that nothing hands out of the
// package are spoken about.

// A holder is a field that holds timers.
type holder struct {
	field *types.Var
	owner *types.TypeName
	made  []*acquisition
}

// holders returns the fields that get a timer from a producer, in the order of
// the code.
func (c *checker) holders() []*holder {
	var list []*holder
	for _, a := range c.made {
		f := asField(a.places)
		if a.makes == after || a.makes == tick {
			continue // nothing to stop; unstoppable's
		}
		if f == nil || f.Pkg() != c.pass.Pkg {
			continue
		}
		i := slices.IndexFunc(list, func(h *holder) bool { return h.field == f })
		if i < 0 {
			i = len(list)
			list = append(list, &holder{field: f, owner: c.ownerOf(f)})
		}
		list[i].made = append(list[i].made, a)
	}
	return list
}

// ownerOf returns the type that a field belongs to, or nil.
func (c *checker) ownerOf(f *types.Var) *types.TypeName {
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		s, ok := obj.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for field := range s.Fields() {
			if field == f {
				return obj
			}
		}
	}
	return nil
}

// fields checks the timers in fields.
func (c *checker) fields() {
	for _, h := range c.holders() {
		if h.owner == nil || c.outOfSight([]place{h.field}) {
			continue
		}
		c.notStopped(h)
		c.overwrites(h)
	}
}

// closer returns the method that ends values of a type, or nil.
func closer(owner *types.TypeName) *types.Func {
	named, ok := owner.Type().(*types.Named)
	if !ok {
		return nil
	}
	for m := range named.Methods() {
		if closers[m.Name()] {
			return m
		}
	}
	return nil
}

// notStopped reports a field whose timer its type's Close does not stop.
func (c *checker) notStopped(h *holder) {
	end := closer(h.owner)
	if end == nil {
		return
	}
	stopped := c.uses(stops, []place{h.field})
	a := h.made[0]
	if len(stopped) > 0 && (a.makes != callback || c.closerStops(h)) {
		return
	}
	pos, stop := c.span(a.call)
	name := h.owner.Name() + "." + h.field.Name()
	method := h.owner.Name() + "." + end.Name()
	draft := pragma.Draft{Rule: fieldNotStopped, Pos: pos, End: stop}
	draft.Message = fmt.Sprintf("%s does not stop the %s in %s: %s; call %s.Stop() there", method, kindOf(a), name, c.afterClose(a), h.field.Name())
	d, known := constantDuration(a.duration)
	switch {
	case len(stopped) > 0:
		draft.Severity, draft.Confidence = finding.Info, finding.Possible // somebody may have stopped it before
	case a.makes == timer && !c.pinned(pos), known && d < time.Second && a.makes != ticker:
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
	case a.makes == ticker && !c.pinned(pos) && !c.receivesForever(h):
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
	}
	draft.Witness = []pragma.Step{
		{Kind: "acquire", Pos: pos, End: stop, Text: fmt.Sprintf("%s gets a %s from %s", name, kindOf(a), a.name)},
		{Kind: "release", Pos: end.Pos(), Text: fmt.Sprintf("%s ends the %s, but nothing stops its %s", method, h.owner.Name(), kindOf(a))},
	}
	c.report(draft)
}

// receivesForever reports whether some goroutine cannot stop receiving from
// the timer in a field, so that the timer stays in use.
func (c *checker) receivesForever(h *holder) bool {
	return slices.ContainsFunc(c.uses(receives, []place{h.field}), func(e event) bool { return !c.canLeave(e) })
}

// afterClose says what a timer does when its owner is closed.
func (c *checker) afterClose(a *acquisition) string {
	switch {
	case a.makes == callback:
		return "its function runs when its owner is closed already, and keeps it in memory until then"
	case a.makes == ticker && c.pinned(a.call.Pos()):
		return "it goes on ticking, and before Go 1.23 for as long as the process runs"
	case a.makes == ticker:
		return "it goes on ticking for whoever receives from it"
	}
	return "it runs on until it fires"
}

// closerStops reports whether a closer of the type stops the field's timer,
// itself or through functions of this package.
func (c *checker) closerStops(h *holder) bool {
	for _, fn := range c.funcs {
		recv := fn.Signature.Recv()
		if recv == nil || !closers[fn.Name()] || typeName(recv.Type()) != h.owner.Name() {
			continue
		}
		if c.reachesStop(fn, h.field, 0) {
			return true
		}
	}
	return false
}

// reachesStop reports whether a function stops a field's timer, itself or
// through functions of this package.
func (c *checker) reachesStop(fn *ssa.Function, f *types.Var, depth int) bool {
	if depth > 4 {
		return true // too deep to tell
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			for _, e := range c.at[instr] {
				if e.kind == stops && share(e.places, []place{f}) {
					return true
				}
			}
			var next *ssa.Function
			switch instr := instr.(type) {
			case ssa.CallInstruction:
				next = instr.Common().StaticCallee()
			case *ssa.MakeClosure:
				next = instr.Fn.(*ssa.Function)
			}
			if next != nil && next != fn && next.Pkg == fn.Pkg && c.reachesStop(next, f, depth+1) {
				return true
			}
		}
	}
	return false
}

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
