package ssax

import (
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Paths decides which branches of a function one path can take.
//
// A path carries an [Env], what is known on it: the outcome of conditions
// that it has passed, and the operands that phis took. The analysis is cheap
// on purpose. It understands nil checks, correlated flags ("if ok" twice),
// and the same pure expression tested twice; there is no solver.
//
// It errs towards calling a path infeasible: two loads of the same field are
// taken to be equal unless the path stores to that field in between, although
// a call might have changed it. A client that speaks about feasible paths
// stays silent then.
//
// It is not safe for concurrent use, because it remembers what it has
// computed.
type Paths struct {
	fn    *ssa.Function
	names map[ssa.Value]string // of leaves; ssa names are not unique
	uses  map[string]int       // leaf → number of conditions that depend on it

	terms map[ssa.Value]*term      // nil for those that depend on the path
	conds map[ssa.Value]*condition // likewise

	live []bitset          // see Live; by block
	bits map[ssa.Value]int // the bits of values there; 0 for those that nothing asks for
}

// NewPaths prepares the analysis of a function.
func NewPaths(fn *ssa.Function) *Paths {
	p := &Paths{
		fn: fn, names: make(map[ssa.Value]string), uses: make(map[string]int),
		terms: make(map[ssa.Value]*term), conds: make(map[ssa.Value]*condition),
	}
	p.countUses()
	return p
}

// countUses finds the leaves that more than one condition depends on; only
// facts about these can ever decide a branch. A condition in a cycle can meet
// itself again and counts twice.
func (p *Paths) countUses() {
	cyclic := inCycle(p.fn)
	for _, b := range p.fn.Blocks {
		for _, ch := range switchedOff(b) {
			for leaf := range p.leafClosure(ch) {
				p.uses[leaf]++
			}
		}
		branch, ok := lastInstr(b).(*ssa.If)
		if !ok {
			continue
		}
		weight := 1
		if cyclic[b.Index] {
			weight = 2
		}
		for leaf := range p.leafClosure(branch.Cond) {
			p.uses[leaf] += weight
		}
	}
}

// leafClosure returns the keys of the leaves of a condition and of all that
// its phis may stand for.
func (p *Paths) leafClosure(cond ssa.Value) map[string]bool {
	leaves := make(map[string]bool)
	seen := make(map[ssa.Value]bool)
	var visit func(ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		t := p.form(Env{}, v)
		for _, l := range t.leaves {
			leaves[p.key(l)] = true
			if phi, ok := l.(*ssa.Phi); ok {
				for _, e := range phi.Edges {
					visit(e)
				}
			}
		}
		for _, r := range t.reads {
			leaves[r] = true
		}
	}
	visit(cond)
	return leaves
}

// An Env is what is known on a path. It is immutable; the zero value knows
// nothing.
type Env struct {
	facts []fact
	phis  []choice
}

// A fact is a condition whose outcome is known.
type fact struct {
	cond  *term
	truth bool
	hash  uint64
}

// A choice is the operand that a phi took when the path entered its block.
type choice struct {
	phi   *ssa.Phi
	value ssa.Value
	hash  uint64
}

// Empty reports whether nothing is known.
func (e Env) Empty() bool { return len(e.facts)+len(e.phis) == 0 }

// Hash returns a number that is equal for equal environments, and different
// for different ones but for one chance in 2^64 or so.
func (e Env) Hash() uint64 {
	var sum uint64
	for _, f := range e.facts {
		sum += f.hash
	}
	for _, c := range e.phis {
		sum += c.hash
	}
	return sum
}

// hashText returns the FNV-1a hash of a text, with a number in front.
func hashText(n int, text string) uint64 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(n)) * prime
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return h
}

// NonNil returns the environment extended by the knowledge that v is not nil.
func (p *Paths) NonNil(e Env, v ssa.Value) Env {
	t := equalTerm(p.form(e, v), "nil", nil)
	return e.with(&t, false)
}

// Given returns the environment extended by the knowledge that v is a
// constant.
func (p *Paths) Given(e Env, v ssa.Value, c *ssa.Const) Env {
	t := p.form(e, v)
	if c.Value != nil && c.Value.Kind() == constant.Bool {
		return e.with(t, constant.BoolVal(c.Value))
	}
	text := "nil"
	if c.Value != nil {
		text = c.Value.ExactString()
	}
	equal := equalTerm(t, text, c.Value)
	return e.with(&equal, true)
}

