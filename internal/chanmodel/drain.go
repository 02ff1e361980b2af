package chanmodel

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A WaitBeforeDrain is a Wait for workers that send to somebody who receives
// only after the Wait.
type WaitBeforeDrain struct {
	Wait    Use
	Path    *Path
	Worker  *Func
	Start   CallSite
	Send    Site // seen from the worker
	Receive Use
	// Buffered is set if the buffer of the channel may be large enough.
	Buffered bool
}

// WaitsBeforeDrains returns the waits for workers that block in a send, since
// all receives come after the wait.
func WaitsBeforeDrains(m *Model) []WaitBeforeDrain {
	s := m.sites()
	var list []WaitBeforeDrain
	for _, group := range m.Resources {
		if group.Kind != WaitGroup {
			continue
		}
		seen := make(map[*Op]bool)
		for _, w := range workersOf(m, group) {
			for _, site := range s.in(w.fn) {
				ch := site.Op.Resource
				if site.Op.Kind != Send || seen[site.Op] || ch.Access&OthersReceive != 0 || ch.Unknown || len(ch.Made) == 0 || ch.Many {
					continue
				}
				if d, ok := s.waitBeforeDrain(m, group, w, site); ok {
					seen[site.Op] = true
					list = append(list, d)
				}
			}
		}
	}
	return list
}

// waitBeforeDrain decides about one send of one worker.
func (s *sites) waitBeforeDrain(m *Model, group *Resource, w worker, send Site) (WaitBeforeDrain, bool) {
	d := WaitBeforeDrain{Worker: w.fn, Start: w.start, Send: send}
	for _, c := range send.Op.Resource.Made {
		if c.Cap.Sym != "" {
			return d, false // it was made for as many as there are
		}
		d.Buffered = d.Buffered || c.Cap.N > 0
	}
	if d.Buffered && !sendsOften(send) {
		return d, false
	}
	if _, ok := s.beforeEnd(w, group, func(site Site) bool { return site.Op == send.Op }); !ok {
		return d, false // the wait is over when it sends
	}
	n := 0
	for _, u := range m.Uses(send.Op.Resource) {
		if k := u.Kind(); k != Receive && k != Range {
			continue
		}
		n++
		if u.Func != w.start.In || !onlyAfterWait(u, group, &d) {
			return d, false
		}
		d.Receive = u
	}
	return d, n > 0
}

// sendsOften reports whether a send is in a loop of the worker.
func sendsOften(send Site) bool {
	for _, l := range send.Links {
		if l.In.Repeats(l.Block) {
			return true
		}
	}
	return send.Func.Repeats(send.Block)
}

// onlyAfterWait reports whether all paths to an operation pass a Wait for the
// group.
func onlyAfterWait(u Use, group *Resource, d *WaitBeforeDrain) bool {
	only, come := true, false
	w := &Walk[behindState]{Func: u.Func}
	w.Step = func(s behindState, op *Op, at Place) (behindState, bool) {
		if op == u.Op {
			only = false
		}
		if op.Kind == Wait && op.Resource == group {
			come = true
			d.Wait, d.Path = Use{u.Func, at.Block, at.Index, op, -1}, at.Path
			return s, false
		}
		return s, true
	}
	return w.Run(behindState{}) && only && come
}

// A WorkersQuit is a loop that sends to workers that may all have left.
type WorkersQuit struct {
	Send    Use
	Worker  *Func
	Start   CallSite
	Receive Use
	Exit    *Op // the return in the middle of the worker's loop
	Path    *Path
	Wait    Use
}

// WorkersThatQuit returns the sends, in loops, to workers of a wait group
// each of which may leave the loop in which it receives, so that the sender
// blocks and the group is waited for in vain.
func WorkersThatQuit(m *Model) []WorkersQuit {
	var list []WorkersQuit
	for _, ch := range m.Resources {
		if ch.Kind != Chan || ch.Access != 0 || ch.Unknown || len(ch.Made) == 0 || ch.Many || sized(ch) {
			continue
		}
		q, ok := receiversQuit(m, ch)
		if !ok {
			continue
		}
		for _, u := range m.Uses(ch) {
			if u.Kind() == Send && u.Func.Repeats(u.Block) && stuckBeside(u) {
				q.Send = u
				list = append(list, q)
				break
			}
		}
	}
	return list
}

// sized reports whether a channel's capacity comes from the number of things:
// it may hold them all.
func sized(ch *Resource) bool {
	return slices.ContainsFunc(ch.Made, func(c Creation) bool { return strings.Contains(c.Cap.Sym, "len(") || c.Cap.N > 64 })
}

// receiversQuit reports whether all receivers of a channel are workers that a
// wait group counts and that may leave their loops early. It returns one.
func receiversQuit(m *Model, ch *Resource) (WorkersQuit, bool) {
	var q WorkersQuit
	for _, u := range m.Uses(ch) {
		if k := u.Kind(); k == Receive || k == Range {
			if k != Range {
				return q, false
			}
			w, wait := countedWorker(m, u.Func)
			if w == nil || !leavesLoop(u, &q) {
				return q, false
			}
			q.Worker, q.Start, q.Receive, q.Wait = u.Func, w.start, u, *wait
		}
	}
	return q, q.Worker != nil
}

// countedWorker returns a function as a worker of a group that is waited for.
func countedWorker(m *Model, f *Func) (*worker, *Use) {
	for _, r := range m.Resources {
		if r.Kind != WaitGroup || waitOn(m, r) == nil {
			continue
		}
		for _, w := range workersOf(m, r) {
			if w.fn == f {
				return &w, waitOn(m, r)
			}
		}
	}
	return nil, nil
}

// leavesLoop reports whether a worker may return from the body of its range
// loop without doing anything that the sender might notice.
func leavesLoop(u Use, q *WorkersQuit) bool {
	if callsValues(u.Func.source) {
		return false // it may cancel something
	}
	left := false
	w := &Walk[behindState]{Func: u.Func}
	w.Edge = func(s behindState, e *Edge, at Place) (behindState, bool) {
		// The loop's end is the header's second edge.
		return s, at.Block != u.Block || e.To == u.Func.Blocks[u.Block].Succs[0].To
	}
	w.Step = func(s behindState, op *Op, at Place) (behindState, bool) {
		switch op.Kind {
		case Return:
			if !left {
				q.Exit, q.Path, left = op, at.Path, true
			}
		case Close, Cancel, Range, Receive, Select:
			return s, false
		}
		return s, true
	}
	w.RunFrom(behindState{}, u.Block, u.Index, nil)
	return left
}

// callsValues reports whether a function calls a function value without
// arguments, which may be what cancels a context.
func callsValues(fn *ssa.Function) bool {
	if fn == nil {
		return false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || call.Common().IsInvoke() || call.Common().StaticCallee() != nil {
				continue
			}
			if _, builtin := call.Common().Value.(*ssa.Builtin); !builtin && len(call.Common().Args) == 0 {
				return true
			}
		}
	}
	return false
}

// stuckBeside reports whether nothing beside the workers lets a send go on:
// it is alone, or in a select only with contexts that were there before the
// workers: parameters, which no worker's error cancels.
func stuckBeside(u Use) bool {
	if u.Bare() {
		return true
	}
	if u.Op.Default {
		return false
	}
	for i := range u.Op.Cases {
		c := &u.Op.Cases[i]
		if i == u.Case {
			continue
		}
		root := string(c.Object.Root())
		if c.Resource == nil || c.Resource.Kind != Done || !strings.Contains(root, "#p") {
			return false
		}
	}
	return true
}
