package chanmodel

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An extractor builds the model of one package.
type extractor struct {
	pkg    *ssax.Package
	table  *Table
	lookup func(*types.Func) *Summary

	own     map[*ssa.Function]bool // the functions of the package
	names   map[*ssa.Function]string
	taken   map[string]bool // names of functions
	classes map[string]*class
	refs    map[ssa.Value]ref // of those that are being resolved, without a class
	roots   map[ssa.Value]ref // see opaque
	inventory
	cells     map[*ssa.Alloc][]ssa.Value         // what is stored to a variable
	closures  map[*ssa.Function]*ssa.MakeClosure // where a literal is made
	makes     map[token.Pos]string               // variable names of channels, by position
	returned  map[*ssa.Function]map[int]ref      // what results are
	lockers   map[*class]string                  // the field beside a condition that is its lock
	methods   map[*types.Func][]*ssa.Function    // implementations of interface methods
	funcs     map[*ssa.Function]*Func
	result    map[*class]*Resource
	symbols   ssax.Names[Symbol]
	symbolOf  map[*types.Func]*Symbol               // what symbols says, as asked so far
	carriers  map[types.Type]bool                   // see carries
	boxed     map[boxing]bool                       // see handed
	concrete  []*types.Pointer                      // see pointers
	implement map[*types.Interface][]*types.Pointer // see implementers
	declared  map[*types.Var]*types.Named           // fields that several types share, and all others
	homes     map[*ssa.Function][]home              // fields that literals are stored in
}

// A ref is what a value is: an access path and a class.
type ref struct {
	object Object
	class  *class
}

// A funcValue is a function, or a method bound to a receiver.
type funcValue struct {
	fn    *ssa.Function
	bound ssa.Value
}

// class returns the class with an ID.
func (x *extractor) class(id, name string, rank int) *class {
	c := x.classes[id]
	if c == nil {
		c = &class{id: id, name: name, rank: rank}
		x.classes[id] = c
	}
	return c.find()
}

// The ranks of names: what a class is called if it has several members.
const (
	fieldRank = iota
	globalRank
	localRank
	resultRank
	paramRank
	valueRank
)

// asIndex makes an object usable as the index in another one.
func asIndex(o Object) string { return rename.Replace(string(o)) }

// rename takes away what has a meaning in objects and in the text form.
var rename = strings.NewReplacer(".", ":", "[", "(", "]", ")", " ", "_", "\"", "'", "=", "-", "@", "'", "\n", "_", "\t", "_")

// rootName makes a name usable as the root of an object.
func rootName(s string) string { return strings.ReplaceAll(rename.Replace(s), "#", "") }

// ref resolves a value.
func (x *extractor) ref(v ssa.Value) ref {
	if r, ok := x.refs[v]; ok {
		if r.class == nil { // a cycle
			return x.opaque(v)
		}
		return ref{r.object, r.class.find()}
	}
	x.refs[v] = ref{}
	r := x.resolve(v)
	x.refs[v] = r
	return r
}

// opaque returns a reference to a value of which nothing more is known. The
// value is the root of an object then.
func (x *extractor) opaque(v ssa.Value) ref {
	if r, ok := x.roots[v]; ok {
		return ref{r.object, r.class.find()}
	}
	fn, name := v.Parent(), v.Name()
	if fn == nil {
		return ref{"", x.class("V:"+name, name, valueRank)}
	}
	number := "0"
	if _, ok := v.(ssa.Instruction); ok {
		number = name[1:] // registers are t0, t1 and so on
	}
	id := "V:" + x.name(fn) + "#v" + number
	r := ref{Object(id[2:]), x.class(id, name, valueRank)}
	x.roots[v] = r
	return r
}

// resolve finds what a value is by how it is computed.
func (x *extractor) resolve(v ssa.Value) ref {
	switch v := v.(type) {
	case *ssa.Const:
		return x.constant(v)
	case *ssa.Global:
		return x.global(v)
	case *ssa.Parameter:
		return x.parameter(v)
	case *ssa.FreeVar:
		if bound := x.binding(v); bound != nil {
			return x.ref(bound)
		}
	case *ssa.Alloc:
		r := x.opaque(v)
		r.class.name, r.class.rank = v.Comment, localRank
		if stored := x.cells[v]; len(stored) == 1 {
			if p, ok := stored[0].(*ssa.Parameter); ok {
				r.object = x.ref(p).object // it lives in memory because a closure refers to it
			}
		}
		if ssax.InCycle(v.Block()) {
			r.class.many = true
		}
		return r
	case *ssa.MakeChan:
		return x.madeChan(v)
	case *ssa.Function:
		return x.function(funcValue{fn: origin(v)})
	case *ssa.MakeClosure:
		return x.closure(v)
	case *ssa.FieldAddr:
		return x.field(v, v.X, v.Field)
	case *ssa.Field:
		return x.field(v, v.X, v.Field)
	case *ssa.IndexAddr:
		return x.element(v.X, v.Index)
	case *ssa.Index:
		return x.element(v.X, v.Index)
	case *ssa.Lookup:
		return x.element(v.X, v.Index)
	case *ssa.UnOp:
		return x.unary(v)
	case *ssa.Phi:
		return x.phi(v)
	case *ssa.Call:
		return x.callResult(v, 0)
	case *ssa.Extract:
		return x.extract(v)
	}
	if inner := converted(v); inner != nil && !fromUnsafe(v) {
		return x.ref(inner)
	}
	return x.opaque(v)
}

