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

// OnlyOnce reports whether a function runs only as a part of main, or of a
// command that main runs: when it returns, the process is about to end.
func (m *Model) OnlyOnce(f *Func) bool {
	d := newDeparts(m)
	from := d.beginnings(f)
	return len(from) > 0 && !slices.ContainsFunc(from, func(o beginning) bool { return !o.program() }) && !d.restarts(f, nil)
}

// program reports whether the process ends when the goroutine returns.
func (o beginning) program() bool { return !o.started && (o.begin.Program || o.begin.Name == "main") }

// endsProcess reports whether the process ends when a goroutine returns.
func endsProcess(list []beginning) bool {
	return slices.ContainsFunc(list, beginning.program)
}

// restarts reports whether a function is called again when it has returned.
func (d *departs) restarts(f *Func, seen []*Func) bool {
	if slices.Contains(seen, f) {
		return true
	}
	return slices.ContainsFunc(f.Callers, func(site CallSite) bool {
		return site.Op.Kind == Call && (site.In.Repeats(site.Block) || d.restarts(site.In, append(seen, f)))
	})
}

// recurs reports whether a path can come to an operation a second time in one
// call of its function. A flag that lets it happen once only is understood.
func recurs(u Use) bool {
	again := u.Func.Body
	w := &Walk[waiting]{Func: u.Func}
	w.Step = func(s waiting, op *Op, _ Place) (waiting, bool) {
		again = again || op == u.Op
		return s, !again
	}
	w.RunFrom(waiting{}, u.Block, u.Index, nil)
	return again
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
