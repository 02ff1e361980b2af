package chanmodel

import "slices"

// An beginning is how goroutines begin that may execute a function: with a
// function that the package starts, or one that others call.
type beginning struct {
	begin   *Func
	started bool
}

// beginnings returns how the goroutines that execute a function begin.
func (d *departs) beginnings(f *Func) []beginning {
	if found, ok := d.begins[f]; ok {
		return found
	}
	var found []beginning
	d.begins[f] = nil // for recursion
	seen := make(map[*Func]bool)
	var visit func(*Func)
	visit = func(f *Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		if f.Called || len(f.Callers) == 0 {
			found = append(found, beginning{f, false})
		}
		for _, site := range f.Callers {
			o := beginning{f, site.Op.Kind == Go}
			if !o.started && len(site.Op.Callees) == 1 {
				visit(site.In)
				continue
			}
			// A function value with several candidates, as in a helper that
			// starts workers, is another one in each goroutine.
			o.started = o.started || !slices.Contains(d.chain(site.In), f) && started(d.beginnings(site.In))
			if !slices.Contains(found, o) {
				found = append(found, o)
			}
		}
	}
	visit(f)
	d.begins[f] = found
	return found
}

// started reports whether the package starts all of some goroutines.
func started(list []beginning) bool {
	return !slices.ContainsFunc(list, func(o beginning) bool { return !o.started })
}

// OnlyOnce reports whether a function runs only as a part of main: when it
// returns, the process is about to end.
func (m *Model) OnlyOnce(f *Func) bool {
	d := newDeparts(m)
	return endsProcess(d.beginnings(f)) && len(d.beginnings(f)) == 1 && !d.restarts(f, nil)
}

// endsProcess reports whether the process ends when a goroutine returns.
func endsProcess(list []beginning) bool {
	return slices.ContainsFunc(list, func(o beginning) bool { return !o.started && o.begin.Name == "main" })
}

// restarts reports whether a function is called again when it has returned.
func (d *departs) restarts(f *Func, seen []*Func) bool {
	if slices.Contains(seen, f) {
		return true
	}
	return slices.ContainsFunc(f.Callers, func(site CallSite) bool {
		return site.Op.Kind == Call && (d.m.Repeats(site.In, site.Block) || d.restarts(site.In, append(seen, f)))
	})
}

// Repeats reports whether a block of a function lies on a cycle.
func (m *Model) Repeats(f *Func, block int) bool {
	seen := make([]bool, len(f.Blocks))
	stack := []int{block}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, e := range f.Blocks[b].Succs {
			if e.To == block {
				return true
			}
			if !seen[e.To] {
				seen[e.To] = true
				stack = append(stack, e.To)
			}
		}
	}
	return false
}

// recurs reports whether a path can come to an operation a second time in one
// call of its function. A flag that lets it happen once only is understood.
func recurs(u Use) bool {
	again := false
	w := &Walk[waiting]{Func: u.Func}
	w.Step = func(s waiting, op *Op, _ Place) (waiting, bool) {
		again = again || op == u.Op
		return s, !again
	}
	w.RunFrom(waiting{}, u.Block, u.Index, nil)
	return again
}

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
		// A peer that ends itself does so because of what it got: an
		// operation that happens once has been served then.
		itself := d.sameGoroutine(s.Func, p.Use.Func) && !d.m.Repeats(u.Func, u.Block)
		if !itself && !d.sameGoroutine(s.Func, u.Func) && !d.waits(s, u) {
			return false
		}
	}
	return true
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

// chain returns a function and all that may call it in one goroutine.
func (d *departs) chain(f *Func) []*Func {
	list := []*Func{f}
	for i := 0; i < len(list); i++ {
		for _, site := range list[i].Callers {
			if site.Op.Kind == Call && !slices.Contains(list, site.In) {
				list = append(list, site.In)
			}
		}
	}
	return list
}

// reachedWithout reports whether an operation can be reached from the entry of
// its function without passing one of some others.
func reachedWithout(u Use, passes func(*Op) bool) bool {
	seen := make([]bool, len(u.Func.Blocks))
	stack := []int{0}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		ops := u.Func.Blocks[b].Ops
		if b == u.Block {
			if !slices.ContainsFunc(ops[:u.Index], passes) {
				return true
			}
		} else if slices.ContainsFunc(ops, passes) {
			continue
		}
		for _, e := range u.Func.Blocks[b].Succs {
			stack = append(stack, e.To)
		}
	}
	return false
}
