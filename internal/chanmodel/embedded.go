package chanmodel

import (
	"go/types"
	"strings"
)

// noteEmbedded marks the fields of types that several struct types of the
// package embed: what is one resource belongs to different kinds of things.
func (x *extractor) noteEmbedded(list []*Resource) {
	count := make(map[string]int)
	scope := x.pkg.SSA.Pkg.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		fields, ok := obj.Type().Underlying().(*types.Struct)
		for i := 0; ok && i < fields.NumFields(); i++ {
			t := fields.Field(i).Type()
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			if named, ok := types.Unalias(t).(*types.Named); ok && fields.Field(i).Embedded() && named.Obj().Pkg() == x.pkg.SSA.Pkg {
				count[named.Obj().Name()]++
			}
		}
	}
	for _, r := range list {
		id, ok := strings.CutPrefix(r.ID, "F:")
		owner, _, _ := strings.Cut(id, ".")
		r.embedded = ok && count[owner] > 1
	}
}
