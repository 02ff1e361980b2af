package chandeadlock

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// A lifecycle is a contract of a function that starts a goroutine, as a
// protocol of typestate: what the function starts, somebody has to stop.
type lifecycle struct {
	startSummary
	start  *types.Func
	object *types.Named // the type of what is started and stopped
	// contract is what the model says of a function of this package, or nil.
	contract *chanmodel.Contract
}

// lifecycles returns the protocols of the package.
func (c *checker) lifecycles(pkg *ssax.Package) []*lifecycle {
	var list []*lifecycle
	for _, k := range c.model.Contracts() {
		start := k.Starter.Source()
		obj, ok := start.Object().(*types.Func)
		if !k.Always || !ok {
			continue // what the caller has to do depends on the case
		}
		l := newLifecycle(obj, startSummary{Param: k.Param, Result: k.Result, Parent: -1})
		if l == nil {
			continue
		}
		l.contract = &k
		stops := make([]*ssa.Function, 0, len(k.Stops))
		for _, f := range k.Stops {
			stops = append(stops, f.Source())
		}
		if k.Signal.Ref().Resource.Kind == chanmodel.Done {
			if stops = l.endsWith(pkg, &k); stops == nil {
				continue
			}
		}
		if slices.Contains(stops, start) {
			continue // it stops what it starts
		}
		l.Signal = c.signalName(l)
		l.Via = c.place(k.Pos())
		if l.noteStops(stops); len(l.Stops) > 0 {
			list = append(list, l)
		}
	}
	return list
}

// newLifecycle returns the protocol of a function, without what stops it, or
// nil if what is started has no type of its own.
func newLifecycle(start *types.Func, s startSummary) *lifecycle {
	sig := start.Signature()
	var t types.Type
	switch {
	case s.Result >= 0:
		t = sig.Results().At(s.Result).Type()
	case sig.Recv() == nil:
		t = sig.Params().At(s.Param).Type()
	case s.Param == 0:
		t = sig.Recv().Type()
	default:
		t = sig.Params().At(s.Param - 1).Type()
	}
	object := named(t)
	if object == nil {
		return nil
	}
	return &lifecycle{startSummary: s, start: start, object: object}
}

// endsWith notes that the goroutine ends with a context, and returns the
// functions that end it, or nil.
func (l *lifecycle) endsWith(pkg *ssax.Package, k *chanmodel.Contract) []*ssa.Function {
	ends := endingOf(pkg, l.object, k)
	if ends == nil {
		return nil
	}
	l.Cancelled = true
	if p, ok := ends.parent.(*ssa.Parameter); ok {
		l.Parent = slices.Index(ends.maker.Params, p)
	} else if !isDetached(ends.parent) {
		return nil
	}
	return ends.stops
}

// named returns the named type that a type is, or points to.
func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	if n != nil {
		n = n.Origin()
	}
	return n
}

// noteStops notes which functions stop an object that they are given.
func (l *lifecycle) noteStops(stops []*ssa.Function) {
	for _, fn := range stops {
		obj, ok := fn.Object().(*types.Func)
		if !ok || obj == nil {
			continue
		}
		for i, p := range fn.Params {
			if named(p.Type()) != l.object {
				continue
			}
			s := stopper{Name: obj.FullName(), Arg: i}
			if i == 0 && obj.Signature().Recv() != nil {
				s.Method = obj.Name()
			}
			l.Stops = append(l.Stops, s)
			break
		}
	}
}

// spec returns the protocol. Who else gets the object may stop it.
func (l *lifecycle) spec() *typestate.Spec {
	spec := &typestate.Spec{
		Releases: make(map[string]int),
		Unknown:  typestate.Move,
		Types:    func(t types.Type) bool { return named(t) == l.object },
		Exits:    exits,
	}
	for _, s := range l.Stops {
		spec.Releases[s.Name] = s.Arg
	}
	if l.Result >= 0 {
		p := typestate.Product{Result: l.Result, Err: -1, Companion: -1}
		results := l.start.Signature().Results()
		if last := results.Len() - 1; last > l.Result && ssax.IsError(results.At(last).Type()) {
			p.Err = last
		}
		spec.Produces = map[string]typestate.Product{l.start.FullName(): p}
	}
	return spec
}

