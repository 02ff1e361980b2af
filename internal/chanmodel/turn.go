package chanmodel

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Turn says that an edge decides about one more round of a loop of which it
// is known how often it runs.
type Turn struct {
	Loop  int // names the loop in its function
	Count Cap // rounds
	Again bool
}

// turn returns what an edge says about a counted loop, or nil.
//
// These loops are known: range over slices, arrays, maps and integers, and
// those of the three-clause form that count by one. It is taken for granted
// that the body changes neither the counter nor what it is compared with.
func (x *extractor) turn(b *ssa.BasicBlock, succ int) *Turn {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	t := &Turn{Loop: b.Index, Again: succ == 0}
	if ok, isNext := branch.Cond.(*ssa.Extract); isNext && ok.Index == 0 {
		next, isNext := ok.Tuple.(*ssa.Next)
		if !isNext || next.IsString {
			return nil
		}
		if over, ok := next.Iter.(*ssa.Range); ok {
			t.Count = Cap{Sym: fmt.Sprintf("len(%s)", x.ref(over.X).object)}
			return t
		}
		return nil
	}
	cond, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return nil
	}
	if b.Succs[0].Comment == "rangeint.body" { // tested before the loop and at its end
		t.Loop = b.Succs[0].Index
		t.Count = x.count(cond.Y, 0)
		return t
	}
	limit, from, ok := counter(cond, b)
	if !ok {
		return nil
	}
	t.Count = x.count(limit, from)
	return t
}

// counter recognises the condition of a loop that counts by one. The loop has
// limit - from rounds.
func counter(cond *ssa.BinOp, header *ssa.BasicBlock) (limit ssa.Value, from int, ok bool) {
	v := cond.X
	if incr, ok := v.(*ssa.BinOp); ok && incr.Op == token.ADD && isInt(incr.Y, 1) { // range over a slice
		if phi, ok := incr.X.(*ssa.Phi); ok && phi.Block() == header && slices.Contains(phi.Edges, ssa.Value(incr)) {
			if start, ok := startOf(phi, incr); ok && cond.Op == token.LSS {
				return cond.Y, start + 1, true
			}
		}
		return nil, 0, false
	}
	phi, isPhi := v.(*ssa.Phi)
	if !isPhi {
		start, ok := cellStart(v)
		return cond.Y, start, ok && (cond.Op == token.LSS || cond.Op == token.NEQ)
	}
	if phi.Block() != header {
		return nil, 0, false
	}
	for _, e := range phi.Edges {
		step, isStep := e.(*ssa.BinOp)
		if !isStep || step.X != ssa.Value(phi) || !isInt(step.Y, 1) {
			continue
		}
		switch {
		case step.Op == token.ADD && (cond.Op == token.LSS || cond.Op == token.NEQ):
			start, ok := startOf(phi, step)
			return cond.Y, start, ok
		case step.Op == token.ADD && cond.Op == token.LEQ:
			start, ok := startOf(phi, step)
			return cond.Y, start - 1, ok
		case step.Op == token.SUB && isInt(cond.Y, 0) && (cond.Op == token.GTR || cond.Op == token.NEQ) && len(phi.Edges) == 2:
			for _, first := range phi.Edges {
				if first != ssa.Value(step) {
					return first, 0, true
				}
			}
		}
	}
	return nil, 0, false
}

func isInt(v ssa.Value, n int64) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value != nil && isInteger(c.Type()) && c.Int64() == n
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// startOf returns the constant that a counter starts with.
func startOf(phi *ssa.Phi, step *ssa.BinOp) (int, bool) {
	start, ok := 0, false
	for _, e := range phi.Edges {
		if e == ssa.Value(step) {
			continue
		}
		c, isConst := e.(*ssa.Const)
		if !isConst || c.Value == nil || !isInteger(c.Type()) || ok {
			return 0, false
		}
		start, ok = int(c.Int64()), true
	}
	return start, ok
}

// cellStart recognises a counter that a closure captures: since Go 1.22 each
// round has a variable of its own, to which the old one's value is copied.
func cellStart(v ssa.Value) (int, bool) {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return 0, false
	}
	phi, ok := load.X.(*ssa.Phi)
	if !ok {
		return 0, false
	}
	start, found := 0, false
	for _, e := range phi.Edges {
		cell, ok := e.(*ssa.Alloc)
		if !ok {
			return 0, false
		}
		for _, use := range *cell.Referrers() {
			store, ok := use.(*ssa.Store)
			if !ok || store.Addr != ssa.Value(cell) {
				continue
			}
			switch val := store.Val.(type) {
			case *ssa.Const:
				if val.Value == nil || found {
					return 0, false
				}
				start, found = int(val.Int64()), true
			case *ssa.BinOp:
				if val.Op != token.ADD || !isInt(val.Y, 1) {
					return 0, false
				}
			}
		}
	}
	return start, found
}