// fromUnsafe reports whether a value is an unsafe.Pointer made a pointer
// again: others have the address as a number.
func fromUnsafe(v ssa.Value) bool {
	c, ok := v.(*ssa.Convert)
	if !ok {
		return false
	}
	b, ok := c.X.Type().Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

// converted returns the operand of an instruction that does not change what a
// value is, or nil.
func converted(v ssa.Value) ssa.Value {
	switch v := v.(type) {
	case *ssa.ChangeType:
		return v.X
	case *ssa.ChangeInterface:
		return v.X
	case *ssa.MakeInterface:
		return v.X
	case *ssa.TypeAssert:
		return v.X
	case *ssa.Convert:
		return v.X
	case *ssa.Slice:
		return v.X
	case *ssa.SliceToArrayPointer:
		return v.X
	}
	return nil
}

func origin(fn *ssa.Function) *ssa.Function {
	if o := fn.Origin(); o != nil {
		return o
	}
	return fn
}

// nilID is the ID of the class of a nil.
const nilID = "~nil"

func (x *extractor) constant(c *ssa.Const) ref {
	if !c.IsNil() {
		// The zero value of a struct, such as a lock. What it is stored to is
		// not the same as all else that begins with it.
		return ref{"", &class{id: "~zero", rank: valueRank + 1}}
	}
	// Each nil is a class of its own: what it is assigned to can hold nil, and
	// is not the same as all else that can.
	return ref{"", &class{id: nilID, name: "nil", rank: valueRank + 1, null: true}}
}

func (x *extractor) global(g *ssa.Global) ref {
	path := g.Name()
	if g.Pkg != x.pkg.SSA {
		path = g.Pkg.Pkg.Path() + "." + path
	}
	r := ref{Object("G:" + rootName(path)), x.class("G:"+path, path, globalRank)}
	if g.Pkg != x.pkg.SSA {
		r.class.foreign, r.class.elsewhere = true, true
	}
	if g.Pkg != x.pkg.SSA || g.Object() != nil && g.Object().Exported() && g.Pkg.Pkg.Name() != "main" {
		r.class.open(Open)
	}
	return r
}

func (x *extractor) parameter(p *ssa.Parameter) ref {
	fn := p.Parent()
	for i, have := range fn.Params {
		if have == p {
			id := "P:" + x.name(fn) + string(paramRoot(i))
			return ref{Object(id[2:]), x.class(id, p.Name(), paramRank)}
		}
	}
	return x.opaque(p)
}

// binding returns what a captured variable is where its closure is made.
func (x *extractor) binding(v *ssa.FreeVar) ssa.Value {
	made := x.closures[v.Parent()]
	if made == nil {
		return nil
	}
	for i, fv := range v.Parent().FreeVars {
		if fv == v {
			return made.Bindings[i]
		}
	}
	return nil
}

func (x *extractor) madeChan(v *ssa.MakeChan) ref {
	r := x.opaque(v)
	if name := x.makes[v.Pos()]; name != "" {
		r.class.name, r.class.rank = name, localRank
	}
	r.class.id = "L:" + r.class.id[2:]
	r.class.kind = Chan
	r.class.many = r.class.many || ssax.InCycle(v.Block())
	if len(r.class.made) == 0 {
		r.class.made = []Creation{{Pos: v.Pos(), Cap: x.capacity(v), Func: x.funcs[v.Parent()]}}
	}
	return r
}

func (x *extractor) function(f funcValue) ref {
	id := "fn:" + x.name(f.fn)
	c := x.class(id, f.fn.Name(), valueRank)
	c.add(f)
	if !x.own[f.fn] {
		c.foreign = true
	}
	return ref{Object(id), c}
}

// closure resolves a function literal, or a method value.
func (x *extractor) closure(v *ssa.MakeClosure) ref {
	fn := v.Fn.(*ssa.Function)
	method, ok := fn.Object().(*types.Func)
	if !ok || len(v.Bindings) != 1 || fn.Synthetic == "" {
		return x.function(funcValue{fn: fn})
	}
	r := x.opaque(v)
	if real := fn.Prog.FuncValue(method.Origin()); real != nil {
		r.class.add(funcValue{origin(real), v.Bindings[0]})
		r.class.foreign = r.class.foreign || !x.own[origin(real)]
	} else {
		r.class.foreign = true // a method of an interface
	}
	return r
}

// field resolves a field of a struct. All values of a named type share the
// class of a field.
func (x *extractor) field(v, base ssa.Value, index int) ref {
	outer := x.ref(base)
	t := base.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	f := t.Underlying().(*types.Struct).Field(index)
	r := ref{outer.object.dot(f.Name()), nil}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		r.class = outer.class.part("." + f.Name())
		return r
	}
	named = x.declaring(named, f)
	if x.table.Types[typeName(named)] != 0 { // the lock of a condition
		r.class = outer.class.part("." + f.Name())
		if sibling := x.lockers[outer.class.find()]; sibling != "" {
			r.object = outer.object.up().dot(sibling)
		}
		return r
	}
	name := named.Obj().Name() + "." + f.Name()
	id := name
	foreign := named.Obj().Pkg() != x.pkg.SSA.Pkg
	if foreign && named.Obj().Pkg() != nil {
		id = named.Obj().Pkg().Path() + "." + name
	}
	r.class = x.class("F:"+id, name, fieldRank)
	if kind := x.table.Types[id]; kind != 0 {
		r.class.kind = kind // a field of an API's type, such as a timer's channel
	}
	r.class.many = true
	if foreign || f.Exported() && x.pkg.SSA.Pkg.Name() != "main" && named.Obj().Parent() == x.pkg.SSA.Pkg.Scope() {
		r.class.open(Open)
		r.class.foreign = r.class.foreign || foreign
		r.class.elsewhere = foreign
	}
	return r
}

