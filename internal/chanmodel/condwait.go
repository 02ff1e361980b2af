package chanmodel

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A CondReason says why a wait for a condition may not end.
type CondReason int

// The reasons.
const (
	NeverSignalled CondReason = iota + 1 // no Signal or Broadcast in the package
	NoPredicate                          // it waits without looking whether it has to
	NeverChanges                         // the loop around it cannot end
	SignalledFirst                       // the waiter may not have come to it when the signal is given
)

// A CondStuck is a wait for a condition that may never end.
type CondStuck struct {
	Wait   Use
	Why    CondReason
	Lock   *Op  // of NoPredicate: where the lock is taken
	Signal *Use // one that may come first
}

// CondsStuck returns the waits for conditions that may never end.
//
// A condition does not remember signals. Whoever waits must have looked at
// the state that the signal is about, with the lock held, and a signal must
// be given after the state has changed with the lock held. What is looked for
// is its absence: no branch between the lock and the wait.
func CondsStuck(m *Model) []CondStuck {
	var list []CondStuck
	for _, r := range m.Resources {
		if r.Kind != Cond || r.Access&OthersSend != 0 || r.Unknown {
			continue
		}
		uses := m.Uses(r)
		var signal *Use
		for i := range uses {
			if k := uses[i].Op.Kind; signal == nil && (k == Signal || k == Broadcast) {
				signal = &uses[i]
			}
		}
		for _, u := range uses {
			if u.Op.Kind != CondWait {
				continue
			}
			if c := condStuck(m, u, signal); c.Why != 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

func condStuck(m *Model, u Use, signal *Use) CondStuck {
	c := CondStuck{Wait: u, Signal: signal}
	switch {
	case signal == nil && len(u.Op.Resource.Made) == 0:
		// Nobody makes the condition: this is dead code, or it comes from elsewhere.
	case signal == nil:
		c.Why = NeverSignalled
	case u.Func.constantLoop(u.Block):
		c.Why = NeverChanges
	case u.Func.Repeats(u.Block):
	default:
		lock, decided := lockBefore(u)
		if lock != nil && !decided {
			c.Why, c.Lock = NoPredicate, lock
		}
		if early := signalBeforeWaiter(m, u); lock == nil && early != nil {
			c.Why, c.Signal = SignalledFirst, early
		}
	}
	return c
}

// lockBefore returns where a function takes the lock of a condition for which
// it waits, and whether it has a branch since.
func lockBefore(u Use) (lock *Op, decided bool) {
	w := &Walk[lockedState]{Func: u.Func}
	w.Step = func(s lockedState, op *Op, at Place) (lockedState, bool) {
		switch {
		case op == u.Op:
			lock = s.lock
			decided = decided || s.branched
			return s, false
		case op.Kind == Lock && op.Resource == u.Op.Locker.Resource:
			s = lockedState{lock: op}
		}
		return s, true
	}
	w.Edge = func(s lockedState, _ *Edge, at Place) (lockedState, bool) {
		s.branched = s.branched || len(u.Func.Blocks[at.Block].Succs) > 1
		return s, true
	}
	w.Run(lockedState{})
	return lock, decided
}

// lockedState is where a path has taken a lock, and whether it had a choice
// since.
type lockedState struct {
	lock     *Op
	branched bool
}

func (s lockedState) Key() uint64 {
	var key uint64
	if s.lock != nil {
		key = uint64(s.lock.Pos) << 1
	}
	if s.branched {
		key++
	}
	return key
}

// constantLoop reports whether a block is in a loop with a condition that is
// a constant: the source expects it to change.
func (f *Func) constantLoop(block int) bool {
	if f.source == nil {
		return false
	}
	for _, b := range f.source.Blocks {
		if len(b.Succs) != 2 || b.Index != block && !f.together(b.Index, block) {
			continue
		}
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		_, constant := branch.Cond.(*ssa.Const)
		if leaves := !f.stays(b.Succs[0].Index, block) || !f.stays(b.Succs[1].Index, block); leaves && !constant {
			return false
		}
		if constant {
			return !f.has(func(op *Op) bool { return op.Kind == Exit })
		}
	}
	return false
}

// stays reports whether control comes from a block to another one.
func (f *Func) stays(from, to int) bool { return from == to || f.reaches(from, to) }

// signalBeforeWaiter returns a signal that the function gives which has
// started the waiter, and which holds the lock all the time, so that the
// waiter may not have come to its wait: it needs no lock of its own.
func signalBeforeWaiter(m *Model, u Use) *Use {
	outer := u.Func.Outer
	if outer == nil || !startsThread(u.Func, 3) {
		return nil
	}
	uses := m.Uses(u.Op.Resource)
	for i := range uses {
		s := &uses[i]
		if k := s.Op.Kind; s.Func != outer || k != Signal && k != Broadcast {
			continue
		}
		// The lock was taken before the first operation of the loop that starts
		// the waiter, and is not released before the signal.
		released := slices.ContainsFunc(m.Uses(u.Op.Locker.Resource), func(l Use) bool {
			return l.Func == outer && l.Op.Kind == Unlock && !l.Op.Deferred
		})
		if lock, _ := lockBefore(Use{s.Func, s.Block, s.Index, &Op{Kind: s.Op.Kind}, -1}); !released && lock == nil && holds(m, s.Func, u.Op.Locker.Resource) {
			return s
		}
	}
	return nil
}

// holds reports whether a function takes a lock.
func holds(m *Model, f *Func, lock *Resource) bool {
	return slices.ContainsFunc(m.Uses(lock), func(l Use) bool { return l.Func == f && l.Op.Kind == Lock && !l.Op.Deferred })
}

// startsThread reports whether a function runs in a goroutine of its own,
// perhaps called by the function that is started.
func startsThread(f *Func, depth int) bool {
	for _, at := range f.Callers {
		if at.Op.Kind == Go || depth > 0 && startsThread(at.In, depth-1) {
			return true
		}
	}
	return false
}
