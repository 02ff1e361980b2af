package allocmodel

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Cost says what each call of a function allocates at least: on the way that
// it takes unless something fails, in what it surely calls, and once for what
// loops make.
type Cost struct {
	Heap    int  // allocations that stay with the function, or that others keep
	Own     int  // allocations of a result: what it points to
	Inner   int  // allocations of what that points to, in turn
	Result  int  // index of that result
	Inlined bool // the compiler may inline the function, so that a caller that keeps no result has it on the stack
	First   Kind // of the first allocation
	Line    int  // where that is; 0 if the function makes it by calling another one

	Sites []*Site // of the function itself; not part of the text form
}

// Total is the number of allocations if the function is not inlined.
func (c *Cost) Total() int { return c.Heap + c.Own + c.Inner }

// String returns a short form such as "o1 i2 n 1:469": a letter for each number,
// n if the function may be inlined, and the kind and line of the first site.
func (c *Cost) String() string {
	var parts []string
	for _, field := range []struct {
		letter string
		n      int
	}{{"h", c.Heap}, {"o", c.Own}, {"i", c.Inner}, {"r", c.Result}} {
		if field.n > 0 {
			parts = append(parts, field.letter+strconv.Itoa(field.n))
		}
	}
	if c.Inlined {
		parts = append(parts, "n")
	}
	if c.Line > 0 {
		parts = append(parts, fmt.Sprintf("%d:%d", c.First, c.Line))
	}
	return strings.Join(parts, " ")
}

// ParseCost reads the form that [Cost.String] writes.
func ParseCost(text string) (*Cost, error) {
	c := new(Cost)
	for field := range strings.FieldsSeq(text) {
		if field == "n" {
			c.Inlined = true
			continue
		}
		if kind, line, ok := strings.Cut(field, ":"); ok {
			k, err := strconv.Atoi(kind)
			n, err2 := strconv.Atoi(line)
			if err != nil || err2 != nil || k < 0 || k >= len(kindNames) {
				return nil, fmt.Errorf("%q: want the number of a kind, and a line", field)
			}
			c.First, c.Line = Kind(k), n
			continue
		}
		n, err := strconv.Atoi(field[1:])
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q: want a letter and a number", field)
		}
		switch field[0] {
		case 'h':
			c.Heap = n
		case 'o':
			c.Own = n
		case 'i':
			c.Inner = n
		case 'r':
			c.Result = n
		default:
			return nil, fmt.Errorf("%q: want the letter h, o, i or r", field)
		}
	}
	return c, nil
}

// A Called is a call of a function that allocates.
type Called struct {
	Callee *types.Func
	Cost   *Cost
	own    *Site // the result, and what that points to; nil if it has no such allocations
	inner  *Site
}

// Called returns what is known of the allocations of a call, or nil.
func (m *Model) Called(call *ssa.Call) *Called { return m.called[call] }

// Count returns how many allocations a call makes at least, wherever its caller
// leaves the result.
func (c *Called) Count() int {
	n := c.Cost.Heap
	if c.own != nil && (!c.Cost.Inlined || c.own.Fate == Heap) {
		n += c.Cost.Own
	}
	if c.inner != nil && (!c.Cost.Inlined || c.inner.Fate == Heap) {
		n += c.Cost.Inner
	}
	return n
}

// Dropped reports whether a call allocates its result, and the caller leaves it
// nowhere where it would outlive the round of the loop around the call.
func (c *Called) Dropped() bool { return c.own != nil && c.Cost.Own > 0 && c.own.Fate == Stack }

// Cost returns what each call of a function of the package allocates, or nil.
func (m *Model) Cost(fn *ssa.Function) *Cost { return m.costs[fn] }

// costOf returns what each call of a function or method allocates, or nil.
func (m *Model) costOf(obj *types.Func) *Cost {
	obj = obj.Origin()
	if fn := m.objects[obj]; fn != nil {
		return m.costs[fn]
	}
	if m.opts.Costs == nil {
		return nil
	}
	return m.opts.Costs(obj)
}

// allocates adds the storage of what a callee makes for its result, as if it
// were made at the call.
func (b *batch) allocates(call ssa.CallInstruction, obj *types.Func) {
	v, ok := call.(*ssa.Call)
	if !ok || obj == nil {
		return
	}
	cost := b.m.costOf(obj)
	if cost == nil || cost.Total() == 0 {
		return
	}
	called := &Called{Callee: obj, Cost: cost}
	b.m.called[v] = called
	tuple := b.tuple(call)
	if cost.Own+cost.Inner == 0 || cost.Result >= len(tuple) {
		return
	}
	step := Step{Why: Assigned, Pos: call.Pos(), Callee: obj}
	storage := func(into *location) (*Site, *location) {
		loc := b.location(call.Parent(), b.m.shape(call.Parent()).depth(call.Pos()))
		loc.site = &Site{Kind: Composite, Fn: call.Parent(), Instr: call, Pos: call.Pos(), Size: -1}
		b.flow(into, ref{loc, -1}, 0, step)
		return loc.site, loc
	}
	own, loc := storage(tuple[cost.Result])
	called.own = own
	called.inner, _ = storage(loc)
}
