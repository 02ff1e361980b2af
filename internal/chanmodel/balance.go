package chanmodel

import (
	"go/token"
	"slices"
	"strings"
)

// A Shortage is a goroutine that waits for ever at an operation on a channel,
// because all who could help are done, or wait themselves.
//
// The goroutines that use a local channel are counted: on each path, how
// often each sends, receives and closes. A number that nobody knows, such as
// the length of a slice, is the same small number wherever it has the same
// name; no verdict needs two of them to differ. This is the balance of Saioc,
// Lange and Møller, "Automated Verification of Parametric Channel-Based
// Process Communication" (OOPSLA 2024), on paths instead of whole functions.
//
// Unsound: conditions in different goroutines are taken to be independent,
// except that nobody gets past a wait for what only the blocked goroutine
// could still do.
type Shortage struct {
	Resource *Resource
	Made     *Creation
	Root     *Func // the function that the channel belongs to

	Blocked Actor
	Kind    OpKind // what the blocked goroutine does: Send, Receive or Range
	Op      *Op
	Other   []Actor // who else uses the channel, the function it belongs to first

	Peers []token.Pos // some of the operations that are the other half

	Need, Have int  // operations like the blocked one, and what there is for them
	Cap        int  // the channel's capacity, a part of Have
	Each       int  // operations like the blocked one in one such goroutine
	Steady     bool // the others do equally much on each path
	Alone      bool // nobody else does at any time what would help
	Always     bool // it happens on every path of the function that the channel belongs to
	// Guessed is set if the numbers come from loops that may run any number of
	// times, or from paths on which the blocked goroutine itself has left out
	// what it waits for.
	Guessed bool
	Unknown bool // the numbers depend on one that nobody knows
	Waits   *Op  // what the function that the channel belongs to waits for; nil if it is left
	Again   bool // it is not left either, but makes the channel anew
}

// An Actor is what a goroutine, or several that do the same, have done.
type Actor struct {
	Go           *Op // that started it; nil for the function that the channel belongs to
	Count        int
	Sends, Recvs int
	Way          []Way
}

// A Way is a path through a function; that in a callee follows its caller's.
type Way struct {
	Func *Func
	Path *Path
}

// Balance returns the shortages of the channels that the package makes, in
// the order of the resources.
func (m *Model) Balance() []Shortage {
	var list []Shortage
	survey := newSurvey(m)
	for _, r := range m.Resources {
		if r.Kind != Chan || r.Access == Open || strings.HasPrefix(r.ID, "~") || strings.HasPrefix(r.ID, "G:") {
			continue // what is in a global variable is there for as long as the program runs
		}
		for i := range r.Made {
			if r.Made[i].Func != nil {
				list = append(list, m.balance(r, &r.Made[i], survey)...)
			}
		}
	}
	return list
}

// A root is a function that a channel belongs to.
type root struct {
	fn *Func
	origins
}

func (m *Model) balance(r *Resource, made *Creation, survey *survey) []Shortage {
	j := &inquiry{model: m, resource: r, made: made, roots: []root{{made.Func, origins{block: made.Block}}}, survey: survey}
	j.singular = len(r.Made) == 1 && !r.Many && !r.Unknown && !r.Field()
	for depth := 0; ; depth++ {
		j.look()
		enough := j.send && j.recv && !(made.Returned && depth == 0)
		if enough || depth == 2 || !j.singular {
			break
		}
		next := lift(j.roots)
		if next == nil {
			break
		}
		j.roots = next
	}
	return j.run()
}

// An inquiry finds out to which functions a channel belongs: those that see
// all that is done to it.
type inquiry struct {
	model    *Model
	resource *Resource
	made     *Creation
	singular bool // the resource is this channel and no other
	roots    []root
	survey   *survey

	inside     map[*Func]bool
	send, recv bool // which operations can be judged: all that would help are seen
}

