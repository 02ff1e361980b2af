// Package results calls functions in loops whose results it drops.
package results

import (
	"bufio"
	"bytes"
	"io"
	"net/http"

	"fixtures/escape/results/lib"
)

type server struct {
	names []string
	last  *lib.Builder
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, name := range s.names {
		large := lib.NewLarge(name) // want `dropped-result: lib.NewLarge allocates 3 times for each element of the loop on line \d+, .*, although nothing keeps what it returns; make one before the loop and call Reset in each round`
		_ = large.Len()
		flushed := lib.NewBuilder(name) // want `dropped-result: lib.NewBuilder allocates 2 times for each element`
		flushed.Flush()
		inlined := lib.NewBuilder(name) // ok
		_ = inlined.Len()
		s.last = lib.NewLarge(name) // ok
		out := bufio.NewWriter(w)   // want `dropped-result: bufio.NewWriter allocates for each element`
		out.WriteString(name)
		out.Flush()
		b, _ := bytes.NewReader([]byte(name)).ReadByte() // ok
		_ = b
		_ = lib.NewFor(len(name)).Len() // ok
		_ = lib.NewFor(3).Len()         // want `dropped-result: lib.NewFor allocates 3 times`
		_ = lib.Ask().Len()             // ok
		s.local(name)
	}
	_ = lib.NewLarge("").Len() // ok
	n := len(s.names)
	for _, name := range s.names {
		_ = lib.NewTable(n).Has(name)         // candidate `dropped-result: lib.NewTable allocates 2 times for each element .*; one that is made before the loop may serve for all rounds`
		_ = lib.NewTable(len(name)).Has(name) // ok
		if lib.Find(name) != nil {            // ok
			return
		}
	}
	last := lib.NewLarge("")
	for _, name := range s.names {
		_ = last.Len()
		last = lib.NewLarge(name) // ok
	}
}

type state struct{ n []int }

func (s *state) Reset() { s.n = s.n[:0] }

//go:noinline
func newState() *state { return &state{make([]int, 4)} }

func (s *server) local(name string) {
	for range name {
		st := newState() // want `dropped-result: newState allocates 2 times for each element`
		st.n[0]++
	}
}

// Nothing says that the loop serves requests.
func Work(names []string) (n int) {
	for _, name := range names {
		n += lib.NewLarge(name).Len() // candidate `dropped-result: lib.NewLarge allocates 3 times`
	}
	return n
}

func receive(next func() []byte, parse func(io.ByteReader)) {
	for {
		r := bytes.NewReader(next()) // candidate `allocating-call: bytes.NewReader allocates in each round of the loop`
		parse(r)
	}
}
