package chanmodel

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// carries reports whether values of a type can lead to a resource or a
// function, other than by a field of a named type, which has a class of its
// own.
func (x *extractor) carries(t types.Type) bool {
	known, ok := x.carriers[t]
	if !ok {
		known = x.carriesBelow(t, 10)
		x.carriers[t] = known
	}
	return known
}

// carriesBelow looks into a type as deep as is usual: a named type may have
// itself as its element.
func (x *extractor) carriesBelow(t types.Type, depth int) bool {
	if depth == 0 {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if x.table.Types[typeName(t)] != 0 {
			return true
		}
		if _, ok := t.Underlying().(*types.Struct); ok {
			return false
		}
		return x.carriesBelow(t.Underlying(), depth-1)
	case *types.Pointer:
		return x.carriesBelow(t.Elem(), depth-1)
	case *types.Chan, *types.Signature:
		return true
	case *types.Slice:
		return x.carriesBelow(t.Elem(), depth-1)
	case *types.Array:
		return x.carriesBelow(t.Elem(), depth-1)
	case *types.Map:
		return x.carriesBelow(t.Elem(), depth-1)
	case *types.Struct:
		return t.NumFields() > 0
	case *types.Interface:
		return t.NumMethods() == 0
	}
	return false
}

// kind returns the kind of resource that a type is, or 0.
func (x *extractor) kind(t types.Type) Kind {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if _, ok := t.Underlying().(*types.Chan); ok {
		return Chan
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return x.table.Types[typeName(named)]
	}
	return 0
}

// flow unites the classes between which values flow.
func (x *extractor) flow() {
	for _, instr := range x.flows {
		switch instr := instr.(type) {
		case *ssa.Store:
			x.assign(instr.Addr, instr.Val)
		case *ssa.MapUpdate:
			if x.carries(instr.Value.Type()) {
				unite(x.ref(instr.Map).class.part("[*]"), x.ref(instr.Value).class)
			}
		case *ssa.Send:
			if x.carries(instr.X.Type()) {
				unite(x.ref(instr.Chan).class.part("<-"), x.ref(instr.X).class)
			}
		case *ssa.Select:
			for _, s := range instr.States {
				if s.Dir == types.SendOnly && x.carries(s.Send.Type()) {
					unite(x.ref(s.Chan).class.part("<-"), x.ref(s.Send).class)
				}
			}
		case *ssa.Phi:
			x.ref(instr)
		case *ssa.BinOp:
			if ssax.IsNil(instr.Y) && x.kind(instr.X.Type()) == Chan {
				x.ref(instr.X).class.find().tested = true
			}
		case *ssa.MakeClosure:
			x.methodValue(instr)
		case *ssa.Return:
			for i := range instr.Results {
				x.functionResult(instr.Parent(), i)
			}
		}
	}
	x.initialised()
	for _, call := range x.calls {
		x.pass(call.Common())
	}
	// Calls through values need to know what the values are.
	for _, call := range x.calls {
		if !named(call.Common()) {
			x.pass(call.Common())
		}
	}
}

// named reports whether what a call may call does not depend on what values
// are.
func named(call *ssa.CallCommon) bool {
	if call.IsInvoke() {
		return true
	}
	switch fn := call.Value.(type) {
	case *ssa.Builtin:
		return true
	case *ssa.Function:
		return fn.Synthetic == ""
	}
	return false
}

// initialised notes what variables of the package hold from the beginning:
// the function that does it is none of the source.
func (x *extractor) initialised() {
	init := x.pkg.SSA.Func("init")
	if init == nil {
		return
	}
	for _, b := range init.Blocks {
		for _, instr := range b.Instrs {
			if store, ok := instr.(*ssa.Store); ok {
				x.assign(store.Addr, store.Val)
			}
		}
	}
}

// methodValue notes that a method of an API, such as the Done of a wait group,
// goes somewhere as a function: the model does not see its calls.
func (x *extractor) methodValue(v *ssa.MakeClosure) {
	method, ok := v.Fn.(*ssa.Function).Object().(*types.Func)
	if !ok || len(v.Bindings) != 1 {
		return
	}
	if s, ok := x.symbols.Of(method); ok && s.Op != 0 {
		x.ref(v.Bindings[0]).class.open(Open)
	}
}

func (x *extractor) assign(addr, v ssa.Value) {
	if !x.carries(v.Type()) {
		return
	}
	to, from := x.ref(addr), x.ref(v)
	unite(to.class, from.class)
	// A condition and its lock that lie in one struct.
	if call, ok := v.(*ssa.Call); ok {
		if s, ok := x.symbol(&call.Call); ok && s.Locks > 0 {
			x.pair(to, x.ref(call.Call.Args[s.Locks-1]))
		}
	}
}

// pair notes that a condition's lock is the field of a certain name beside it.
func (x *extractor) pair(cond, lock ref) {
	if up := cond.object.up(); up != "" && up == lock.object.up() {
		x.lockers[cond.class.find()] = string(lock.object[len(up)+1:])
	}
}

