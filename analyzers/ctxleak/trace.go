package ctxleak

import (
	"fmt"
	"go/constant"
	"go/token"
	"slices"
	"sort"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// The trace of a release function.
//
// Tracked is one value, the release function that one call returned, along
// every feasible path from that call, breadth first, so that the path in a
// finding is a shortest one. The state of a path is where the value is kept:
// in registers (closures that would call it count as it) and in the cells of
// captured variables. It is a may-analysis: one path on which nothing calls
// the value or takes it over before the function returns, or before nothing
// keeps it any more, is a loss.
//
// It errs towards silence: handing the value to anything outside the function
// counts as released, as does a closure that was made before the value
// and refers to its variable; see [ssax.Paths] for infeasible paths.
// It is unsound where a cell is written through a pointer the function does
// not see, which only cells that were handed out allow, and these are given
// up on.
//
// The typestate engine will take the place of this file.

// maxSteps bounds the blocks visited for one value, so that a function with
// very many paths costs milliseconds; beyond it there is no answer.
const maxSteps = 5_000

// A search is the outcome of a trace.
type search struct {
	lost      *loss           // a shortest path on which the value is lost, or nil
	released  ssa.Instruction // what releases it on some path, or nil; the first found
	handed    bool            // on some path it is handed to other code rather than called
	exhausted bool            // the bound was hit
}

// A loss is the end of a path on which the value is lost.
type loss struct {
	at    ssa.Instruction // a return, or the instruction that overwrites or repeats
	kind  lossKind
	steps []edge // the edges taken from the acquisition
}

type lossKind int

const (
	atReturn    lossKind = iota // the function returns
	atRepeat                    // the acquisition is executed again
	atOverwrite                 // the variable that holds it gets another value
)

// An edge is one step of a path in the control-flow graph.
type edge struct {
	from *ssa.BasicBlock
	succ int
}

// A state is a point on a path: about to execute block from instruction next.
type state struct {
	block  *ssa.BasicBlock
	next   int
	env    ssax.Env
	values map[ssa.Value]bool // registers and cells that keep the value
	prev   *state
	via    edge // from prev
}

type tracer struct {
	paths   *ssax.Paths
	value   ssa.Value
	origin  ssa.Instruction    // the call that made the value
	parents map[ssa.Value]bool // what holds the release function of the parent
	ends    ended              // what tells that the context has ended
	ids     map[ssa.Value]int
	result  search
	visited map[string]bool
	queue   []*state
}

// trace follows the release function of an acquisition from the call that
// returned it. Calling that of the parent context has the same effect.
func trace(a *acquisition) search {
	value := a.release
	fn := value.Parent()
	t := &tracer{
		paths:   ssax.NewPaths(fn),
		value:   value,
		origin:  value.Tuple.(ssa.Instruction),
		parents: a.parentRelease(),
		ends:    a.contextEnded(),
		ids:     make(map[ssa.Value]int),
		visited: make(map[string]bool),
	}
	block := value.Block()
	env := t.paths.NonNil(t.paths.At(block), value)
	if a.context != nil {
		env = t.paths.NonNil(env, a.context)
	}
	start := &state{
		block:  block,
		next:   slices.Index(block.Instrs, ssa.Instruction(value)) + 1,
		env:    env,
		values: map[ssa.Value]bool{value: true},
	}
	t.queue = []*state{start}
	for steps := 0; len(t.queue) > 0; steps++ {
		if steps == maxSteps {
			t.result.exhausted = true
			break
		}
		s := t.queue[0]
		t.queue = t.queue[1:]
		t.visit(s)
	}
	return t.result
}

// visit executes the rest of a block and queues what follows.
func (t *tracer) visit(s *state) {
	for _, instr := range s.block.Instrs[s.next:] {
		switch t.execute(s, instr) {
		case released:
			if t.result.released == nil {
				t.result.released = instr
			}
			return
		case lostHere:
			t.lose(s, instr, returnKind(instr.(*ssa.Return)))
			return
		case overwritten:
			t.lose(s, instr, atOverwrite)
			return
		case over:
			return
		}
	}
	for succ := range s.block.Succs {
		t.follow(s, succ)
	}
}

// follow queues the state behind an edge, if the path can take it.
func (t *tracer) follow(s *state, succ int) {
	if t.ends.onEdge(t.paths, s.block, succ) {
		return
	}
	to := s.block.Succs[succ]
	env, feasible := t.paths.Follow(s.env, s.block, succ)
	if !feasible {
		return
	}
	next := &state{block: to, env: env, values: t.enter(s, to), prev: s, via: edge{s.block, succ}}
	if len(next.values) == 0 {
		// Everything that kept the value is computed anew in this block.
		at := t.origin
		if to != t.origin.Block() {
			at = to.Instrs[0]
		}
		t.lose(next, at, atRepeat)
		return
	}
	if key := t.key(next); !t.visited[key] {
		t.visited[key] = true
		t.queue = append(t.queue, next)
	}
}

// enter returns what keeps the value once the path is in a block: phis take
// it over, and registers that the block computes anew forget it.
func (t *tracer) enter(s *state, to *ssa.BasicBlock) map[ssa.Value]bool {
	values := make(map[ssa.Value]bool)
	for v := range s.values {
		if instr, ok := v.(ssa.Instruction); !ok || instr.Block() != to {
			values[v] = true
		}
	}
	pred := slices.Index(to.Preds, s.block)
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if s.values[phi.Edges[pred]] {
			values[phi] = true
		}
	}
	return values
}

