package chanmodel

import (
	"slices"
	"strings"
)

// Locks is what a package does with its locks: which are held where, what
// functions take, return with and release. It is computed bottom-up over the
// calls of the package, by a walk along the feasible paths of each function
// that has something to do with locks.
//
// Unsound: a function whose paths are too many (see [Walk]) is silent about
// those that were not seen. Locks that a function leaves held on some paths
// only may be free to its callers; they neither block nor leak there.
type Locks struct {
	model     *Model
	effects   map[*Func]*lockEffect
	resources map[string]*Resource // by ID, for those of other packages
	handed    map[handing]bool     // functions whose callers release what they return with
	reached   map[reachKey]*Chain
	openers   map[*Resource]bool
	unmatched map[*Resource]bool // locks that a call releases where nobody has taken them
	literals  map[*Func][]*Func  // that stand in a function and are not called by it
	far       map[*Resource]bool // locks that something other than their owner releases
}

// A handing is a lock that a function returns with.
type handing struct {
	f *Func
	r *Resource
}

// A lockEffect is what calling a function does to locks.
type lockEffect struct {
	acquires []acquisition
	holds    []endState
	releases []endState
	borrows  []endState // releases, and what is taken again before the function returns
	gives    []Ref      // of which it makes function values that release them
	found    lockFindings
	atCall   map[*Op][]*Resource // locks that are held for writing whenever a call is reached
	cyclic   bool                // part of a recursion
}

// An acquisition is a lock that a function takes at some time.
type acquisition struct {
	Ref
	near Object // what the lock is reached from, if it has no object
	read bool
	via  string
}

// An endState is a lock that a function returns with, or without.
type endState struct {
	Ref
	read   bool
	always bool // on every path that returns
}

// lockFindings are what the walk of a function has come across.
type lockFindings struct {
	doubles []double
	leaks   []leak
	orders  []order
	slows   []slow
	// released are the operations whose lock some path releases by the name
	// under which it was taken.
	released   map[*Op]bool
	anyRelease map[*Resource]bool
}

// maxEntries bounds the lists of an effect; what is beyond is forgotten.
const maxEntries = 16

// NewLocks analyses the locks of a model.
func NewLocks(m *Model) *Locks {
	l := &Locks{
		model: m, effects: make(map[*Func]*lockEffect), resources: make(map[string]*Resource),
		handed: make(map[handing]bool), reached: make(map[reachKey]*Chain),
		unmatched: make(map[*Resource]bool),
	}
	for _, r := range m.Resources {
		l.resources[r.ID] = r
	}
	l.findFar()
	l.findLiterals()
	var order []*Func
	state := make(map[*Func]int)
	for _, f := range m.Funcs {
		l.postorder(f, state, &order)
	}
	for _, f := range order {
		l.analyse(f)
	}
	l.repeat(order)
	return l
}

// repeat analyses the functions of recursions again, so that what a function
// does in a call of itself is known where it is called. Twice is enough for
// what passes through one recursion.
func (l *Locks) repeat(order []*Func) {
	changed := make(map[*Func]bool)
	for _, f := range order {
		changed[f] = l.effects[f].cyclic
	}
	for range 2 {
		next := make(map[*Func]bool)
		for _, f := range order {
			if before := l.effects[f]; before.cyclic && l.callsAny(f, changed, next) {
				l.analyse(f)
				next[f] = !before.same(l.effects[f])
			}
		}
		changed = next
	}
}

// callsAny reports whether a function calls one of two sets.
func (l *Locks) callsAny(f *Func, a, b map[*Func]bool) bool {
	for _, block := range f.Blocks {
		for _, op := range block.Ops {
			for i := range op.Callees {
				if callee := op.Callees[i].Func; a[callee] || b[callee] {
					return true
				}
			}
		}
	}
	return false
}

// same reports whether two effects are the same to callers.
func (e *lockEffect) same(f *lockEffect) bool {
	return slices.Equal(e.acquires, f.acquires) && slices.Equal(e.holds, f.holds) &&
		slices.Equal(e.releases, f.releases) && slices.Equal(e.borrows, f.borrows)
}

// findFar finds the locks that are released by other things than their owner:
// the transaction that releases the store's lock when it ends. Such a thing
// is often called through an interface, where the release is not seen; its
// lock may be free again although no call of the function released it.
func (l *Locks) findFar() {
	l.far = make(map[*Resource]bool)
	for _, f := range l.model.Funcs {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if (op.Kind == Unlock || op.Kind == RUnlock) && !f.takes(op.Resource) && !f.owns(op.Ref) {
					l.far[op.Resource] = true
				}
			}
		}
	}
}

// owns reports whether a lock is a field of a parameter itself.
func (f *Func) owns(r Ref) bool {
	_, path, ok := strings.Cut(r.Resource.ID, ".")
	root, found := strings.CutSuffix(string(r.Object), "."+path)
	return ok && found && slices.Contains(f.Params, Object(root))
}

