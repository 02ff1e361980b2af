package allocmodel

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// fewRounds is the number of rounds up to which a constant loop counts as
// straight-line code. Retries, shards of a key and bytes of a word stay below.
const fewRounds = 8

// A pace says what makes a loop go round.
type pace int

const (
	rounds   pace = iota // nothing in particular
	elements             // those of a collection
	few                  // a small constant
	endless              // it has no condition, and does not wait
	messages             // what it receives from channels
	ticking              // the clock, or signals that carry nothing: not often
	driven               // a benchmark
)

// heats reports whether code in such a loop runs often because of it.
func (p pace) heats() bool { return p != few && p != ticking }

// alone reports whether a loop runs often even if its function runs once.
func (p pace) alone() bool { return p == endless || p == messages || p == driven }

// A loop is a natural loop: the blocks from which the target of a back edge
// can be reached without leaving what this target dominates. See Aho, Lam,
// Sethi, Ullman: Compilers, 2nd edition, section 9.6. Cycles with several
// entries, which only goto makes, are no loops.
type loop struct {
	header *ssa.BasicBlock
	inside []bool // by block index
	size   int
	parent *loop
	pace   pace
	ticked []bool    // by block index: only when the clock says so
	pos    token.Pos // of the statement; none for a loop made by goto
}

// tick reports whether a block of a loop that waits for several things runs
// only when the clock, or a signal that carries nothing, was faster.
func (l *loop) tick(b *ssa.BasicBlock) bool { return l.ticked[b.Index] }

// findLoops finds the loops of a function. The result has, by block index, the
// innermost loop around each block, or nil.
func (h *Hotness) findLoops(fn *ssa.Function, cold []string) []*loop {
	all := naturalLoops(fn)
	slices.SortStableFunc(all, func(a, b *loop) int { return b.size - a.size }) // outer ones first
	innermost := make([]*loop, len(fn.Blocks))
	for _, l := range all {
		l.parent = innermost[l.header.Index]
		for i, in := range l.inside {
			if in {
				innermost[i] = l
			}
		}
		l.pos = l.statement(fn)
	}
	for _, l := range all {
		l.pace = h.paceOf(l, innermost, cold)
		h.findTicks(l)
	}
	return innermost
}

// naturalLoops returns the loops of a function in the order of their back
// edges.
func naturalLoops(fn *ssa.Function) []*loop {
	byHeader := make(map[*ssa.BasicBlock]*loop)
	var all []*loop
	for _, b := range fn.Blocks {
		for _, succ := range b.Succs {
			if !succ.Dominates(b) {
				continue
			}
			l := byHeader[succ]
			if l == nil {
				l = &loop{header: succ, inside: make([]bool, len(fn.Blocks)), ticked: make([]bool, len(fn.Blocks))}
				l.inside[succ.Index] = true
				byHeader[succ] = l
				all = append(all, l)
			}
			l.add(b)
		}
	}
	for _, l := range all {
		for _, in := range l.inside {
			if in {
				l.size++
			}
		}
	}
	return all
}

// findTicks finds the cases of select statements in a loop that the clock
// chooses.
func (h *Hotness) findTicks(l *loop) {
	for _, b := range l.header.Parent().Blocks {
		if !l.inside[b.Index] {
			continue
		}
		chosen := ssax.ChosenCase(b, 0)
		if chosen == nil || chosen.Dir != types.RecvOnly || h.carries(chosen.Chan) == carriesMessages || len(b.Succs[0].Preds) != 1 {
			continue
		}
		for _, d := range l.header.Parent().Blocks {
			if b.Succs[0].Dominates(d) {
				l.ticked[d.Index] = true
			}
		}
	}
}

// add adds the blocks from which a block with a back edge is reached.
func (l *loop) add(b *ssa.BasicBlock) {
	if l.inside[b.Index] {
		return
	}
	l.inside[b.Index] = true
	for _, pred := range b.Preds {
		l.add(pred)
	}
}

