package chanmodel

import (
	"hash/maphash"
	"slices"
)

// A hold is a lock that is held at a place on a path.
type hold struct {
	Ref
	read bool
	op   *Op   // took it: an operation of the function, or a call that returns with it; nil if the caller holds it
	from *Func // the callee that returned with it, or nil
	path *Path // to op
	// maybe is set if the lock may be free: a callee returns with it on some
	// paths, or a TryLock may have failed.
	maybe bool
	// given is set if somebody else can release it: a function value that does.
	given bool
	// lost is set if the path by which the function knew it now leads
	// elsewhere: a loop variable in its next round.
	lost bool
	gone *Path // where it was lost
	try  bool
}

// A lockState is the locks that a path holds, and those that it has released
// without having taken them: its caller's. It is immutable.
type lockState struct {
	held []hold
	owed []debt
}

// A debt is a lock of the caller that was released.
type debt struct {
	Ref
	read bool
}

var lockSeed = maphash.MakeSeed()

// Key implements State.
func (s lockState) Key() uint64 {
	if len(s.held) == 0 && len(s.owed) == 0 {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(lockSeed)
	for i := range s.held {
		x := &s.held[i]
		h.WriteString(string(x.Object))
		maphash.WriteComparable(&h, x.op)
		maphash.WriteComparable(&h, x.Resource)
		for _, flag := range []bool{x.read, x.maybe, x.given, x.lost} {
			maphash.WriteComparable(&h, flag)
		}
	}
	for _, r := range s.owed {
		h.WriteString("owed")
		h.WriteString(string(r.Object))
		maphash.WriteComparable(&h, r.Resource)
	}
	return h.Sum64()
}

// maxHeld bounds the locks of a state: a loop that takes one more in each
// round must come to an end.
const maxHeld = 8

// take returns the state in which one more lock is held.
func (s lockState) take(h hold) lockState {
	if len(s.held) >= maxHeld {
		return s
	}
	same := func(x hold) bool {
		return x.op == h.op && x.Resource == h.Resource && x.Object == h.Object && x.lost == h.lost
	}
	if slices.ContainsFunc(s.held, same) {
		return s
	}
	s.held = append(slices.Clip(s.held), h)
	return s
}

// exact returns the index of the hold of an object, the last one if a read
// lock was taken twice, or -1.
func (s lockState) exact(r Ref) int {
	if r.Object == "" {
		return -1
	}
	for i := len(s.held) - 1; i >= 0; i-- {
		if h := &s.held[i]; h.Object == r.Object && h.Resource == r.Resource && !h.lost {
			return i
		}
	}
	return -1
}

// likely returns the index of a hold that an operation on a lock could be
// about although the objects have different names. It errs towards finding
// one: then the lock counts as released.
func (s lockState) likely(r Ref, read bool) int {
	best := -1
	for i := range s.held {
		h := &s.held[i]
		if h.Resource != r.Resource || h.read != read && !h.try {
			continue
		}
		if best < 0 || h.lost || h.Object == "" {
			best = i
		}
	}
	return best
}

func (s lockState) drop(i int) lockState {
	s.held = slices.Delete(slices.Clone(s.held), i, i+1)
	return s
}

func (s lockState) change(i int, f func(*hold)) lockState {
	s.held = slices.Clone(s.held)
	f(&s.held[i])
	return s
}

// owe notes that a lock of the caller was released.
func (s lockState) owe(r debt) lockState {
	if len(s.owed) < maxHeld && !slices.Contains(s.owed, r) {
		s.owed = append(slices.Clip(s.owed), r)
	}
	return s
}

// owes returns the index of a lock that the path has released for its caller
// and that an operation takes again, or -1.
func (s lockState) owes(r Ref) int {
	if i := slices.IndexFunc(s.owed, func(o debt) bool { return o.Ref == r }); i >= 0 {
		return i
	}
	return slices.IndexFunc(s.owed, func(o debt) bool {
		return o.Resource == r.Resource && (o.Object == "" || r.Object == "")
	})
}

func (s lockState) repay(i int) lockState {
	s.owed = slices.Delete(slices.Clone(s.owed), i, i+1)
	return s
}

// merge makes the locks that were lost in several rounds one: deferred
// releases are counted up to two only.
func (s lockState) merge() lockState {
	lost := make(map[*Op]bool)
	again := func(h hold) bool {
		before := lost[h.op]
		lost[h.op] = lost[h.op] || h.lost
		return h.lost && before
	}
	if !slices.ContainsFunc(s.held, func(h hold) bool { return h.lost }) {
		return s
	}
	s.held = slices.DeleteFunc(slices.Clone(s.held), again)
	return s
}

// lose returns the state when the objects that satisfy a condition cannot be
// named any more, from a place on.
func (s lockState) lose(at *Path, gone func(Object) bool) lockState {
	for i := range s.held {
		if h := &s.held[i]; !h.lost && h.Object != "" && gone(h.Object) {
			s = s.change(i, func(h *hold) { h.lost, h.gone = true, at })
		}
	}
	s = s.merge()
	for i := range s.owed {
		if o := s.owed[i].Object; o != "" && gone(o) {
			s.owed = slices.Clone(s.owed)
			s.owed[i].Object = ""
		}
	}
	return s
}
