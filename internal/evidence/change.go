package evidence

import (
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A Difference is what a change does to the allocations of one function.
type Difference struct {
	Package, Function string
	At                finding.Position // of its declaration; at the base, if the function is gone
	New, Gone         bool             // the function is on one side only
	Added, Removed    []Allocation     // in source order
	InlinedInto       []string         // functions that have the added ones as well, because they inline this one
	Share             float64          // of the scarcest thing that the function costs with all that it calls, by a profile

	base, head *FunctionAllocations
}

// Counted returns the added allocations that count: not those that happen
// once, or only when something fails.
func (d *Difference) Counted() []Allocation { return counted(d.Added) }

// CountedRemoved returns the removed allocations that count.
func (d *Difference) CountedRemoved() []Allocation { return counted(d.Removed) }

func counted(list []Allocation) []Allocation {
	return slices.DeleteFunc(slices.Clone(list), func(a Allocation) bool { return a.Cold != "" })
}

// Compare returns what differs between the allocations of two revisions, by
// functions, in source order.
//
// Functions are matched by package and name, and allocations in them by their
// text, then by their kind, so that neither moved lines nor renamed variables
// make a difference. Nor do allocations that
// move from a function which is gone to one which is new, to one which is new
// and called instead, or from one which is gone to its caller.
func Compare(base, head []FunctionAllocations) []Difference {
	changes := pair(base, head)
	for _, d := range changes {
		d.diff()
	}
	cancelMoves(changes)
	attributeInlined(changes)
	var list []Difference
	for _, d := range changes {
		if len(d.Added)+len(d.Removed) > 0 {
			list = append(list, *d)
		}
	}
	slices.SortStableFunc(list, func(d, e Difference) int { return d.At.Compare(e.At) })
	return list
}

// pair finds the functions of two revisions that are the same. Of several with
// one name, such as init, the first is compared with the first.
func pair(base, head []FunctionAllocations) []*Difference {
	old := make(map[string][]*FunctionAllocations)
	key := func(f *FunctionAllocations) string { return f.Package + "\x00" + plainName(f.Name) }
	for i := range base {
		old[key(&base[i])] = append(old[key(&base[i])], &base[i])
	}
	var changes []*Difference
	for i := range head {
		f := &head[i]
		d := &Difference{Package: f.Package, Function: f.Name, At: f.At, head: f, base: new(FunctionAllocations), New: true}
		if list := old[key(f)]; len(list) > 0 {
			d.base, d.New, old[key(f)] = list[0], false, list[1:]
		}
		changes = append(changes, d)
	}
	for i := range base {
		f := &base[i]
		if slices.Contains(old[key(f)], f) {
			changes = append(changes, &Difference{Package: f.Package, Function: f.Name, At: f.At, base: f, head: new(FunctionAllocations), Gone: true})
		}
	}
	return changes
}

// plainName makes a method of T and one of *T the same.
func plainName(name string) string {
	return strings.NewReplacer("(*", "", ")", "").Replace(name)
}

// diff fills in what differs between the sides.
func (d *Difference) diff() {
	d.Removed, d.Added = cancel(d.base.Allocations, d.head.Allocations, (*Allocation).text)
	d.Removed, d.Added = cancel(d.Removed, d.Added, (*Allocation).kind)
}

// cancel takes pairs with the same key out of two lists. Allocations that
// count cancel such as count before others.
func cancel(a, b []Allocation, key func(*Allocation) string) (restA, restB []Allocation) {
	free := make(map[string]int)
	full := func(x *Allocation) string { return key(x) + "\x00" + x.Cold }
	for i := range a {
		free[full(&a[i])]++
	}
	taken := make(map[string]int)
	for _, x := range b {
		if k := full(&x); free[k] > taken[k] {
			taken[k]++
		} else {
			restB = append(restB, x)
		}
	}
	for _, x := range a {
		if k := full(&x); taken[k] > 0 {
			taken[k]--
		} else {
			restA = append(restA, x)
		}
	}
	return restA, restB
}

// cancelMoves takes out what only moved between functions of a package, one of
// which is new or gone: a function that was renamed, split or dissolved.
func cancelMoves(changes []*Difference) {
	byPackage := make(map[string][]*Difference)
	var order []string
	for _, d := range changes {
		if byPackage[d.Package] == nil {
			order = append(order, d.Package)
		}
		byPackage[d.Package] = append(byPackage[d.Package], d)
	}
	for _, likely := range []func(from, to *Difference) bool{
		func(from, to *Difference) bool { return to.New && from.Gone },                                          // renamed
		func(from, to *Difference) bool { return to.New && slices.Contains(from.head.Calls, to.calledAs()) },    // split
		func(from, to *Difference) bool { return from.Gone && slices.Contains(to.base.Calls, from.calledAs()) }, // dissolved
	} {
		for _, pkg := range order {
			cancelBetween(byPackage[pkg], likely)
		}
	}
}

// cancelBetween takes out what moved between functions that look as if code
// had moved between them.
func cancelBetween(changes []*Difference, likely func(from, to *Difference) bool) {
	for _, to := range changes {
		for _, from := range changes {
			if from != to && len(from.Removed) > 0 && len(to.Added) > 0 && likely(from, to) {
				from.Removed, to.Added = cancel(from.Removed, to.Added, (*Allocation).text)
			}
		}
	}
}

// calledAs returns the name of a function without its receiver's type.
func (d *Difference) calledAs() string {
	_, method, ok := cutLast(d.Function, ".")
	if !ok {
		return d.Function
	}
	return method
}

// attributeInlined gives an allocation of a function that is inlined to that
// function. The compiler prints it there, where it counts only if the function
// is called without being inlined, and wherever it is inlined.
func attributeInlined(changes []*Difference) {
	byName := make(map[string][]*Difference)
	for _, d := range changes {
		name := plainName(d.Function)
		byName[name] = append(byName[name], d)
	}
	calleesOf := func(caller *Difference, callee string) []*Difference {
		pkg, name := splitCallee(callee)
		return slices.DeleteFunc(slices.Clone(byName[name]), func(d *Difference) bool {
			return pkg == "" && d.Package != caller.Package || pkg != "" && lastElement(d.Package) != pkg && d.Package != caller.Package
		})
	}
	for _, d := range changes {
		d.Removed = slices.DeleteFunc(d.Removed, func(a Allocation) bool {
			return a.Callee != "" && slices.ContainsFunc(calleesOf(d, a.Callee), func(callee *Difference) bool { return callee.explainsRemoved(d, &a) })
		})
		d.Added = slices.DeleteFunc(d.Added, func(a Allocation) bool {
			return a.Callee != "" && slices.ContainsFunc(calleesOf(d, a.Callee), func(callee *Difference) bool { return callee.explains(d, &a) })
		})
	}
	inlined := inlinedUses(changes, calleesOf)
	for _, d := range changes {
		d.Added = slices.DeleteFunc(d.Added, func(a Allocation) bool {
			return a.Callee == "" && d.head.Inlinable && inlined[d][a.text()] == onlyStack
		})
	}
}

// explains reports whether an allocation that a caller has by inlining is no
// news there: the callee has got it itself, or had it before and was called
// before, but not inlined.
func (d *Difference) explains(caller *Difference, a *Allocation) bool {
	same := func(b Allocation) bool { return b.text() == a.text() }
	if slices.ContainsFunc(d.Added, same) {
		if !slices.Contains(d.InlinedInto, caller.Function) {
			d.InlinedInto = append(d.InlinedInto, caller.Function)
		}
		return true
	}
	return !d.base.Inlinable && slices.ContainsFunc(d.base.Allocations, same) && slices.Contains(caller.base.Calls, d.calledAs())
}

// explainsRemoved is the same for one that a caller has not any more.
func (d *Difference) explainsRemoved(caller *Difference, a *Allocation) bool {
	same := func(b Allocation) bool { return b.text() == a.text() }
	return slices.ContainsFunc(d.Removed, same) ||
		!d.head.Inlinable && slices.ContainsFunc(d.head.Allocations, same) && slices.Contains(caller.head.Calls, d.calledAs())
}

// A use says what becomes of an allocation where its function is inlined.
type use int

const (
	onlyStack use = iota + 1 // nowhere does it escape
	someHeap
)

// inlinedUses returns that for each function and allocation.
func inlinedUses(changes []*Difference, calleesOf func(*Difference, string) []*Difference) map[*Difference]map[string]use {
	uses := make(map[*Difference]map[string]use)
	count := func(caller *Difference, list []Allocation, what use) {
		for _, a := range list {
			if a.Callee == "" {
				continue
			}
			for _, callee := range calleesOf(caller, a.Callee) {
				if uses[callee] == nil {
					uses[callee] = make(map[string]use)
				}
				uses[callee][a.text()] = max(uses[callee][a.text()], what)
			}
		}
	}
	for _, d := range changes {
		count(d, d.head.Allocations, someHeap)
		count(d, d.head.Stays, onlyStack)
	}
	return uses
}

// splitCallee splits the name that the compiler prints for a callee: its
// package's name, or nothing for one in the same package, and the function's.
func splitCallee(callee string) (pkg, name string) {
	name = plainName(callee)
	if strings.HasPrefix(callee, "(") {
		return "", name // a method in the same package
	}
	first, rest, ok := strings.Cut(callee, ".")
	if !ok {
		return "", name
	}
	// "p.F", or "T.M" with a receiver that is no pointer: a package's name is
	// more likely to be in lower case.
	if first != "" && first[0] >= 'A' && first[0] <= 'Z' {
		return "", name
	}
	return first, plainName(rest)
}

func lastElement(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
