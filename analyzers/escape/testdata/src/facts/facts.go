// Package facts passes values to another package, which keeps some of them.
package facts

import (
	"net/http"

	"fixtures/escape/facts/lib"
)

type server struct{ names []string }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for range s.names {
		lib.Keep(&lib.Item{Size: len(s.names)}) // candidate `loop-allocation: lib.Item of 8 bytes is allocated .*passed to Keep`
		lib.Look(&lib.Item{Size: len(s.names)}) // ok
		first := lib.First(&lib.Item{Size: 1})  // ok
		lib.Look(first)
		lib.Keep(lib.First(&lib.Item{Size: 2})) // candidate `loop-allocation: lib.Item of 8 bytes is allocated .*passed to Keep`
	}
}
