package chanmodel

import (
	"go/token"
	"hash/maphash"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// branches decides which edges of a function one path can take. What a path
// knows is immutable; nil knows nothing.
type branches interface {
	// follow returns what is known behind an edge of a block, and whether the
	// path can take it.
	follow(known knowledge, block, succ int) (knowledge, bool)
	// closed reports whether no path can take an edge, whatever it knows.
	closed(block, succ int) bool
	// at returns what is known whenever a block is entered.
	at(block int) knowledge
	// given returns what is known when the function is called with constants.
	given(args constants) knowledge
	// mode reports whether a block decides by a flag or by equality with a
	// constant, rather than by an error, nil, a length or an order.
	mode(block int) bool
	// idle reports whether a block does nothing that has an effect.
	idle(block int) bool
	// describe returns the decision at an edge in terms of the source.
	describe(block, succ int) (ssax.Branch, bool)
}

type knowledge interface{ Hash() uint64 }

// ssaBranches decides by the SSA form.
type ssaBranches struct {
	fn     *ssa.Function
	params []Object
	// captured are the loads of parameters of functions around this one.
	captured []capture
	paths    *ssax.Paths // made when it is first needed
	// crossed remembers what follow has found: many walks of one function take
	// the same edges.
	crossed map[crossing]outcome
	plain   []bool // see goesOn; by block
}

// A crossing is an edge and what is known before it.
type crossing struct {
	known       uint64
	block, succ int
}

// An outcome is what is known behind an edge, and whether it can be taken.
type outcome struct {
	known    knowledge
	feasible bool
}

// maxCrossings bounds what is remembered of one function. It is forgotten
// then, which costs time only.
const maxCrossings = 1 << 14

// A situation is what a path knows, with its hash.
type situation struct {
	ssax.Env
	hash uint64
}

func (s *situation) Hash() uint64 { return s.hash }

func situated(env ssax.Env) knowledge { return &situation{env, env.Hash()} }

// A capture is a load of a captured parameter.
type capture struct {
	load  *ssa.UnOp
	param Object
}

func (b *ssaBranches) prepare() {
	if b.paths == nil {
		b.paths = ssax.NewPaths(b.fn)
	}
}

func (b *ssaBranches) at(block int) knowledge {
	b.prepare()
	return situated(b.paths.Live(b.paths.At(b.fn.Blocks[block]), b.fn.Blocks[block]))
}

func (b *ssaBranches) given(args constants) knowledge {
	if len(args) == 0 {
		return nil
	}
	b.prepare()
	var env ssax.Env
	for i, p := range b.fn.Params {
		if c := constantOf(args[b.params[i]], p.Type()); c != nil {
			env = b.paths.Given(env, p, c)
		}
	}
	for _, captured := range b.captured {
		if c := constantOf(args[captured.param], captured.load.Type()); c != nil {
			env = b.paths.Given(env, captured.load, c)
		}
	}
	return situated(env)
}

func (b *ssaBranches) mode(block int) bool {
	instrs := b.fn.Blocks[block].Instrs
	branch, ok := instrs[len(instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cond := branch.Cond
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond = not.X
	}
	switch cond := cond.(type) {
	case *ssa.BinOp:
		if cond.Op != token.EQL && cond.Op != token.NEQ {
			return false
		}
		if chosen, ok := cond.X.(*ssa.Extract); ok {
			if _, ok := chosen.Tuple.(*ssa.Select); ok {
				return false // any case may be chosen
			}
		}
		c, ok := cond.Y.(*ssa.Const)
		length, isCall := cond.X.(*ssa.Call)
		if isCall {
			_, isCall = length.Call.Value.(*ssa.Builtin)
		}
		return ok && !c.IsNil() && !isCall
	case *ssa.Extract: // whether a loop goes on, or a map has an element
		_, next := cond.Tuple.(*ssa.Next)
		return !next
	}
	return true
}

func (b *ssaBranches) idle(block int) bool {
	for _, instr := range b.fn.Blocks[block].Instrs {
		switch instr.(type) {
		case *ssa.Call, *ssa.Go, *ssa.Defer, *ssa.Store, *ssa.MapUpdate, *ssa.Send, *ssa.Select:
			return false
		}
	}
	return true
}

func (b *ssaBranches) follow(known knowledge, block, succ int) (knowledge, bool) {
	var env ssax.Env
	key := crossing{0, block, succ}
	if have, ok := known.(*situation); ok {
		env, key.known = have.Env, have.hash
	}
	if found, ok := b.crossed[key]; ok {
		return found.known, found.feasible
	}
	if env.Empty() && b.goesOn(block) {
		return known, true
	}
	b.prepare()
	from := b.fn.Blocks[block]
	if b.closed(block, succ) || env.Never(from, succ) {
		return known, false
	}
	for _, instr := range from.Instrs {
		if store, ok := instr.(*ssa.Store); ok {
			env = b.paths.Store(env, store)
		}
	}
	env, feasible := b.paths.Follow(env, from, succ)
	if b.crossed == nil || len(b.crossed) >= maxCrossings {
		b.crossed = make(map[crossing]outcome)
	}
	found := outcome{situated(b.paths.Live(env, from.Succs[succ])), feasible}
	b.crossed[key] = found
	return found.known, feasible
}

func (b *ssaBranches) closed(block, succ int) bool {
	from := b.fn.Blocks[block]
	return len(from.Succs) > 1 && (recovered(from) == succ || unfinished(from) == succ || ssax.Env{}.Never(from, succ))
}

// goesOn reports whether a path that knows nothing knows nothing behind a block
// either: it has one successor, in which nothing depends on where a path comes
// from, and stores no flag.
func (b *ssaBranches) goesOn(block int) bool {
	if b.plain == nil {
		b.plain = make([]bool, len(b.fn.Blocks))
		for i, from := range b.fn.Blocks {
			b.plain[i] = len(from.Succs) == 1 && !isPhi(from.Succs[0].Instrs[0]) && !slices.ContainsFunc(from.Instrs, storesFlag)
		}
	}
	return b.plain[block]
}

func isPhi(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.Phi)
	return ok
}

func storesFlag(instr ssa.Instruction) bool {
	store, ok := instr.(*ssa.Store)
	if !ok {
		return false
	}
	_, ok = store.Val.(*ssa.Const)
	return ok
}

func (b *ssaBranches) describe(block, succ int) (ssax.Branch, bool) {
	return ssax.DescribeBranch(b.fn.Blocks[block], succ)
}

// literalBranches decides by the literals on the edges.
type literalBranches struct{ f *Func }

// literals are what is known on a path of a parsed model.
type literals []Literal

var seed = maphash.MakeSeed()

func (l literals) Hash() uint64 {
	var sum uint64
	for _, lit := range l {
		sum += maphash.Comparable(seed, lit)
	}
	return sum
}

func (b literalBranches) follow(known knowledge, block, succ int) (knowledge, bool) {
	have, _ := known.(literals)
	for _, lit := range b.f.Blocks[block].Succs[succ].Lits {
		switch {
		case slices.Contains(have, lit):
		case slices.Contains(have, Literal{lit.Cond, !lit.True}):
			return have, false
		default:
			have = append(slices.Clip(have), lit)
		}
	}
	return have, true
}

func (b literalBranches) closed(int, int) bool { return false }

func (b literalBranches) at(int) knowledge { return nil }

// mode takes no literal for a flag.
func (b literalBranches) mode(int) bool { return false }

// idle knows operations only.
func (b literalBranches) idle(int) bool { return true }

// given knows no constants: the text form has none.
func (b literalBranches) given(constants) knowledge { return nil }

func (b literalBranches) describe(block, succ int) (ssax.Branch, bool) {
	lits := b.f.Blocks[block].Succs[succ].Lits
	if len(lits) == 0 {
		return ssax.Branch{}, false
	}
	text := lits[0].Cond
	if !lits[0].True {
		text = "!" + text
	}
	return ssax.Branch{Text: text}, true
}
