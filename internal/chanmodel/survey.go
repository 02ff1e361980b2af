package chanmodel

import (
	"slices"

	"github.com/perflint/perflint/internal/flow"
)

// A survey is what the functions of a model lead to. It is made once for all
// channels that are counted.
type survey struct {
	reached map[*Func]map[*Func]bool // see reach; by the functions asked for so far
	// loud are the functions of which a tally may show that they were called.
	// The others do nothing but return, for all that is counted, or never do.
	loud map[*Func]bool
	// quiet are the effects of functions that are not loud, by frame.
	quiet map[string]*effects
}

// newSurvey surveys a model, callees before their callers.
func newSurvey(m *Model) *survey {
	v := &survey{
		reached: make(map[*Func]map[*Func]bool), loud: make(map[*Func]bool),
		quiet: make(map[string]*effects),
	}
	for _, component := range m.components() {
		v.include(component)
	}
	return v
}

// components returns the strongly connected components of the graph of calls
// and starts, those first that lead to no others.
func (m *Model) components() [][]*Func {
	index := make(map[*Func]int, len(m.Funcs))
	for i, f := range m.Funcs {
		index[f] = i
	}
	of := flow.Components(len(m.Funcs), func(i int) []int {
		var succs []int
		for g := range m.Funcs[i].calls() {
			if to, ok := index[g]; ok {
				succs = append(succs, to)
			}
		}
		return succs
	})
	var list [][]*Func
	for i, c := range of {
		for len(list) <= c {
			list = append(list, nil)
		}
		list[c] = append(list[c], m.Funcs[i])
	}
	return list
}

// calls yields the functions that a function calls or starts.
func (f *Func) calls() func(func(*Func) bool) {
	return func(yield func(*Func) bool) {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				for i := range op.Callees {
					if g := op.Callees[i].Func; g != nil && !yield(g) {
						return
					}
				}
			}
		}
	}
}

// include adds the functions of a component.
func (v *survey) include(component []*Func) {
	loud := len(component) > 1 // nobody knows what recursion does
	for _, f := range component {
		loud = loud || f.tells()
		for g := range f.calls() {
			loud = loud || g == f || v.loud[g]
		}
	}
	for _, f := range component {
		v.loud[f] = loud
	}
}

// tells reports whether a function itself does something that a tally shows.
func (f *Func) tells() bool {
	return slices.ContainsFunc(f.Blocks, func(b *Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *Op) bool {
			switch op.Kind {
			case Send, Receive, Range, Close, Finish, Signal, Broadcast, Cancel, Wait, Select:
				return true
			}
			return false
		}) || slices.ContainsFunc(b.Succs, func(e Edge) bool { return e.Turn != nil && e.Turn.Count.Sym != "" })
	})
}

// reach returns the functions that a function calls or starts, itself
// included.
func (v *survey) reach(f *Func) map[*Func]bool {
	if v.reached[f] == nil {
		v.reached[f] = reach(f)
	}
	return v.reached[f]
}

// users returns the functions that work on a resource, or lead to one that
// does.
func (m *Model) users(r *Resource) map[*Func]bool {
	found := make(map[*Func]bool)
	var work []*Func
	add := func(f *Func) {
		if !found[f] {
			found[f] = true
			work = append(work, f)
		}
	}
	for _, u := range m.Uses(r) {
		add(u.Func)
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, site := range f.Callers {
			add(site.In)
		}
	}
	return found
}