// pass unites the parameters of the functions that a call may call with its
// arguments.
func (x *extractor) pass(call *ssa.CallCommon) {
	if s, ok := x.symbol(call); ok {
		if args := arguments(call); s.Sends > 0 && s.Sends <= len(args) {
			x.ref(args[s.Sends-1]).class.open(OthersSend)
		}
		for _, i := range slices.Concat(s.Calls, s.Starts) {
			if args := arguments(call); i < len(args) {
				x.ref(args[i])
			}
		}
		return
	}
	if _, ok := call.Value.(*ssa.Builtin); ok {
		return
	}
	fns, all := x.targets(call)
	for _, fn := range fns {
		args := arguments(call)
		if len(fn.Params) == len(args)+1 { // a method value
			args = nil
		}
		for i, arg := range args {
			if i < len(fn.Params) && x.carries(arg.Type()) {
				unite(x.ref(fn.Params[i]).class, x.ref(arg).class)
			}
		}
	}
	if all || pureBuiltin(call) {
		return
	}
	for _, arg := range arguments(call) {
		if body := loopBody(arg); body != nil {
			x.openParams(body)
		} else {
			x.escape(arg)
		}
	}
}

func pureBuiltin(call *ssa.CallCommon) bool {
	_, ok := call.Value.(*ssa.Builtin)
	return ok
}

// escape notes that others get a value.
func (x *extractor) escape(v ssa.Value) {
	if x.carries(v.Type()) {
		x.ref(v).class.open(x.access(v.Type()))
	}
}

// access returns what others may do to a value of a type that they get.
func (x *extractor) access(t types.Type) Access {
	if c, ok := t.Underlying().(*types.Chan); ok {
		switch c.Dir() {
		case types.SendOnly:
			return OthersSend
		case types.RecvOnly:
			return OthersReceive
		}
	}
	return Open
}

// escapes notes what leaves the package by results of functions that others
// call, and what comes in by their parameters.
func (x *extractor) escapes() {
	for changed := true; changed; {
		changed = false
		for _, c := range x.classes {
			if c = c.find(); c.foreign || c.access != 0 {
				for _, f := range c.funcs {
					if s := x.funcs[f.fn]; s != nil && !s.Called {
						s.Called, changed = true, true
					}
				}
			}
		}
		for _, fn := range x.pkg.Funcs {
			if f := x.funcs[fn]; f.Called {
				changed = x.openSignature(fn) || changed
			}
		}
	}
}

// openSignature opens the parameters and results of a function that others
// call, and reports whether that changed something.
func (x *extractor) openSignature(fn *ssa.Function) bool {
	changed := false
	open := func(c *class, a Access) {
		if c = c.find(); c.access&a != a {
			c.open(a)
			changed = true
		}
	}
	for i, p := range fn.Params {
		if x.carries(p.Type()) && !(i == 0 && fn.Signature.Recv() != nil) {
			c := x.ref(p).class.find()
			if !c.foreign {
				c.foreign, changed = true, true
			}
			open(c, Open)
		}
	}
	results := fn.Signature.Results()
	for i := range results.Len() {
		if t := results.At(i).Type(); x.carries(t) {
			open(x.functionResult(fn, i).class, x.access(t))
		}
	}
	return changed
}

// outside reports whether code that is not in the model calls a function
// because of its name. In a program, nothing but interfaces of other packages
// leads to a method ([extractor.handed]).
func (x *extractor) outside(fn *ssa.Function) bool {
	if fn.Parent() != nil {
		return false
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return true
	}
	program := x.pkg.SSA.Pkg.Name() == "main"
	if program {
		return fn.Signature.Recv() == nil && (obj.Name() == "main" || obj.Name() == "init" || isTest(obj.Name()))
	}
	return obj.Exported() || obj.Name() == "init"
}

// A boxing is the conversion of a type to an interface.
type boxing struct{ from, to types.Type }

// handed notes that others may call the methods of a value that is converted
// to an interface which this package does not declare.
func (x *extractor) handed(from, to types.Type) {
	if named, ok := types.Unalias(to).(*types.Named); ok && named.Obj().Pkg() == x.pkg.SSA.Pkg {
		return
	}
	iface, ok := to.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 || x.boxed[boxing{from, to}] {
		return
	}
	x.boxed[boxing{from, to}] = true
	methods := x.pkg.SSA.Prog.MethodSets.MethodSet(from)
	for m := range iface.Methods() {
		if types.IsInterface(from) {
			for _, fn := range x.implementations(m) {
				x.funcs[fn].Called = true
			}
			continue
		}
		if sel := methods.Lookup(m.Pkg(), m.Name()); sel != nil {
			if fn := x.pkg.SSA.Prog.FuncValue(sel.Obj().(*types.Func).Origin()); fn != nil && x.own[origin(fn)] {
				x.funcs[origin(fn)].Called = true
			}
		}
	}
}

// isTest reports whether a function is called by the testing package.
func isTest(name string) bool {
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if len(name) >= len(prefix) && name[:len(prefix)] == prefix {
			return true
		}
	}
	return false
}
