package chanmodel

import "slices"

// A LateAdd is an Add by the very goroutine that it counts: whoever waits may
// have found the counter at zero before.
type LateAdd struct {
	Add    Site // seen from the worker
	Worker *Func
	Start  CallSite
	Wait   Site  // seen from the function that starts the worker
	Path   *Path // from the start to the wait
}

// LateAdds returns the Adds of goroutines for themselves of which a Wait need
// not know. Nothing else may keep the counter above zero, so all Adds of the
// group must be of this kind; and from a start of the worker a path leads to
// the wait on which nothing else is waited for, which the worker might do
// behind its Add.
func LateAdds(m *Model) []LateAdd {
	s := m.sites()
	var list []LateAdd
	for _, group := range groups(m) {
		workers := workersOf(m, group)
		if !s.onlyWorkersAdd(m, workers, group) {
			continue
		}
		seen := make(map[*Op]bool)
		for _, w := range workers {
			add, ok := s.addsItself(w, group)
			if !ok || seen[add.Op] {
				continue
			}
			late := LateAdd{Add: add, Worker: w.fn, Start: w.start}
			if s.waitsSoon(&late, w.on, group) {
				seen[add.Op] = true
				list = append(list, late)
			}
		}
	}
	return list
}

// onlyWorkersAdd reports whether nobody adds to a group but goroutines that
// it counts, for themselves.
func (s *sites) onlyWorkersAdd(m *Model, workers []worker, group *Resource) bool {
	counts := make(map[*Op]bool)
	for _, w := range workers {
		if launch(w.fn) == nil {
			return false // it is called as well
		}
		for _, site := range s.in(w.fn) {
			if site.Op.Kind != Add {
				continue
			}
			counts[site.Op] = true
			for _, link := range site.Links {
				if len(link.Callee.Func.Callers) > 1 {
					return false // others call it too, and then it may add in time
				}
			}
		}
	}
	return !slices.ContainsFunc(m.Uses(group), func(u Use) bool { return u.Op.Kind == Add && !counts[u.Op] })
}

// addsItself returns the Add of a worker for its own group.
func (s *sites) addsItself(w worker, group *Resource) (Site, bool) {
	for _, site := range s.in(w.fn) {
		if site.Op.Kind == Add && site.Op.Resource == group && (site.Op.N > 0 || site.Op.N == Unknown) {
			return site, sameObject(w.fn, site.On().Object, w.on, group) == same
		}
	}
	return Site{}, false
}

// waitsSoon looks for a wait behind a start before which the function waits
// for nothing else. The group is given in terms of the worker.
func (s *sites) waitsSoon(late *LateAdd, on Object, group *Resource) bool {
	at := late.Start
	on = calleeOf(at, late.Worker).In(on)
	found := false
	walk := &Walk[behindState]{Func: at.In}
	walk.Step = func(st behindState, op *Op, place Place) (behindState, bool) {
		for _, site := range s.at(at.In, place.Block, place.Index, op) {
			if site.Op.Kind == Wait && site.On() == (Ref{on, group}) && !found {
				late.Wait, late.Path, found = site, place.Path, true
			}
			if found || site.Op.waits() {
				return st, false
			}
		}
		return st, true
	}
	walk.RunFrom(behindState{}, at.Block, at.index(), nil)
	return found && on != ""
}

// waits reports whether an operation may wait for another goroutine.
func (op *Op) waits() bool {
	switch op.Kind {
	case Send, Receive, Range, Lock, RLock, Wait, CondWait:
		return true
	case Select:
		return !op.Default
	}
	return false
}

// calleeOf returns the callee of a call that is a certain function.
func calleeOf(at CallSite, f *Func) *Callee {
	i := slices.IndexFunc(at.Op.Callees, func(c Callee) bool { return c.Func == f })
	return &at.Op.Callees[i]
}