// statement returns the position of the smallest loop statement around all
// that stands in the loop.
func (l *loop) statement(fn *ssa.Function) token.Pos {
	first, last := token.NoPos, token.NoPos
	for _, b := range fn.Blocks {
		if !l.inside[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			switch instr.(type) {
			case *ssa.Phi, *ssa.Alloc, *ssa.DebugRef:
				continue // have the position of a variable
			}
			pos := instr.Pos()
			if !pos.IsValid() {
				continue
			}
			if !first.IsValid() || pos < first {
				first = pos
			}
			last = max(last, pos)
		}
	}
	found := token.NoPos
	if fn.Syntax() == nil || !first.IsValid() {
		return found
	}
	ast.Inspect(fn.Syntax(), func(n ast.Node) bool {
		if n == nil || first < n.Pos() || last >= n.End() {
			return false
		}
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if n != fn.Syntax() {
				found = n.Pos()
			}
		}
		return true
	})
	return found
}

// paceOf finds out what makes a loop go round. What stands in blocks that are
// cold, such as a pause after an error, does not count.
func (h *Hotness) paceOf(l *loop, innermost []*loop, cold []string) pace {
	waits := 0
	for _, b := range l.header.Parent().Blocks {
		if !l.inside[b.Index] || cold[b.Index] != "" {
			continue
		}
		if innermost[b.Index] != l && !innermost[b.Index].isFew(l) {
			continue // inner loops have a pace of their own
		}
		for _, instr := range b.Instrs {
			waits |= h.waitsFor(instr)
		}
	}
	trips, counted := tripCount(l)
	switch {
	case h.isDriven(l):
		return driven
	case waits&carriesMessages != 0:
		return messages
	case waits&carriesTicks != 0:
		return ticking
	case counted && trips <= fewRounds || l.isFlagged():
		return few
	}
	switch l.header.Comment { // the SSA builder names blocks after statements
	case "rangeindex.loop", "rangeiter.loop":
		return elements
	case "for.body": // without a condition; else for.loop
		if waits&carriesNothing != 0 {
			return ticking
		}
		return endless
	}
	return rounds
}

// isFew reports whether a loop is inside another one and makes no difference
// to how often it waits.
func (l *loop) isFew(outer *loop) bool {
	for ; l != nil && l != outer; l = l.parent {
		if trips, counted := tripCount(l); !counted || trips > fewRounds {
			return false
		}
	}
	return l != nil
}

// What a loop waits for, as bits.
const (
	carriesMessages = 1 << iota
	carriesTicks
	carriesNothing
)

// waitsFor returns a bit for what an instruction waits for.
func (h *Hotness) waitsFor(instr ssa.Instruction) int {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			return h.carries(instr.X)
		}
	case *ssa.Select:
		if !instr.Blocking {
			return 0
		}
		bits := 0
		for _, s := range instr.States {
			if s.Dir == types.RecvOnly {
				bits |= h.carries(s.Chan)
			}
		}
		return bits
	case *ssa.Call:
		if callee := ssax.Callee(&instr.Call); callee != nil && h.pauses.Has(callee) {
			return carriesTicks
		}
	}
	return 0
}

// carries returns a bit for what a channel carries.
func (h *Hotness) carries(ch ssa.Value) int {
	elem := ch.Type().Underlying().(*types.Chan).Elem()
	if s, ok := elem.Underlying().(*types.Struct); ok && s.NumFields() == 0 {
		return carriesNothing
	}
	if slices.Contains(h.table.Ticks, typeName(elem)) {
		return carriesTicks
	}
	return carriesMessages
}

// isDriven reports whether a way out of a loop depends on a benchmark's driver.
func (h *Hotness) isDriven(l *loop) bool {
	for _, b := range l.header.Parent().Blocks {
		if !l.inside[b.Index] || len(b.Succs) != 2 || l.inside[b.Succs[0].Index] && l.inside[b.Succs[1].Index] {
			continue
		}
		if branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && h.dependsOnDriver(branch.Cond, 0) {
			return true
		}
	}
	return false
}

func (h *Hotness) dependsOnDriver(v ssa.Value, depth int) bool {
	const enough = 4 // i < b.N: comparison, load, field, parameter
	if slices.Contains(h.table.Drivers, typeName(v.Type())) {
		return true
	}
	instr, ok := v.(ssa.Instruction)
	if !ok || depth == enough {
		return false
	}
	for _, op := range instr.Operands(nil) {
		if *op != nil && h.dependsOnDriver(*op, depth+1) {
			return true
		}
	}
	return false
}
