//go:build go1.21

package parts

import "strings"

// Before Go 1.24 there are no iterators over parts.
func iterate(s, sep string) (n int) {
	for _, part := range strings.Split(s, ",") { // want `only to be ranged over; take off one part after the other with strings.Cut`
		n += len(part)
	}
	for _, part := range strings.Split(s, sep) { // ok
		n += len(part)
	}
	for _, part := range strings.Fields(s) { // ok
		n += len(part)
	}
	return n
}
