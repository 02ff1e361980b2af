package typestate

import (
	"cmp"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An Engine applies one spec to one package. It is not safe for concurrent
// use.
type Engine struct {
	spec   *Spec
	named  names
	pkg    *ssa.Package
	funcs  []*ssa.Function
	lookup func(*types.Func) *Summary

	paths   map[*ssa.Function]*ssax.Paths
	entries map[entry]*entryEffect
	fresh   map[*ssa.Function][]Product
	fields  map[*types.Var]bool
	busy    map[any]bool // what is being computed, against recursion
	steps   int          // points visited, for tests and statistics
}

// New returns an engine for the functions of a package. Lookup returns the
// summary of a function of another package, or nil; it may be nil itself.
func New(spec *Spec, pkg *ssax.Package, lookup func(*types.Func) *Summary) *Engine {
	if lookup == nil {
		lookup = func(*types.Func) *Summary { return nil }
	}
	return &Engine{
		spec: spec, named: spec.names(), pkg: pkg.SSA, funcs: pkg.Funcs, lookup: lookup,
		paths:   make(map[*ssa.Function]*ssax.Paths),
		entries: make(map[entry]*entryEffect),
		fresh:   make(map[*ssa.Function][]Product),
		busy:    make(map[any]bool),
	}
}

// Steps returns how many points of paths the engine has visited.
func (e *Engine) Steps() int { return e.steps }

// An Acquisition is a place where a resource comes into being.
type Acquisition struct {
	Product
	Call      *ssa.Call
	Callee    *types.Func // what was called; nil if Match knew it without
	Value     ssa.Value   // the resource; nil if nothing receives it
	Err       ssa.Value   // the error beside it; nil if there is none
	Companion ssa.Value   // likewise

	// Variable is set if Value is the address of a variable that holds the
	// resource, as that of a struct on which methods are called.
	Variable bool

	// Ends tells what else ends the resource's life; may be nil.
	Ends Ends
}

// Ends tells which instructions and edges show that a resource is gone without
// having been released: nothing can be lost on the path any more.
type Ends interface {
	At(paths *ssax.Paths, instr ssa.Instruction) bool
	On(paths *ssax.Paths, from *ssa.BasicBlock, succ int) bool
}

// Acquisitions returns the acquisitions in a function, in the order of the
// code. Results that are passed on together, as by "return f()" where SSA
// keeps the tuple whole, are left out.
func (e *Engine) Acquisitions(fn *ssa.Function) []*Acquisition {
	var list []*Acquisition
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				list = append(list, e.acquired(call)...)
			}
		}
	}
	return list
}

// acquired returns what one call acquires.
func (e *Engine) acquired(call *ssa.Call) []*Acquisition {
	var list []*Acquisition
	callee := ssax.Callee(call.Common())
	for _, p := range e.products(call.Common(), callee) {
		a := &Acquisition{Product: p, Call: call, Callee: callee}
		if tuple, ok := call.Type().(*types.Tuple); !ok {
			a.Value = call
		} else if tuple.Len() <= p.Result || !extracted(call) {
			continue
		} else {
			a.Value = extract(call, p.Result)
			if p.Err >= 0 {
				a.Err = extract(call, p.Err)
			}
			if p.Companion >= 0 {
				a.Companion = extract(call, p.Companion)
			}
		}
		list = append(list, a)
	}
	return list
}

// products returns what a call acquires, from the spec or a summary.
func (e *Engine) products(call *ssa.CallCommon, callee *types.Func) []Product {
	if p, ok := e.named.produces.Of(callee); ok {
		return []Product{p}
	}
	if callee != nil && !call.IsInvoke() {
		if fn := e.source(call); fn != nil {
			if list := e.freshResults(fn); list != nil {
				return list
			}
		} else if s := e.lookup(callee); s != nil && s.Fresh != nil {
			return s.Fresh
		}
	}
	if e.spec.Match != nil {
		if p, ok := e.spec.Match(call); ok {
			return []Product{p}
		}
	}
	return nil
}

// source returns the function of this package that a call calls, or nil.
func (e *Engine) source(call *ssa.CallCommon) *ssa.Function {
	fn := call.StaticCallee()
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if fn.Pkg != e.pkg || len(fn.Blocks) == 0 {
		return nil
	}
	return fn
}

