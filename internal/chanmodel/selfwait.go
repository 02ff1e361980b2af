package chanmodel

import "slices"

// A SelfWait is a goroutine that waits for what only it itself can provide,
// later.
type SelfWait struct {
	Thread   *Func
	Start    *CallSite // where it is started, if the model has one place
	Site     Site      // the wait, seen from the thread's function
	Path     *Path
	Provider Use // what would end the wait
	// Sure is set if both are on the same object.
	Sure bool
}

// SelfWaits returns the waits of goroutines for themselves: for a wait group
// that counts the goroutine, and for a channel that is closed, or sent to,
// only by the goroutine itself, behind the wait or by a defer.
func SelfWaits(m *Model) []SelfWait {
	s := m.sites()
	var list []SelfWait
	seen := make(map[*Op]bool)
	add := func(found *SelfWait) {
		if found != nil && !seen[found.Site.Op] {
			seen[found.Site.Op] = true
			list = append(list, *found)
		}
	}
	for _, r := range m.Resources {
		switch {
		case r.Kind == WaitGroup:
			for _, w := range workersOf(m, r) {
				start := w.start
				if !s.counted(m, w, r) {
					continue
				}
				add(s.selfWait(w.fn, &start, w.end, w.on, func(u Use) bool { return u.Op.Kind == Wait && u.Op.Resource == r }))
			}
		case r.Kind == Chan && r.Access&OthersSend == 0 && !r.Unknown && len(r.Made) > 0:
			if f, provider := onlyProvider(m, r); f != nil {
				add(s.selfWait(f, launch(f), provider, provider.Ref().Object, func(u Use) bool {
					return u.Op.Resource == r && (u.Op.Kind == Receive || u.Op.Kind == Range)
				}))
			}
		}
	}
	return list
}

// onlyProvider returns the function that alone sends to or closes a channel,
// if it runs in one goroutine for each channel: it is started by one go
// statement, or has made the channel itself.
func onlyProvider(m *Model, r *Resource) (*Func, Use) {
	var f *Func
	var first Use
	for _, u := range m.Uses(r) {
		if k := u.Kind(); k != Send && k != Close {
			continue
		}
		if f != nil && f != u.Func {
			return nil, Use{}
		}
		if f == nil {
			f, first = u.Func, u
		}
	}
	if f == nil {
		return nil, Use{}
	}
	start := launch(f)
	if start != nil && !r.Field() && start.In.Repeats(start.Block) {
		return nil, Use{} // several goroutines share it
	}
	if start == nil && !slices.ContainsFunc(r.Made, func(c Creation) bool { return f.makes(c) && !r.Many }) {
		return nil, Use{}
	}
	return f, first
}

// makes reports whether a channel is made in the function.
func (f *Func) makes(c Creation) bool {
	return f.source != nil && c.Func == f
}

// launch returns the go statement that starts a function, if that is the
// only way to run it.
func launch(f *Func) *CallSite {
	if f.Called || len(f.Callers) != 1 || f.Callers[0].Op.Kind != Go {
		return nil
	}
	return &f.Callers[0]
}

// selfWait looks for a wait that a function comes to before a provider.
func (s *sites) selfWait(f *Func, start *CallSite, provider Use, on Object, waits func(Use) bool) *SelfWait {
	var found *SelfWait
	w := &Walk[behindState]{Func: f}
	w.Step = func(st behindState, op *Op, at Place) (behindState, bool) {
		if found != nil && found.Sure || op == provider.Op {
			return st, false
		}
		for _, site := range s.at(f, at.Block, at.Index, op) {
			if slices.ContainsFunc(site.Op.Cases, func(c Case) bool { return c.Kind == Send && c.Resource == provider.Ref().Resource }) {
				return st, false // it may have sent to the buffer
			}
			if site.Op == provider.Op || provider.Op.Kind != Go && site.Op.Resource == provider.Op.Resource && provides(site.Op.Kind) {
				return st, false
			}
			if !waits(site.Use) {
				continue
			}
			like := sameObject(f, site.On().Object, on, site.Op.Resource)
			sure := like == same && !site.avoidable()
			if sure || like != differs && found == nil {
				found = &SelfWait{f, start, site, at.Path, provider, sure}
			}
		}
		return st, true
	}
	w.Run(behindState{})
	return found
}

// provides reports whether an operation ends somebody's wait.
func provides(k OpKind) bool { return k == Send || k == Close || k == Finish }

// sameObject compares two objects of a function, in it or as those see them
// that call or start it.
func sameObject(f *Func, a, b Object, r *Resource) likeness {
	if !r.Many && !r.Field() {
		// A variable: the calls in between may have made another one.
		if a == b {
			return same
		}
		return differs
	}
	if a == "" || b == "" {
		return unknown
	}
	if a == b {
		return same
	}
	if a.Root() == b.Root() || rootFunc(a.Root()) == rootFunc(b.Root()) {
		return differs
	}
	result := unknown
	seen := make(map[*Func]bool)
	var climb func(f *Func, a, b Object, depth int)
	climb = func(f *Func, a, b Object, depth int) {
		for _, at := range f.Callers {
			for i := range at.Op.Callees {
				c := &at.Op.Callees[i]
				if c.Func != f {
					continue
				}
				x, y := c.In(a), c.In(b)
				if x != "" && x == y {
					result = same
				} else if x != "" && y != "" && depth > 0 && !seen[at.In] {
					seen[at.In] = true
					climb(at.In, x, y, depth-1)
				}
			}
		}
	}
	climb(f, a, b, 3)
	return result
}

// avoidable reports whether a function on the way to an operation may do
// something else instead: it may know from whom it was called. One that
// returns at once under a condition is not meant.
func (s *Site) avoidable() bool {
	for i, l := range s.Links {
		next := s.Op
		if i+1 < len(s.Links) {
			next = s.Links[i+1].Op
		}
		f := l.Callee.Func
		for j, b := range f.Blocks {
			if slices.Contains(b.Ops, next) || len(b.Succs) < 2 {
				continue
			}
			leads := func(e Edge) bool {
				return slices.Contains(f.Blocks[e.To].Ops, next) || f.reaches(e.To, f.blockOf(next))
			}
			skips := func(e Edge) bool { return !leads(e) && !f.endsAt(e.To) && f.avoids(e.To, next) }
			if f.avoids(0, next) && slices.ContainsFunc(f.Blocks[j].Succs, leads) && slices.ContainsFunc(f.Blocks[j].Succs, skips) {
				return true
			}
		}
	}
	return false
}