// postorder lists functions behind those that they call. It marks the ones
// that call back.
func (l *Locks) postorder(f *Func, state map[*Func]int, order *[]*Func) {
	if state[f] != 0 {
		if state[f] == 1 {
			l.effects[f].cyclic = true
		}
		return
	}
	state[f] = 1
	l.effects[f] = new(lockEffect)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			for _, c := range slices.Concat(op.Callees, op.Gives) {
				if callee := c.Func; callee != nil {
					l.postorder(callee, state, order)
					if e := l.effects[callee]; e.cyclic && state[callee] == 1 {
						l.effects[f].cyclic = true
					}
				}
			}
		}
	}
	state[f] = 2
	*order = append(*order, f)
}

// concerned reports whether a function needs a walk: it works on locks, or
// calls one that changes which are held.
func (l *Locks) concerned(f *Func) (walk, call bool) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			switch op.Kind {
			case Lock, RLock, Unlock, RUnlock, TryLock:
				return true, true
			case Call, Go:
				for i := range op.Callees {
					e := l.calleeEffect(&op.Callees[i])
					if len(e.holds) > 0 || len(e.releases) > 0 {
						return true, true
					}
					call = call || len(e.acquires) > 0
				}
			}
		}
	}
	return false, call
}

// analyse computes the effect of a function from those of its callees.
func (l *Locks) analyse(f *Func) {
	old := l.effects[f]
	gives := l.given(f)
	e := &lockEffect{cyclic: old.cyclic, gives: gives}
	l.effects[f] = e
	walk, call := l.concerned(f)
	switch {
	case walk:
		w := newLockWalk(l, f)
		w.effect, w.blind = e, true
		w.run(lockState{}, nil)
		if !w.plain() {
			w = newLockWalk(l, f)
			w.effect.cyclic, w.effect.gives = old.cyclic, gives
			l.effects[f] = w.effect
			w.run(lockState{}, nil)
		}
		w.finish()
	case call:
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if op.Kind == Call {
					for i := range op.Callees {
						l.inherit(e, f, &op.Callees[i], lockState{})
					}
				}
			}
		}
	}
}

// inherit adds what a callee takes to the effect of its caller, but for locks
// that the path has released before.
func (l *Locks) inherit(e *lockEffect, f *Func, c *Callee, s lockState) {
	for _, a := range l.calleeEffect(c).acquires {
		a = c.translate(a)
		if s.owes(a.Ref) < 0 {
			e.acquire(a.leaving(f))
		}
	}
}

func (e *lockEffect) acquire(a acquisition) {
	same := func(x acquisition) bool { return x.Ref == a.Ref && x.read == a.read }
	if len(e.acquires) < maxEntries && !slices.ContainsFunc(e.acquires, same) {
		e.acquires = append(e.acquires, a)
	}
}

// translate returns what a callee takes in terms of the caller.
func (c *Callee) translate(a acquisition) acquisition {
	a.Object, a.near = c.In(a.Object), c.In(a.near)
	return a
}

// leaving returns what a function takes in terms that its callers know.
func (a acquisition) leaving(f *Func) acquisition {
	if a.Object != "" && !outlives(f, a.Object) {
		a.Object, a.near = "", a.Object
	}
	if i := strings.IndexByte(string(a.near), '['); i >= 0 {
		a.near = a.near[:i] // of an element: what holds it
	}
	if a.near != "" && !outlives(f, a.near) {
		a.near = ""
	}
	return a
}

// root returns the root of what a lock is reached from, or nothing.
func (a acquisition) root() Object {
	if a.Object == "" {
		return a.near.Root()
	}
	return a.Object.Root()
}

// outlives reports whether callers of a function can know an object: a
// parameter's, a global, or one of the function around it.
func outlives(f *Func, o Object) bool {
	root := o.Root()
	if strings.HasPrefix(string(root), "G:") || rootFunc(root) != f.Name {
		return !strings.Contains(string(o), "["+asIndex(Object(f.Name)+"#v"))
	}
	return slices.Contains(f.Params, root) && !strings.Contains(string(o), "["+asIndex(Object(f.Name)+"#v"))
}

// calleeEffect returns the effect of a callee, in its own objects.
func (l *Locks) calleeEffect(c *Callee) *lockEffect {
	if c.Func != nil {
		if e := l.effects[c.Func]; e != nil {
			return e
		}
		return new(lockEffect)
	}
	e := new(lockEffect)
	if c.Summary == nil {
		return e
	}
	for _, u := range c.Summary.Acquires {
		e.acquires = append(e.acquires, acquisition{Ref: Ref{u.Object, l.foreign(u.Class)}, read: u.Read, via: u.Via})
	}
	for _, u := range c.Summary.Holds {
		e.holds = append(e.holds, endState{Ref: Ref{u.Object, l.foreign(u.Class)}, read: u.Read, always: u.Always})
	}
	for _, u := range c.Summary.Releases {
		e.releases = append(e.releases, endState{Ref: Ref{u.Object, l.foreign(u.Class)}, read: u.Read, always: u.Always})
	}
	return e
}

// foreign returns the resource for a lock of another package.
func (l *Locks) foreign(class string) *Resource {
	r := l.resources[class]
	if r == nil {
		name := class[strings.LastIndexByte(class, '/')+1:]
		r = &Resource{ID: class, Name: strings.TrimPrefix(name, "F:"), Kind: Mutex, Access: Open, Many: true, Unknown: true}
		l.resources[class] = r
	}
	return r
}
