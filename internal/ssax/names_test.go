package ssax

import (
	"go/types"
	"testing"
)

func TestNames(t *testing.T) {
	pkg := load(t, `package p

type T struct{}
type G[X any] struct{}
type I interface{ M() }

func F() {}
func (T) M() {}
func (*T) P() {}
func (*G[X]) P() {}
`).Get().SSA.Pkg
	lookup := func(typ, name string) *types.Func {
		if typ == "" {
			return pkg.Scope().Lookup(name).(*types.Func)
		}
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(pkg.Scope().Lookup(typ).Type()), true, pkg, name)
		if typ == "I" {
			obj, _, _ = types.LookupFieldOrMethod(pkg.Scope().Lookup(typ).Type(), true, pkg, name)
		}
		return obj.(*types.Func)
	}
	path := pkg.Path()
	names := NewNames(map[string]int{path + ".F": 1, "(*" + path + ".T).P": 2, "(*" + path + ".G[X]).P": 3, "(" + path + ".I).M": 4})
	tests := []struct {
		typ, name string
		want      int
	}{
		{"", "F", 1},
		{"T", "P", 2},
		{"G", "P", 3},
		{"I", "M", 4},
		{"T", "M", 0}, // the same bare name, but another function
	}
	for _, test := range tests {
		fn := lookup(test.typ, test.name)
		got, ok := names.Of(fn)
		if got != test.want || ok != (test.want > 0) || names.Has(fn) != ok {
			t.Errorf("%s: %d, %t, want %d", fn.FullName(), got, ok, test.want)
		}
		if !IsNamed(fn, fn.FullName()) || IsNamed(fn, "x"+fn.FullName()) {
			t.Errorf("%s is not named like that", fn.FullName())
		}
	}
	if names.Has(nil) || IsNamed(nil, "") {
		t.Error("nil has a name")
	}
}
