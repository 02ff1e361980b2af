package allocmodel

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// propagate carries what is known of callers to their callees: first that all
// of them are cold, then that one of them is hot.
func (h *Hotness) propagate() {
	g := h.callGraph()
	callers := make(map[*ssa.Function][]call)
	for _, c := range g.calls {
		callers[c.callee] = append(callers[c.callee], c)
	}
	for changed := true; changed; {
		changed = false
		for _, fn := range h.funcs {
			if h.heat[fn].level != Warm || len(callers[fn]) == 0 || !g.closed(fn) {
				continue
			}
			if why, cold := h.allCold(fn, callers[fn]); cold {
				h.heat[fn] = &entry{level: Cold, why: why}
				changed = true
			}
		}
	}
	for range depthFromRoot {
		next := make(map[*ssa.Function]*entry)
		for _, c := range g.calls {
			if e := h.across(c); e != nil && e.beats(h.heat[c.callee]) && e.beats(next[c.callee]) {
				next[c.callee] = e
			}
		}
		for fn, e := range next {
			h.heat[fn] = e
		}
	}
}

// allCold reports whether a function is called from cold code only. Calls of
// itself say nothing.
func (h *Hotness) allCold(fn *ssa.Function, callers []call) (why string, cold bool) {
	for _, c := range callers {
		if c.site.Parent() == fn {
			continue
		}
		switch heat := h.Heat(c.site); {
		case c.once:
			why = "once"
		case heat.Level != Cold:
			return "", false
		case why == "":
			why = heat.Why
		}
	}
	return why, why != ""
}

// across returns the entry that a call gives to its callee, or nil.
func (h *Hotness) across(c call) *entry {
	caller := c.site.Parent()
	heat, e := h.Heat(c.site), h.heat[caller]
	if heat.Level == Cold || c.once || heat.Level == Warm && c.extra == 0 || caller == c.callee {
		return nil
	}
	around := h.outlines[caller].around(c.site.Block(), e.level == Cold)
	depth := e.depth + 1
	if len(around)+c.extra > 0 || e.level != Hot {
		depth = 1
	}
	if depth > depthFromRoot || heat.Root == nil && depth > depthFromLoop {
		return nil
	}
	line, source := h.file(c.site.Pos()), heat.Why
	if l := innermost(around); l != nil {
		source = l.often(h.file(l.pos))
		if e.level == Hot {
			source += ", " + e.within
		}
	}
	next := &entry{
		level: Hot, loops: heat.Loops + c.extra, root: heat.Root, depth: depth, source: source,
		why:    "for each call from " + line + ", which runs " + source,
		within: "in what " + line + " calls " + source,
		steps:  append(heat.Steps[:len(heat.Steps):len(heat.Steps)], HeatStep{c.site.Pos(), h.name(caller) + " " + c.verb + " " + h.name(c.callee)}),
	}
	switch {
	case c.extra > 0:
		h.perElement(next, c, heat)
	case depth > 1:
		next.source = e.source
		next.why = "for each call from " + line + ", reached " + e.source
		next.within = "in what " + line + " calls, reached " + e.source
	}
	return next
}

// perElement words the entry of a function that another one calls in a loop.
func (h *Hotness) perElement(e *entry, c call, heat Heat) {
	line := h.file(c.site.Pos())
	if body, ok := loopBodyPos(c.callee); ok {
		line = h.file(body)
	}
	e.source = "for each element of the loop on " + line
	if !ssax.IsLoopBody(c.callee) {
		e.source = "for each element that " + line + " visits"
	}
	e.why, e.within = e.source, "in what runs "+e.source
	if heat.Level == Hot {
		e.why += ", " + "which runs " + heat.Why
	}
}

func loopBodyPos(fn *ssa.Function) (token.Pos, bool) {
	if !ssax.IsLoopBody(fn) {
		return token.NoPos, false
	}
	return fn.Syntax().Pos(), true
}

// beats reports whether an entry says more than another, which may be nil.
func (e *entry) beats(other *entry) bool {
	if other == nil || other.level != Hot {
		return true
	}
	if (e.root != nil) != (other.root != nil) {
		return e.root != nil
	}
	return e.loops > other.loops
}

func innermost(around []*loop) *loop {
	if len(around) == 0 {
		return nil
	}
	return around[len(around)-1]
}
