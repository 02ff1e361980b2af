// Package shape is called by package sample.
package shape

type Square struct{ Side int }

var Last *Square

func New(n int) *Square { return &Square{Side: n} }

var kept any

func Keep[V any](v V) {
	p := &v
	kept = p
}

func Names[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	return names
}

// Unused is never instantiated, so the compiler has no verdict on it.
func Unused[V any]() *V { return new(V) }
