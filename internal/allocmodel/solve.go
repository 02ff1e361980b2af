package allocmodel

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// maxSteps bounds the work on one batch. Beyond, what is not known to be on
// the heap is unknown.
const maxSteps = 20_000_000

// solve finds the fate of each location and the leaks of each parameter: it
// walks from each location against the flow, and again from those that are
// found to live longer than was thought.
func (b *batch) solve() {
	todo := slices.Clone(b.all)
	for _, loc := range todo {
		loc.todo = true
	}
	for walk := 1; len(todo) > 0; walk++ {
		root := todo[0]
		todo = todo[1:]
		root.todo = false
		if b.steps > maxSteps {
			return
		}
		b.walkFrom(root, walk, func(loc *location) {
			if !loc.todo {
				loc.todo = true
				todo = append(todo, loc)
			}
		})
	}
}

// exceeded reports whether the work was cut short.
func (b *batch) exceeded() bool { return b.steps > maxSteps }

// walkFrom finds the least number of dereferences from each location to a
// root. It is the algorithm of Bellman and Ford, because there are negative
// edges; since numbers do not fall below 0 on the way, no cycle is endless.
func (b *batch) walkFrom(root *location, walk int, again func(*location)) {
	root.walk, root.derefs, root.next, root.via = walk, 0, nil, nil
	queue := []*location{root}
	for len(queue) > 0 {
		loc := queue[0]
		queue = queue[1:]
		loc.queued = false
		b.steps++
		derefs := loc.derefs
		if derefs < 0 {
			// The address of loc flows to the root, but what flows into loc does
			// so by value.
			derefs = 0
			if fate := outlives(root, loc); fate > loc.fate {
				loc.fate = fate
				loc.way = way(root, loc)
				loc.forResult, loc.level = root.leadsTo(loc)
				again(loc)
				if fate == Heap {
					continue
				}
			}
		}
		if loc.param > 0 {
			b.leak(root, loc, derefs)
		}
		queue = loc.relax(root, walk, derefs, queue)
	}
}

// relax passes a number of dereferences on to what flows into a location, and
// returns the queue with those that have less than before.
func (loc *location) relax(root *location, walk, derefs int, queue []*location) []*location {
	for i := range loc.edges {
		e := &loc.edges[i]
		if e.src.fate == Heap && e.src != root {
			continue // a root of its own
		}
		d := derefs + e.derefs
		if e.src.walk == walk && e.src.derefs <= d {
			continue
		}
		e.src.walk, e.src.derefs, e.src.next, e.src.via = walk, d, loc, e
		if !e.src.queued {
			e.src.queued = true
			queue = append(queue, e.src)
		}
	}
	return queue
}

// outlives returns the fate of a location whose address a root has: Stack if
// the root does not live longer.
func outlives(root, loc *location) Fate {
	switch {
	case root.fate != Stack:
		return root.fate
	case root.result > 0 && root.kept && root.fn != loc.fn && encloses(loc.fn, root.fn):
		return Stack // only the function around gets it
	case root.result > 0:
		return Heap // nobody knows what callers do with it
	case root.fn == loc.fn && root.depth < loc.depth && loc.depth != noDepth:
		return Heap
	case root.fn != loc.fn && root.depth != noDepth && encloses(root.fn, loc.fn):
		return Heap
	}
	return Stack
}

// leadsTo tells for which result a location is on the heap whose address a root
// has, and how many pointers are between them; 0 if that is not the reason.
func (root *location) leadsTo(loc *location) (forResult, level int) {
	switch {
	case root.fn != loc.fn:
		return 0, 0
	case root.result > 0 && root.fate == Stack:
		return root.result, 0
	case root.fate == Heap && root.forResult > 0:
		return root.forResult, root.level + 1
	}
	return 0, 0
}

// encloses reports whether a function literal is inside of a function.
func encloses(outer, inner *ssa.Function) bool {
	for fn := inner; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// leak records that a parameter flows to a root that outlives its function.
func (b *batch) leak(root, param *location, derefs int) {
	leak := &b.m.summary(param.fn).Params[param.param-1]
	switch {
	case root.fate == Unknown:
		leak.AddUnknown(derefs)
	case root.result > 0 && root.fn == param.fn && root.fate == Stack:
		leak.AddResult(root.result-1, derefs)
	case outlives(root, param) == Heap:
		leak.AddHeap(derefs)
	}
}

// way returns the steps that the address of a location takes to a root, and
// from there on.
func way(root, loc *location) []Step {
	var steps []Step
	for at := loc; at != root && at.via != nil && len(steps) < 32; at = at.next {
		steps = append(steps, at.via.step)
	}
	switch {
	case root.fate != Stack:
		return append(steps, root.way...)
	case root.result > 0:
		return steps
	case root.fn != loc.fn:
		last := &steps[len(steps)-1]
		return append(steps, Step{Why: StoredOuter, Pos: last.Pos})
	}
	last := &steps[len(steps)-1]
	return append(steps, Step{Why: LoopCarried, Pos: last.Pos})
}