// freshResults returns the results of a function that are live resources.
func (e *Engine) freshResults(fn *ssa.Function) []Product {
	if list, ok := e.fresh[fn]; ok {
		return list
	}
	if e.busy[fn] || !e.mayReturnResource(fn) {
		return nil
	}
	e.busy[fn] = true
	defer delete(e.busy, fn)
	var list []Product
	acquisitions := e.Acquisitions(fn)
	if len(acquisitions) == 0 {
		list = e.declared(fn)
	}
	for _, a := range acquisitions {
		if a.Value == nil {
			continue
		}
		track := e.Track(a)
		for _, r := range track.Returned {
			p := Product{Result: r.Result, Err: errorResult(fn), Companion: r.Companion, Class: a.Class, Kept: a.Kept || track.Kept}
			if i := slices.IndexFunc(list, func(q Product) bool { return q.Result == p.Result }); i < 0 {
				list = append(list, p)
			} else {
				list[i].Kept = list[i].Kept || p.Kept
			}
		}
	}
	slices.SortFunc(list, func(p, q Product) int { return cmp.Compare(p.Result, q.Result) })
	e.fresh[fn] = list
	return list
}

// declared returns the result of a function that its type shows to be a
// resource, if the function makes it: the result is a function literal or a
// method value, not something that others may know as well.
func (e *Engine) declared(fn *ssa.Function) []Product {
	if e.spec.Declares == nil {
		return nil
	}
	p, ok := e.spec.Declares(fn.Signature)
	if !ok {
		return nil
	}
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		v := ret.Results[p.Result]
		for {
			convert, ok := v.(*ssa.ChangeType)
			if !ok {
				break
			}
			v = convert.X
		}
		if _, ok := v.(*ssa.MakeClosure); ok {
			return []Product{p}
		}
	}
	return nil
}

// mayReturnResource reports whether a function has a result of a type that a
// resource can have.
func (e *Engine) mayReturnResource(fn *ssa.Function) bool {
	if e.spec.Types == nil {
		return false
	}
	for v := range fn.Signature.Results().Variables() {
		if e.spec.Types(v.Type()) {
			return true
		}
	}
	return false
}

// errorResult returns the index of a function's last result if it is an
// error, else -1.
func errorResult(fn *ssa.Function) int {
	results := fn.Signature.Results()
	if last := results.Len() - 1; last > 0 && ssax.IsError(results.At(last).Type()) {
		return last
	}
	return -1
}

// Summaries calls f, in the order of the source, for each function of the
// package that another package can call and whose summary is not empty.
func (e *Engine) Summaries(f func(*types.Func, *Summary)) {
	for _, fn := range e.funcs {
		obj, ok := fn.Object().(*types.Func)
		if !ok || obj == nil || !obj.Exported() {
			continue
		}
		if s := e.Summary(fn); !s.Empty() {
			f(obj, s)
		}
	}
}

// Summary returns the summary of a function of this package.
func (e *Engine) Summary(fn *ssa.Function) *Summary {
	s := &Summary{Fresh: e.freshResults(fn)}
	if e.spec.Types == nil {
		return s
	}
	for i, p := range fn.Params {
		if !e.spec.Types(p.Type()) {
			continue
		}
		if eff, ok := e.paramEffect(fn, i); ok && e.surprising(eff) {
			s.Params = append(s.Params, ParamEffect{i, eff})
		}
	}
	return s
}

// surprising reports whether callers that know nothing would be wrong about an
// effect. Facts about all functions would cost more than they tell.
func (e *Engine) surprising(eff Effect) bool {
	borrows := eff.From(Live) == SetOf(Live)
	return borrows != (e.spec.Unknown.From(Live) == SetOf(Live))
}

// Paths returns the feasibility analysis of a function.
func (e *Engine) Paths(fn *ssa.Function) *ssax.Paths {
	p := e.paths[fn]
	if p == nil {
		p = ssax.NewPaths(fn)
		e.paths[fn] = p
	}
	return p
}

// extracted reports whether all uses of a call's results take single ones.
func extracted(call *ssa.Call) bool {
	for _, ref := range *call.Referrers() {
		if _, ok := ref.(*ssa.Extract); !ok {
			return false
		}
	}
	return true
}

// extract returns the n'th result of a call, or nil if nothing receives it.
func extract(call *ssa.Call, n int) ssa.Value {
	for _, ref := range *call.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == n {
			return x
		}
	}
	return nil
}
