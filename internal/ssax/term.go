package ssax

import (
	"fmt"
	"go/constant"
	"go/token"
	"slices"
	"strconv"

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

// A condition is what a branch depends on, in canonical form.
type condition struct {
	term
	negated bool // whether the branch asks for the opposite
	tested  bool // whether other conditions, or it itself in a cycle, depend on a leaf of it
}

// form returns the canonical form of a value. Without a phi among its leaves
// it is the same on every path, and made only once.
func (p *Paths) form(e Env, v ssa.Value) *term {
	v = e.Resolve(v)
	t, known := p.terms[v]
	if !known {
		t = new(term)
		p.term(Env{}, v, t)
		if t.hasPhi() {
			t = nil
		}
		p.terms[v] = t
	}
	if t == nil {
		t = new(term)
		p.term(e, v, t)
	}
	return t
}

// condition returns the canonical form of a condition, made only once like
// that of a value.
func (p *Paths) condition(e Env, cond ssa.Value) *condition {
	cond = e.Resolve(cond)
	c, known := p.conds[cond]
	if !known {
		if c = p.newCondition(Env{}, cond); c.hasPhi() {
			c = nil
		}
		p.conds[cond] = c
	}
	if c == nil {
		c = p.newCondition(e, cond)
	}
	return c
}

func (p *Paths) newCondition(e Env, cond ssa.Value) *condition {
	var c condition
	c.term, c.negated = p.canonical(e, cond)
	again := func(name string) bool { return p.uses[name] > 1 }
	c.tested = slices.ContainsFunc(c.reads, again) ||
		slices.ContainsFunc(c.leaves, func(leaf ssa.Value) bool { return again(p.key(leaf)) })
	return &c
}

// hasPhi reports whether a term depends on which way a path came.
func (t *term) hasPhi() bool {
	return slices.ContainsFunc(t.leaves, func(leaf ssa.Value) bool {
		_, ok := leaf.(*ssa.Phi)
		return ok
	})
}

// canonical writes a condition such that "!x" and "x != y" are negations, and
// of the four orderings only "<" remains.
func (p *Paths) canonical(e Env, cond ssa.Value) (t term, negated bool) {
	cond = e.Resolve(cond)
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		t, negated = p.canonical(e, not.X)
		return t, !negated
	}
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		return *p.form(e, cond), false
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
			return term{text: strconv.FormatBool(less)}, cmp.Op == token.GEQ || cmp.Op == token.LEQ
		}
		s, t := p.form(e, x), p.form(e, y)
		return joinTerms("("+s.text+" < "+t.text+")", s, t), cmp.Op == token.GEQ || cmp.Op == token.LEQ
	}
	return *p.form(e, cond), false
}

// equality returns the canonical form of x == y.
func (p *Paths) equality(e Env, x, y ssa.Value) term {
	x, y = e.Resolve(x), e.Resolve(y)
	if _, ok := x.(*ssa.Const); ok {
		x, y = y, x
	}
	s, t := p.form(e, x), p.form(e, y)
	c, ok := y.(*ssa.Const)
	if !ok {
		if t.text < s.text {
			s, t = t, s
		}
		return joinTerms("("+s.text+" == "+t.text+")", s, t)
	}
	if d, ok := x.(*ssa.Const); ok {
		return term{text: strconv.FormatBool(equalConst(c, d))}
	}
	if c.IsNil() && neverNil(x) {
		return term{text: "false"}
	}
	return equalTerm(s, t.text, c.Value)
}

func equalTerm(subject *term, text string, c constant.Value) term {
	t := joinTerms("("+subject.text+" == "+text+")", subject, new(term))
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
		*t = joinTerms("("+x.text+" "+v.Op.String()+" "+y.text+")", &x, &y)
		return
	case *ssa.FieldAddr:
		p.derive(e, v.X, "."+strconv.Itoa(v.Field), t)
		return
	case *ssa.Field:
		p.derive(e, v.X, "."+strconv.Itoa(v.Field), t)
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
	case *ssa.Extract:
		if assert, ok := v.Tuple.(*ssa.TypeAssert); ok { // asserted twice, a value has the same type twice
			p.derive(e, assert.X, fmt.Sprintf(".(%s)#%d", assert.AssertedType, v.Index), t)
			return
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			p.derive(e, v.Call.Args[0], "."+b.Name(), t)
			return
		}
		if steps := getter(v.Call.StaticCallee()); steps != nil {
			p.got(e, v, steps, t)
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
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil {
			return "nil"
		}
		return v.Value.ExactString()
	case *ssa.Global, *ssa.Function, *ssa.Builtin:
		return v.String()
	}
	name, ok := p.names[v]
	if !ok {
		name = "v" + strconv.Itoa(len(p.names))
		p.names[v] = name
	}
	return name
}

// addressKey names a place in memory. Fields count by type and number, not by
// object, because two pointers may be the same.
func addressKey(addr ssa.Value, text string) string {
	if f, ok := addr.(*ssa.FieldAddr); ok {
		return fmt.Sprintf("%s.%d", f.X.Type(), f.Field)
	}
	return text
}

func joinTerms(text string, x, y *term) term {
	return term{
		text:   text,
		leaves: append(slices.Clip(x.leaves), y.leaves...),
		reads:  append(slices.Clip(x.reads), y.reads...),
	}
}
