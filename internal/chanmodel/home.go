package chanmodel

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Objects that know each other.
//
// A function literal that is stored in a field of the very object that it
// captures, and a struct with a pointer back to the one that has it in a
// field or collection: what they lead to is the object that one came from.
// Both need evidence, because a tree's parent or a list's next one has the
// same type and is another object.

// A home is an object in whose field a function was stored, in terms of the
// function that does so.
type home struct {
	in    *ssa.Function
	owner Object
	field string
}

// findHomes notes where functions are stored in fields of structs: directly, or
// by a method that is called with one.
func (x *extractor) findHomes() {
	setters := make(map[*ssa.Function][]setter)
	for _, store := range x.stores {
		addr, ok := store.Addr.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		lit := literal(store.Val)
		p, _ := plain(store.Val).(*ssa.Parameter)
		if lit == nil && p == nil {
			continue
		}
		fn, owner, field := store.Parent(), x.ref(addr.X).object, fieldName(addr)
		if lit != nil && owner != "" {
			x.homes[lit] = append(x.homes[lit], home{fn, owner, field})
		}
		if p == nil {
			continue
		}
		for i, param := range fn.Params {
			if x.ref(param).object == owner {
				setters[fn] = append(setters[fn], setter{i, p, field})
			}
		}
	}
	for _, call := range x.calls {
		callee := call.Common().StaticCallee()
		if callee == nil {
			continue
		}
		args := call.Common().Args
		for _, s := range setters[origin(callee)] {
			for i, p := range s.param.Parent().Params {
				if p != s.param || i >= len(args) || s.owner >= len(args) {
					continue
				}
				if lit := literal(args[i]); lit != nil {
					if owner := x.ref(args[s.owner]).object; owner != "" {
						x.homes[lit] = append(x.homes[lit], home{call.Parent(), owner, s.field})
					}
				}
			}
		}
	}
}

// A setter is a function that stores a parameter in a field of another one.
type setter struct {
	owner int
	param *ssa.Parameter
	field string
}

// literal returns the function literal that a value is.
func literal(v ssa.Value) *ssa.Function {
	if made, ok := plain(v).(*ssa.MakeClosure); ok {
		if fn := made.Fn.(*ssa.Function); fn.Parent() != nil {
			return fn
		}
	}
	return nil
}

func plain(v ssa.Value) ssa.Value {
	for {
		if c, ok := v.(*ssa.ChangeType); ok {
			v = c.X
			continue
		}
		return v
	}
}

func fieldName(addr *ssa.FieldAddr) string {
	t := addr.X.Type().Underlying().(*types.Pointer).Elem()
	return t.Underlying().(*types.Struct).Field(addr.Field).Name()
}

// settle makes the objects that a literal captures those through which it is
// called, if it lives in a field of one.
func (x *extractor) settle(c *Callee, called Object) {
	if c.Func == nil || called == "" {
		return
	}
	owner := called.up()
	for _, h := range x.homes[c.Func.source] {
		if owner != "" && h.owner.Root() == h.owner && strings.HasSuffix(string(called), "."+h.field) && h.in == c.Func.source.Parent() {
			c.Args[h.owner] = owner
		}
	}
}
