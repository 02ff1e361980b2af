package chanmodel

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A DoneSkipped is a goroutine that a wait group counts and that may end
// without having said so.
type DoneSkipped struct {
	Worker *Func
	Start  CallSite
	Done   Use // the one on other paths
	Exit   *Op // the return
	Path   *Path
	Wait   Use
	Group  *Resource
	// Panics is set if a panic that the goroutine recovers from skips the
	// Done, and no return does. Path and Exit are not set then.
	Panics bool
}

// groups returns the wait groups that are waited for and whose operations are
// all known.
func groups(m *Model) []*Resource {
	var list []*Resource
	for _, r := range m.Resources {
		if r.Kind == WaitGroup && r.Access == 0 && !r.Unknown && waitOn(m, r) != nil {
			list = append(list, r)
		}
	}
	return list
}

// waitOn returns the first Wait on a wait group.
func waitOn(m *Model, group *Resource) *Use {
	uses := m.Uses(group)
	if i := slices.IndexFunc(uses, func(u Use) bool { return u.Op.Kind == Wait }); i >= 0 {
		return &uses[i]
	}
	return nil
}

// SkippedDones returns the goroutines that may end without the Done that they
// owe. A goroutine owes one if Done is called on some of its paths, outside of
// a loop, and whoever starts it calls Add. A return counts if no path comes to
// it with Done: where a Done is conditional, so may be the Add.
func SkippedDones(m *Model) []DoneSkipped {
	s := m.sites()
	var list []DoneSkipped
	for _, group := range groups(m) {
		seen := make(map[*Func]bool)
		for _, w := range workersOf(m, group) {
			if seen[w.fn] || w.end.Op.Kind != Finish || w.end.Func != w.fn || !s.owes(m, w, group) {
				continue
			}
			seen[w.fn] = true
			d := DoneSkipped{Worker: w.fn, Start: w.start, Done: w.end, Wait: *waitOn(m, group), Group: group}
			if s.returnsWithoutDone(m, w.fn, group, &d) || s.panicsPastDone(w, &d) {
				list = append(list, d)
			}
		}
	}
	return list
}

// owes reports whether a goroutine has one Done to call for an Add of the
// function that starts it.
func (s *sites) owes(m *Model, w worker, group *Resource) bool {
	for _, u := range m.Uses(group) {
		switch {
		case u.Op.Kind == Finish && u.Func == w.fn && w.fn.Repeats(u.Block):
			return false // one for each of several things
		case u.Op.Kind == Finish && u.Func != w.fn && u.Func.inside(w.fn):
			return false // a function literal takes it over
		case u.Op.Kind == Finish && u.Func != w.fn && !startsThread(u.Func, 2):
			return false // what is counted may end later, and elsewhere
		case u.Op.Kind == Add && (u.Func == w.fn || u.Op.N < 0 && u.Op.N != Unknown):
			return false
		}
	}
	return s.counted(m, w, group)
}

// inside reports whether a function literal stands in another function.
func (f *Func) inside(outer *Func) bool {
	for f = f.Outer; f != nil; f = f.Outer {
		if f == outer {
			return true
		}
	}
	return false
}

// doneState says whether a path has called Done, or given the duty away.
type doneState bool

func (s doneState) Key() uint64 {
	if s {
		return 1
	}
	return 0
}

// returnsWithoutDone looks for a return to which all paths come without Done.
func (s *sites) returnsWithoutDone(m *Model, f *Func, group *Resource, d *DoneSkipped) bool {
	type exit struct {
		path *Path
		done bool
	}
	exits := make(map[*Op]*exit)
	w := &Walk[doneState]{Func: f}
	w.Edge = func(done doneState, e *Edge, at Place) (doneState, bool) {
		return done, !f.endsTicker(at.Block, e)
	}
	w.Step = func(done doneState, op *Op, at Place) (doneState, bool) {
		if op.Kind == Return {
			if exits[op] == nil {
				exits[op] = &exit{path: at.Path}
			}
			exits[op].done = exits[op].done || bool(done)
		}
		return done || doneState(s.finishes(f, op, group)), true
	}
	if !w.Run(false) {
		return false
	}
	some := false
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if e := exits[op]; e != nil && e.done {
				some = true
			} else if e != nil && d.Exit == nil {
				d.Exit, d.Path = op, e.path
			}
		}
	}
	return some && d.Exit != nil
}

// finishes reports whether an operation, or what it calls or starts, calls
// Done.
func (s *sites) finishes(f *Func, op *Op, group *Resource) bool {
	if op.Kind == Finish {
		return op.Resource == group
	}
	return (op.Kind == Call || op.Kind == Go) && slices.ContainsFunc(s.behind(CallSite{f, 0, op}), func(site Site) bool {
		return site.Op.Kind == Finish && site.Op.Resource == group
	})
}

