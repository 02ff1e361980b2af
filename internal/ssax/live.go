package ssax

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Live returns what is known at the entry of a block as far as a branch that
// can follow may ask for it. Paths that differ in the rest have the same
// future: a client that joins them loses nothing, and is spared one more path
// for each condition that a loop has passed and will compute anew.
//
// It is the liveness of data-flow analysis for facts about leaves: a leaf is
// asked for by the branches that depend on it, and computed anew by the block
// that defines it. Facts about memory alone are kept.
func (p *Paths) Live(e Env, block *ssa.BasicBlock) Env {
	if len(e.facts)+len(e.phis) == 0 {
		return e
	}
	if p.live == nil {
		p.findLive()
	}
	live := p.live[block.Index]
	asked := func(v ssa.Value) bool { return live.has(p.bits[v]) }
	return Env{
		facts: filter(e.facts, func(f fact) bool {
			for _, leaf := range f.cond.leaves {
				if !asked(leaf) {
					return false
				}
			}
			return true
		}),
		phis: filter(e.phis, func(c choice) bool { return asked(c.phi) }),
	}
}

// A bitset is a set of small numbers. Its zeroth bit is never set: it is that
// of values without a number.
type bitset []uint64

func (s bitset) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s bitset) set(i int)      { s[i/64] |= 1 << (i % 64) }

// findLive finds for each block the values that branches ask for which are
// reached from its entry, the block's own phis included: which operands they
// took is known there.
func (p *Paths) findLive() {
	p.bits = make(map[ssa.Value]int)
	asked := make([][]ssa.Value, len(p.fn.Blocks))
	for i, b := range p.fn.Blocks {
		branch, ok := lastInstr(b).(*ssa.If)
		if !ok {
			continue
		}
		asked[i] = operands(branch.Cond, true)
		if chosen := ChosenCase(b, 0); chosen != nil {
			if phi, ok := chosen.Chan.(*ssa.Phi); ok {
				asked[i] = append(asked[i], phi) // see Never
			}
		}
		for _, v := range asked[i] {
			if p.bits[v] == 0 {
				p.bits[v] = len(p.bits) + 1
			}
		}
	}
	words := len(p.bits)/64 + 1
	p.live = make([]bitset, len(p.fn.Blocks))
	anew := make([]bitset, len(p.fn.Blocks))
	for i := range p.live {
		p.live[i], anew[i] = make(bitset, words), make(bitset, words)
	}
	for v, bit := range p.bits {
		if instr, ok := v.(ssa.Instruction); ok {
			anew[instr.Block().Index].set(bit)
		}
	}
	for i, values := range asked {
		for _, v := range values {
			p.live[i].set(p.bits[v])
		}
	}
	p.spreadLive(anew)
}

// A handover is that a phi takes an operand which has a number: the operand is
// asked for where the phi is, on the edge that it belongs to. Both are bits.
type handover struct{ phi, operand int }

// handovers returns what the phis of a block's successors take from it.
func (p *Paths) handovers(from *ssa.BasicBlock) []handover {
	var list []handover
	for _, to := range from.Succs {
		for _, instr := range to.Instrs {
			phi, ok := instr.(*ssa.Phi)
			if !ok {
				break
			}
			for i, pred := range to.Preds {
				if pred != from || p.bits[phi] == 0 {
					continue
				}
				for _, v := range taken(phi.Edges[i], from, to) {
					if p.bits[v] != 0 {
						list = append(list, handover{p.bits[phi], p.bits[v]})
					}
				}
			}
		}
	}
	return list
}

// taken returns what an operand of a phi depends on at the entry of the block
// that it comes from. One that the phi's block computes anew means nothing
// there; another phi stands for what it took.
func taken(operand ssa.Value, from, to *ssa.BasicBlock) []ssa.Value {
	if _, ok := operand.(*ssa.Phi); ok {
		return []ssa.Value{operand}
	}
	list := operands(operand, false)
	if slices.ContainsFunc(list, func(v ssa.Value) bool { return definedIn(v, from) || definedIn(v, to) }) {
		return nil
	}
	return list
}

// spreadLive adds to each block what its successors need and do not compute
// anew, as the least fixed point. What a phi computes anew it takes from
// before: a flag that a round of a loop leaves as it is lives on in it.
func (p *Paths) spreadLive(anew []bitset) {
	handed := make([][]handover, len(p.fn.Blocks))
	for i, b := range p.fn.Blocks {
		handed[i] = p.handovers(b)
	}
	for changed := true; changed; {
		changed = false
		for i := len(p.live) - 1; i >= 0; i-- {
			for _, succ := range p.fn.Blocks[i].Succs {
				for w, need := range p.live[succ.Index] {
					if more := need &^ anew[succ.Index][w] &^ p.live[i][w]; more != 0 {
						p.live[i][w] |= more
						changed = true
					}
				}
				for _, h := range handed[i] {
					if p.live[succ.Index].has(h.phi) && !p.live[i].has(h.operand) {
						p.live[i].set(h.operand)
						changed = true
					}
				}
			}
		}
	}
}

// operands returns all that a canonical form of a condition may have as its
// leaves: whatever it is computed from, as far as forms look into it; of phis,
// if through is set, what they may take.
func operands(cond ssa.Value, through bool) []ssa.Value {
	seen := make(map[ssa.Value]bool)
	var list []ssa.Value
	add := func(v ssa.Value) {
		if _, constant := v.(*ssa.Const); !constant && !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	add(cond)
	for i := 0; i < len(list); i++ {
		switch v := list[i].(type) {
		case *ssa.Phi:
			for _, e := range v.Edges {
				if through {
					add(e)
				}
			}
		case *ssa.ChangeType:
			add(v.X)
		case *ssa.ChangeInterface:
			add(v.X)
		case *ssa.BinOp:
			add(v.X)
			add(v.Y)
		case *ssa.FieldAddr:
			add(v.X)
		case *ssa.Field:
			add(v.X)
		case *ssa.UnOp:
			if v.Op != token.ARROW {
				add(v.X)
			}
		case *ssa.Extract:
			if assert, ok := v.Tuple.(*ssa.TypeAssert); ok {
				add(assert.X)
			}
		case *ssa.Call:
			b, ok := v.Call.Value.(*ssa.Builtin)
			if ok && (b.Name() == "len" || b.Name() == "cap") || getter(v.Call.StaticCallee()) != nil {
				add(v.Call.Args[0])
			}
		}
	}
	return list
}
