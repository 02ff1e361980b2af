package chanmodel

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// implementations returns the methods of this package that a call of an
// interface's method may run: those of the types that implement it, if the
// interface belongs to this package alone, or if there is just one.
func (x *extractor) implementations(m *types.Func) []*ssa.Function {
	if fns, ok := x.methods[m]; ok {
		return fns
	}
	var fns []*ssa.Function
	x.methods[m] = nil
	recv := m.Signature().Recv()
	if recv == nil {
		return nil
	}
	iface, ok := recv.Type().Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 1 && m.Pkg() != x.pkg.SSA.Pkg {
		return nil // anything may implement io.Reader
	}
	for _, t := range x.implementers(iface) {
		sel := x.pkg.SSA.Prog.MethodSets.MethodSet(t).Lookup(m.Pkg(), m.Name())
		if sel == nil {
			continue
		}
		if fn := x.pkg.SSA.Prog.FuncValue(sel.Obj().(*types.Func).Origin()); fn != nil && x.own[origin(fn)] && !slices.Contains(fns, origin(fn)) {
			fns = append(fns, origin(fn))
		}
	}
	local := false
	if named, ok := types.Unalias(recv.Type()).(*types.Named); ok {
		local = named.Obj().Pkg() == x.pkg.SSA.Pkg && !named.Obj().Exported()
	}
	if len(fns) > maxCallees || len(fns) > 1 && !local {
		fns = nil
	}
	x.methods[m] = fns
	return fns
}

// implementers returns the pointers to types of this package that implement an
// interface.
func (x *extractor) implementers(iface *types.Interface) []*types.Pointer {
	list, known := x.implement[iface]
	if known {
		return list
	}
	for _, t := range x.pointers() {
		if x.implements(t, iface) {
			list = append(list, t)
		}
	}
	x.implement[iface] = list
	return list
}

// implements is [types.Implements], with the help of the method set of the
// type, which stays known: types that embed many others are slow to ask.
func (x *extractor) implements(t *types.Pointer, iface *types.Interface) bool {
	if !embeds(t) && !declares(t, iface.Method(0).Name()) || !iface.IsMethodSet() {
		return false
	}
	methods := x.pkg.SSA.Prog.MethodSets.MethodSet(t)
	for m := range iface.Methods() {
		if have := methods.Lookup(m.Pkg(), m.Name()); have == nil || !types.Identical(have.Obj().Type(), m.Type()) {
			return false
		}
	}
	return true
}

// declares reports whether a pointed-to type has a method of its own with a name.
func declares(t *types.Pointer, name string) bool {
	for m := range t.Elem().(*types.Named).Methods() {
		if m.Name() == name {
			return true
		}
	}
	return false
}

// embeds reports whether a pointed-to struct has embedded fields, whose
// methods it has as well.
func embeds(t *types.Pointer) bool {
	s, ok := t.Elem().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if f.Embedded() {
			return true
		}
	}
	return false
}

// pointers returns the pointers to the types of the package that can implement
// an interface, by name.
func (x *extractor) pointers() []*types.Pointer {
	if x.concrete != nil {
		return x.concrete
	}
	x.concrete = []*types.Pointer{}
	scope := x.pkg.SSA.Pkg.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() || types.IsInterface(obj.Type()) {
			continue
		}
		if named, ok := obj.Type().(*types.Named); !ok || named.TypeParams().Len() > 0 {
			continue
		}
		x.concrete = append(x.concrete, types.NewPointer(obj.Type()))
	}
	return x.concrete
}