// panicsPastDone reports whether a Done is skipped by a panic from which the
// goroutine recovers: it is not deferred, but a function that recovers is.
func (s *sites) panicsPastDone(w worker, d *DoneSkipped) bool {
	if w.end.Op.Deferred || !w.fn.Recovers || !w.fn.callsBefore(w.end) {
		return false
	}
	// Some other Done may be deferred, as in the function that recovers.
	for _, b := range w.fn.Blocks {
		for _, op := range b.Ops {
			if op.Deferred && s.finishes(w.fn, op, w.end.Op.Resource) {
				return false
			}
		}
	}
	d.Panics = true
	return true
}

// A WaitInLoop is a Wait in the loop that starts the goroutines, for more of
// them than the round has started.
type WaitInLoop struct {
	Wait, Add Use
	Start     CallSite
}

// WaitsInLoops returns the waits in loops that start the goroutines while the
// Add, for all of them, stands before the loop. The first round waits for
// goroutines that only later rounds start.
func WaitsInLoops(m *Model) []WaitInLoop {
	var list []WaitInLoop
	for _, group := range groups(m) {
		for _, wait := range m.Uses(group) {
			if wait.Op.Kind != Wait || wait.Op.Deferred || !wait.Func.Repeats(wait.Block) {
				continue
			}
			for _, w := range workersOf(m, group) {
				together := w.start.In == wait.Func && wait.Func.together(w.start.Block, wait.Block)
				if add, ok := addedOutside(m, group, wait); together && ok && w.end.Op.Kind == Finish {
					list = append(list, WaitInLoop{wait, add, w.start})
					break
				}
			}
		}
	}
	return list
}

// together reports whether two blocks are in one loop.
func (f *Func) together(a, b int) bool {
	return f.Body || a == b && f.reaches(a, a) || a != b && f.reaches(a, b) && f.reaches(b, a)
}

// addedOutside returns the only Add of a wait group if it stands before the
// loop of a Wait, and may be of more than one.
func addedOutside(m *Model, group *Resource, wait Use) (Use, bool) {
	var add Use
	for _, u := range m.Uses(group) {
		if u.Op.Kind != Add {
			continue
		}
		if add.Op != nil || u.Func != wait.Func || u.Func.together(u.Block, wait.Block) || u.Op.N != Unknown && u.Op.N < 2 {
			return Use{}, false
		}
		add = u
	}
	return add, add.Op != nil && add.Func.reaches(add.Block, wait.Block)
}

// A NeverDone is a Wait for a wait group to which something is added, but
// which nobody finishes.
type NeverDone struct {
	Wait, Add Use
}

// NeverDones returns the waits for wait groups that have an Add but no Done.
func NeverDones(m *Model) []NeverDone {
	var list []NeverDone
	for _, group := range groups(m) {
		var add *Use
		finished := false
		for _, u := range m.Uses(group) {
			switch {
			case u.Op.Kind == Finish, u.Op.Kind == Add && u.Op.N != Unknown && u.Op.N <= 0:
				finished = true
			case u.Op.Kind == Add && add == nil && u.startsBehind():
				add = &u
			}
		}
		// An Add without a number may be a Done in disguise: Add(-n).
		if !finished && add != nil && add.Op.N != Unknown && !countsItself(m, group) {
			list = append(list, NeverDone{*waitOn(m, group), *add})
		}
	}
	return list
}

// startsBehind reports whether each path behind an operation starts a
// goroutine, or a loop behind it starts some. Without one, a wait may be there
// to wait for ever.
func (u Use) startsBehind() bool {
	f := u.Func
	if f.source == nil {
		return true
	}
	for _, b := range f.source.Blocks {
		for _, instr := range b.Instrs {
			start, ok := instr.(*ssa.Go)
			switch {
			case !ok:
			case b.Index == u.Block && (start.Pos() > u.Pos() || f.Repeats(b.Index)):
				return true
			case b.Index != u.Block && f.reaches(u.Block, b.Index) && (f.Repeats(b.Index) || !f.passesBy(u.Block, b.Index)):
				return true
			}
		}
	}
	return false
}

// passesBy reports whether a path leads from one block to the end of a
// function without another block.
func (f *Func) passesBy(from, block int) bool {
	seen := make([]bool, len(f.Blocks))
	seen[block] = true
	work := []int{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		if len(f.Blocks[b].Succs) == 0 {
			return true
		}
		for _, e := range f.Blocks[b].Succs {
			work = append(work, e.To)
		}
	}
	return false
}

// countsItself reports whether a wait group starts goroutines, and so knows
// when they end.
func countsItself(m *Model, group *Resource) bool {
	return slices.ContainsFunc(m.Funcs, func(f *Func) bool {
		return f.has(func(op *Op) bool { return op.Kind == Go && op.Counts.Resource == group })
	})
}

// endsTicker reports whether an edge leaves a range loop over the channel of
// a timer, which is never closed.
func (f *Func) endsTicker(block int, e *Edge) bool {
	b := f.Blocks[block]
	return len(b.Succs) == 2 && e == &b.Succs[1] && slices.ContainsFunc(b.Ops, func(op *Op) bool {
		return op.Kind == Range && op.Resource != nil && op.Resource.Kind == Timer
	})
}
