package chanmodel

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// edge follows an edge: cases of selects, what ranges receive, and loops.
func (w *tallier) edge(c census, e *Edge, at Place) (census, bool) {
	if c.live && w.root != nil && w.root.op == nil && e.To == w.root.block {
		w.end(c, at.Path, true)
		return c, false
	}
	if w.contradicts(e, at) || c.live && w.failed(e, at) {
		return c, false
	}
	if c.live {
		c = w.chosen(c, e, at)
	}
	c, feasible := w.loop(c, e, at)
	if !feasible {
		return c, false
	}
	if !c.live && w.root != nil && w.root.op == nil && e.To == w.root.block {
		c.live, c.items = true, []int32{0}
	}
	return c, true
}

// failed reports whether an edge belongs to a failure of the call by which the
// channel came to exist: a function that returns an error has not made it.
func (w *tallier) failed(e *Edge, at Place) bool {
	if w.root == nil || w.root.op == nil || w.fr.fn.source == nil {
		return false
	}
	b := w.fr.fn.source.Blocks[at.Block]
	for succ := range b.Succs {
		if e != &w.fr.fn.Blocks[at.Block].Succs[succ] {
			continue
		}
		v, isNil := ssax.NilTest(b, succ)
		result, ok := v.(*ssa.Extract)
		return ok && !isNil && ssax.IsError(v.Type()) && result.Tuple.Pos() == w.root.op.Pos
	}
	return false
}

// contradicts reports whether an edge needs a parameter to be something else
// than the constant that the caller gives.
func (w *tallier) contradicts(e *Edge, at Place) bool {
	if e.Test.Param == "" {
		return false
	}
	if e.Test.Value == "nil" && e.Test.True && slices.Contains(w.s.made.Objects, w.fr.resolve(e.Test.Param)) {
		return true // it is the channel
	}
	have, known := w.fr.consts[e.Test.Param]
	return known && (have == e.Test.Value) != e.Test.True
}

func (w *tallier) chosen(c census, e *Edge, at Place) census {
	block := w.fr.fn.Blocks[at.Block]
	if e.Case >= 0 && c.sel != nil && e.Case < len(c.sel.Cases) {
		chosen := &c.sel.Cases[e.Case]
		mine := w.s.mine(chosen.Ref, w.fr)
		bit := w.s.bit(chosen.Resource)
		c = w.each(c, func(t *tally) {
			switch {
			case mine == maybe:
				t.gotAll, t.sentAll = true, true
			case mine == yes && chosen.Kind == Send:
				t.offers = clamp(t.offers, 1)
			case mine == yes:
				t.recvs = clamp(t.recvs, 1)
			case chosen.Kind == Send:
				t.fired |= bit
			default:
				t.got |= bit
			}
		})
	}
	if slices.Contains(e.Closed, w.s.resource) || slices.Contains(e.Nil, w.s.resource) {
		c = w.each(c, func(t *tally) { t.gotAll = true })
	}
	for _, op := range block.Ops {
		if op.Kind == Range && w.s.mine(op.Ref, w.fr) == yes {
			body := e == &block.Succs[0]
			c = w.each(c, func(t *tally) {
				if body {
					t.recvs = clamp(t.recvs, 1)
				} else {
					t.gotAll = true
				}
			})
		}
	}
	return c
}

// loop keeps count of the rounds of loops, and notes how they are left.
func (w *tallier) loop(c census, e *Edge, at Place) (census, bool) {
	over := -1
	if e.Turn != nil {
		var feasible bool
		if c, feasible = w.turn(c, e.Turn); !feasible {
			return c, false
		}
		if !e.Turn.Again {
			over = e.Turn.Loop
		}
	}
	for _, l := range w.loops {
		switch {
		case !l.body[at.Block]:
		case e.To == l.header && !l.counted:
			var feasible bool
			if c, feasible = w.back(c, l); !feasible {
				return c, false
			}
		case !l.body[e.To]:
			c = c.setRound(-1-l.header, 0)
			if l.counted && over >= 0 && l.turns(over) {
				continue
			}
			c = c.setRound(l.turn, 0)
			c = w.left(c, l, e, at)
		}
	}
	return c, true
}

