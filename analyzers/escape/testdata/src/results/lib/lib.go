// Package lib has functions that return something new.
package lib

// A Builder can be used again.
type Builder struct {
	base     string
	add, del []string
}

// NewBuilder makes three allocations. The compiler inlines it.
func NewBuilder(base string) *Builder {
	b := &Builder{add: make([]string, 0, 5), del: make([]string, 0, 5)}
	b.Reset(base)
	return b
}

// NewLarge is not inlined.
//
//go:noinline
func NewLarge(base string) *Builder { return NewBuilder(base) }

// Reset starts anew.
func (b *Builder) Reset(base string) { b.base, b.add, b.del = base, b.add[:0], b.del[:0] }

var log [][]string

// Flush gives the slices away.
func (b *Builder) Flush() { log = append(log, b.add, b.del) }

// Len keeps nothing.
func (b *Builder) Len() int { return len(b.base) + len(b.add) + len(b.del) }

// NewFor is not inlined, and Reset takes no number.
//
//go:noinline
func NewFor(n int) *Builder { return NewBuilder("") }

// Ask returns an answer.
//
//go:noinline
func Ask() *Builder { return NewBuilder("") }

// A Table cannot be used again.
type Table struct{ names []string }

// NewTable makes two allocations.
//
//go:noinline
func NewTable(n int) *Table { return &Table{make([]string, 8)} }

// Has keeps nothing.
func (t *Table) Has(name string) bool { return t.names[0] == name }

// Find returns a table only where there is one.
func Find(name string) *Table {
	if name == "" {
		return nil
	}
	return &Table{}
}
