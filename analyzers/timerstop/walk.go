package timerstop

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// maxSteps bounds the blocks visited by one walk; beyond it there is no answer.
const maxSteps = 5_000

// A verdict is what a walk makes of an instruction or edge.
type verdict int

const (
	goOn verdict = iota
	cut          // the path is of no interest any more
	found
)

// A walk looks for a shortest feasible path, breadth first. What is feasible
// is up to [ssax.Paths]; it errs towards silence.
type walk struct {
	paths *ssax.Paths
	instr func(ssa.Instruction) verdict
	edge  func(from *ssa.BasicBlock, succ int) verdict // nil: all go on
}

// A trail is a path that a walk found.
type trail struct {
	at    ssa.Instruction // where it ends; the branch, if an edge ended it
	steps []step
}

// A step is an edge of the control-flow graph.
type step struct {
	from *ssa.BasicBlock
	succ int
}

type walker struct {
	block *ssa.BasicBlock
	next  int // instruction
	env   ssax.Env
	prev  *walker
	via   step
}

// after returns a path that begins behind an instruction.
func (w *walk) after(instr ssa.Instruction) *trail {
	block := instr.Block()
	return w.run(&walker{block: block, next: slices.Index(block.Instrs, instr) + 1, env: w.paths.At(block)})
}

// behind returns a path that begins with an edge.
func (w *walk) behind(from *ssa.BasicBlock, succ int) *trail {
	env, feasible := w.paths.Follow(w.paths.At(from), from, succ)
	if !feasible {
		return nil
	}
	start := &walker{block: from, env: w.paths.At(from)}
	return w.run(&walker{block: from.Succs[succ], env: env, prev: start, via: step{from, succ}})
}

func (w *walk) run(start *walker) *trail {
	type key struct {
		block int
		env   uint64
	}
	visited := make(map[key]bool)
	queue := []*walker{start}
	for steps := 0; len(queue) > 0 && steps < maxSteps; steps++ {
		p := queue[0]
		queue = queue[1:]
		t, open := w.visit(p)
		if t != nil {
			return t
		}
		if !open {
			continue
		}
		for succ, to := range p.block.Succs {
			if w.edge != nil {
				switch w.edge(p.block, succ) {
				case cut:
					continue
				case found:
					return p.trail(p.block.Instrs[len(p.block.Instrs)-1])
				}
			}
			env, feasible := w.paths.Follow(p.env, p.block, succ)
			if !feasible {
				continue
			}
			if k := (key{to.Index, env.Hash()}); !visited[k] {
				visited[k] = true
				queue = append(queue, &walker{block: to, env: env, prev: p, via: step{p.block, succ}})
			}
		}
	}
	return nil
}

// visit executes the rest of a block and reports whether the path goes on.
func (w *walk) visit(p *walker) (t *trail, open bool) {
	for _, instr := range p.block.Instrs[p.next:] {
		switch w.instr(instr) {
		case cut:
			return nil, false
		case found:
			return p.trail(instr), false
		}
		if store, ok := instr.(*ssa.Store); ok {
			p.env = w.paths.Store(p.env, store)
		}
	}
	return nil, true
}

func (p *walker) trail(at ssa.Instruction) *trail {
	t := &trail{at: at}
	for ; p.prev != nil; p = p.prev {
		t.steps = append(t.steps, p.via)
	}
	slices.Reverse(t.steps)
	return t
}

// branches returns the decisions on a path that mean something to a reader.
func (t *trail) branches() []ssax.Branch {
	var list []ssax.Branch
	for _, s := range t.steps {
		b, ok := ssax.DescribeBranch(s.from, s.succ)
		if ok && !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	return list
}

// conditional reports whether a path depends on anything but the cases of
// select statements, the headers of loops, and errors, which say nothing about
// a timer.
func (t *trail) conditional() bool {
	for _, s := range t.steps {
		branch, ok := s.from.Instrs[len(s.from.Instrs)-1].(*ssa.If)
		if !ok || ssax.ChosenCase(s.from, 0) != nil || testsError(branch.Cond) {
			continue
		}
		if b, ok := ssax.DescribeBranch(s.from, s.succ); !ok || b.Kind == ssax.IfBranch || b.Kind == ssax.CaseBranch {
			return true
		}
	}
	return false
}

// testsError reports whether a condition compares an error.
func testsError(cond ssa.Value) bool {
	cmp, ok := cond.(*ssa.BinOp)
	return ok && ssax.IsError(cmp.X.Type())
}

// takesTime reports whether anything on a path may take long enough for a
// timer to fire unnoticed: a call, or something that blocks, unless it notices
// the timer.
func (t *trail) takesTime(start ssa.Instruction, notices func(ssa.Instruction) bool) bool {
	blocks := []*ssa.BasicBlock{start.Block()}
	for _, s := range t.steps {
		blocks = append(blocks, s.from.Succs[s.succ])
	}
	for i, block := range blocks {
		for _, instr := range block.Instrs {
			if i == 0 && !comesAfter(instr, start) {
				continue
			}
			if instr == t.at && i == len(blocks)-1 {
				return false
			}
			if mayTakeTime(instr) && !notices(instr) {
				return true
			}
		}
	}
	return false
}

func comesAfter(instr, start ssa.Instruction) bool {
	instrs := start.Block().Instrs
	return slices.Index(instrs, instr) > slices.Index(instrs, start)
}

func mayTakeTime(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Select, *ssa.Send:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Call:
		_, builtin := instr.Call.Value.(*ssa.Builtin)
		return !builtin
	}
	return false
}

// witness returns a step for each decision on a path.
func (t *trail) witness() []pragma.Step {
	var steps []pragma.Step
	for _, b := range t.branches() {
		steps = append(steps, pragma.Step{Kind: "branch", Pos: b.Pos, End: b.End, Text: b.Clause()})
	}
	return steps
}

// when joins the last two decisions into a clause, such as " when err != nil".
func (t *trail) when() string {
	return ssax.Conditions(t.branches())
}