// dot appends a field to a path.
func (o Object) dot(field string) Object {
	if o == "" {
		return ""
	}
	return o + Object("."+field)
}

// up removes the last step of a path.
func (o Object) up() Object {
	if i := strings.LastIndexAny(string(o), ".["); i >= 0 {
		return o[:i]
	}
	return ""
}

// typeName returns the qualified name of a named type.
func typeName(t *types.Named) string {
	obj := t.Obj()
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// element resolves an element of a slice, array or map.
func (x *extractor) element(base, index ssa.Value) ref {
	outer := x.ref(base)
	r := ref{"", outer.class.part("[*]")}
	if outer.object == "" {
		return r
	}
	if c, ok := index.(*ssa.Const); ok && c.Value != nil {
		r.object = outer.object + Object("["+rootName(c.Value.ExactString())+"]")
	} else if fn := index.Parent(); fn != nil {
		r.object = outer.object + "[" + Object(asIndex(x.ref(index).object)) + "]"
	}
	return r
}

func (x *extractor) unary(v *ssa.UnOp) ref {
	inner := x.ref(v.X)
	switch v.Op {
	case token.ARROW:
		r := x.opaque(v)
		unite(r.class, inner.class.part("<-"))
		return ref{r.object, r.class.find()}
	case token.MUL:
		if cell := x.cell(v.X); cell != nil {
			if _, isStruct := v.Type().Underlying().(*types.Struct); !isStruct {
				return x.variable(cell, inner)
			}
		}
		return inner
	}
	return x.opaque(v)
}

// cell returns the variable of a function that an address is of, or nil.
func (x *extractor) cell(addr ssa.Value) *ssa.Alloc {
	for {
		switch v := addr.(type) {
		case *ssa.Alloc:
			return v
		case *ssa.FreeVar:
			if addr = x.binding(v); addr == nil {
				return nil
			}
		default:
			return nil
		}
	}
}

// variable resolves the value of a variable that lives in memory.
func (x *extractor) variable(cell *ssa.Alloc, r ref) ref {
	stored := x.cells[cell]
	if len(stored) == 1 {
		if only := x.ref(stored[0]); only.object != "" {
			return only
		}
	}
	return r
}

// phi resolves a value that depends on the path.
func (x *extractor) phi(v *ssa.Phi) ref {
	var objects []Object
	r := x.opaque(v)
	for _, e := range v.Edges {
		if e == v {
			continue
		}
		inner := x.ref(e)
		if x.carries(v.Type()) {
			unite(r.class, inner.class)
		}
		if len(objects) == 0 || objects[0] != inner.object {
			objects = append(objects, inner.object)
		}
	}
	r.class = r.class.find()
	if len(objects) == 1 && objects[0] != "" {
		r.object = objects[0]
	}
	return r
}

func (x *extractor) extract(v *ssa.Extract) ref {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		return x.callResult(t, v.Index)
	case *ssa.Next:
		r := x.opaque(v)
		if over, ok := t.Iter.(*ssa.Range); ok && v.Index == 2 {
			outer := x.ref(over.X)
			unite(r.class, outer.class.part("[*]"))
			if outer.object != "" { // the element with the key of this round
				r.object = outer.object + "[" + Object(asIndex(x.opaque(t).object)) + "]"
			}
		}
		return ref{r.object, r.class.find()}
	case *ssa.Select:
		r := x.opaque(v)
		n := 2
		for _, s := range t.States {
			if s.Dir == types.RecvOnly {
				if n == v.Index {
					unite(r.class, x.ref(s.Chan).class.part("<-"))
				}
				n++
			}
		}
		return ref{r.object, r.class.find()}
	}
	if v.Index == 0 {
		r := x.ref(v.Tuple)
		return r
	}
	return x.opaque(v)
}
