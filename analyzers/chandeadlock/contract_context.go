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

// An ending is how a context in a field of an object ends: its cancel
// function is in another field of the object.
type ending struct {
	maker  *ssa.Function // which stores both
	parent ssa.Value     // of the context, in the maker
	stops  []*ssa.Function
}

// derived are the functions that return a context without a deadline and the
// function that ends it.
var derived = ssax.NewNames(map[string]bool{
	"context.WithCancel":      true, // https://pkg.go.dev/context#WithCancel
	"context.WithCancelCause": true, // https://pkg.go.dev/context#WithCancelCause
})

// detached are the functions whose context never ends.
var detached = map[string]bool{
	"context.Background":    true, // https://pkg.go.dev/context#Background
	"context.TODO":          true, // https://pkg.go.dev/context#TODO
	"context.WithoutCancel": true, // https://pkg.go.dev/context#WithoutCancel
}

// endingOf finds how the context that a goroutine waits for ends, or nil: it
// must be stored once, together with its cancel function, in the function
// that makes the object.
func endingOf(pkg *ssax.Package, object *types.Named, k *chanmodel.Contract) *ending {
	if k.Result < 0 {
		return nil
	}
	field := contextField(object, k.Signal.Ref().Object)
	if field == nil {
		return nil
	}
	e := &ending{maker: k.Starter.Source()}
	var cancel *types.Var
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				store, ok := instr.(*ssa.Store)
				if !ok || typestate.Field(store) != field {
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
	if e.parent == nil || cancel == nil {
		return nil
	}
	e.stops = callersOf(pkg, cancel)
	return e
}

// contextField returns the field of a type that an access path of the form
// "root.field.Done()" names, or nil.
func contextField(object *types.Named, o chanmodel.Object) *types.Var {
	path, ok := strings.CutSuffix(strings.TrimPrefix(string(o), string(o.Root())), ".Done()")
	if !ok {
		return nil
	}
	return fieldNamed(object, strings.TrimPrefix(path, "."))
}

func fieldNamed(object *types.Named, name string) *types.Var {
	if s, ok := object.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Name() == name {
				return f.Origin()
			}
		}
	}
	return nil
}

func isDerived(call *ssa.CallCommon) bool {
	return derived.Has(ssax.Callee(call))
}

// cancelField returns the field that the cancel function of a derived context
// is stored in, or nil.
func cancelField(call *ssa.Call) *types.Var {
	var queue []ssa.Value
	for _, ref := range *call.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == 1 {
			queue = append(queue, x)
		}
	}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.ChangeType:
				queue = append(queue, ref)
			case *ssa.Store:
				if field := typestate.Field(ref); field != nil {
					return field
				}
			}
		}
	}
	return nil
}

// callersOf returns the functions that use what is in a field
// other than to store it, and the functions that call them.
func callersOf(pkg *ssax.Package, field *types.Var) []*ssa.Function {
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
					if addr, ok := instr.X.(*ssa.FieldAddr); ok && fieldOf(addr) == field {
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

// fieldOf returns the field that an address is of: that of the generic type
// for an instance.
func fieldOf(addr *ssa.FieldAddr) *types.Var {
	return addr.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(addr.Field).Origin()
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
