package driver

import "go/types"

// A horizon is the objects and types that can be seen through some objects:
// what export data that has these objects must have too.
//
// See importMap in golang.org/x/tools/internal/facts, which serves
// unitchecker.
type horizon map[any]bool // types.Object or types.Type

// first reports whether x is new, and adds it.
func (h horizon) first(x any) bool {
	if h[x] {
		return false
	}
	h[x] = true
	return true
}

func (h horizon) addObject(obj types.Object) {
	if !h.first(obj) {
		return
	}
	h.addType(obj.Type())
	name, ok := obj.(*types.TypeName)
	if !ok {
		return
	}
	if t, ok := name.Type().(*types.Named); ok {
		h.addType(t.Underlying())
		h.addParams(t.TypeParams())
		for m := range t.Methods() {
			h.addObject(m)
		}
	}
}

func (h horizon) addType(t types.Type) {
	if t == nil || !h.first(t) {
		return
	}
	switch t := t.(type) {
	case *types.Alias:
		h.addObject(t.Obj())
		h.addType(t.Rhs())
		h.addParams(t.TypeParams())
		h.addArgs(t.TypeArgs())
	case *types.Named:
		// An instance shares its object with the generic type, whose
		// fields and methods are those that facts are about.
		h.addObject(t.Obj())
		h.addArgs(t.TypeArgs())
	case *types.TypeParam:
		h.addObject(t.Obj())
		h.addType(t.Constraint())
	case *types.Map:
		h.addType(t.Key())
		h.addType(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			h.addObject(v)
		}
	case *types.Signature:
		h.addParams(t.RecvTypeParams())
		h.addParams(t.TypeParams())
		h.addType(t.Params())
		h.addType(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			h.addObject(f)
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			h.addObject(m)
		}
		for e := range t.EmbeddedTypes() {
			h.addType(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			h.addType(term.Type())
		}
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		h.addType(t.Elem())
	}
}

func (h horizon) addParams(list *types.TypeParamList) {
	for p := range list.TypeParams() {
		h.addType(p)
	}
}

func (h horizon) addArgs(list *types.TypeList) {
	for t := range list.Types() {
		h.addType(t)
	}
}
