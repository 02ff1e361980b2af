// want package:"has pool wrappers"

package offwrapped

import (
	"bytes"

	"example.com/pools/pool"
)

var slices pool.Values[[]byte]

var pointers pool.Values[*bytes.Buffer]

// Whether a Put allocates depends on the type that the pool is made for.
func boxed(b []byte) {
	slices.Put(b) // want `b is a \[\]byte, not a pointer: every Put allocates 24 bytes to hold it`
}

func okPointer(b *bytes.Buffer) {
	pointers.Put(b) // ok
}
