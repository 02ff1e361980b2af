package allocmodel

import (
	"go/token"
	"go/types"
	"math"

	"golang.org/x/tools/go/ssa"
)

// A location is storage: a variable, what an expression allocates, a
// parameter, a result, or what the result of a call is kept in.
type location struct {
	fn     *ssa.Function // nil for the heap and for unknown code
	depth  int           // of loops at the declaration; noDepth if it is no variable
	edges  []edge        // what flows in
	site   *Site         // that it is the storage of, if any
	param  int           // index of the parameter plus 1
	result int           // index of the result plus 1
	kept   bool          // a result of a function literal all of whose calls are seen

	fate Fate   // Stack, Unknown or Heap
	way  []Step // to where it outlives its function

	forResult int // index plus 1 of the result that it is on the heap for
	level     int // how many pointers are between the two

	// Of the walk under way.
	walk   int // number of the walk that has been here
	derefs int // least number from here to the root
	next   *location
	via    *edge // from next to here
	queued bool
	todo   bool // waits to be a root
}

// noDepth is the depth of what holds a value for a moment only.
const noDepth = math.MaxInt

// An edge says that a location gets the value of another one, after a number
// of dereferences; -1 says that it gets its address.
type edge struct {
	src    *location
	derefs int
	step   Step
}

// A ref is a value in terms of locations: that of a location after a number of
// dereferences. The zero ref is a value that points to nothing of interest.
type ref struct {
	loc    *location
	derefs int
}

// A batch is the flow in functions that call each other, which must be looked
// at together.
type batch struct {
	m       *Model
	in      map[*ssa.Function]bool
	heap    *location
	unknown *location
	all     []*location
	refs    map[ssa.Value]ref
	results map[*ssa.Function][]*location
	tuples  map[ssa.CallInstruction][]*location
	params  map[*ssa.Function][]*location
	steps   int // of the solver
}

func newBatch(m *Model, fns []*ssa.Function) *batch {
	b := &batch{
		m:       m,
		in:      make(map[*ssa.Function]bool),
		heap:    &location{fate: Heap},
		unknown: &location{fate: Unknown},
		refs:    make(map[ssa.Value]ref),
		results: make(map[*ssa.Function][]*location),
		tuples:  make(map[ssa.CallInstruction][]*location),
		params:  make(map[*ssa.Function][]*location),
	}
	b.all = []*location{b.heap, b.unknown}
	for _, fn := range fns {
		b.in[fn] = true
		for i, p := range fn.Params {
			loc := b.location(fn, 0)
			loc.param = i + 1
			b.params[fn] = append(b.params[fn], loc)
			b.refs[p] = ref{loc, 0}
		}
		for i := range fn.Signature.Results().Len() {
			loc := b.location(fn, 0)
			loc.result = i + 1
			loc.kept = fn.Parent() != nil && !m.lost[fn]
			b.results[fn] = append(b.results[fn], loc)
		}
	}
	return b
}

func (b *batch) location(fn *ssa.Function, depth int) *location {
	loc := &location{fn: fn, depth: depth}
	b.all = append(b.all, loc)
	return loc
}

// storage returns a ref to the storage of a new site: its address.
func (b *batch) storage(kind Kind, instr ssa.Instruction, pos token.Pos, t types.Type, size int64) ref {
	fn := instr.Parent()
	depth := b.m.shape(fn).depth(pos)
	loc := b.location(fn, depth)
	loc.site = &Site{Kind: kind, Fn: fn, Instr: instr, Pos: pos, Type: t, Size: size, Loops: depth}
	b.m.sites[fn] = append(b.m.sites[fn], loc.site)
	if kind == Append {
		loc.depth = 0 // growing again never reuses the array of the round before
	}
	return ref{loc, -1}
}

// flow records that a location gets a value, after some more dereferences.
func (b *batch) flow(dst *location, src ref, derefs int, step Step) {
	if src.loc == nil {
		return
	}
	derefs += src.derefs
	if dst == src.loc && derefs >= 0 {
		return
	}
	dst.edges = append(dst.edges, edge{src.loc, derefs, step})
}

// flowValue is like flow, for a value in a function's code.
func (b *batch) flowValue(dst *location, v ssa.Value, derefs int, step Step) {
	if !hasPointers(v.Type()) {
		return
	}
	b.flow(dst, b.ref(v), derefs, step)
}

// tuple returns where the results of a call are kept.
func (b *batch) tuple(call ssa.CallInstruction) []*location {
	locs, ok := b.tuples[call]
	if !ok {
		for range call.Common().Signature().Results().Len() {
			locs = append(locs, b.location(call.Parent(), noDepth))
		}
		b.tuples[call] = locs
	}
	return locs
}
