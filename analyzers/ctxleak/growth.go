package ctxleak

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// valueGrowth reports contexts that a loop derives from the one that the
// round before has made, and fields that a method wraps once more at every
// call.
//
// A loop that puts one value of a collection after the other into a context
// is right, and so is anything whose key changes with the rounds. Whether a
// method is called more than once cannot be seen from here: confidence is
// possible.
func (c *checker) valueGrowth(fn *ssa.Function) {
	for call, callee := range calls(fn) {
		if !growing.Has(callee) {
			continue
		}
		name := callee.FullName()
		made := firstResult(call)
		if made == nil {
			continue
		}
		l := loopAround(call.Block())
		switch {
		case l == nil:
			if receiverField(call.Call.Args[0], made) {
				c.reportGrowingField(call, name)
			}
		case !carried(made, call.Call.Args[0], l):
		case isWithValue(name) && !invariant(call.Call.Args[1], l):
		default:
			c.reportGrowth(call, name, l)
		}
	}
}

// carried reports whether the context that a round makes is the parent of the
// one that the next round makes.
func carried(made, parent ssa.Value, l *loop) bool {
	if load, ok := parent.(*ssa.UnOp); ok && load.Op == token.MUL {
		return l.blocks[load.Block()] && storedBack(made, load.X, l)
	}
	seen := make(map[ssa.Value]bool)
	var reaches func(ssa.Value) bool
	reaches = func(v ssa.Value) bool {
		if v == parent {
			return true
		}
		if seen[v] {
			return false
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Phi:
				if l.blocks[ref.Block()] && reaches(ref) {
					return true
				}
			case *ssa.ChangeInterface:
				if reaches(ref) {
					return true
				}
			}
		}
		return false
	}
	return reaches(made)
}

// storedBack reports whether a context is stored where its parent was loaded
// from, in memory that outlives the round, and nothing else is stored there
// in the loop.
func storedBack(made, addr ssa.Value, l *loop) bool {
	if !invariantPlace(addr, l) {
		return false
	}
	found := false
	for b := range l.blocks {
		for _, instr := range b.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok || !samePlace(store.Addr, addr) {
				continue
			}
			if store.Val != made {
				return false // it starts anew
			}
			found = true
		}
	}
	return found
}

// samePlace reports whether two addresses are the same variable, or the same
// field of one.
func samePlace(x, y ssa.Value) bool {
	if x == y {
		return true
	}
	f, ok := x.(*ssa.FieldAddr)
	g, both := y.(*ssa.FieldAddr)
	return ok && both && f.Field == g.Field && (f.X == g.X || sameLoad(f.X, g.X))
}

// sameLoad reports whether two values are loads of one variable.
func sameLoad(x, y ssa.Value) bool {
	l, ok := x.(*ssa.UnOp)
	m, both := y.(*ssa.UnOp)
	return ok && both && l.Op == token.MUL && m.Op == token.MUL && samePlace(l.X, m.X)
}

// invariantPlace reports whether an address is that of a variable that every
// round finds as the round before left it.
func invariantPlace(addr ssa.Value, l *loop) bool {
	switch addr := addr.(type) {
	case *ssa.Global, *ssa.FreeVar:
		return true
	case *ssa.Alloc:
		return !l.blocks[addr.Block()]
	case *ssa.FieldAddr:
		return invariant(addr.X, l)
	}
	return false
}

// invariant reports whether a value is the same in every round of a loop. A
// variable counts as one unless the loop assigns to it.
func invariant(v ssa.Value, l *loop) bool {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return invariant(v.X, l)
	case *ssa.ChangeInterface:
		return invariant(v.X, l)
	case *ssa.ChangeType:
		return invariant(v.X, l)
	case *ssa.FieldAddr:
		return invariant(v.X, l)
	case *ssa.UnOp:
		if v.Op != token.MUL {
			break
		}
		if cell, ok := v.X.(*ssa.Alloc); ok {
			return !assignedIn(cell, l)
		}
		return invariant(v.X, l)
	}
	instr, ok := v.(ssa.Instruction)
	return !ok || !l.blocks[instr.Block()]
}

// assignedIn reports whether a loop assigns to a variable.
func assignedIn(cell *ssa.Alloc, l *loop) bool {
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if l.blocks[ref.Block()] {
				return true
			}
		case *ssa.UnOp:
		case *ssa.MakeClosure:
		default:
			return true
		}
	}
	return false
}

// receiverField reports whether a method derives a context from a field of
// its receiver and stores it there.
func receiverField(parent, made ssa.Value) bool {
	load, ok := parent.(*ssa.UnOp)
	if !ok {
		return false
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok || field.Parent().Signature.Recv() == nil || len(field.Parent().Params) == 0 || field.X != field.Parent().Params[0] {
		return false
	}
	for _, ref := range *made.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && samePlace(store.Addr, field) {
			return true
		}
	}
	return false
}

func (c *checker) reportGrowth(call *ssa.Call, name string, l *loop) {
	pos, end := c.span(call)
	context := c.variable(call, 0, "the context")
	message := fmt.Sprintf("each round wraps %s of the round before: the chain grows with the loop, and so does the time of every lookup; derive it from the context before the loop", context)
	last := "the next round derives its context from this one"
	if p, ok := spec.Produces[name]; ok {
		message = fmt.Sprintf("each round derives %s from that of the round before: once that is cancelled, every later round starts with a context that has ended; derive it from the context before the loop", context)
		if bound(p.Class) == byDeadline {
			message = fmt.Sprintf("each round derives %s from that of the round before: the first deadline, or the first cancel, ends all later rounds; derive it from the context before the loop", context)
		}
	}
	draft := pragma.Draft{
		Rule: valueGrowth, Pos: pos, End: end, Message: message,
		Severity: c.unlessTest(pos, finding.Warning),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: pos, End: end, Text: fmt.Sprintf("%s gets a context around the one that it held", context)},
			step("loop", l.pos(pos), last),
		},
	}
	c.reporter.Report(draft)
}

func (c *checker) reportGrowingField(call *ssa.Call, name string) {
	pos, end := c.span(call)
	c.reporter.Report(pragma.Draft{
		Rule: valueGrowth, Pos: pos, End: end, Confidence: finding.Possible,
		Severity: c.unlessTest(pos, finding.Warning),
		Message:  fmt.Sprintf("every call of %s wraps the context in this field once more, and nothing unwraps it; pass the context on instead of keeping it", functionName(call.Parent())),
		Witness:  []pragma.Step{{Kind: "acquire", Pos: pos, End: end, Text: "the field gets a context around the one that it held"}},
	})
}
