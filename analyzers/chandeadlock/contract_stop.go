package chandeadlock

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// A lifecycle is a contract of a function that starts a goroutine, as a
// protocol of typestate: what the function starts, somebody has to stop.
type lifecycle struct {
	chanmodel.Contract
	object *types.Named   // the type of what is started and stopped
	stops  map[string]int // full names, and which argument is the object
	names  []string       // of the stops that others may call, for messages
	start  *ssa.Function
	ends   *ending // if the signal is the end of a context
}

// lifecycles returns the protocols of the package.
func (c *checker) lifecycles(pkg *ssax.Package) []*lifecycle {
	var list []*lifecycle
	for _, k := range c.model.Contracts() {
		l := &lifecycle{Contract: k, start: k.Starter.Source(), stops: make(map[string]int)}
		if !k.Always {
			continue // what the caller has to do depends on the case
		}
		var t types.Type
		if k.Param >= 0 {
			t = l.start.Params[k.Param].Type()
		} else {
			t = l.start.Signature.Results().At(k.Result).Type()
		}
		if l.object = named(t); l.object == nil {
			continue
		}
		stops := make([]*ssa.Function, 0, len(k.Stops))
		for _, f := range k.Stops {
			stops = append(stops, f.Source())
		}
		if k.Signal.Ref().Resource.Kind == chanmodel.Done {
			if l.ends = endingOf(pkg, l.object, &k); l.ends == nil {
				continue
			}
			stops = l.ends.stops
		}
		if slices.Contains(stops, l.start) {
			continue // it stops what it starts
		}
		if l.noteStops(stops); len(l.stops) > 0 {
			list = append(list, l)
		}
	}
	return list
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
			if named(p.Type()) == l.object {
				l.stops[obj.FullName()] = i
				if i == 0 && obj.Signature().Recv() != nil {
					l.names = append(l.names, obj.Name())
				}
				break
			}
		}
	}
	// The shortest way is what callers use; an exported one comes first.
	slices.SortStableFunc(l.names, func(a, b string) int {
		return strings.Compare(strings.ToUpper(a[:1])+a[1:], strings.ToUpper(b[:1])+b[1:])
	})
	slices.SortStableFunc(l.names, func(a, b string) int {
		rank := func(s string) int {
			if isUpper(s) {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
}

func isUpper(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// spec returns the protocol. Who else gets the object may stop it.
func (l *lifecycle) spec() *typestate.Spec {
	return &typestate.Spec{
		Match: func(call *ssa.CallCommon) (typestate.Product, bool) {
			if l.Result < 0 || calls(call) != l.start {
				return typestate.Product{}, false
			}
			p := typestate.Product{Result: l.Result, Err: -1, Companion: -1}
			results := l.start.Signature.Results()
			if last := results.Len() - 1; last > l.Result && ssax.IsError(results.At(last).Type()) {
				p.Err = last
			}
			return p, true
		},
		Releases: l.stops,
		Unknown:  typestate.Move,
		Types:    func(t types.Type) bool { return named(t) == l.object },
		Exits:    exits,
	}
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
func (c *checker) notStopped(pkg *ssax.Package) {
	funcs := make(map[*ssa.Function]*chanmodel.Func)
	for _, f := range c.model.Funcs {
		funcs[f.Source()] = f
	}
	for _, l := range c.lifecycles(pkg) {
		engine := typestate.New(l.spec(), pkg, nil)
		for _, fn := range pkg.Funcs {
			for _, a := range l.acquisitions(engine, fn) {
				if a.Value == nil || l.ends != nil && !l.ends.endless(a.Call.Common()) || c.model.OnlyOnce(funcs[fn]) {
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
			if !ok || calls(call.Common()) != l.start {
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
