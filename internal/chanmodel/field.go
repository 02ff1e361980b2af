package chanmodel

import "go/types"

// declaring returns the type in whose declaration a field of a type stands:
// after "type b a" both have the fields of a.
func (x *extractor) declaring(t *types.Named, f *types.Var) *types.Named {
	if t.Obj().Pkg() != x.pkg.SSA.Pkg || t.TypeArgs().Len() > 0 {
		return t
	}
	if x.declared == nil {
		x.declared = make(map[*types.Var]*types.Named)
		scope := x.pkg.SSA.Pkg.Scope()
		for _, name := range scope.Names() {
			obj, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || obj.IsAlias() {
				continue
			}
			named, ok := obj.Type().(*types.Named)
			if !ok {
				continue
			}
			fields, ok := named.Underlying().(*types.Struct)
			for i := 0; ok && i < fields.NumFields(); i++ {
				f := fields.Field(i)
				if have := x.declared[f]; obj.Pos() < f.Pos() && (have == nil || have.Obj().Pos() < obj.Pos()) {
					x.declared[f] = named
				}
			}
		}
	}
	if found := x.declared[f]; found != nil && t.Obj().Parent() == x.pkg.SSA.Pkg.Scope() {
		return found
	}
	return t
}
