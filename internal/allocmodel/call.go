package allocmodel

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// call adds the flow of arguments and results.
func (b *batch) call(call ssa.CallInstruction) {
	common := call.Common()
	pos := call.Pos()
	switch call.(type) {
	case *ssa.Go:
		b.wrapper(Closure, call)
		b.keepAll(call, b.heap, Step{Why: Started, Pos: pos})
		return
	case *ssa.Defer:
		if b.m.shape(call.Parent()).depth(pos) > 0 {
			b.storage(DeferInLoop, call, pos, nil, -1)
			b.keepAll(call, b.heap, Step{Why: Deferred, Pos: pos})
			return
		}
	}
	if builtin, ok := common.Value.(*ssa.Builtin); ok {
		b.builtin(call, builtin.Name())
		return
	}
	b.ordinary(call)
}

// ordinary adds the flow of a call that is neither of a builtin nor of a go
// statement: into the callee if it is known, and to wherever its summary says
// otherwise.
func (b *batch) ordinary(call ssa.CallInstruction) {
	common, pos := call.Common(), call.Pos()
	args := common.Args
	obj := ssax.Callee(common)
	invoked := common.IsInvoke()
	if invoked {
		if obj = devirtualized(common); obj != nil {
			args = append([]ssa.Value{common.Value.(*ssa.MakeInterface).X}, args...)
		}
	}
	fn := b.m.callee(common)
	switch {
	case fn != nil && b.in[fn]:
		b.inner(call, fn, args)
		return
	case invoked && obj == nil:
		step := Step{Why: InterfaceCall, Pos: pos, Callee: common.Method}
		b.flowValue(b.heap, common.Value, 0, step)
		b.keep(args, b.heap, step)
		return
	case !invoked && common.StaticCallee() == nil:
		b.keep(args, b.heap, Step{Why: DynamicCall, Pos: pos})
		return
	}
	var s *Summary
	if fn != nil {
		s = b.m.summaries[fn]
	}
	if s == nil && obj != nil {
		s = b.m.known(obj)
	}
	b.known(call, obj, s, args)
	b.allocates(call, obj)
}

// keepAll makes all operands of a call flow to a location.
func (b *batch) keepAll(call ssa.CallInstruction, to *location, step Step) {
	common := call.Common()
	if _, ok := common.Value.(*ssa.Builtin); !ok {
		b.flowValue(to, common.Value, 0, step)
	}
	b.keep(common.Args, to, step)
}

// keep makes arguments flow to a location. The body of a range-over-func loop is
// kept by no iterator worth the name, but who knows whether it is inlined.
func (b *batch) keep(args []ssa.Value, to *location, step Step) {
	for _, arg := range args {
		if made, ok := arg.(*ssa.MakeClosure); ok && ssax.IsLoopBody(made.Fn.(*ssa.Function)) {
			b.flowValue(b.unknown, arg, 0, step)
			continue
		}
		b.flowValue(to, arg, 0, step)
	}
}

// wrapper adds the closure that a go statement makes of a call with operands.
func (b *batch) wrapper(kind Kind, call ssa.CallInstruction) {
	common := call.Common()
	if _, isLiteral := common.Value.(*ssa.MakeClosure); isLiteral && len(common.Args) == 0 {
		return // which is the closure itself
	}
	if len(common.Args) == 0 && !common.IsInvoke() && common.StaticCallee() != nil {
		return
	}
	r := b.storage(kind, call, call.Pos(), nil, -1)
	r.loc.site.Fate, r.loc.fate = Heap, Heap
	r.loc.site.Way = []Step{{Why: Started, Pos: call.Pos()}}
	r.loc.way = r.loc.site.Way
}

// inner adds the flow between a call and a function of the same batch.
func (b *batch) inner(call ssa.CallInstruction, fn *ssa.Function, args []ssa.Value) {
	obj, _ := fn.Object().(*types.Func)
	for i, loc := range b.params[fn] {
		if i < len(args) {
			b.flowValue(loc, args[i], 0, Step{Why: Argument, Pos: call.Pos(), Callee: obj})
		}
	}
	if _, ok := call.(*ssa.Call); !ok {
		return
	}
	tuple := b.tuple(call)
	for i, loc := range b.results[fn] {
		b.flow(tuple[i], ref{loc, 0}, 0, Step{Why: Assigned, Pos: call.Pos(), Callee: obj})
	}
}

// known adds the flow that a summary tells of; without one it is unknown.
func (b *batch) known(call ssa.CallInstruction, obj *types.Func, s *Summary, args []ssa.Value) {
	if s == nil {
		b.keep(args, b.unknown, Step{Why: UnknownCall, Pos: call.Pos(), Callee: obj})
		return
	}
	step := Step{Why: Argument, Pos: call.Pos(), Callee: obj}
	for i, arg := range args {
		leak := s.leak(i)
		if leak.Heap > 0 {
			b.flowValue(b.heap, arg, int(leak.Heap)-1, step)
		}
		if leak.Unknown > 0 {
			b.flowValue(b.unknown, arg, int(leak.Unknown)-1, step)
		}
		if _, ok := call.(*ssa.Call); !ok || len(leak.Results) == 0 {
			continue
		}
		for j, loc := range b.tuple(call) {
			if j < len(leak.Results) && leak.Results[j] > 0 {
				b.flowValue(loc, arg, int(leak.Results[j])-1, step)
			}
		}
	}
}

// callee returns the function of this package with a body that a call
// certainly calls, or nil. An instance of a generic function is that function.
func (m *Model) callee(common *ssa.CallCommon) *ssa.Function {
	fn := common.StaticCallee()
	if common.IsInvoke() {
		if obj := devirtualized(common); obj != nil {
			return m.objects[obj.Origin()]
		}
		return nil
	}
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if !m.own[fn] {
		return nil
	}
	return fn
}

// devirtualized returns the method that a call through an interface reaches
// if the interface value was made of a value of a known type just before.
func devirtualized(common *ssa.CallCommon) *types.Func {
	made, ok := common.Value.(*ssa.MakeInterface)
	if !ok {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(made.X.Type(), true, common.Method.Pkg(), common.Method.Name())
	fn, _ := obj.(*types.Func)
	if fn == nil || isTypeParam(made.X.Type()) {
		return nil
	}
	return fn
}
