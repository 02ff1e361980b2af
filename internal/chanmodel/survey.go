package chanmodel

import "slices"

// A survey is what the functions of a model lead to. It is made once for all
// channels that are counted.
type survey struct {
	reached map[*Func]map[*Func]bool // see reach; by the functions asked for so far
	// awaited are the resources that a function itself waits for, or does
	// something to that others wait for.
	awaited map[*Func][]*Resource
	// returns says of functions that no tally shows whether they return, by
	// frame.
	returns map[string]bool
}

// newSurvey surveys a model.
func newSurvey(m *Model) *survey {
	v := &survey{
		reached: make(map[*Func]map[*Func]bool), awaited: make(map[*Func][]*Resource),
		returns: make(map[string]bool),
	}
	for _, f := range m.Funcs {
		v.awaited[f] = f.awaits()
	}
	return v
}

// awaits returns the resources that a function itself waits for, or does
// something to that others wait for.
func (f *Func) awaits() []*Resource {
	var list []*Resource
	note := func(r *Resource) {
		if r != nil && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			switch op.Kind {
			case Send, Receive, Range, Close, Finish, Signal, Broadcast, Cancel, Wait:
				note(op.Resource)
			case Select:
				for i := range op.Cases {
					note(op.Cases[i].Resource)
				}
			case Go:
				note(op.Counts.Resource)
			}
		}
	}
	return list
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
