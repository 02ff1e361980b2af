package typestate

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// maxSteps bounds the points visited for one resource, so that a function
// with very many paths costs milliseconds; beyond it there is no answer.
const maxSteps = 5_000

// A Track is what the engine learnt by following one resource. Of each kind
// of violation it has one with a shortest path.
type Track struct {
	Lost   *Violation // live, and nothing is left to discharge it
	Used   *Violation // used after it was released
	Twice  *Violation // released after it was released
	Leaked *Violation // something that refers into it leaves the function, which releases it
	Shared *Violation // released while a goroutine may use it

	Released ssa.Instruction // what discharges it on some path, or defers that; the first found, or nil
	Handed   bool            // on some path, other code takes it over rather than discharging it
	Kept     bool            // likewise, and that is not the caller
	Stored   []*ssa.Store    // what moves it into memory that others see
	// Lent are the calls that get it as an argument and leave it as it is, as
	// far as their code is known.
	Lent      []ssa.CallInstruction
	Returned  []ReturnedResult
	Exhausted bool // there were too many paths: the rest may be incomplete

	ends Set // states at the returns
}

// A ReturnedResult is a result that is the resource on some path.
type ReturnedResult struct {
	Result    int
	Companion int // index of the result that is its companion there; -1
}

// A Violation is a path on which a protocol is broken.
type Violation struct {
	Kind  Kind
	At    ssa.Instruction // where the path ends
	After ssa.Instruction // the other half: the release, or the start of the goroutine; nil for a loss
	Steps []Edge          // from the acquisition, or the entry of the function
	// Inner is the path inside the function that a goroutine started here
	// runs, if the resource is lost there.
	Inner *Violation
}

// A Kind says how a path ends.
type Kind int

// The kinds.
const (
	AtReturn    Kind = iota // the function returns
	AtRepeat                // the acquisition is executed again, or the loop starts over
	AtOverwrite             // the variable that holds it gets another value
	AtUse                   // it, or what refers into it, is used
	AtRelease               // it is released
	AtEscape                // what refers into it leaves the function
)

// An Edge is one step of a path in the control-flow graph.
type Edge struct {
	From *ssa.BasicBlock
	Succ int
}

// A role is what a register or variable is to the resource.
type role uint16

const (
	held    role = 1 << iota // a register that is the resource, or converts to it
	cell                     // a variable that holds the resource
	closure                  // a closure that refers to such a variable
	derived                  // a register that refers into the resource
	slot                     // a variable that holds a derived value
	failure                  // the error beside it, or a variable that holds that
	success                  // the boolean beside it
	paired                   // the companion
	verdict                  // a boolean that a call makes of the error beside it
)

// A point is a place on a path: about to execute a block from an instruction.
type point struct {
	block *ssa.BasicBlock
	next  int
	env   ssax.Env
	roles map[ssa.Value]role
	state State

	release ssa.Instruction // the last discharge, done or deferred
	late    ssa.Instruction // a deferred use that runs after a discharge deferred later
	shared  ssa.Instruction // the start of a goroutine that has it
	inner   *Violation      // how that goroutine may lose it
	doubt   bool            // a verdict on the error was followed: there may be no resource

	prev *point
	via  Edge
}

type tracker struct {
	engine *Engine
	spec   *Spec
	paths  *ssax.Paths
	origin ssa.Instruction // the call that made it; nil for a parameter
	value  ssa.Value
	ends   Ends

	coarse   bool         // conditions do not matter: every path is taken for feasible
	operands []*ssa.Value // of the instruction at hand; its memory serves again
	closures map[*ssa.MakeClosure]closureUse
	ids      map[ssa.Value]int
	visited  map[key]bool
	queue    []*point
	result   *Track
}

// Track follows the resource of an acquisition from the call on.
func (e *Engine) Track(a *Acquisition) *Track {
	return e.tracker(a).track(a)
}

// MayLose reports whether Track may find a loss. It takes all paths for
// feasible, so that there are few points to visit.
func (e *Engine) MayLose(a *Acquisition) bool {
	t := e.tracker(a)
	t.coarse = true
	track := t.track(a)
	return track.Lost != nil || track.Exhausted
}

func (e *Engine) tracker(a *Acquisition) *tracker {
	t := e.newTracker(a.Call.Parent(), a.Value)
	t.origin, t.ends = a.Call, a.Ends
	return t
}

func (t *tracker) track(a *Acquisition) *Track {
	block := a.Call.Block()
	start := &point{block: block, roles: map[ssa.Value]role{a.Value: held}, state: Live}
	if !t.coarse {
		start.env = t.paths.At(block)
	}
	last := ssa.Instruction(a.Call)
	for v, r := range map[ssa.Value]role{a.Value: held, a.Err: failure, a.Companion: paired} {
		if v == nil {
			continue
		}
		start.roles[v] = r
		if x, ok := v.(*ssa.Extract); ok && r == held {
			last = x
		}
	}
	if a.Variable {
		start.roles[a.Value] = held | cell
	}
	if a.Err == nil && a.Product.Err < 0 && !t.coarse {
		start.env = t.paths.NonNil(start.env, a.Value)
		if a.Companion != nil {
			start.env = t.paths.NonNil(start.env, a.Companion)
		}
	}
	start.next = slices.Index(block.Instrs, last) + 1
	return t.run(start)
}

func (e *Engine) newTracker(fn *ssa.Function, v ssa.Value) *tracker {
	return &tracker{
		engine: e, spec: e.spec, paths: e.Paths(fn), value: v,
		closures: make(map[*ssa.MakeClosure]closureUse),
		ids:      make(map[ssa.Value]int), visited: make(map[key]bool), result: new(Track),
	}
}

