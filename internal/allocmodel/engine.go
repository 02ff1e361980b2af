package allocmodel

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/flow"
	"github.com/perflint/perflint/internal/ssax"
)

// A Model is what is known of the allocations of a package.
type Model struct {
	opts      Options
	funcs     []*ssa.Function
	own       map[*ssa.Function]bool
	objects   map[*types.Func]*ssa.Function
	makers    map[*ssa.Function][]*ssa.MakeClosure
	lost      map[*ssa.Function]bool // function literals that are not only called
	shapes    map[*ssa.Function]*shape
	copies    map[*ssa.Alloc]bool
	sites     map[*ssa.Function][]*Site
	summaries map[*ssa.Function]*Summary
	costs     map[*ssa.Function]*Cost
	called    map[*ssa.Call]*Called
	failures  ssax.Names[bool]
}

// New looks at the functions of a package, callees first.
func New(pkg *ssax.Package, opts Options) *Model {
	m := &Model{
		opts:      opts,
		funcs:     pkg.Funcs,
		own:       make(map[*ssa.Function]bool),
		objects:   make(map[*types.Func]*ssa.Function),
		makers:    make(map[*ssa.Function][]*ssa.MakeClosure),
		lost:      make(map[*ssa.Function]bool),
		shapes:    make(map[*ssa.Function]*shape),
		copies:    make(map[*ssa.Alloc]bool),
		sites:     make(map[*ssa.Function][]*Site),
		summaries: make(map[*ssa.Function]*Summary),
		costs:     make(map[*ssa.Function]*Cost),
		called:    make(map[*ssa.Call]*Called),
		failures:  nameSet(opts.Failures),
	}
	for _, fn := range m.funcs {
		if fn.Blocks == nil {
			continue
		}
		m.own[fn] = true
		if obj, ok := fn.Object().(*types.Func); ok {
			m.objects[obj] = fn
		}
	}
	for _, fn := range m.funcs {
		m.closures(fn)
	}
	for _, fns := range m.batches() {
		m.solve(fns)
	}
	return m
}

// Sites returns the allocation sites of a function in the order of its
// instructions. Those of function literals in it are their own.
func (m *Model) Sites(fn *ssa.Function) []*Site { return m.sites[fn] }

// Summary returns what a function of the package does with its arguments, or
// nil for one without a body.
func (m *Model) Summary(fn *ssa.Function) *Summary { return m.summaries[fn] }

// summary returns that of a function of the package, which it makes.
func (m *Model) summary(fn *ssa.Function) *Summary {
	s := m.summaries[fn]
	if s == nil {
		s = &Summary{Params: make([]Leak, len(fn.Params))}
		m.summaries[fn] = s
	}
	return s
}

// SummaryOf returns what a function or method, of this package or another one,
// does with its arguments; nil if that is not known.
func (m *Model) SummaryOf(obj *types.Func) *Summary { return m.known(obj) }

// known returns what a function or method does with its arguments, or nil.
func (m *Model) known(obj *types.Func) *Summary {
	obj = obj.Origin()
	if fn := m.objects[obj]; fn != nil {
		return m.summaries[fn]
	}
	if m.opts.Known == nil {
		return nil
	}
	return m.opts.Known(obj)
}

// closures finds which instructions make the function literals in a function,
// and which of these it uses for something else than a call.
func (m *Model) closures(fn *ssa.Function) {
	var operands []*ssa.Value
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if made, ok := instr.(*ssa.MakeClosure); ok {
				literal := made.Fn.(*ssa.Function)
				m.makers[literal] = append(m.makers[literal], made)
				if !onlyCalled(made) {
					m.lost[literal] = true
				}
				continue
			}
			operands = instr.Operands(operands[:0])
			for _, op := range operands {
				if literal, ok := (*op).(*ssa.Function); ok && !isCallee(instr, op) {
					m.lost[literal] = true
				}
			}
		}
	}
}

func onlyCalled(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		call, ok := use.(*ssa.Call)
		if !ok || call.Call.Value != v || slices.Contains(call.Call.Args, v) {
			return false
		}
	}
	return true
}

func isCallee(instr ssa.Instruction, op *ssa.Value) bool {
	call, ok := instr.(*ssa.Call)
	return ok && op == &call.Call.Value
}

// batches returns the functions that have to be looked at together, callees
// before callers: those that call each other, and function literals with the
// functions that they are in.
func (m *Model) batches() [][]*ssa.Function {
	index := make(map[*ssa.Function]int, len(m.funcs))
	for i, fn := range m.funcs {
		index[fn] = i
	}
	succs := make([][]int, len(m.funcs))
	link := func(from, to *ssa.Function) {
		if i, ok := index[to]; ok {
			succs[index[from]] = append(succs[index[from]], i)
		}
	}
	for _, fn := range m.funcs {
		if parent := fn.Parent(); parent != nil && m.own[parent] {
			link(fn, parent)
			link(parent, fn)
		}
		for _, callee := range m.callees(fn) {
			link(fn, callee)
		}
	}
	of := flow.Components(len(m.funcs), func(i int) []int { return succs[i] })
	count := 0
	for _, c := range of {
		count = max(count, c+1)
	}
	batches := make([][]*ssa.Function, count)
	for i, fn := range m.funcs {
		if fn.Blocks != nil {
			batches[of[i]] = append(batches[of[i]], fn)
		}
	}
	return batches
}

// callees returns the functions of the package that a function surely calls.
func (m *Model) callees(fn *ssa.Function) []*ssa.Function {
	var callees []*ssa.Function
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				if callee := m.callee(call.Common()); callee != nil {
					callees = append(callees, callee)
				}
			}
		}
	}
	return callees
}

// solve finds the fates of the sites of some functions, and their summaries.
func (m *Model) solve(fns []*ssa.Function) {
	if len(fns) == 0 {
		return
	}
	b := newBatch(m, fns)
	for _, fn := range fns {
		m.summary(fn)
		b.build(fn)
	}
	b.solve()
	for _, loc := range b.all {
		switch s := loc.site; {
		case s == nil:
		case b.exceeded() && loc.fate < Unknown:
			s.Fate = Unknown
		case loc.fate > s.Fate:
			s.Fate, s.Way = loc.fate, loc.way
			s.result, s.level = loc.forResult, loc.level
		}
	}
	for _, fn := range fns {
		for i := range m.summaries[fn].Params {
			leak := &m.summaries[fn].Params[i]
			if b.exceeded() {
				leak.AddUnknown(0)
			}
			leak.simplify()
		}
		for _, s := range m.sites[fn] {
			m.settle(s)
		}
		if cost := m.price(fn); cost != nil {
			m.costs[fn] = cost
		}
	}
}
