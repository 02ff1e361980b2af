package chanmodel

import (
	"cmp"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/ssax"
)

// A LockEdge is a lock that is taken while another one is held.
type LockEdge struct {
	Func     *Func
	Held     Ref
	HeldRead bool
	HeldOp   *Op // takes it; nil if the function releases it for somebody else, later
	Taken    Ref
	Read     bool
	Op       *Op // takes the other one, or calls a function that does
	Chain    *Chain
	Branches []ssax.Branch // between the two

	path    *Path
	others  []*Resource
	callee  *Callee
	related bool
	unsure  bool // the lock need not be taken whenever the other one is held
}

// A LockCycle is a set of locks that are taken in orders that contradict each
// other: each edge takes the lock that the next one holds.
type LockCycle struct {
	Edges []LockEdge
	// Sure is set if, on each edge, one lock belongs to what the other one
	// belongs to, so that the orders are about the same objects, and if it
	// takes no third goroutine, a writer between two readers.
	Sure bool
}

// Cycles returns the orders of locks that contradict each other: of two locks
// and, as far as no pair of these does, of three.
//
// Locks count by class: all values of a type share the lock in one of its
// fields. Two locks of one class are not compared, for these are usually
// taken in an order that the types do not show. A cycle whose edges all hold
// one more lock for writing, the gate, cannot happen (Havelund, "Using
// runtime analysis to guide model checking of Java programs", SPIN 2000).
func (l *Locks) Cycles() []LockCycle {
	edges := l.edges()
	var pairs [][2]*Resource
	for pair := range edges {
		if pair[0].ID < pair[1].ID && len(edges[[2]*Resource{pair[1], pair[0]}]) > 0 {
			pairs = append(pairs, pair)
		}
	}
	slices.SortFunc(pairs, func(a, b [2]*Resource) int {
		return cmp.Or(cmp.Compare(a[0].ID, b[0].ID), cmp.Compare(a[1].ID, b[1].ID))
	})
	var list []LockCycle
	for _, pair := range pairs {
		if c := l.choose(edges[pair], edges[[2]*Resource{pair[1], pair[0]}]); c != nil {
			list = append(list, *c)
		}
	}
	return list
}

// edges returns the orders of the package, by the locks.
func (l *Locks) edges() map[[2]*Resource][]LockEdge {
	edges := make(map[[2]*Resource][]LockEdge)
	gates := l.gates()
	for _, f := range l.model.Funcs {
		if f.runsAlone() || f.InTest {
			continue // a test arranges what happens at the same time
		}
		for _, o := range l.effects[f].found.orders {
			if f.fresh(o.held.Ref) || f.fresh(o.taken.Ref) {
				continue // nobody else has it yet
			}
			if o.held.Resource.mixed || o.taken.Resource.mixed {
				continue // a pointer to either of two locks made them one
			}
			pair := [2]*Resource{o.held.Resource, o.taken.Resource}
			edges[pair] = append(edges[pair], LockEdge{
				Func: f, Held: o.held.Ref, HeldRead: o.held.read, HeldOp: o.held.op,
				Taken: o.taken.Ref, Read: o.taken.read, Op: o.op,
				Branches: between(f, o.held.path, o.path), path: o.path,
				others: append(slices.Clip(o.others), gates[f]...), callee: o.callee,
				unsure:  o.held.op != nil && f.skips(o.held.op, o.op),
				related: o.held.Object != "" && o.held.Object.Root() == o.taken.root(),
			})
		}
	}
	return edges
}

// choose returns the best pair of edges that can block each other.
func (l *Locks) choose(there, back []LockEdge) *LockCycle {
	var best *LockCycle
	for i := range there {
		for j := range back {
			a, b := there[i], back[j]
			// Whoever releases the lock for another one may know that it is
			// not wanted then.
			releases := a.HeldOp == nil && b.unsure || b.HeldOp == nil && a.unsure
			sure := a.related && b.related && !releases && !(a.HeldRead && b.Read) && !(b.HeldRead && a.Read) && apart(&a, &b)
			if best != nil && (best.Sure || !sure) || !l.conflict(&a, &b) {
				continue
			}
			if !l.prove(&a) || !l.prove(&b) {
				continue
			}
			doubt := a.Chain != nil && a.Chain.Maybe || b.Chain != nil && b.Chain.Maybe
			if best == nil || sure && !doubt {
				best = &LockCycle{Edges: []LockEdge{a, b}, Sure: sure && !doubt}
			}
		}
	}
	return best
}