func (t *tracker) run(start *point) *Track {
	t.queue = []*point{start}
	for steps := 0; len(t.queue) > 0; steps++ {
		if steps == maxSteps {
			t.result.Exhausted = true
			break
		}
		p := t.queue[0]
		t.queue = t.queue[1:]
		t.visit(p)
		t.engine.steps++
	}
	return t.result
}

// visit executes the rest of a block and queues what follows.
func (t *tracker) visit(p *point) {
	for i, instr := range p.block.Instrs[p.next:] {
		if t.ends != nil && t.ends.At(t.paths, instr) {
			return
		}
		if t.execute(p, instr, p.next+i) {
			return
		}
	}
	for succ := range p.block.Succs {
		t.follow(p, succ)
	}
}

// follow queues the point behind an edge, if the path can take it.
func (t *tracker) follow(p *point, succ int) {
	if t.ends != nil && t.ends.On(t.paths, p.block, succ) || t.absentOn(p, succ) {
		return
	}
	to := p.block.Succs[succ]
	env, feasible := p.env, true
	if !t.coarse {
		env, feasible = t.paths.Follow(p.env, p.block, succ)
	}
	if !feasible {
		return
	}
	next := &point{
		block: to, env: env, roles: enter(p, to), state: p.state,
		release: p.release, late: p.late, shared: p.shared, inner: p.inner,
		doubt: t.doubtful(p, succ),
		prev:  p, via: Edge{p.block, succ},
	}
	if c := ssax.ChosenCase(p.block, succ); c != nil && t.drains(p, c.Chan) {
		next.state, next.release = Released|p.state&Covered, p.block.Instrs[len(p.block.Instrs)-1]
		if t.discharged(next, next.release) {
			return
		}
	}
	if !next.keeps(held|cell|closure|derived|slot) && next.state == Live {
		// Everything that kept it is computed anew in this block.
		at := t.origin
		if at == nil || to != at.Block() {
			at = to.Instrs[0]
		}
		t.violate(&t.result.Lost, next, AtRepeat, at, nil)
		return
	}
	if len(next.roles) == 0 {
		return
	}
	if k := t.key(next); !t.visited[k] {
		t.visited[k] = true
		t.queue = append(t.queue, next)
	}
}

// keeps reports whether something has one of the roles.
func (p *point) keeps(r role) bool {
	for _, have := range p.roles {
		if have&r != 0 {
			return true
		}
	}
	return false
}

// doubtful reports whether, behind an edge, the path has followed a verdict on
// the error, as in "if !assert.NoError(t, err)", and no test of the error
// itself since: nobody knows which of the outcomes means success.
func (t *tracker) doubtful(p *point, succ int) bool {
	if v, nilThere := ssax.NilTest(p.block, succ); v != nil && nilThere && (p.roles[p.env.Resolve(v)]|p.roles[v])&failure != 0 {
		return false
	}
	branch, ok := p.block.Instrs[len(p.block.Instrs)-1].(*ssa.If)
	if !ok {
		return p.doubt
	}
	cond := branch.Cond
	if not, ok := cond.(*ssa.UnOp); ok {
		cond = not.X
	}
	return p.doubt || p.roles[cond]&verdict != 0
}

// absentOn reports whether a path that takes an edge knows that there is no
// resource: the call failed, or it is nil.
func (t *tracker) absentOn(p *point, succ int) bool {
	if v, nilThere := ssax.NilTest(p.block, succ); v != nil {
		switch r := p.roles[p.env.Resolve(v)] | p.roles[v]; {
		case r&failure != 0:
			return !nilThere
		case r&held != 0:
			return nilThere
		}
		return false
	}
	branch, ok := p.block.Instrs[len(p.block.Instrs)-1].(*ssa.If)
	return ok && p.roles[branch.Cond]&success != 0 && succ == 1
}

// enter returns the roles once the path is in a block: phis take them over,
// and registers that the block computes anew lose them.
func enter(p *point, to *ssa.BasicBlock) map[ssa.Value]role {
	roles := make(map[ssa.Value]role, len(p.roles))
	for v, r := range p.roles {
		if instr, ok := v.(ssa.Instruction); !ok || instr.Block() != to {
			roles[v] = r
		}
	}
	pred := slices.Index(to.Preds, p.block)
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if r := p.roles[phi.Edges[pred]]; r != 0 {
			roles[phi] = r
		}
	}
	return roles
}

// A key identifies a point among those of a function. Roles and environment
// are in it as hashes: that two of them are taken for one, and a path is
// missed, has a chance of one in 2^64 or so.
type key struct {
	block               int
	state               State
	doubt, late, shared bool
	roles, env          uint64
}

func (t *tracker) key(p *point) key {
	k := key{p.block.Index, p.state, p.doubt, p.late != nil, p.shared != nil, 0, p.env.Hash()}
	for v, r := range p.roles {
		id, ok := t.ids[v]
		if !ok {
			id = len(t.ids)
			t.ids[v] = id
		}
		k.roles += ssax.Mix(uint64(id)<<16 | uint64(r))
	}
	return k
}

// violate records the end of a path; the first of a kind is a shortest.
func (t *tracker) violate(slot **Violation, p *point, kind Kind, at, after ssa.Instruction) {
	if *slot != nil || slot == &t.result.Lost && p.doubt {
		return
	}
	v := &Violation{Kind: kind, At: at, After: after}
	if slot == &t.result.Lost {
		v.Inner = p.inner
	}
	for ; p.prev != nil; p = p.prev {
		if p.via.From != nil {
			v.Steps = append(v.Steps, p.via)
		}
	}
	slices.Reverse(v.Steps)
	*slot = v
}