// returnKind tells what a return means in the source: in the body of a
// range-over-func loop it may be the end of a round.
func returnKind(ret *ssa.Return) lossKind {
	if ssax.IsLoopBody(ret.Parent()) && len(ret.Results) == 1 {
		if more, ok := ret.Results[0].(*ssa.Const); ok && more.Value != nil && constant.BoolVal(more.Value) {
			return atRepeat
		}
	}
	return atReturn
}

// key identifies a state among those of the same block.
func (t *tracer) key(s *state) string {
	var ids []int
	for v := range s.values {
		if _, ok := t.ids[v]; !ok {
			t.ids[v] = len(t.ids)
		}
		ids = append(ids, t.ids[v])
	}
	sort.Ints(ids)
	return fmt.Sprint(s.block.Index, ids, s.env.Key(t.paths))
}

// lose records the end of a path; the first one is the shortest.
func (t *tracer) lose(s *state, at ssa.Instruction, kind lossKind) {
	if t.result.lost != nil {
		return
	}
	l := &loss{at: at, kind: kind}
	for ; s.prev != nil; s = s.prev {
		l.steps = append(l.steps, s.via)
	}
	slices.Reverse(l.steps)
	t.result.lost = l
}

// An effect is what an instruction does to the tracked value.
type effect int

const (
	none        effect = iota
	released           // called, deferred, or handed to other code
	lostHere           // the function returns while it is kept here only
	overwritten        // the last cell that kept it gets another value
	over               // nothing can be lost on this path any more
)

// execute applies an instruction to a state.
func (t *tracer) execute(s *state, instr ssa.Instruction) effect {
	switch instr := instr.(type) {
	case *ssa.Call, *ssa.Defer, *ssa.Go:
		return t.executeCall(s, instr.(ssa.CallInstruction))
	case *ssa.Store:
		return t.executeStore(s, instr)
	case *ssa.Return:
		if slices.ContainsFunc(instr.Results, func(v ssa.Value) bool { return s.values[v] }) {
			return t.hand()
		}
		return lostHere
	case *ssa.Panic:
		return over
	case *ssa.UnOp:
		if instr.Op == token.ARROW && t.ends.isDone(t.paths, instr.X) {
			return over
		}
		if instr.Op == token.MUL && s.values[instr.X] {
			s.values[instr] = true
		}
	case *ssa.ChangeType:
		t.alias(s, instr, instr.X)
	case *ssa.MakeInterface:
		t.alias(s, instr, instr.X)
	case *ssa.ChangeInterface:
		t.alias(s, instr, instr.X)
	case *ssa.MakeClosure:
		return t.executeClosure(s, instr)
	case *ssa.Phi, *ssa.BinOp, *ssa.If, *ssa.Jump, *ssa.RunDefers, *ssa.DebugRef:
		// Comparing it with nil or ignoring it does nothing to it.
	default:
		// Sent, put into a map, …
		for _, operand := range instr.Operands(nil) {
			if *operand != nil && s.values[*operand] {
				return t.hand()
			}
		}
	}
	return none
}

// hand notes that other code takes the value over.
func (t *tracer) hand() effect {
	t.result.handed = true
	return released
}

func (t *tracer) alias(s *state, v, of ssa.Value) {
	if s.values[of] {
		s.values[v] = true
	}
}

func (t *tracer) executeCall(s *state, call ssa.CallInstruction) effect {
	common := call.Common()
	if s.values[common.Value] && !common.IsInvoke() {
		return released
	}
	if _, started := call.(*ssa.Go); !started && t.parents[common.Value] {
		return over // the end of the parent is that of the context
	}
	if common.IsInvoke() && s.values[common.Value] || slices.ContainsFunc(common.Args, func(v ssa.Value) bool { return s.values[v] }) {
		return t.hand()
	}
	if callee := ssax.Callee(common); callee != nil && exits[callee.FullName()] {
		return over
	}
	return none
}

func (t *tracer) executeStore(s *state, store *ssa.Store) effect {
	cell, local := store.Addr.(*ssa.Alloc)
	s.env = t.paths.Store(s.env, store)
	switch {
	case s.values[store.Val]:
		if !local || sharedBefore(cell, store) {
			return t.hand()
		}
		s.values[cell] = true
		// The register keeps it as well, but the source knows it by the
		// variable only.
		delete(s.values, t.value)
	case local && s.values[cell]:
		delete(s.values, cell)
		if len(s.values) == 0 {
			return overwritten
		}
	}
	return none
}

func (t *tracer) executeClosure(s *state, closure *ssa.MakeClosure) effect {
	for i, binding := range closure.Bindings {
		if !s.values[binding] {
			continue
		}
		switch closureUse(closure.Fn.(*ssa.Function), i, 0) {
		case closureWrites:
			return t.hand() // what it holds from here on is beyond this trace
		case closureReleases:
			s.values[closure] = true // calling the closure releases it
		}
	}
	return none
}