// calls returns the function that a call names, its generic form if it is an
// instance.
func calls(call *ssa.CallCommon) *ssa.Function {
	fn := call.StaticCallee()
	if fn != nil && fn.Origin() != nil {
		fn = fn.Origin()
	}
	return fn
}

// exits are the interface methods that do not return.
var exits = map[string]bool{
	"(testing.TB).FailNow": true, // https://pkg.go.dev/testing#TB
	"(testing.TB).Fatal":   true,
	"(testing.TB).Fatalf":  true,
	"(testing.TB).Skip":    true,
	"(testing.TB).SkipNow": true,
	"(testing.TB).Skipf":   true,
}

// notStopped reports objects that a function starts, keeps to itself, and
// does not stop on some path.
func (c *checker) notStopped(pkg *ssax.Package, list []*lifecycle) {
	funcs := make(map[*ssa.Function]*chanmodel.Func)
	for _, f := range c.model.Funcs {
		funcs[f.Source()] = f
	}
	for _, l := range list {
		engine := typestate.New(l.spec(), pkg, nil)
		for _, fn := range pkg.Funcs {
			for _, a := range l.acquisitions(engine, fn) {
				if a.Value == nil || l.Cancelled && !l.endless(a.Call.Common()) || c.model.OnlyOnce(funcs[fn]) {
					continue
				}
				if !engine.MayLose(a) {
					continue
				}
				if track := engine.Track(a); track.Lost != nil && !track.Exhausted {
					c.reportNotStopped(l, a, track)
				}
			}
		}
	}
}

// acquisitions returns where a function starts an object that is its own.
func (l *lifecycle) acquisitions(engine *typestate.Engine, fn *ssa.Function) []*typestate.Acquisition {
	if l.Result >= 0 {
		return engine.Acquisitions(fn)
	}
	var list []*typestate.Acquisition
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || ssax.Callee(call.Common()) != l.start {
				continue
			}
			if v, variable := ownObject(call.Call.Args[l.Param]); v != nil {
				list = append(list, &typestate.Acquisition{
					Product: typestate.Product{Result: -1, Err: -1, Companion: -1},
					Call:    call, Value: v, Variable: variable,
				})
			}
		}
	}
	return list
}

// ownObject returns the value that is an object which a function has made, and
// whether it is the address of a variable, or nil if others may know it.
func ownObject(v ssa.Value) (made ssa.Value, variable bool) {
	if load, ok := v.(*ssa.UnOp); ok {
		v, variable = load.X, true
	}
	switch v := v.(type) {
	case *ssa.Alloc:
		_, isStruct := v.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
		if !isStruct && !holdsOwn(v) {
			return nil, false
		}
		if !confined(v, isStruct) {
			return nil, false
		}
		return v, variable || isStruct
	case *ssa.Call:
		if variable || !confined(v, false) {
			return nil, false
		}
		return v, false
	}
	return nil, false
}

// holdsOwn reports whether all that a variable is assigned is an object that
// the function has made.
func holdsOwn(cell *ssa.Alloc) bool {
	for _, ref := range *cell.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
			switch made := store.Val.(type) {
			case *ssa.Alloc:
				if !confined(made, true) {
					return false
				}
			case *ssa.Call:
				if !confined(made, false) {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

// confined reports whether a value is used only to call methods of it and to
// get at its fields: nobody else gets it.
func confined(v ssa.Value, object bool) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.FieldAddr, *ssa.Field, *ssa.DebugRef, *ssa.BinOp:
		case *ssa.UnOp:
			if !confined(ref, false) {
				return false
			}
		case *ssa.Store:
			cell, local := ref.Addr.(*ssa.Alloc)
			if ref.Val == v && (!local || object && !confined(cell, false)) {
				return false
			}
		case ssa.CallInstruction:
			common := ref.Common()
			if callee := ssax.Callee(common); callee == nil || callee.Signature().Recv() == nil || common.Args[0] != v || slices.Contains(common.Args[1:], v) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
