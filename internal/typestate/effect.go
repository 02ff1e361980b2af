package typestate

import "strings"

// A State is what is known of a resource at a point of a path: a phase, and
// whether it is covered.
type State uint8

// The phases.
const (
	Absent   State = iota // there is none: the call that acquires it failed
	Live                  // somebody must discharge it
	Released              // it was discharged
	Moved                 // somebody else has taken it over
)

// Covered is the bit of a state that says that a discharge is deferred.
const Covered State = 4

const states = 8

// Phase returns the state without the covered bit.
func (s State) Phase() State { return s &^ Covered }

func (s State) String() string {
	name := [...]string{"absent", "live", "released", "moved"}[s.Phase()]
	if s&Covered != 0 {
		name += "+covered"
	}
	return name
}

// A Set is a set of states, a bit for each.
type Set uint8

// SetOf returns the set of the given states.
func SetOf(list ...State) Set {
	var set Set
	for _, s := range list {
		set |= 1 << s
	}
	return set
}

// Has reports whether a state is in the set.
func (set Set) Has(s State) bool { return set&(1<<s) != 0 }

func (set Set) String() string {
	var names []string
	for s := range State(states) {
		if set.Has(s) {
			names = append(names, s.String())
		}
	}
	return "{" + strings.Join(names, ", ") + "}"
}

// An Effect is a relation on states: bit 8*s+t is set if code that finds the
// resource in state s may leave it in state t. It is a Boolean 8×8 matrix
// whose rows are sets.
type Effect uint64

// The effects of single events.
const (
	// Identity leaves every state as it is: a borrower's effect.
	Identity Effect = 0x8040201008040201
	// None is the effect of code that does not return.
	None Effect = 0
)

// The effects of single events, as functions of the state.
var (
	Release = phases(func(s State) State { return replace(s, Live, Released) })
	Move    = phases(func(s State) State { return replace(s, Live, Moved) })
	Rearm   = phases(func(s State) State { return replace(s, Released, Live) })
	Cover   = Map(func(s State) Set { return SetOf(s | Covered) })
	// Return runs the deferred discharge.
	Return = Map(func(s State) Set {
		if s == Live|Covered {
			return SetOf(Released)
		}
		return SetOf(s.Phase())
	})
)

func replace(s, from, to State) State {
	if s == from {
		return to
	}
	return s
}

// phases returns the effect of an event that changes the phase only.
func phases(f func(State) State) Effect {
	return Map(func(s State) Set { return SetOf(f(s.Phase()) | s&Covered) })
}

// Map returns the effect with the given rows.
func Map(row func(State) Set) Effect {
	var e Effect
	for s := range State(states) {
		e |= Effect(row(s)) << (states * s)
	}
	return e
}

// From returns the states that a state may become.
func (e Effect) From(s State) Set { return Set(e >> (states * s)) }

// Apply returns the states that those of a set may become.
func (e Effect) Apply(set Set) Set {
	var result Set
	for s := range State(states) {
		if set.Has(s) {
			result |= e.From(s)
		}
	}
	return result
}

// Then returns the effect of e followed by f: the product of the matrices.
func (e Effect) Then(f Effect) Effect {
	return Map(func(s State) Set { return f.Apply(e.From(s)) })
}

// Or returns the effect of code that does either e or f.
func (e Effect) Or(f Effect) Effect { return e | f }
