package poolmisuse

import (
	"fmt"
	"strings"
)

// wraps is a fact indicating that a function takes objects from a pool or
// gives them back. It is exported for functions that other packages can name,
// and only if it says something.
type wraps struct {
	Gets uint64 // results that are an object of a pool, as bits
	Puts uint64 // parameters, the receiver first, that are given to a pool
	Sure bool   // what it puts, it puts whatever happens, size limits apart
	Own  bool   // the pool belongs to the receiver

	// Boxes says that what it puts, which is of a type parameter's type, goes
	// into a sync.Pool as it is: for types that are no pointers, that allocates.
	Boxes bool
}

func (*wraps) AFact() {}

func (w *wraps) String() string {
	var parts []string
	if w.Gets != 0 {
		parts = append(parts, fmt.Sprintf("gets %b", w.Gets))
	}
	if w.Puts != 0 {
		verb := "may put"
		if w.Sure {
			verb = "puts"
		}
		parts = append(parts, fmt.Sprintf("%s %b", verb, w.Puts))
	}
	if w.Own {
		parts = append(parts, "own")
	}
	if w.Boxes {
		parts = append(parts, "boxes")
	}
	return strings.Join(parts, ", ")
}

// hasWrappers is a fact indicating that some function of a package has a
// wraps fact, or one of a package that it imports: only importers of such a
// package need a closer look.
type hasWrappers struct{}

func (*hasWrappers) AFact() {}

func (*hasWrappers) String() string { return "has pool wrappers" }
