package chanmodel

import "slices"

// A worker is a goroutine that a wait group counts.
type worker struct {
	fn    *Func
	start CallSite
	end   Use    // the Done, or the start if the wait group itself counts the goroutine
	on    Object // the wait group, in terms of fn
}

// startedBy returns the goroutines that wait groups start, and so count,
// themselves.
func startedBy(m *Model) map[*Resource][]worker {
	all := make(map[*Resource][]worker)
	for _, f := range m.Funcs {
		for i, b := range f.Blocks {
			for j, op := range b.Ops {
				group := op.Counts.Resource
				if op.Kind != Go || group == nil {
					continue
				}
				for _, c := range op.Callees {
					if c.Func != nil {
						all[group] = append(all[group], worker{c.Func, CallSite{f, i, op}, Use{f, i, j, op, -1}, op.Counts.Object})
					}
				}
			}
		}
	}
	return all
}

// workersOf returns the goroutines of the package that a wait group counts:
// those that the group starts, and functions that run in goroutines of their
// own and call Done themselves or one call further.
func workersOf(m *Model, group *Resource) []worker {
	list := slices.Clip(m.sites().started[group])
	for _, u := range m.Uses(group) {
		if u.Op.Kind == Finish {
			list = append(list, finishers(u, u.Ref().Object, 2)...)
		}
	}
	return list
}

// finishers returns the goroutines that come to a Done.
func finishers(u Use, on Object, depth int) []worker {
	var list []worker
	f := u.Func
	if f.Called && !slices.ContainsFunc(f.Callers, func(at CallSite) bool { return at.Op.Kind == Go }) {
		return nil // others call it, too: it finishes nobody in particular
	}
	for _, at := range f.Callers {
		if at.Op.Kind == Go {
			list = append(list, worker{f, at, u, on})
			break
		}
	}
	if len(list) > 0 || depth == 0 {
		return list
	}
	for _, at := range f.Callers {
		for i := range at.Op.Callees {
			if c := &at.Op.Callees[i]; c.Func == f && callOf(at) {
				for _, w := range finishers(Use{at.In, at.Block, at.index(), at.Op, -1}, c.In(on), depth-1) {
					w.end = u
					list = append(list, w)
				}
			}
		}
	}
	return list
}

// beforeEnd looks for an operation that a worker comes to before it is
// counted as finished.
func (s *sites) beforeEnd(w worker, group *Resource, is func(Site) bool) (Site, bool) {
	var found *Site
	walk := &Walk[behindState]{Func: w.fn}
	walk.Step = func(st behindState, op *Op, at Place) (behindState, bool) {
		if found != nil {
			return st, false
		}
		for _, site := range s.at(w.fn, at.Block, at.Index, op) {
			if site.Op.Kind == Finish && site.Op.Resource == group {
				return st, false
			}
			if is(site) {
				found = &site
				return st, false
			}
		}
		return st, true
	}
	walk.Run(behindState{})
	if found == nil {
		return Site{}, false
	}
	return *found, true
}

// counted reports whether something is added for a worker before it starts:
// by the function that starts it, one around that, or one that calls it. A
// goroutine that adds for itself is counted only from there on, which the
// rules do not follow.
func (s *sites) counted(m *Model, w worker, group *Resource) bool {
	if w.end.Op.Kind == Go {
		return true
	}
	adds := func(f *Func) bool {
		return slices.ContainsFunc(s.in(f), func(site Site) bool { return site.Op.Kind == Add && site.Op.Resource == group })
	}
	if adds(w.fn) {
		return false
	}
	var from func(f *Func, depth int) bool
	from = func(f *Func, depth int) bool {
		for outer := f; outer != nil; outer = outer.Outer {
			if adds(outer) {
				return true
			}
		}
		return depth > 0 && slices.ContainsFunc(f.Callers, func(at CallSite) bool { return callOf(at) && from(at.In, depth-1) })
	}
	return from(w.start.In, 2)
}
