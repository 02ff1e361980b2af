package chanmodel

// A LimitReached is a start of one more goroutine by a group of which no more
// than a number may run at a time, where it can wait for room for ever.
type LimitReached struct {
	Limit Use
	Start Site // the Add that waits, seen from Worker if there is one
	// Worker is a goroutine of the group that starts another one: it keeps its
	// own place while it waits. Outer is where it is started. Both are nil if
	// there is no room for any.
	Worker *Func
	Outer  CallSite
	// Sure is set if one worker is enough to get stuck.
	Sure bool
}

// LimitsReached returns the starts that can wait for ever because of a limit.
//
// A group with a limit is a counting semaphore that each of its goroutines
// holds until it ends. Whoever acquires it again while holding it relies on
// others to release it; if as many do so as there are places, nobody does.
// Other goroutines of the group end by themselves, so that fewer are harmless.
func LimitsReached(m *Model) []LimitReached {
	var list []LimitReached
	for _, group := range m.Resources {
		limit, ok := limitOf(m, group)
		switch {
		case !ok:
		case limit.Op.N == 0:
			list = append(list, noRoom(m, limit)...)
		default:
			list = append(list, m.sites().nested(m, group, limit)...)
		}
	}
	return list
}

// limitOf returns the widest limit of a group. It reports false if there is
// none, or none at some time: a negative number.
func limitOf(m *Model, group *Resource) (widest Use, ok bool) {
	if group.Kind != WaitGroup {
		return Use{}, false
	}
	for _, u := range m.Uses(group) {
		switch {
		case u.Op.Kind != Limit:
		case u.Op.N == Unknown:
			return u, true
		case u.Op.N < 0:
			return Use{}, false
		case !ok || u.Op.N > widest.Op.N:
			widest, ok = u, true
		}
	}
	return widest, ok
}

// noRoom returns the starts behind a limit of zero in the same function.
func noRoom(m *Model, limit Use) []LimitReached {
	var list []LimitReached
	for _, u := range m.Uses(limit.Op.Resource) {
		if u.Op.Kind != Add || u.Func != limit.Func || u.Op.Object != limit.Op.Object {
			continue
		}
		if u.Block == limit.Block && u.Index > limit.Index || u.Func.reaches(limit.Block, u.Block) {
			list = append(list, LimitReached{Limit: limit, Start: Site{Use: u}, Sure: true})
		}
	}
	return list
}

// nested returns the starts by goroutines of the same group, if there may be
// as many of these as the limit lets run.
func (s *sites) nested(m *Model, group *Resource, limit Use) []LimitReached {
	var list []LimitReached
	seen := make(map[*Op]bool)
	holders := 0
	for _, w := range m.sites().started[group] {
		for _, site := range s.in(w.fn) {
			if site.Op.Kind != Add || site.Op.Resource != group || sameObject(w.fn, site.On().Object, w.on, group) != same {
				continue
			}
			if n := w.start.times(); n == Unknown || holders == Unknown {
				holders = Unknown
			} else {
				holders += n
			}
			if !seen[site.Op] {
				seen[site.Op] = true
				list = append(list, LimitReached{limit, site, w.fn, w.start, limit.Op.N == 1})
			}
			break
		}
	}
	if holders != Unknown && (limit.Op.N == Unknown || holders < limit.Op.N) {
		return nil
	}
	return list
}

// times returns how often a place starts a goroutine: a number if that is
// certain, or Unknown. It is taken for granted that the function around it is
// called once for each group, unless the package shows otherwise.
func (at CallSite) times() int {
	if at.In.Body {
		return Unknown
	}
	n := 1
	for _, l := range findLoops(at.In) {
		if !l.body[at.Block] {
			continue
		}
		rounds, ok := l.rounds(at.In)
		if !ok {
			return Unknown
		}
		n *= rounds
	}
	for _, caller := range at.In.Callers {
		if caller.Op.Kind == Call && caller.In.Repeats(caller.Block) || caller.In.inside(at.In) {
			return Unknown
		}
	}
	return n
}

// rounds returns how often a loop runs, if that is a constant.
func (l *loop) rounds(f *Func) (int, bool) {
	for i := range l.body {
		for _, e := range f.Blocks[i].Succs {
			if e.Turn != nil && l.turns(e.Turn.Loop) && e.Turn.Count.Sym == "" {
				return e.Turn.Count.N, true
			}
		}
	}
	return 0, false
}
