package ssax

import (
	"go/types"
	"strings"
)

// Names is a table of functions by the names that [types.Func.FullName] gives
// them. To spell such a name out costs more than anything else that analyzers
// ask about a call, so a table looks at the bare name first, which settles
// most questions.
type Names[T any] struct {
	bare map[string]bool
	full map[string]T
}

// NewNames returns the table of a map, which must not change afterwards.
func NewNames[T any](full map[string]T) Names[T] {
	n := Names[T]{bare: make(map[string]bool, len(full)), full: full}
	for name := range full {
		n.bare[name[strings.LastIndexByte(name, '.')+1:]] = true
	}
	return n
}

// All returns the map that the table was made of.
func (n Names[T]) All() map[string]T { return n.full }

// Of returns what the table says about a function, which may be nil.
func (n Names[T]) Of(fn *types.Func) (T, bool) {
	if fn == nil || !n.bare[fn.Name()] {
		var none T
		return none, false
	}
	value, ok := n.full[fn.FullName()]
	return value, ok
}

// Has reports whether a function, which may be nil, is in the table.
func (n Names[T]) Has(fn *types.Func) bool {
	_, ok := n.Of(fn)
	return ok
}

// IsNamed reports whether a function, which may be nil, has a full name.
func IsNamed(fn *types.Func, full string) bool {
	return fn != nil && strings.HasSuffix(full, fn.Name()) && fn.FullName() == full
}
