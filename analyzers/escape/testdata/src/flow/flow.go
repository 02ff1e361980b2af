// Package flow has allocations that flow decides about. What is wanted is shown
// by default; candidates are shown to those who ask for everything.
package flow

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

type point struct{ x, y int }

type locked struct {
	mu sync.Mutex
	n  int
}

type table struct {
	last  *point
	names []string
	any   any
	call  func() int
}

// Boxes.

func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := len(r.URL.Path) + 1000
	t.any = r.URL.Path                      // candidate `boxed: a copy of this string of 16 bytes is allocated for each request.* to become an interface value, because it may live on: it is stored through a pointer`
	t.any = n                               // ok: small numbers are at hand
	fmt.Fprintln(w, n, r.URL.Path)          // candidate `boxed: a copy of each of 2 arguments is allocated .*passed to Fprintln`
	fmt.Fprintln(w, 1, "constant", r, true) // ok
	var kept any = n + 1                    // ok
	if m, ok := kept.(int); ok && m > 5000 {
		t.last = nil
	}
	t.large(w)
	t.rounds(w, r)
	t.same(w, r.URL.Path)
	t.maps(r.Form)
	t.closures(n)
	_, _ = t.point(), t.value()
	_ = t.guarded()
}

// Pointers to small values.

func (t *table) point() *point    { return &point{x: len(t.names)} } // candidate `returned-pointer: point of 16 bytes is allocated .*return it by value`
func (t *table) value() point     { return point{x: len(t.names)} }  // ok
func (t *table) guarded() *locked { return &locked{n: 1} }           // ok

// Large values.

func (t *table) large(w io.Writer) {
	var big [200_000]byte                        // want `large-local: \[200000\]byte of 200000 bytes is too large for the stack`
	t.names = append(t.names, string(big[:1]))   // candidate `conversion: the conversion to string copies its operand .*appended to a slice`
	var small [1000]byte                         // ok
	t.names = append(t.names, string(small[:1])) // candidate `conversion: the conversion to string`
}

// Loops.

func (t *table) rounds(w io.Writer, r *http.Request) {
	for range t.names {
		buf := make([]byte, 4096) // candidate `loop-allocation: a new buffer of 4096 bytes is allocated .*make it once, before the loop`
		n, err := r.Body.Read(buf)
		if err != nil {
			return
		}
		w.Write(buf[:n])
	}
	buf := make([]byte, 4096)
	for range t.names {
		n, err := r.Body.Read(buf) // ok
		if err != nil {
			return
		}
		w.Write(buf[:n])
	}
	for range t.names {
		buf := make([]byte, 4096) // candidate `loop-allocation: \[\]byte of 4096 bytes is allocated`
		r.Body.Read(buf)
		t.any = string(buf[:10]) // candidate `boxed: a copy of this string` `conversion: the conversion to string copies its operand`
		keepBytes(buf)
	}
	for range t.names {
		buf := make([]byte, 16) // ok
		buf[0] = 1
		t.last.x += int(buf[0])
	}
	for i := range t.names {
		t.last = &point{x: i} // candidate `loop-allocation: point of 16 bytes is allocated .*stored through a pointer`
	}
}

var kept [][]byte

func keepBytes(b []byte) { kept = append(kept, b) }

// Conversions.

func (t *table) same(w io.Writer, s string) {
	for range t.names {
		w.Write([]byte(s)) // candidate `conversion: the same string is copied to \[\]byte .*convert it once, before the loop`
	}
	b := []byte(s) // candidate `conversion: the conversion to \[\]byte copies its operand`
	for range t.names {
		w.Write(b) // ok
	}
	for _, name := range t.names {
		w.Write([]byte(name)) // candidate `conversion: the conversion to \[\]byte copies its operand`
	}
}

// Maps.

func (t *table) maps(form map[string][]string) {
	for _, values := range form {
		seen := make(map[string]bool) // candidate `map-in-loop: a map is made and grows .*clear it in each round`
		for _, v := range values {
			if seen[v] {
				t.last = nil
			}
			seen[v] = true
		}
	}
	seen := make(map[string]bool)
	for _, values := range form {
		clear(seen) // ok
		for _, v := range values {
			seen[v] = true
		}
	}
	for range form {
		few := map[string]bool{"a": true} // ok
		few["b"] = true
		t.last.x += len(few)
	}
	for _, values := range form {
		escaping := make(map[string]int) // candidate `map-in-loop: a map is made .*stored through a pointer`
		for i, v := range values {
			escaping[v] = i
		}
		t.any = escaping
	}
}

// Closures.

func (t *table) closures(n int) {
	for range t.names {
		t.call = func() int { return n } // candidate `closure: a function literal with what it captures of 16 bytes is allocated .*make it before the loop`
	}
	for i := range t.names {
		t.call = func() int { return i } // candidate `closure: a function literal with what it captures of 16 bytes is allocated`
	}
	for range t.names {
		f := func() int { return n } // ok
		t.last.x += f()
	}
	for range t.names {
		t.call = func() int { return 1 } // ok
	}
	t.call = t.last.sum // candidate `closure: a method value`
}

func (p *point) sum() int { return p.x + p.y }

// What runs once.

func init() {
	p := new(table)
	p.any = os.Args[0] // ok
	p.last = &point{}  // ok
}