// At returns what is known whenever a block is entered: the outcome of the
// branches that dominate it. It may be used for the start of a path that
// begins in the middle of a function.
func (p *Paths) At(block *ssa.BasicBlock) Env {
	var e Env
	for b := block; b.Idom() != nil; b = b.Idom() {
		branch, ok := lastInstr(b.Idom()).(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range b.Idom().Succs {
			if len(succ.Preds) == 1 && succ.Dominates(block) {
				e, _ = p.assume(e, branch.Cond, i == 0)
			}
		}
	}
	return e
}

// Same reports whether two values are the same pure expression.
func (p *Paths) Same(x, y ssa.Value) bool {
	return p.form(Env{}, x).text == p.form(Env{}, y).text
}

// Follow returns the environment behind the edge from a block to one of its
// successors. It reports false if the path cannot take the edge.
func (p *Paths) Follow(e Env, from *ssa.BasicBlock, succ int) (Env, bool) {
	if branch, ok := lastInstr(from).(*ssa.If); ok {
		var feasible bool
		if e, feasible = p.assume(e, branch.Cond, succ == 0); !feasible {
			return e, false
		}
	}
	return p.enter(e, from, from.Succs[succ]), true
}

// Store returns the environment after a store: what was known about loads
// from there is forgotten, and what is loaded next is known if it is a
// constant truth value. A flag may live in memory because a deferred function
// captures it.
func (p *Paths) Store(e Env, store *ssa.Store) Env {
	c, ok := store.Val.(*ssa.Const)
	flag := ok && c.Value != nil && c.Value.Kind() == constant.Bool
	if !flag && !slices.ContainsFunc(e.facts, func(f fact) bool { return len(f.cond.reads) > 0 }) {
		return e
	}
	t := p.form(e, store.Addr)
	addr := addressKey(store.Addr, t.text)
	keep := func(f fact) bool { return !slices.Contains(f.cond.reads, addr) }
	e = Env{facts: filter(e.facts, keep), phis: e.phis}
	if !flag || p.uses[addr] == 0 {
		return e
	}
	load := *t
	load.text += token.MUL.String()
	load.reads = append(slices.Clip(load.reads), addr)
	return e.with(&load, constant.BoolVal(c.Value))
}

// Resolve returns the value that v stands for on the path: phis are replaced
// by the operands that they took.
func (e Env) Resolve(v ssa.Value) ssa.Value {
	for {
		phi, ok := v.(*ssa.Phi)
		if !ok {
			return v
		}
		i := slices.IndexFunc(e.phis, func(c choice) bool { return c.phi == phi })
		if i < 0 {
			return v
		}
		v = e.phis[i].value
	}
}

// assume adds the outcome of a condition and reports whether it can be.
func (p *Paths) assume(e Env, cond ssa.Value, truth bool) (Env, bool) {
	c := p.condition(e, cond)
	if c.negated {
		truth = !truth
	}
	if known, ok := e.lookup(&c.term); ok {
		return e, known == truth
	}
	if !c.tested {
		return e, true // nothing else depends on it
	}
	return e.with(&c.term, truth), true
}

// lookup returns the known outcome of a condition.
func (e Env) lookup(t *term) (truth, ok bool) {
	switch t.text {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	for _, f := range e.facts {
		if f.cond.text == t.text {
			return f.truth, true
		}
		// A value that equals one constant does not equal another.
		if f.truth && f.cond.isEqual && t.isEqual && f.cond.subject == t.subject {
			return false, true
		}
	}
	return false, false
}

func (e Env) with(cond *term, truth bool) Env {
	n := 0
	if truth {
		n = 1
	}
	f := fact{cond: cond, truth: truth, hash: hashText(n, cond.text)}
	return Env{facts: append(slices.Clip(e.facts), f), phis: e.phis}
}

// enter moves the path into a block: phis take their operands, and what was
// known about values that the block computes anew is forgotten.
func (p *Paths) enter(e Env, from, to *ssa.BasicBlock) Env {
	old := Env{phis: filter(e.phis, func(c choice) bool { return c.phi.Block() != to })}
	// stale reports whether a value depends on what the block computes anew.
	// Its name then means something else than when it was taken.
	stale := func(v ssa.Value) bool {
		return slices.ContainsFunc(p.form(old, v).leaves, func(leaf ssa.Value) bool { return definedIn(leaf, to) })
	}
	phis := filter(old.phis, func(c choice) bool { return !stale(c.value) })
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		name := p.key(phi)
		if p.uses[name] == 0 {
			continue // no condition depends on it
		}
		if v := e.Resolve(phi.Edges[slices.Index(to.Preds, from)]); !stale(v) {
			phis = append(slices.Clip(phis), choice{phi, v, hashText(2, name+":"+p.key(v))})
		}
	}
	known := func(f fact) bool {
		return !slices.ContainsFunc(f.cond.leaves, func(v ssa.Value) bool { return definedIn(v, to) })
	}
	return Env{facts: filter(e.facts, known), phis: phis}
}

func filter[T any](list []T, keep func(T) bool) []T {
	if !slices.ContainsFunc(list, func(x T) bool { return !keep(x) }) {
		return list
	}
	var kept []T
	for _, x := range list {
		if keep(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

func definedIn(v ssa.Value, b *ssa.BasicBlock) bool {
	instr, ok := v.(ssa.Instruction)
	return ok && instr.Block() == b
}

func lastInstr(b *ssa.BasicBlock) ssa.Instruction {
	if len(b.Instrs) == 0 {
		return nil
	}
	return b.Instrs[len(b.Instrs)-1]
}
