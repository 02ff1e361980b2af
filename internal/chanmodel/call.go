package chanmodel

import (
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// maxCallees is how many functions a call through a value or an interface may
// lead to before the model says that it does not know.
const maxCallees = 3

// arguments returns the arguments of a call, the receiver first.
func arguments(call *ssa.CallCommon) []ssa.Value {
	if call.IsInvoke() {
		return append([]ssa.Value{call.Value}, call.Args...)
	}
	return call.Args
}

// symbol returns what the table says about the function that a call names.
func (x *extractor) symbol(call *ssa.CallCommon) (Symbol, bool) {
	fn := ssax.Callee(call)
	if fn == nil {
		return Symbol{}, false
	}
	s, known := x.symbolOf[fn]
	if !known {
		if found, ok := x.symbols.Of(fn); ok {
			s = &found
		}
		x.symbolOf[fn] = s
	}
	if s == nil {
		return Symbol{}, false
	}
	return *s, true
}

// callees returns the functions of this package, and those of others that
// have a summary, that a call may call. It reports false if there may be more.
func (x *extractor) callees(call *ssa.CallCommon) ([]Callee, bool) {
	if fn := call.StaticCallee(); fn != nil {
		if made, ok := call.Value.(*ssa.MakeClosure); ok && fn.Synthetic != "" && len(made.Bindings) == 1 {
			return x.valueCallees(made, call.Args) // a method value
		}
		return x.plainly(origin(fn), call.Args)
	}
	if call.IsInvoke() {
		fns := x.implementations(call.Method)
		var list []Callee
		callee := x.static
		if !slices.ContainsFunc(fns, func(fn *ssa.Function) bool { return !x.inert(fn) }) {
			callee = x.plainly
		}
		for _, fn := range fns {
			c, _ := callee(fn, arguments(call))
			list = append(list, c...)
		}
		return list, len(fns) > 0
	}
	return x.valueCallees(call.Value, call.Args)
}

// targets returns the functions of this package among what a call may call,
// and false if there may be more: what callees returns, without the arguments.
func (x *extractor) targets(call *ssa.CallCommon) ([]*ssa.Function, bool) {
	if call.IsInvoke() {
		fns := x.implementations(call.Method)
		return slices.DeleteFunc(slices.Clone(fns), func(fn *ssa.Function) bool { return !x.modelled(fn) }), len(fns) > 0
	}
	v := call.Value
	if fn := call.StaticCallee(); fn != nil {
		if made, ok := v.(*ssa.MakeClosure); !ok || fn.Synthetic == "" || len(made.Bindings) != 1 { // no method value
			if fn = origin(fn); x.modelled(fn) {
				return []*ssa.Function{fn}, true
			}
			return nil, false
		}
	}
	c := x.ref(v).class.find()
	if len(c.funcs) == 0 || len(c.funcs) > maxCallees {
		return nil, false
	}
	var fns []*ssa.Function
	for _, f := range c.funcs {
		if x.modelled(f.fn) {
			fns = append(fns, f.fn)
		}
	}
	return fns, !c.foreign
}

// modelled reports whether a function has a body in the model.
func (x *extractor) modelled(fn *ssa.Function) bool { return x.funcs[fn] != nil && fn.Blocks != nil }

// valueCallees returns what calling a function value may call.
func (x *extractor) valueCallees(v ssa.Value, args []ssa.Value) ([]Callee, bool) {
	c := x.ref(v).class.find()
	if len(c.funcs) == 0 || len(c.funcs) > maxCallees {
		return nil, false
	}
	var list []Callee
	for _, f := range c.funcs {
		actual := args
		if f.bound != nil {
			actual = append([]ssa.Value{f.bound}, args...)
		}
		callees, _ := x.static(f.fn, actual)
		for i := range callees {
			if c := &callees[i]; f.bound != nil && c.Func != nil && !x.nameable(v, c.Args[c.Func.Params[0]]) {
				c.Args[c.Func.Params[0]] = "" // the receiver is one that another function knows
			}
			x.settle(&callees[i], x.ref(v).object)
		}
		list = append(list, callees...)
	}
	return list, !c.foreign
}

// nameable reports whether an object means something in the function of a
// value: it is a global, or belongs to the function or one around it.
func (x *extractor) nameable(v ssa.Value, o Object) bool {
	root := o.Root()
	if strings.HasPrefix(string(root), "G:") {
		return true
	}
	for fn := v.Parent(); fn != nil; fn = fn.Parent() {
		if rootFunc(root) == x.name(fn) {
			return true
		}
	}
	return false
}

// plainly returns a function as a callee; without its arguments if it is inert.
func (x *extractor) plainly(fn *ssa.Function, args []ssa.Value) ([]Callee, bool) {
	if x.inert(fn) {
		f := x.funcs[fn]
		return []Callee{{Func: f, Name: f.Label}}, true
	}
	return x.static(fn, args)
}

// inert reports whether calls of a function will be pruned.
func (x *extractor) inert(fn *ssa.Function) bool { return x.modelled(fn) && x.funcs[fn].inert }

// static returns a function as a callee, with its arguments.
func (x *extractor) static(fn *ssa.Function, args []ssa.Value) ([]Callee, bool) {
	if f := x.funcs[fn]; x.modelled(fn) {
		c := Callee{Func: f, Name: f.Label, Args: make(map[Object]Object)}
		for i, param := range f.Params {
			if i < len(args) {
				c.Args[param] = x.ref(args[i]).object
				if text := constantText(args[i]); text != "" {
					if c.Const == nil {
						c.Const = make(map[Object]string)
					}
					c.Const[param] = text
				}
			}
		}
		return []Callee{c}, true
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return nil, false
	}
	if s := x.summary(fn); s != nil {
		c := Callee{Summary: s, Name: shortName(obj), Args: make(map[Object]Object), guard: obj.Signature().Results().Len() > 0}
		for i, arg := range args {
			c.Args[paramRoot(i)] = x.ref(arg).object
		}
		return []Callee{c}, false
	}
	return nil, false
}

// summary returns that of a function of another package, or nil.
func (x *extractor) summary(fn *ssa.Function) *Summary {
	obj, ok := fn.Object().(*types.Func)
	if !ok || x.modelled(fn) {
		return nil
	}
	return x.lookup(obj)
}

// shortName returns the name of a function as its callers write it.
func shortName(obj *types.Func) string {
	recv := obj.Signature().Recv()
	if recv == nil {
		if obj.Pkg() == nil {
			return obj.Name()
		}
		return obj.Pkg().Name() + "." + obj.Name()
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name() + "." + obj.Name()
	}
	return obj.Name()
}

// implementedElsewhere reports whether a call is one of a method of an
// interface that another package declares: there, or in a third one, are most
// of the types that implement it.
func (x *extractor) implementedElsewhere(call *ssa.CallCommon) bool {
	return call.IsInvoke() && call.Method.Pkg() != x.pkg.SSA.Pkg
}

// callResult resolves a result of a call: a field that a getter returns, or
// what a function of the package makes.
func (x *extractor) callResult(call *ssa.Call, i int) ref {
	r := x.opaque(call)
	if i > 0 {
		r.object += Object("/" + string(rune('0'+i%10)))
		r.class = x.class(r.class.id+string(rune('0'+i%10)), "", valueRank)
	}
	if s, ok := x.symbol(&call.Call); ok {
		return x.symbolResult(call, i, s, r)
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		if b.Name() == "append" {
			unite(r.class, x.ref(call.Call.Args[0]).class)
			if len(call.Call.Args) > 1 {
				unite(r.class.part("[*]"), x.ref(call.Call.Args[1]).class.part("[*]"))
			}
		}
		return ref{r.object, r.class.find()}
	}
	var fns []*ssa.Function
	if fn := call.Call.StaticCallee(); fn != nil {
		fns = []*ssa.Function{origin(fn)}
	} else if call.Call.IsInvoke() {
		fns = x.implementations(call.Call.Method)
	}
	if len(fns) == 0 || !x.own[fns[0]] {
		r.class.foreign = true
		r.class.open(Open)
		if callee := ssax.Callee(&call.Call); callee != nil {
			r.class.name = callee.Name() + "()"
		}
		return r
	}
	var inner ref
	for _, fn := range fns {
		inner = x.functionResult(fn, i)
		if x.carries(resultType(call, i)) {
			unite(r.class, inner.class)
		}
	}
	if root := inner.object.Root(); len(fns) == 1 && inner.object != "" {
		for j, arg := range arguments(&call.Call) {
			if root == Object(x.name(fns[0]))+paramRoot(j) {
				base, rest := x.ref(arg).object, inner.object[len(root):]
				if base != "" && !strings.Contains(string(rest), "["+asIndex(Object(x.name(fns[0])+"#"))) {
					r.object = base + rest // but for an element: which one depends on other arguments
				}
			}
		}
	}
	return ref{r.object, r.class.find()}
}

func resultType(call *ssa.Call, i int) types.Type {
	if tuple, ok := call.Type().(*types.Tuple); ok {
		return tuple.At(i).Type()
	}
	return call.Type()
}

// paramRoot returns the root of a parameter's object without its function.
func paramRoot(i int) Object {
	return Object("#p" + strconv.Itoa(i))
}

// symbolResult resolves a result of a function of an API.
func (x *extractor) symbolResult(call *ssa.Call, i int, s Symbol, r ref) ref {
	args := arguments(&call.Call)
	if s.Locks > 0 && s.Locks <= len(args) {
		r.class.kind = s.Result
		if len(r.class.made) == 0 {
			r.class.made = []Creation{{Pos: call.Pos(), Func: x.funcs[call.Parent()]}}
		}
		unite(r.class.part(".L"), x.ref(args[s.Locks-1]).class)
		return r
	}
	if s.Result == 0 || i > 0 {
		r.class.foreign = true
		r.class.open(Open)
		return r
	}
	if s.ResultOf {
		name := "." + ssax.Callee(&call.Call).Name() + "()"
		of := x.ref(args[0])
		r = ref{of.object.dot(name[1:]), of.class.part(name)}
	}
	r.class.kind = s.Result
	r.class.foreign = true
	r.class.open(OthersSend)
	return r
}

// functionResult resolves a result of a function of the package.
func (x *extractor) functionResult(fn *ssa.Function, i int) ref {
	if r, ok := x.returned[fn][i]; ok {
		return ref{r.object, r.class.find()}
	}
	id := x.name(fn) + "#r" + string(rune('0'+i%10))
	r := ref{"", x.class("R:"+id, fn.Name()+"()", resultRank)}
	if x.returned[fn] == nil {
		x.returned[fn] = make(map[int]ref)
	}
	x.returned[fn][i] = r // for recursion
	var objects []Object
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) {
			continue
		}
		inner := x.ref(ret.Results[i])
		if x.carries(ret.Results[i].Type()) {
			unite(r.class, inner.class)
		}
		if !slices.Contains(objects, inner.object) {
			objects = append(objects, inner.object)
		}
	}
	r.class = r.class.find()
	if len(objects) == 1 && strings.Contains(string(objects[0]), "#p") {
		r.object = objects[0]
	}
	x.returned[fn][i] = r
	return r
}
