package chandeadlock

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// An ending is how a context in a field of an object ends: its cancel
// function is in another field of the object.
type ending struct {
	maker  *ssa.Function // which stores both
	parent ssa.Value     // of the context, in the maker
	stops  []*ssa.Function
}

// derived are the functions that return a context without a deadline and the
// function that ends it.
var derived = map[string]bool{
	"context.WithCancel":      true, // https://pkg.go.dev/context#WithCancel
	"context.WithCancelCause": true, // https://pkg.go.dev/context#WithCancelCause
}

// detached are the functions whose context never ends.
var detached = map[string]bool{
	"context.Background":    true, // https://pkg.go.dev/context#Background
	"context.TODO":          true, // https://pkg.go.dev/context#TODO
	"context.WithoutCancel": true, // https://pkg.go.dev/context#WithoutCancel
}

// endingOf finds how the context that a goroutine waits for ends, or nil: it
// must be stored once, together with its cancel function, in the function
// that makes the object.
func endingOf(pkg *ssax.Package, k *chanmodel.Contract) *ending {
	field := contextField(k.Signal.Ref().Object)
	if field == "" || k.Result < 0 {
		return nil
	}
	e := &ending{maker: k.Starter.Source()}
	cancel := ""
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				store, ok := instr.(*ssa.Store)
				if !ok || fieldName(store.Addr) != field {
					continue
				}
				x, ok := store.Val.(*ssa.Extract)
				if !ok || x.Index != 0 || fn != e.maker || e.parent != nil {
					return nil // other contexts come there
				}
				call, ok := x.Tuple.(*ssa.Call)
				if !ok || !isDerived(call.Common()) {
					return nil
				}
				e.parent, cancel = call.Call.Args[0], cancelField(call)
			}
		}
	}
	if e.parent == nil || cancel == "" {
		return nil
	}
	e.stops = callersOf(pkg, cancel)
	return e
}

// contextField returns the name of the last field of a path before "Done()".
func contextField(o chanmodel.Object) string {
	path, ok := strings.CutSuffix(string(o), ".Done()")
	i := strings.LastIndexByte(path, '.')
	if !ok || i < 0 {
		return ""
	}
	return path[i+1:]
}

func isDerived(call *ssa.CallCommon) bool {
	callee := ssax.Callee(call)
	return callee != nil && derived[callee.FullName()]
}

// fieldName returns the name of the field that an address is of, or "".
func fieldName(addr ssa.Value) string {
	f, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	return f.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(f.Field).Name()
}

// cancelField returns the field that the cancel function of a derived context
// is stored in, or "".
func cancelField(call *ssa.Call) string {
	for _, ref := range *call.Referrers() {
		x, ok := ref.(*ssa.Extract)
		if !ok || x.Index != 1 {
			continue
		}
		for _, use := range *x.Referrers() {
			if convert, ok := use.(*ssa.ChangeType); ok {
				for _, use := range *convert.Referrers() {
					if store, ok := use.(*ssa.Store); ok {
						return fieldName(store.Addr)
					}
				}
			}
			if store, ok := use.(*ssa.Store); ok && store.Val == x {
				return fieldName(store.Addr)
			}
		}
	}
	return ""
}

// callersOf returns the functions that use what is in a field of some name
// other than to store it, and the functions that call them.
func callersOf(pkg *ssax.Package, field string) []*ssa.Function {
	var list []*ssa.Function
	add := func(fn *ssa.Function) {
		for ; fn != nil; fn = fn.Parent() {
			if !slices.Contains(list, fn) {
				list = append(list, fn)
			}
		}
	}
	called := make(map[*ssa.Function][]*ssa.Function)
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.UnOp:
					if fieldName(instr.X) == field {
						add(fn)
					}
				case ssa.CallInstruction:
					if callee := calls(instr.Common()); callee != nil {
						called[callee] = append(called[callee], fn)
					}
				}
			}
		}
	}
	for i := 0; i < len(list); i++ {
		for _, caller := range called[list[i]] {
			add(caller)
		}
	}
	return list
}

// endless reports whether the context never ends by itself when the object is
// made by a call: its parent has no end.
func (e *ending) endless(call *ssa.CallCommon) bool {
	parent := e.parent
	if p, ok := parent.(*ssa.Parameter); ok {
		i := slices.Index(e.maker.Params, p)
		if i < 0 || i >= len(call.Args) {
			return false
		}
		parent = call.Args[i]
	}
	made, ok := parent.(*ssa.Call)
	if !ok {
		return false
	}
	callee := ssax.Callee(made.Common())
	return callee != nil && detached[callee.FullName()]
}
