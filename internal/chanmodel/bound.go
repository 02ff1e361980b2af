package chanmodel

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Method values: "f := mu.Unlock" makes a function that has its receiver
// with it.

// bound returns the method and the receiver of a method value of a concrete
// type.
func bound(v ssa.Value) (*ssa.Function, ssa.Value, bool) {
	made, ok := v.(*ssa.MakeClosure)
	if !ok || len(made.Bindings) != 1 {
		return nil, nil, false
	}
	fn := made.Fn.(*ssa.Function)
	method, ok := fn.Object().(*types.Func)
	if !ok || fn.Synthetic == "" {
		return nil, nil, false
	}
	real := fn.Prog.FuncValue(method)
	if real == nil {
		return nil, nil, false // a method of an interface
	}
	return origin(real), made.Bindings[0], true
}

// direct returns a call of a method value as one of the method.
func (x *extractor) direct(call *ssa.CallCommon) *ssa.CallCommon {
	if call.IsInvoke() {
		return call
	}
	if fn, recv, ok := bound(call.Value); ok {
		return &ssa.CallCommon{Value: fn, Args: append([]ssa.Value{recv}, call.Args...)}
	}
	return call
}

// boundSymbols returns what the methods of an API do that a call through a
// function value may lead to. The call may do any of them, or none; for locks
// it is safe to say that they are released.
func (x *extractor) boundSymbols(call *ssa.CallCommon, pos token.Pos, spawned bool) []*Op {
	if call.IsInvoke() || call.StaticCallee() != nil {
		return nil
	}
	c := x.ref(call.Value).class.find()
	if len(c.funcs) > maxCallees {
		return nil
	}
	var ops []*Op
	for _, f := range c.funcs {
		if f.bound == nil {
			continue
		}
		method := &ssa.CallCommon{Value: f.fn, Args: append([]ssa.Value{f.bound}, call.Args...)}
		s, ok := x.symbol(method)
		if !ok || s.Op != Unlock && s.Op != RUnlock && len(c.funcs) > 1 {
			continue
		}
		ops = append(ops, x.known(method, s, pos, spawned)...)
	}
	return ops
}

// handOver returns the operation of making a method value that releases a
// lock: whoever gets it may.
func (x *extractor) handOver(made *ssa.MakeClosure) []*Op {
	fn, recv, ok := bound(made)
	if !ok {
		return x.handOverLocker(made)
	}
	if x.own[fn] {
		callees, _ := x.static(fn, []ssa.Value{recv})
		return one(&Op{Kind: HandOver, Gives: callees, Pos: made.Pos()})
	}
	s, ok := x.symbol(&ssa.CallCommon{Value: fn, Args: []ssa.Value{recv}})
	if !ok || s.Op != Unlock && s.Op != RUnlock {
		return nil
	}
	return one(&Op{Kind: HandOver, Ref: x.on(recv), Pos: made.Pos()})
}

// handOverLocker returns the operation of making a method value that releases
// a lock which is known as an interface only.
func (x *extractor) handOverLocker(made *ssa.MakeClosure) []*Op {
	fn := made.Fn.(*ssa.Function)
	method, ok := fn.Object().(*types.Func)
	if !ok || len(made.Bindings) != 1 || fn.Synthetic == "" {
		return nil
	}
	if s := x.table.Symbols[method.FullName()]; s.Op != Unlock && s.Op != RUnlock {
		return nil
	}
	return one(&Op{Kind: HandOver, Ref: x.on(made.Bindings[0]), Pos: made.Pos()})
}

// handedLocks returns the locks that a call gives to code that is not in the
// model, which may release them.
func (x *extractor) handedLocks(call *ssa.CallCommon, pos token.Pos) []*Op {
	var ops []*Op
	for _, arg := range call.Args {
		if x.kind(arg.Type()) == Mutex {
			ops = append(ops, &Op{Kind: HandOver, Ref: x.on(arg), Pos: pos})
		}
	}
	return ops
}
