// Package heap allocates where no rule knows a better place.
package heap

import (
	"io"
	"strings"
)

type item struct {
	id   int
	name string
	next *item
}

var global *item

func Composite(name string) {
	global = &item{ // want `allocation: item of 32 bytes is allocated whenever its function is called, because it may live on: it is stored in a variable of the package`
		name: name,
	}
}

func NoComposite(name string) int {
	it := &item{name: name} // ok: on the stack
	return it.id + len(it.name)
}

func Variable(n int) {
	var it item // want `allocation: item of 32 bytes is allocated`
	it.id = n
	global = &it
}

func NoVariable(n int) int {
	var it item // ok
	p := &it
	p.id = n
	return it.id
}

func Empty() *struct{} { return &struct{}{} } // ok: no size

func SizedMap(list []string) int {
	set := make(map[string]bool, len(list)) // want `may-allocate: a map allocates whenever its function is called if it gets more than 8 entries`
	for _, s := range list {
		set[s] = true // want `may-allocate: the map grows for each element of the loop on line 45`
	}
	return len(set)
}

func Channel() chan int { return make(chan int, 1) } // want `allocation: a channel is allocated whenever its function is called, because it is always on the heap`

func Slice(n int) []int { return make([]int, n) } // want `may-allocate: \[\]int is allocated whenever its function is called unless its size is 0, because it may live on: it is returned`

func Number(n int) any { return n } // want `may-allocate: a copy of this int of 8 bytes, to become an interface value, is allocated whenever its function is called unless it is between 0 and 255`

func Byte(b byte) any { return b } // ok

func SmallSlice(n int) (sum int) {
	for i := range make([]int, n) { // want `may-allocate: \[\]int is allocated whenever its function is called if it has more than 32 bytes`
		sum += i
	}
	return sum
}

func ConstantSlice() (sum int) {
	for i := range make([]int, 8) { // ok
		sum += i
	}
	return sum
}

func Append(list []*item, it *item) []*item {
	return append(list, it) // want `may-allocate: append allocates a larger array whenever its function is called if the slice is full`
}

func NoAppend(list []*item, it *item) []*item {
	list[0] = it // ok
	return list
}

func Map(seen map[string]int, name string) {
	seen[name] = 1 // want `may-allocate: the map grows whenever its function is called if the key is a new one and the map is full`
}

func NoMap(seen map[string]int, name string) int {
	return seen[name] // ok
}

func Literal() map[string]int {
	return map[string]int{ // want `allocation: a map is allocated whenever its function is called`
		"a": 1, // ok: the map is made large enough
		"b": 2,
	}
}

func Concat(a, b string) string {
	return a + "/" + b // want `allocation: a new string is allocated whenever its function is called`
}

func Compare(a, b string) bool {
	return a+"/" == b // want `may-allocate: a new string is allocated whenever its function is called if it has more than 32 bytes`
}

func Constant() string {
	return "a" + "/" // ok
}

func Unknown(f func(*item)) {
	f(&item{id: 1}) // want `allocation: item of 32 bytes is allocated whenever its function is called`
}

func Read(r io.Reader) (byte, error) {
	var buf [1]byte // want `allocation: \[1\]byte of 1 bytes is allocated whenever its function is called, because it may live on: it is passed to the method Read of an interface`
	_, err := r.Read(buf[:])
	return buf[0], err
}

func Filled(b []byte) byte {
	var buf [1]byte // ok
	copy(buf[:], b)
	return buf[0]
}

func Range(seq func(yield func(int) bool)) int {
	sum := 0             // want `may-allocate: int of 8 bytes may be allocated whenever its function is called`
	for i := range seq { // want `may-allocate: the body of this loop with what it captures may be allocated whenever its function is called`
		sum += i
	}
	return sum
}

func RangeSlice(list []int) int {
	sum := 0 // ok
	for i := range list {
		sum += i
	}
	return sum
}

func Call(line string) []string {
	return strings.Split(line, ",") // want `allocating-call: strings.Split allocates a slice whenever its function is called`
}

func NoCall(line string) string {
	before, _, _ := strings.Cut(line, ",") // ok
	return before
}

// Iterated has a finding of another rule, which knows what to do.
func Iterated(line string) (n int) {
	for _, part := range strings.Split(line, ",") { // want `split-to-iterate: `
		n += len(part)
	}
	return n
}