// turn follows an edge of a loop that counts: it runs exactly as often as its
// count says, and is over then.
func (w *tallier) turn(c census, t *Turn) (census, bool) {
	var syms uint64
	n := t.Count.Value(w.s.unknown, func(sym string) { syms |= w.s.symbol(w.fr, sym) })
	if n > maxRounds {
		n = w.s.unknown
	}
	if slices.ContainsFunc(w.loops, func(l *loop) bool { return l.turns(t.Loop) && w.idle(l) }) {
		n = min(n, 1)
	}
	done := c.round(t.Loop)
	switch {
	case t.Again && done >= n, !t.Again && done != n:
		return c, false
	case !t.Again:
		return w.multiplied(c.setRound(t.Loop, 0), t.Loop, syms), true
	}
	c = c.setRound(t.Loop, done+1)
	if done > 0 && syms != 0 {
		c = w.each(c, func(t *tally) { t.loopSyms |= syms })
	}
	return c, true
}

// back follows the edge back to the header of another loop.
func (w *tallier) back(c census, l *loop) (census, bool) {
	id := -1 - l.header
	if done := c.round(id); done >= w.s.unknown || done >= 1 && w.idle(l) {
		return c, false
	}
	c = c.setRound(id, c.round(id)+1)
	pumps := w.receives(l)
	return w.each(c, func(t *tally) {
		t.looped, t.pumped = t.looped || t.sends > 0, t.pumped || t.sends > 0 && pumps
	}), true
}

// idle reports whether a loop does nothing that counts: then one round tells as
// much as several.
func (w *tallier) idle(l *loop) bool {
	idle, known := w.idles[l]
	if !known {
		idle = true
		for i := range l.body {
			idle = idle && !slices.ContainsFunc(w.fr.fn.Blocks[i].Ops, w.counts)
		}
		w.idles[l] = idle
	}
	return idle
}

// counts reports whether an operation does something that a tally shows.
func (w *tallier) counts(op *Op) bool {
	switch op.Kind {
	case Send, Receive, Range, Close, Finish, Signal, Broadcast, Cancel, Wait:
		return op.Resource == w.s.resource || op.Resource != nil && w.s.decides(op.Resource)
	case Select:
		return slices.ContainsFunc(op.Cases, func(c Case) bool {
			return c.Resource == w.s.resource || c.Resource != nil && w.s.decides(c.Resource)
		})
	case Call, Go:
		return op.Counts.Resource != nil || slices.ContainsFunc(op.Callees, func(c Callee) bool { return c.Func != nil && w.s.loud[c.Func] })
	}
	return false
}

// maxRounds is the largest number of rounds that are counted as they are.
const maxRounds = 16

// multiplied notes that counts depend on how often a loop runs.
func (w *tallier) multiplied(c census, turn int, syms uint64) census {
	if syms == 0 || !c.live {
		return c
	}
	for _, l := range w.loops {
		if l.turns(turn) {
			sends, recvs := w.s.does(w.fr, l)
			c = w.each(c, func(t *tally) {
				if sends {
					t.sendSyms |= syms
				}
				if recvs {
					t.recvSyms |= syms
				}
			})
		}
	}
	return c
}

// left notes that a loop is left otherwise than by its count. If it ends by a
// condition of its own, it is taken to have sent or received what it should;
// so is one that ends because of what it has received, or by what it has
// counted.
func (w *tallier) left(c census, l *loop, e *Edge, at Place) census {
	if !c.live {
		return c
	}
	sends, recvs := w.s.does(w.fr, l)
	if !sends && !recvs {
		return c
	}
	succs := w.fr.fn.Blocks[at.Block].Succs
	succ := slices.IndexFunc(succs, func(have Edge) bool { return have.To == e.To })
	selects := slices.ContainsFunc(succs, func(have Edge) bool { return have.Case >= 0 })
	own := !l.counted && at.Block == l.header && len(succs) > 1
	natural := !selects && (own || w.fr.fn.sentinel(at.Block, succ, l))
	return w.each(c, func(t *tally) {
		if !natural {
			t.early = true
			return
		}
		t.sentAll = t.sentAll || sends
		t.gotAll = t.gotAll || recvs
	})
}
