package chanmodel

import "slices"

// outlived reports whether what makes a peer depart comes only when an
// operation that needs the peer is over: the goroutine of the operation
// itself gives the signal, or who gives it has waited for that goroutine.
func (d *departs) outlived(u Use, p Departure) bool {
	signal := p.On.Ref().Resource
	if signal.Kind != Chan || signal.Unknown || signal.Access&OthersSend != 0 {
		return false
	}
	for _, s := range d.m.Uses(signal) {
		if s.Kind() != Close && s.Kind() != Send {
			continue
		}
		if !d.byService(s, u, p) && !d.sameGoroutine(s.Func, u.Func) && !d.waits(s, u) {
			return false
		}
	}
	return true
}

// byService reports whether a signal comes because the peer has served an
// operation: the peer itself gives it, or the handler of what it received, be
// it in a goroutine that this starts. An operation that happens once has been
// served then.
//
// It is unsound in the first case: the peer may end itself for another reason.
func (d *departs) byService(signal, u Use, p Departure) bool {
	if u.Func.Repeats(u.Block) {
		return false
	}
	return d.sameGoroutine(signal.Func, p.Use.Func) || d.alone(u) && d.handles(p, signal.Func, nil)
}

// alone reports whether no other operation needs the same service.
func (d *departs) alone(u Use) bool {
	return !slices.ContainsFunc(d.m.Uses(u.Ref().Resource), func(other Use) bool { return other.Kind() == u.Kind() && other.Op != u.Op })
}

// handles reports whether a function runs only as a consequence of what a
// peer has received: all chains of calls and starts that lead to it begin in
// the peer's function, behind the receive.
func (d *departs) handles(p Departure, f *Func, busy []*Func) bool {
	if slices.Contains(busy, f) {
		return true
	}
	if f == p.Use.Func || f.Called || len(f.Callers) == 0 {
		return false
	}
	busy = append(busy, f)
	return !slices.ContainsFunc(f.Callers, func(site CallSite) bool {
		if site.In == p.Use.Func {
			before, sure := comesWithout(Use{Func: site.In}, p.Use.Ref().Resource, func(op *Op) bool { return op == site.Op })
			return before || !sure
		}
		return !d.handles(p, site.In, busy)
	})
}

// sameGoroutine reports whether two functions run in the same goroutines.
func (d *departs) sameGoroutine(f, g *Func) bool {
	if f == g {
		return true
	}
	from, of := d.beginnings(f), d.beginnings(g)
	return !slices.ContainsFunc(from, func(o beginning) bool { return !slices.Contains(of, o) })
}

// waits reports whether an operation comes only after a Wait for a wait group
// that the goroutines of another one finish.
func (d *departs) waits(s, u Use) bool {
	counted := make(map[*Resource]bool)
	for _, f := range d.chain(u.Func) {
		for _, site := range f.Callers {
			if site.Op.Counts.Resource != nil {
				counted[site.Op.Counts.Resource] = true
			}
		}
		finishes(f, counted, 2)
	}
	return len(counted) > 0 && !reachedWithout(s, func(op *Op) bool { return op.Kind == Wait && counted[op.Resource] })
}

// finishes notes the wait groups that a function finishes, or what it calls.
func finishes(f *Func, counted map[*Resource]bool, depth int) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == Finish {
				counted[op.Resource] = true
			}
			for _, c := range op.Callees {
				if c.Func != nil && op.Kind == Call && depth > 0 {
					finishes(c.Func, counted, depth-1)
				}
			}
		}
	}
}
