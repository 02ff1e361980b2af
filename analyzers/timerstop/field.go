package timerstop

import (
	"fmt"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
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
	if a.makes == ticker && c.receivesForever(h) {
		draft.Message += ", and let something else end the loop over its channel"
	}
	d, known := constantDuration(a.duration)
	switch {
	case len(stopped) > 0:
		draft.Severity, draft.Confidence = finding.Info, finding.Possible // somebody may have stopped it before
	case a.makes == timer && !c.pinned(pos), known && d < time.Second && a.makes != ticker:
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
	case a.makes == ticker && !c.pinned(pos) && !c.receivesForever(h):
		draft.Severity, draft.Confidence = finding.Info, finding.Possible
	case a.makes == callback:
		draft.Confidence = finding.Possible // most functions find their owner closed, and that is all
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
