package chanmodel

import (
	"slices"
	"strings"
)

// A Loner is an operation on a channel for which nobody in the model, and
// nobody outside of it, does the other half.
type Loner struct {
	Use
	Resource *Resource
	Nil      bool // the channel is never made
	Room     bool // sends go into a buffer, which has room at first
	// Idle is set if nothing else is ever done to the channel: it may be there
	// to wait for ever.
	Idle bool
}

// Deliberate reports whether the operation is in a function that a program
// may end with: to wait there for ever is a way to go on.
func (l *Loner) Deliberate() bool {
	return l.Kind() != Send && l.Func.Outer == nil && (l.Func.Name == "main" || l.Func.Name == "init")
}

// Loners returns the operations without a peer on channels that are fields or
// variables of the package, or are made by it. An operation in a select with
// other cases does not wait for its peer alone, and is not meant.
func (m *Model) Loners() []Loner {
	var list []Loner
	for _, r := range m.Resources {
		if r.Kind != Chan || r.Unknown || !strings.HasPrefix(r.ID, "F:") && !strings.HasPrefix(r.ID, "G:") && !strings.HasPrefix(r.ID, "L:") && !strings.HasPrefix(r.ID, "~") {
			continue
		}
		if len(r.Made) == 0 {
			if r.Access == 0 && !r.Tested && !strings.Contains(r.ID, "[*]") { // a list may be empty
				list = append(list, m.nilUses(r)...)
			}
			continue
		}
		list = append(list, m.lonely(r)...)
	}
	return list
}

// nilUses returns the operations on a channel that is never made.
func (m *Model) nilUses(r *Resource) []Loner {
	var list []Loner
	for _, u := range m.Uses(r) {
		if u.Bare() && (u.Kind() == Send || u.Kind() == Receive || u.Kind() == Range) {
			list = append(list, Loner{Use: u, Resource: r, Nil: true})
		}
	}
	return list
}

func (m *Model) lonely(r *Resource) []Loner {
	uses := m.Uses(r)
	has := func(kinds ...OpKind) bool {
		return slices.ContainsFunc(uses, func(u Use) bool { return slices.Contains(kinds, u.Kind()) })
	}
	var list []Loner
	for _, u := range uses {
		switch {
		case !u.Bare():
		case u.Kind() == Send && r.Access&OthersReceive == 0 && !has(Receive, Range):
			room := slices.ContainsFunc(r.Made, func(c Creation) bool { return c.Cap.N > 0 || c.Cap.Sym != "" })
			if !room || u.Func.rerun(u.Block, 0) {
				list = append(list, Loner{Use: u, Resource: r, Room: room})
			}
		case (u.Kind() == Receive || u.Kind() == Range) && r.Access&OthersSend == 0 && !has(Send, Close):
			list = append(list, Loner{Use: u, Resource: r, Idle: len(uses) == 1})
		}
	}
	return list
}

// rerun reports whether a block is in a loop, or its function is called in
// one by the only function that calls it.
func (f *Func) rerun(block, depth int) bool {
	return f.Repeats(block) || depth < 3 && len(f.Callers) == 1 && f.Callers[0].Op.Kind == Call && f.Callers[0].In.rerun(f.Callers[0].Block, depth+1)
}

// SendsRepeat reports whether a loop may send to a resource more than once in
// one run of a goroutine: then no capacity is enough.
func (m *Model) SendsRepeat(r *Resource) bool {
	return slices.ContainsFunc(m.Uses(r), func(u Use) bool { return u.Kind() == Send && u.Func.rerun(u.Block, 0) })
}