// look finds the operations that the roots do not see.
func (j *inquiry) look() {
	j.inside = make(map[*Func]bool)
	for _, o := range j.roots {
		j.include(o.fn)
	}
	if !j.resource.Field() {
		for _, other := range j.resource.Made {
			if other.Func != nil && other.Pos != j.made.Pos {
				j.include(other.Func)
			}
		}
	}
	j.send, j.recv = true, true
	for _, u := range j.model.Uses(j.resource) {
		shared := j.resource.Field() || u.Func.Outer != nil // what others may call later
		if j.inside[u.Func] && !(shared && !calledOnlyFrom(u.Func, j.roots, j.inside)) && (j.singular || traced(j.resource, u)) {
			continue
		}
		switch u.Kind() {
		case Send, Close:
			j.recv = false
		case Receive, Range:
			j.send = false
		}
	}
}

func (j *inquiry) include(f *Func) {
	for g := range j.survey.reach(f) {
		j.inside[g] = true
	}
}

// traced reports whether it can be told which channel of a resource an
// operation works on: it names where one was made, or a parameter.
func traced(r *Resource, u Use) bool {
	o := u.Ref().Object
	if strings.Contains(string(o), "[") {
		return false
	}
	if _, number, ok := strings.Cut(string(o.Root()), "#"); ok && strings.HasPrefix(number, "p") {
		return true
	}
	return slices.ContainsFunc(r.Made, func(c Creation) bool { return slices.Contains(c.Objects, o) })
}

// calledOnlyFrom reports whether only the roots and what they reach call a function,
// so that it works on nothing but what they have made.
func calledOnlyFrom(f *Func, roots []root, inside map[*Func]bool) bool {
	seen := map[*Func]bool{f: true}
	stack := []*Func{f}
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if slices.ContainsFunc(roots, func(o root) bool { return o.fn == f }) {
			continue
		}
		if f.Called || !inside[f] {
			return false
		}
		for _, c := range f.Callers {
			if !seen[c.In] {
				seen[c.In] = true
				stack = append(stack, c.In)
			}
		}
	}
	return true
}

// lift returns the callers of functions, or nil if others may call them.
func lift(roots []root) []root {
	var next []root
	for _, o := range roots {
		if o.fn.Called || len(o.fn.Callers) == 0 {
			return nil
		}
		for _, c := range o.fn.Callers {
			if c.Op.Kind != Call {
				return nil
			}
			next = append(next, root{c.In, origins{op: c.Op}})
		}
	}
	if len(next) > 8 {
		return nil
	}
	return next
}

// run counts from each of the roots.
func (j *inquiry) run() []Shortage {
	r := j.resource
	send, recv := j.send && r.Access&OthersReceive == 0, j.recv && r.Access&OthersSend == 0
	if !send && !recv {
		return nil
	}
	var list []Shortage
	users := j.model.users(r)
	for _, o := range j.roots {
		if !j.mayWait(o.fn, send, recv) {
			continue
		}
		s := &scope{left: scopeBudget, survey: j.survey, users: users,
			model: j.model, resource: r, made: j.made, singular: j.singular, unknown: 2, inside: j.inside, root: o.fn,
			done: make(map[string]*effects), book: newBook(), touches: make(map[*Func]touch),
		}
		if c := j.made.Cap; c.Sym == "" && c.N <= 2 {
			s.unknown = c.N + 2
		}
		s.hear()
		e := s.count(&frame{fn: o.fn, bind: map[Object]Object{}}, &o.origins)
		if !s.many && s.left >= 0 { // else there is more that nobody has looked at
			court := jury{scope: s, send: send, recv: recv}
			court.judge(e)
			list = append(list, court.found...)
		}
	}
	return list
}

// mayWait reports whether a function leads to an operation that can be judged
// and that waits for nothing but the channel.
func (j *inquiry) mayWait(root *Func, send, recv bool) bool {
	inside := j.survey.reach(root)
	return slices.ContainsFunc(j.model.Uses(j.resource), func(u Use) bool {
		if u.Case >= 0 || !inside[u.Func] {
			return false
		}
		switch u.Kind() {
		case Send:
			return send
		case Receive:
			return recv
		case Range:
			return recv && !j.resource.Field() // see jury.wanted
		}
		return false
	})
}
