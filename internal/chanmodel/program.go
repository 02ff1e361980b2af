package chanmodel

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// findPrograms marks the functions with whose return a process is about to
// end: main; those that are stored in a field of a type that describes a
// command, or have a parameter of one; and methods of such a type that take
// the arguments of the command line.
func (x *extractor) findPrograms() {
	for _, fn := range x.pkg.Funcs {
		f := x.funcs[fn]
		f.Program = x.pkg.SSA.Pkg.Name() == "main" && fn.Parent() == nil && fn.Signature.Recv() == nil && fn.Name() == "main"
		for i, p := range fn.Params {
			if i == 0 && fn.Signature.Recv() != nil {
				f.Program = f.Program || x.describes(p.Type()) && takesArguments(fn)
				continue
			}
			f.Program = f.Program || x.describes(p.Type())
		}
	}
	for _, store := range x.stores {
		x.registered(store)
	}
	if init := x.pkg.SSA.Func("init"); init != nil { // variables with a value
		var values inventory
		values.take([]*ssa.Function{init})
		for _, store := range values.stores {
			x.registered(store)
		}
	}
}

// registered marks a function that is stored in the field of a command.
func (x *extractor) registered(store *ssa.Store) {
	addr, ok := store.Addr.(*ssa.FieldAddr)
	if !ok || !x.describes(addr.X.Type()) {
		return
	}
	fn, _ := plain(store.Val).(*ssa.Function)
	if made, ok := plain(store.Val).(*ssa.MakeClosure); ok {
		fn = made.Fn.(*ssa.Function)
	}
	if f := x.funcs[fn]; fn != nil && f != nil {
		f.Program = true
	}
}

// describes reports whether a type describes a command, or points to one.
func (x *extractor) describes(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && x.table.Command != nil && x.table.Command(named)
}

// takesArguments reports whether the only parameter of a method is a list of
// strings.
func takesArguments(fn *ssa.Function) bool {
	params := fn.Signature.Params()
	if params.Len() != 1 {
		return false
	}
	list, ok := params.At(0).Type().Underlying().(*types.Slice)
	return ok && types.Identical(list.Elem(), types.Typ[types.String])
}
