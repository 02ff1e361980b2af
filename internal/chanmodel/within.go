package chanmodel

import (
	"slices"

	"github.com/perflint/perflint/internal/flow"
)

// A Hop is a call that leads from one function into another or, as the last of
// a [Chain], the operation that it leads to: then it has no callee.
type Hop struct {
	CallSite
	Callee *Callee
	Path   *Path // to the call, in a chain
}

// A Site is an operation that the call of a function leads to: in the
// function itself, if there are no links, or in one that it calls.
type Site struct {
	Use
	Links []Hop // outermost first
}

// In translates an object of the function that the operation is in into one
// of the function that the first link is in. It is empty if there is none.
func (s *Site) In(o Object) Object {
	for i := len(s.Links) - 1; i >= 0 && o != ""; i-- {
		o = s.Links[i].Callee.In(o)
	}
	return o
}

// On returns what the operation works on, in terms of the outermost function.
func (s *Site) On() Ref {
	r := s.Ref()
	return Ref{s.In(r.Object), r.Resource}
}

// The bounds of what is looked at behind a call. Deeper chains are rare, and a
// reader could not follow them.
const (
	maxLinks = 5
	maxSites = 400
)

// sites knows what calls lead to, and who works for wait groups.
type sites struct {
	within  map[*Func][]Site
	busy    map[*Func]bool
	started map[*Resource][]worker
}

// sites returns what is known about the calls of a model, which all
// algorithms share.
func (m *Model) sites() *sites {
	if m.shared == nil {
		m.shared = &sites{within: make(map[*Func][]Site), busy: make(map[*Func]bool), started: startedBy(m)}
	}
	return m.shared
}

// in returns the operations that a call of a function may execute before it
// returns, in the function's order. What it starts as goroutines does not
// count. Recursion is followed once.
func (s *sites) in(f *Func) []Site {
	if list, ok := s.within[f]; ok || s.busy[f] {
		return list
	}
	s.busy[f] = true
	var list []Site
	for i, b := range f.Blocks {
		for j, op := range b.Ops {
			switch {
			case op.Kind == Call:
				list = append(list, s.behind(CallSite{f, i, op})...)
			case op.Resource != nil || op.Kind == Select:
				list = append(list, Site{Use: Use{f, i, j, op, -1}})
			}
		}
	}
	if len(list) > maxSites {
		list = list[:maxSites]
	}
	delete(s.busy, f)
	s.within[f] = list
	return list
}

// behind returns the operations that a call leads to.
func (s *sites) behind(at CallSite) []Site {
	var list []Site
	for i := range at.Op.Callees {
		c := &at.Op.Callees[i]
		if c.Func == nil {
			continue
		}
		for _, inner := range s.in(c.Func) {
			if len(inner.Links) < maxLinks {
				list = append(list, Site{inner.Use, append([]Hop{{CallSite: at, Callee: c}}, inner.Links...)})
			}
		}
	}
	return list
}

// at returns what an operation does: itself, or what it leads to if it is a
// call.
func (s *sites) at(f *Func, block, index int, op *Op) []Site {
	if op.Kind == Call {
		return s.behind(CallSite{f, block, op})
	}
	return []Site{{Use: Use{f, block, index, op, -1}}}
}

// callOf reports whether a place that may call a function does so in the same
// goroutine, rather than by starting one.
func callOf(at CallSite) bool { return at.Op.Kind == Call }

// Repeats reports whether a block can be executed more than once: it lies in a
// loop of the function, or the function is a loop's body.
func (f *Func) Repeats(block int) bool {
	if f.Body {
		return true
	}
	if f.repeats == nil {
		f.repeats = make([]bool, len(f.Blocks))
		succs := make([][]int, len(f.Blocks))
		for i, b := range f.Blocks {
			for _, e := range b.Succs {
				succs[i] = append(succs[i], e.To)
			}
		}
		of := flow.Components(len(succs), func(i int) []int { return succs[i] })
		size := make([]int, len(succs))
		for _, c := range of {
			size[c]++
		}
		for i := range succs {
			f.repeats[i] = size[of[i]] > 1 || slices.Contains(succs[i], i)
		}
	}
	return f.repeats[block]
}

// reaches reports whether there is a path of one edge or more between blocks.
func (f *Func) reaches(from, to int) bool {
	seen := make(map[int]bool)
	work := []int{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, e := range f.Blocks[b].Succs {
			if e.To == to {
				return true
			}
			if !seen[e.To] {
				seen[e.To] = true
				work = append(work, e.To)
			}
		}
	}
	return false
}

// blockOf returns the block of a function that an operation is in, or -1.
func (f *Func) blockOf(op *Op) int {
	return slices.IndexFunc(f.Blocks, func(b *Block) bool { return slices.Contains(b.Ops, op) })
}

// since returns the end of a path, from the last time that it left a block on.
func (p *Path) since(block int) *Path {
	var tail []*Path
	for ; p != nil; p = p.Prev {
		tail = append(tail, p)
		if p.Block == block {
			break
		}
	}
	var short *Path
	for i := len(tail) - 1; i >= 0; i-- {
		short = &Path{short, tail[i].Block, tail[i].Succ}
	}
	return short
}
