package chanmodel

import "slices"

// decides reports whether the goroutines of the scope alone decide when a wait
// for a resource is over. Any other wait may be over at any time: it keeps
// nobody from going on, and need not be counted. A wait group counts even so,
// as who waits for it may wait for the blocked goroutine, too.
func (s *scope) decides(r *Resource) bool {
	known, ok := s.decided[r]
	if !ok {
		known = r.Kind == WaitGroup || s.waitedFor(r) && !s.others(r)
		s.decided[r] = known
	}
	return known
}

// waitedFor reports whether a goroutine of the scope may wait for somebody to
// do something to a resource, other than to receive from it.
func (s *scope) waitedFor(r *Resource) bool {
	return slices.ContainsFunc(s.model.Uses(r), func(u Use) bool {
		switch u.Kind() {
		case Receive, Range, Wait:
			return s.inside[u.Func]
		}
		return false
	})
}

// hear finds the functions of which a tally may show that they were called.
// The others do nothing but return, for all that is counted, or never do.
func (s *scope) hear() {
	s.decided, s.loud = make(map[*Resource]bool), make(map[*Func]bool)
	var work []*Func
	add := func(f *Func) {
		if s.inside[f] && !s.loud[f] {
			s.loud[f] = true
			work = append(work, f)
		}
	}
	for f := range s.inside {
		if s.users[f] || slices.ContainsFunc(s.survey.awaited[f], s.decides) {
			add(f)
		}
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for i := range f.Callers {
			add(f.Callers[i].In)
		}
	}
}

// awaits reports whether an operation waits for something that counts.
func (s *scope) awaits(op *Op) bool {
	return op.Resource != nil && s.decides(op.Resource) ||
		slices.ContainsFunc(op.Cases, func(c Case) bool { return c.Resource != nil && s.decides(c.Resource) })
}
