package chanmodel

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// backs maps the name of a type to the fields of other types that point back
// to the value of it that has them in a field or collection.
type backs map[string]map[string]bool

// findBacks finds such fields. A field points back if it gets its value only
// where its struct is made, and if one that is made with a certain value is
// also put into that one. Fields of the type itself do not count: the parent
// of a tree's node is another node.
//
// Unsound: that every struct in a collection points back to the collection's
// owner is concluded from one that does.
func (x *extractor) findBacks() backs {
	puts := x.puts()
	calls := make(map[*ssa.Function][]*ssa.Call)
	for _, instr := range x.calls {
		if call, ok := instr.(*ssa.Call); ok && len(puts[call]) > 0 && call.Call.StaticCallee() != nil {
			callee := origin(call.Call.StaticCallee())
			calls[callee] = append(calls[callee], call)
		}
	}
	found := make(backs)
	changed := make(map[string]bool) // fields that also get a value later
	for _, store := range x.stores {
		addr, ok := store.Addr.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		owner := pointee(store.Val.Type())
		if owner == "" || owner == pointee(addr.X.Type()) {
			continue
		}
		field := fieldName(addr)
		made, ok := addr.X.(*ssa.Alloc)
		if !ok {
			changed[owner+"."+field] = true
			continue
		}
		if x.putInto(made, store.Val, puts, calls) {
			if found[owner] == nil {
				found[owner] = make(map[string]bool)
			}
			found[owner][field] = true
		}
	}
	for path := range changed {
		owner, field, _ := strings.Cut(path, ".")
		delete(found[owner], field)
	}
	return found
}

// putInto reports whether a struct that is made is put into a value, by the
// function that makes it or by one that gets it from there.
func (x *extractor) putInto(made *ssa.Alloc, owner ssa.Value, puts map[ssa.Value][]Object, calls map[*ssa.Function][]*ssa.Call) bool {
	into := x.ref(owner).object
	for _, container := range puts[made] {
		if container.Under(into) {
			return true
		}
	}
	p, ok := owner.(*ssa.Parameter)
	f := x.funcs[made.Parent()]
	if !ok || f == nil || p.Parent() != made.Parent() {
		return false
	}
	for _, call := range calls[made.Parent()] {
		for i, param := range made.Parent().Params {
			if param != p || i >= len(call.Call.Args) {
				continue
			}
			for _, container := range puts[call] {
				if container.Under(x.ref(call.Call.Args[i]).object) {
					return true
				}
			}
		}
	}
	return false
}

// puts returns where pointers to structs are stored: by value, the access
// paths of the fields, maps and slices.
func (x *extractor) puts() map[ssa.Value][]Object {
	puts := make(map[ssa.Value][]Object)
	put := func(v, container ssa.Value) {
		if pointee(v.Type()) == "" {
			return
		}
		if object := x.ref(container).object; object != "" {
			puts[v] = append(puts[v], object)
		}
	}
	appended := make(map[ssa.Value][]ssa.Value) // what the arrays of variadic arguments hold
	for _, store := range x.stores {
		put(store.Val, store.Addr)
		if addr, ok := store.Addr.(*ssa.IndexAddr); ok && pointee(store.Val.Type()) != "" {
			appended[addr.X] = append(appended[addr.X], store.Val)
		}
	}
	for _, update := range x.updates {
		put(update.Value, update.Map)
	}
	for _, instr := range x.calls {
		call, ok := instr.(*ssa.Call)
		if !ok || len(call.Call.Args) != 2 {
			continue
		}
		if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" {
			continue
		}
		if slice, ok := call.Call.Args[1].(*ssa.Slice); ok {
			for _, v := range appended[slice.X] {
				put(v, call.Call.Args[0])
			}
		}
	}
	return puts
}

// pointee returns the name of the struct type that a type points to, or "".
func pointee(t types.Type) string {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return ""
	}
	named, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok {
		return ""
	}
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return ""
	}
	return named.Obj().Name()
}

// reduce returns the object of a held lock in place of another one that leads
// back to it: "s.mu" for "s.conns[i].server.mu".
func (l *Locks) reduce(o, held Object, r *Resource) Object {
	owner, path, ok := strings.Cut(strings.TrimPrefix(r.ID, "F:"), ".")
	if !ok || o == held || l.model.back[owner] == nil {
		return o
	}
	base, isHeld := strings.CutSuffix(string(held), "."+path)
	end, isTaken := strings.CutSuffix(string(o), "."+path)
	if !isHeld || !isTaken {
		return o
	}
	from := Object(end).up()
	field := strings.TrimPrefix(end[len(from):], ".")
	if from != "" && from != Object(base) && from.Under(Object(base)) && l.model.back[owner][field] {
		return held
	}
	return o
}