// conflict reports whether two goroutines that take two locks by two edges
// can wait for each other.
func (l *Locks) conflict(a, b *LockEdge) bool {
	for _, gate := range a.others {
		if slices.Contains(b.others, gate) {
			return false
		}
	}
	// Read locks wait for each other only if a writer waits between them.
	excludes := func(held, taken bool, r *Resource) bool { return !held || !taken || len(l.writers(r)) > 0 }
	if others(a.Held, b.Taken) || others(b.Held, a.Taken) {
		return false
	}
	return excludes(a.HeldRead, b.Read, a.Held.Resource) && excludes(b.HeldRead, a.Read, b.Held.Resource) &&
		!(a.HeldRead && b.Read && b.HeldRead && a.Read) && concurrent(a.Func, b.Func) && !l.joined(a, b) && !l.joined(b, a)
}

// others reports whether two locks of one class are in different fields of
// what they belong to: "c.in.mu" and "c.out.mu".
func others(a, b Ref) bool {
	field := func(r Ref) string {
		_, path, _ := strings.Cut(r.Resource.ID, ".")
		base, ok := strings.CutSuffix(string(r.Object), "."+path)
		i := strings.LastIndexByte(base, '.')
		if !ok || i < 0 || strings.HasSuffix(base, "]") {
			return ""
		}
		return base[i:]
	}
	return field(a) != "" && field(b) != "" && field(a) != field(b)
}

// prove finds the calls by which an edge takes its lock.
func (l *Locks) prove(e *LockEdge) bool {
	if e.callee == nil {
		return true
	}
	e.Chain = l.into(e.callee, Ref{"", e.Taken.Resource}, e.Held, acquisition{Ref: e.Taken, read: e.Read}, nil, 0)
	return e.Chain != nil
}

// concurrent reports whether two functions can run in different goroutines:
// not if all that leads to them is one goroutine that is started once.
func concurrent(f, g *Func) bool {
	a, many := starts(f)
	b, more := starts(g)
	if many || more || len(a) == 0 || len(b) == 0 {
		return true
	}
	return len(a) > 1 || len(b) > 1 || a[0] != b[0]
}

// starts returns the goroutines of the package that lead to a function. It
// reports true if others can, or one that is started in a loop.
func starts(f *Func) (list []*Op, many bool) {
	seen := make(map[*Func]bool)
	var visit func(f *Func)
	visit = func(f *Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		if f.Called {
			many = true
		}
		for _, site := range f.Callers {
			if site.Op.Kind != Go {
				visit(site.In)
				continue
			}
			many = many || site.In.Repeats(site.Block)
			if !slices.Contains(list, site.Op) {
				list = append(list, site.Op)
			}
		}
	}
	visit(f)
	return list, many
}

// skips reports whether the function can return after one operation without
// another one.
func (f *Func) skips(from, op *Op) bool {
	for i, b := range f.Blocks {
		if slices.Contains(b.Ops, from) {
			return !slices.Contains(b.Ops, op) && f.avoids(i, op)
		}
	}
	return false
}

// runsAlone reports whether a function runs before anything else does.
func (f *Func) runsAlone() bool {
	for f.Outer != nil {
		f = f.Outer
	}
	return f.Label == "init"
}

// fresh reports whether a lock belongs to what nobody else has.
func (f *Func) fresh(r Ref) bool {
	return slices.ContainsFunc(f.Fresh, r.Object.Under)
}

// gates returns the locks that are held for writing whenever a function is
// called: the intersection over its callers, as the greatest fixed point.
func (l *Locks) gates() map[*Func][]*Resource {
	gates := make(map[*Func][]*Resource)
	known := make(map[*Func]bool)
	for changed := true; changed; {
		changed = false
		for _, f := range l.model.Funcs {
			held, any := l.gate(f, gates, known)
			if any && (!known[f] || len(held) < len(gates[f])) {
				gates[f], known[f], changed = held, true, true
			}
		}
	}
	return gates
}

// gate computes the gates of one function from those of its callers. It
// reports false if nothing is known of any caller.
func (l *Locks) gate(f *Func, gates map[*Func][]*Resource, known map[*Func]bool) ([]*Resource, bool) {
	if f.Called || len(f.Callers) == 0 {
		return nil, true
	}
	var held []*Resource
	any := false
	for _, site := range f.Callers {
		if site.Op.Kind == Go {
			return nil, true
		}
		if !known[site.In] {
			continue
		}
		at := append(slices.Clip(gates[site.In]), l.effects[site.In].atCall[site.Op]...)
		if !any {
			held, any = at, true
			continue
		}
		held = slices.DeleteFunc(slices.Clone(held), func(r *Resource) bool { return !slices.Contains(at, r) })
	}
	return held, any
}
