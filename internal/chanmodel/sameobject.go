package chanmodel

import (
	"slices"
	"strings"
)

// A likeness says whether two places that work on the same resources do so on
// the same objects.
type likeness int

const (
	differs likeness = iota // other objects, as far as paths tell
	unknown
	same
)

// maxRelations bounds how many callers are asked how a lock and what is
// waited for lie to each other.
const maxRelations = 24

// relations returns how two objects of a function lie to each other: the
// paths to them from where they part, seen from the function or from those
// that call or start it. A lock mu and a channel ch of one struct give
// ".mu .ch", wherever the struct is.
func relations(f *Func, a, b Object) []string {
	var list []string
	budget := maxRelations
	var climb func(f *Func, a, b Object, depth int)
	climb = func(f *Func, a, b Object, depth int) {
		if a == "" || b == "" || budget == 0 {
			return
		}
		budget--
		if r, ok := relation(a, b); ok {
			if !slices.Contains(list, r) {
				list = append(list, r)
			}
			return
		}
		if depth == 0 {
			return
		}
		for _, at := range f.Callers {
			for i := range at.Op.Callees {
				if c := &at.Op.Callees[i]; c.Func == f {
					climb(at.In, c.In(a), c.In(b), depth-1)
				}
			}
		}
	}
	climb(f, a, b, 4)
	return list
}

// relation returns how two paths with one root lie to each other.
func relation(a, b Object) (string, bool) {
	if a.Root() != b.Root() {
		return "", false
	}
	x, y := steps(a), steps(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	return strings.Join(x, "") + " " + strings.Join(y, ""), true
}

// steps returns the fields and indices of a path, one by one. Which element
// an index means does not matter here.
func steps(o Object) []string {
	rest := string(o[len(o.Root()):])
	var list []string
	for rest != "" {
		end := strings.IndexAny(rest[1:], ".[") + 1
		if end == 0 {
			end = len(rest)
		}
		list = append(list, rest[:end])
		rest = rest[end:]
	}
	return list
}

// A tie is a lock and what is waited for beside it, seen from one function.
type tie struct {
	in   *Func
	lock Ref
	on   Object
}

// alike compares two places that take the same lock resource and wait for, or
// serve, the same other one.
func alike(a, b tie) likeness {
	if !a.lock.Resource.Many && a.lock.Object != "" && a.lock.Object == b.lock.Object {
		return same // a variable: there is only one lock
	}
	x, y := relations(a.in, a.lock.Object, a.on), relations(b.in, b.lock.Object, b.on)
	if len(x) == 0 || len(y) == 0 {
		return unknown
	}
	if slices.ContainsFunc(x, func(r string) bool { return slices.Contains(y, r) }) {
		return same
	}
	return differs
}
