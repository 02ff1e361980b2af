package chanmodel

import "slices"

// A question is whether a function needs a receive from a resource to return.
type question struct {
	f *Func
	r *Resource
}

// A need is the answer.
type need struct {
	only bool // it does not return unless a receive succeeds
	some bool // it does return then
}

// uses reports whether a function, or one that it leads to, uses a resource.
func (c *contracts) uses(f *Func, r *Resource) bool {
	users := c.users[r]
	if users == nil {
		users = c.m.users(r)
		c.users[r] = users
	}
	return users[f]
}

// needs answers whether a function does not return unless a receive from a
// resource succeeds, and whether it does return then. A function that never
// returns needs nothing.
func (c *contracts) needs(f *Func, r *Resource) need {
	if !c.uses(f, r) {
		return need{only: c.silent(f)} // or one that no path lets return, which is rare
	}
	if n, ok := c.known[question{f, r}]; ok {
		return n
	}
	c.known[question{f, r}] = need{only: true} // of a recursive call
	n := c.walk(f, r, true)
	if !n.only { // on paths that are none, perhaps
		n = c.walk(f, r, false)
	}
	c.known[question{f, r}] = n
	return n
}

// walk looks for a way to return without the receive.
func (c *contracts) walk(f *Func, r *Resource, blind bool) need {
	n := need{only: true}
	w := &Walk[waiting]{Func: f, Blind: blind}
	w.Step = func(s waiting, op *Op, at Place) (waiting, bool) {
		switch op.Kind {
		case Return:
			n.only = false
		case Receive:
			if op.Resource == r {
				n.some = true
				return s, false
			}
		case Call:
			if len(op.Callees) == 1 && op.Callees[0].Func != nil && !op.Callees[0].Func.Body && !op.Deferred {
				callee := op.Callees[0].Func
				if inner := c.needs(callee, r); inner.only && (inner.some || c.silent(callee)) {
					n.some = n.some || inner.some
					return s, false
				}
			}
		case Select:
			s.sel = op
		}
		return s, n.only
	}
	w.Edge = func(s waiting, e *Edge, at Place) (waiting, bool) {
		if received(f, s.sel, e, at, r) {
			n.some = true
			return s, false
		}
		return s, n.only
	}
	n.only = w.Run(waiting{}) && n.only
	return n
}

// received reports whether a path that takes an edge has received from a
// channel in a select, or knows that it is closed because a loop over it ends.
func received(f *Func, sel *Op, e *Edge, at Place, r *Resource) bool {
	if e.Case >= 0 && sel != nil && sel.Cases[e.Case].Resource == r && sel.Cases[e.Case].Kind == Receive {
		return true
	}
	return at.Path.Succ == 1 && slices.ContainsFunc(f.Blocks[at.Path.Block].Ops, func(op *Op) bool { return op.Kind == Range && op.Resource == r })
}

// silent reports whether a function never returns, whatever happens.
func (c *contracts) silent(f *Func) bool {
	return !slices.ContainsFunc(f.Blocks, func(b *Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *Op) bool { return op.Kind == Return })
	})
}

// waiting is the state of a walk that looks for the end of a goroutine.
type waiting struct{ sel *Op }

func (w waiting) Key() uint64 {
	if w.sel == nil {
		return 0
	}
	return uint64(w.sel.Pos)
}
