package chanmodel

import "slices"

// A Circle is two goroutines that can each block in a send which only the
// other could receive: on two channels without buffer, one of them sends on
// the first and receives from the second, the other the reverse.
//
// This is the circular wait of Coffman, Elphick and Shoshani, "System
// Deadlocks" (1971), with a rendezvous in the place of a resource.
type Circle struct {
	Sends    [2]Use // what the goroutines are blocked in
	Receives [2]Use // what would help: the first receives what the first send sends
	// Until are cases of the selects that could end it, by a channel that is
	// only ever closed.
	Until []Use
}

// Circles returns the circles of a package. Each channel must have all its
// receivers in one goroutine, and the model must know all operations on it.
func (m *Model) Circles() []Circle {
	c := &circles{departs: newDeparts(m)}
	var list []*Resource
	for _, r := range m.Resources {
		if c.eligible(r) {
			list = append(list, r)
		}
	}
	var found []Circle
	for i, a := range list {
		for _, b := range list[i+1:] {
			if c.only(a, Receive) == c.only(b, Receive) {
				continue
			}
			circle, ok := c.circle(a, b)
			if !ok {
				circle, ok = c.circle(b, a)
			}
			if ok {
				found = append(found, circle)
			}
		}
	}
	return found
}

type circles struct{ *departs }

// eligible reports whether a channel can be one of a circle.
func (c *circles) eligible(r *Resource) bool {
	if r.Kind != Chan || r.Unknown || r.Access != 0 || len(r.Made) == 0 {
		return false
	}
	if slices.ContainsFunc(r.Made, func(made Creation) bool { return made.Cap != Cap{} }) {
		return false
	}
	return c.only(r, Receive) != nil
}

// only returns the function with which the goroutine begins that does all
// operations of a kind on a channel, or nil if there are several.
func (c *circles) only(r *Resource, kind OpKind) *Func {
	var only *Func
	for _, u := range c.m.Uses(r) {
		if !serves(u.Kind(), kind) {
			continue
		}
		for _, b := range c.beginnings(u.Func) {
			if only != nil && only != b.begin || c.several(b) {
				return nil
			}
			only = b.begin
		}
	}
	return only
}

// several reports whether more than one goroutine may begin with a function,
// for one object.
func (c *circles) several(b beginning) bool {
	if !b.started {
		return true
	}
	starts := 0
	for _, site := range b.begin.Callers {
		if site.Op.Kind == Go {
			starts++
			if site.In.Repeats(site.Block) {
				return true
			}
		}
	}
	return starts > 1
}

// circle judges a pair of channels. The goroutine that receives from b must be
// able to send on a again before it has received: with strict alternation,
// the answer is taken before the next request.
func (c *circles) circle(a, b *Resource) (Circle, bool) {
	one, two := c.only(b, Receive), c.only(a, Receive)
	first, until, ok := c.blocking(a, b, one)
	if !ok || !c.repeatsWithout(first, one, b) {
		return Circle{}, false
	}
	second, more, ok := c.blocking(b, a, two)
	if !ok {
		return Circle{}, false
	}
	found := Circle{Sends: [2]Use{first, second}, Until: append(until, more...)}
	for i, r := range []*Resource{a, b} {
		for _, u := range c.m.Uses(r) {
			if serves(u.Kind(), Receive) {
				found.Receives[i] = u
				break
			}
		}
	}
	return found, true
}

// blocking returns a send on a channel that a goroutine does and that nothing
// else ends: no default, and no case that can come true but by a channel that
// is only ever closed. A case that receives from the other channel breaks the
// circle.
func (c *circles) blocking(r, other *Resource, begin *Func) (send Use, until []Use, ok bool) {
	for _, u := range c.m.Uses(r) {
		if u.Kind() != Send || u.Op.Deferred || u.Op.Kind == Select && u.Op.Default {
			continue
		}
		if !slices.ContainsFunc(c.beginnings(u.Func), func(b beginning) bool { return b.begin == begin }) {
			continue
		}
		if until, ok := c.alternatives(u, other); ok {
			return u, until, true
		}
	}
	return Use{}, nil, false
}

func (c *circles) alternatives(u Use, other *Resource) (until []Use, ok bool) {
	for i, alternative := range u.Op.Cases {
		if i == u.Case {
			continue
		}
		r := alternative.Resource
		if alternative.Kind != Receive || r == other || r.Kind != Chan || r.Unknown || r.Access&OthersSend != 0 {
			return nil, false
		}
		for _, by := range c.m.Uses(r) {
			if by.Kind() == Send {
				return nil, false
			}
			if by.Kind() == Close && len(until) == 0 {
				until = append(until, Use{u.Func, u.Block, u.Index, u.Op, i})
			}
		}
	}
	return until, true
}

// repeatsWithout reports whether a goroutine can do a send again without
// having received from another channel in between, in the function of the
// send or in one that leads to it.
func (c *circles) repeatsWithout(send Use, begin *Func, r *Resource) bool {
	leads := c.servers(send.Ref().Resource, Send)
	again := func(op *Op) bool {
		return op == send.Op || op.Kind == Call && slices.ContainsFunc(op.Callees, func(callee Callee) bool { return callee.Func != nil && leads[callee.Func] })
	}
	for _, f := range c.chain(send.Func) {
		if f != send.Func && !reachedWithout(send, func(op *Op) bool { return op.Kind == Receive && op.Resource == r }) {
			break // each call of the function receives first
		}
		for i, b := range f.Blocks {
			for j, op := range b.Ops {
				if again(op) && !op.Deferred {
					if found, _ := comesWithout(Use{f, i, j, op, -1}, r, again); found {
						return true
					}
				}
			}
		}
		if f == begin {
			break
		}
	}
	return false
}

// comesWithout reports whether a path leads from behind an operation, or from
// the entry of a function if the operation is nil, to one of some kind on which
// nothing is received from a channel. It is not sure of a no if there were too
// many paths.
func comesWithout(from Use, r *Resource, is func(*Op) bool) (found, sure bool) {
	w := &Walk[waiting]{Func: from.Func}
	w.Step = func(s waiting, op *Op, _ Place) (waiting, bool) {
		found = found || is(op)
		if op.Kind == Select {
			s.sel = op
		}
		return s, !found && !(op.Kind == Receive && op.Resource == r)
	}
	w.Edge = func(s waiting, e *Edge, at Place) (waiting, bool) {
		looped := slices.ContainsFunc(from.Func.Blocks[at.Path.Block].Ops, func(op *Op) bool { return op.Kind == Range && op.Resource == r })
		return s, !looped && !received(from.Func, s.sel, e, at, r)
	}
	if from.Op == nil {
		sure = w.Run(waiting{})
	} else {
		sure = w.RunFrom(waiting{}, from.Block, from.Index, nil)
	}
	return found, sure
}
