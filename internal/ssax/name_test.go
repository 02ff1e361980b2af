package ssax

import (
	"go/ast"
	"go/types"
	"maps"
	"strings"
	"testing"
)

func TestParseFuncName(t *testing.T) {
	tests := []struct {
		text string
		want FuncName
	}{
		{"time.After", FuncName{"time", "", "After"}},
		{"example.com/a/b.F", FuncName{"example.com/a/b", "", "F"}},
		{"gopkg.in/yaml.v3.Get", FuncName{"gopkg.in/yaml.v3", "", "Get"}},
		{"example.com/a.get", FuncName{"example.com/a", "", "get"}},
		{"(example.com/a.T).M", FuncName{"example.com/a", "T", "M"}},
		{"(*example.com/a.T).M", FuncName{"example.com/a", "T", "M"}},
		{"(*example.com/a.T[K,V]).M", FuncName{"example.com/a", "T", "M"}},
		{"(gopkg.in/a.v1.T[K, V]).M", FuncName{"gopkg.in/a.v1", "T", "M"}},
	}
	for _, test := range tests {
		got, err := ParseFuncName(test.text)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", test.text, got, err, test.want)
		}
	}
}

func TestParseFuncNameErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "with the path of its package"},
		{"F", "with the path of its package"},
		{"example.com/a", "with the path of its package"},
		{"example.com/a.T.M", "want a method as (*PACKAGE.TYPE).NAME"},
		{"*example.com/a.F", `"*example.com/a" is no package path`},
		{"example.com/a b.F", "is no package path"},
		{".F", `"" is no package path`},
		{"example.com/a.F[int]", "with the path of its package"},
		{"(*example.com/a.T)", "want a method as"},
		{"(*example.com/a.T).", "want a method as"},
		{"(*example.com/a.T).M()", "want a method as"},
		{"(*T).M", "with the path of its package"},
		{"(**example.com/a.T).M", "is no package path"},
		{"(*example.com/a.T[K).M", "with the path of its package"},
	}
	for _, test := range tests {
		if got, err := ParseFuncName(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, error %v; want an error with %q", test.text, got, err, test.want)
		}
	}
}

// What types.Func.FullName writes is read as the name of that function, but
// that it names a receiver by its alias.
func TestNameOf(t *testing.T) {
	pkg := load(t, `package p
func F() {}
func G[T any](T) {}
type T struct{}
func (T) Value() {}
func (*T) Pointer() {}
type A = T
func (*A) Alias() {}
type M[K comparable, V any] struct{}
func (*M[K, V]) Generic() {}
func (M[_, _]) Blank() {}
type I interface{ Method() }
type J[T any] interface{ Method() T }
var _ = func(j J[map[string]int]) { j.Method() }
`).pass
	want := map[string]bool{
		"p.F": true, "p.G": true, "(p.T).Value": true, "(p.T).Pointer": true, "(p.T).Alias": true,
		"(p.M).Generic": true, "(p.M).Blank": true, "(p.I).Method": true, "(p.J).Method": true,
	}
	got := make(map[string]bool)
	for _, objs := range []map[*ast.Ident]types.Object{pkg.TypesInfo.Defs, pkg.TypesInfo.Uses} {
		for _, obj := range objs {
			fn, ok := obj.(*types.Func)
			if !ok {
				continue
			}
			name, ok := NameOf(fn)
			if !ok {
				t.Errorf("%s has no name", fn)
			}
			got[name.String()] = true
			if parsed, err := ParseFuncName(fn.FullName()); (err != nil || parsed != name) && fn.Name() != "Alias" {
				t.Errorf("%s: parsed %+v, %v; want %+v", fn.FullName(), parsed, err, name)
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	if name, ok := NameOf(types.Universe.Lookup("error").Type().Underlying().(*types.Interface).Method(0)); ok {
		t.Errorf("the Error of error is called %v", name)
	}
}

// FuzzParseFuncName: a name that is accepted is read the same again.
func FuzzParseFuncName(f *testing.F) {
	for _, seed := range []string{"time.After", "(*a/b.T[K,V]).M", "gopkg.in/a.v1.F", "(a.T).M", "a.T.M", "()."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := ParseFuncName(text)
		if err != nil {
			return
		}
		if again, err := ParseFuncName(name.String()); err != nil || again != name {
			t.Errorf("%q is read as %+v, and %s as %+v, %v", text, name, name, again, err)
		}
	})
}