// count returns limit - from as a number, or as the text of an expression.
func (x *extractor) count(limit ssa.Value, from int) Cap {
	if conv, ok := limit.(*ssa.Convert); ok {
		limit = conv.X
	}
	if c, ok := limit.(*ssa.Const); ok && c.Value != nil {
		return Cap{N: max(0, int(c.Int64())-from)}
	}
	sym := x.symbolic(limit)
	if n, err := strconv.Atoi(sym); err == nil {
		return Cap{N: max(0, n-from)}
	}
	if sym == "" {
		sym = string(x.opaque(limit).object)
	}
	if from < 0 {
		sym = fmt.Sprintf("(%s+%d)", sym, -from)
	}
	if from > 0 {
		sym = fmt.Sprintf("(%s-%d)", sym, from)
	}
	return Cap{Sym: sym}
}

// closedOn returns the channels that a receive has found closed if the edge
// is taken: "v, ok := <-c" and ok is false.
func (x *extractor) closedOn(b *ssa.BasicBlock, succ int) []*Resource {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	cond, closed := branch.Cond, 1
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, closed = not.X, 0
	}
	received, ok := cond.(*ssa.Extract)
	if !ok || received.Index != 1 || succ != closed {
		return nil
	}
	switch from := received.Tuple.(type) {
	case *ssa.UnOp:
		if from.Op == token.ARROW {
			return []*Resource{x.on(from.X).Resource}
		}
	case *ssa.Select:
		var list []*Resource
		for _, s := range from.States {
			if s.Dir == types.RecvOnly {
				list = append(list, x.on(s.Chan).Resource)
			}
		}
		return list
	}
	return nil
}

// creations fills in where channels are made and where they are stored.
func (x *extractor) creations(m *Model) {
	places := make(map[token.Pos]*ssa.MakeChan)
	for _, made := range x.chans {
		places[made.Pos()] = made
	}
	for _, r := range m.Resources {
		for i := range r.Made {
			made := places[r.Made[i].Pos]
			if made == nil {
				continue
			}
			c := &r.Made[i]
			c.Func, c.Block = x.funcs[made.Parent()], made.Block().Index
			c.Objects = []Object{x.ref(made).object}
			c.Returned = x.returns(made.Parent(), c.Objects[0])
			for _, use := range *made.Referrers() {
				store, ok := use.(*ssa.Store)
				if !ok {
					continue
				}
				if _, ok := store.Addr.(*ssa.FieldAddr); ok {
					if o := x.ref(store.Addr).object; o != "" && !loadedBefore(store) {
						c.Objects = append(c.Objects, o)
					}
				}
			}
		}
	}
}

// returns reports whether a function returns an object.
func (x *extractor) returns(fn *ssa.Function, o Object) bool {
	for _, b := range fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			for _, v := range ret.Results {
				if x.ref(v).object == o {
					return true
				}
			}
		}
	}
	return false
}

// constantText returns the text of a constant, or "".
func constantText(v ssa.Value) string {
	c, ok := v.(*ssa.Const)
	switch {
	case !ok:
		return ""
	case c.IsNil():
		return "nil"
	case c.Value == nil:
		return ""
	}
	return c.Value.ExactString()
}

// constantOf returns the constant of a type that has a text, the reverse of
// constantText; nil if there is none, or if it is a fraction.
func constantOf(text string, t types.Type) *ssa.Const {
	switch {
	case text == "":
		return nil
	case text == "nil":
		return ssa.NewConst(nil, t)
	case text == "true" || text == "false":
		return ssa.NewConst(constant.MakeBool(text == "true"), t)
	}
	for _, kind := range []token.Token{token.STRING, token.INT, token.FLOAT} {
		if v := constant.MakeFromLiteral(strings.TrimPrefix(text, "-"), kind, 0); v.Kind() != constant.Unknown {
			if text[0] == '-' {
				v = constant.UnaryOp(token.SUB, v, 0)
			}
			return ssa.NewConst(v, t)
		}
	}
	return nil
}

// test returns what an edge says about a parameter of the function.
func (x *extractor) test(b *ssa.BasicBlock, succ int) Test {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return Test{}
	}
	cond, truth := branch.Cond, succ == 0
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, truth = not.X, !truth
	}
	of, value := cond, "true"
	if cmp, ok := cond.(*ssa.BinOp); ok && (cmp.Op == token.EQL || cmp.Op == token.NEQ) {
		of, value = cmp.X, constantText(cmp.Y)
		truth = truth == (cmp.Op == token.EQL)
	}
	if p, ok := of.(*ssa.Parameter); ok && value != "" {
		return Test{x.ref(p).object, value, truth}
	}
	return Test{}
}
