package ssax

import (
	"fmt"
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A term is a pure expression in canonical form.
type term struct {
	text   string
	leaves []ssa.Value // instructions, parameters and free variables in it
	reads  []string    // addresses in memory that it loads from

	depth int // of the operators around it while it is built

	subject  string         // for "x == constant": x
	constant constant.Value // for "x == constant"; nil for nil
	isEqual  bool           // whether subject and constant are set
}

// condition returns the canonical form of a condition: "!x" and "x != y" are
// negations, and of the four orderings only "<" remains.
func (p *Paths) condition(e Env, cond ssa.Value) (t term, negated bool) {
	cond = e.Resolve(cond)
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		t, negated = p.condition(e, not.X)
		return t, !negated
	}
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		p.term(e, cond, &t)
		return t, false
	}
	x, y := cmp.X, cmp.Y
	switch cmp.Op {
	case token.NEQ:
		return p.equality(e, x, y), true
	case token.EQL:
		return p.equality(e, x, y), false
	case token.GTR, token.LEQ:
		x, y = y, x
		fallthrough
	case token.LSS, token.GEQ:
		if less, ok := lessConst(e.Resolve(x), e.Resolve(y)); ok {
			return term{text: fmt.Sprint(less)}, cmp.Op == token.GEQ || cmp.Op == token.LEQ
		}
		var s term
		p.term(e, x, &s)
		p.term(e, y, &t)
		t = joinTerms(fmt.Sprintf("(%s < %s)", s.text, t.text), s, t)
		return t, cmp.Op == token.GEQ || cmp.Op == token.LEQ
	}
	p.term(e, cond, &t)
	return t, false
}

// equality returns the canonical form of x == y.
func (p *Paths) equality(e Env, x, y ssa.Value) term {
	x, y = e.Resolve(x), e.Resolve(y)
	if _, ok := x.(*ssa.Const); ok {
		x, y = y, x
	}
	var s, t term
	p.term(e, x, &s)
	p.term(e, y, &t)
	c, ok := y.(*ssa.Const)
	if !ok {
		if t.text < s.text {
			s, t = t, s
		}
		return joinTerms(fmt.Sprintf("(%s == %s)", s.text, t.text), s, t)
	}
	if d, ok := x.(*ssa.Const); ok {
		return term{text: fmt.Sprint(equalConst(c, d))}
	}
	if c.IsNil() && neverNil(x) {
		return term{text: "false"}
	}
	return equalTerm(s, t.text, c.Value)
}

func equalTerm(subject term, text string, c constant.Value) term {
	t := joinTerms(fmt.Sprintf("(%s == %s)", subject.text, text), subject, term{})
	t.subject, t.constant, t.isEqual = subject.text, c, true
	return t
}

func equalConst(c, d *ssa.Const) bool {
	if c.Value == nil || d.Value == nil {
		return c.Value == nil && d.Value == nil
	}
	return constant.Compare(c.Value, token.EQL, d.Value)
}

// lessConst compares two values that are constants, such as a loop's counter
// in its first round and its bound.
func lessConst(x, y ssa.Value) (less, ok bool) {
	c, isConst := x.(*ssa.Const)
	d, both := y.(*ssa.Const)
	if !isConst || !both || c.Value == nil || d.Value == nil {
		return false, false
	}
	return constant.Compare(c.Value, token.LSS, d.Value), true
}

// neverNil reports whether a value is an address, function or the like.
func neverNil(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.MakeClosure, *ssa.Function, *ssa.MakeInterface, *ssa.FieldAddr,
		*ssa.IndexAddr, *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice, *ssa.Global:
		return true
	}
	return false
}

// maxDepth bounds the nesting of canonical forms. What lies deeper is named
// by its register: unrolled arithmetic would otherwise double the form with
// each operator.
const maxDepth = 8

// term writes the canonical form of a value to t.
func (p *Paths) term(e Env, v ssa.Value, t *term) {
	v = e.Resolve(v)
	if t.depth++; t.depth > maxDepth {
		t.text = p.key(v)
		t.leaves = append(t.leaves, v)
		return
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil {
			t.text = "nil"
		} else {
			t.text = v.Value.ExactString()
		}
		return
	case *ssa.Global, *ssa.Function, *ssa.Builtin:
		t.text = v.String()
		return
	case *ssa.ChangeType:
		p.term(e, v.X, t)
		return
	case *ssa.ChangeInterface:
		p.term(e, v.X, t)
		return
	case *ssa.BinOp:
		x, y := term{depth: t.depth}, term{depth: t.depth}
		p.term(e, v.X, &x)
		p.term(e, v.Y, &y)
		*t = joinTerms(fmt.Sprintf("(%s %s %s)", x.text, v.Op, y.text), x, y)
		return
	case *ssa.FieldAddr:
		p.derive(e, v.X, fmt.Sprintf(".%d", v.Field), t)
		return
	case *ssa.Field:
		p.derive(e, v.X, fmt.Sprintf(".%d", v.Field), t)
		return
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			break // a receive is never the same twice
		}
		p.derive(e, v.X, v.Op.String(), t)
		if v.Op == token.MUL {
			t.reads = append(slices.Clip(t.reads), addressKey(v.X, t.text[:len(t.text)-len(v.Op.String())]))
		}
		return
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			p.derive(e, v.Call.Args[0], "."+b.Name(), t)
			return
		}
	}
	t.text = p.key(v)
	t.leaves = append(t.leaves, v)
}

// derive writes the form of an operation on x to t.
func (p *Paths) derive(e Env, x ssa.Value, op string, t *term) {
	p.term(e, x, t)
	t.text += op
}

// key returns the name of a leaf.
func (p *Paths) key(v ssa.Value) string {
	if id, ok := p.ids[v]; ok {
		return fmt.Sprintf("v%d", id)
	}
	if c, ok := v.(*ssa.Const); ok {
		if c.Value == nil {
			return "nil"
		}
		return c.Value.ExactString()
	}
	return v.String()
}

// addressKey names a place in memory. Fields count by type and number, not by
// object, because two pointers may be the same.
func addressKey(addr ssa.Value, text string) string {
	if f, ok := addr.(*ssa.FieldAddr); ok {
		return fmt.Sprintf("%s.%d", f.X.Type(), f.Field)
	}
	return text
}

func joinTerms(text string, x, y term) term {
	return term{
		text:   text,
		leaves: append(slices.Clip(x.leaves), y.leaves...),
		reads:  append(slices.Clip(x.reads), y.reads...),
	}
}
