//go:build go1.21

package decl

import "sync"

var classes [4]sync.Pool

func capturesShared(sizes []int) {
	for i, size := range sizes {
		classes[i].New = func() any { b := make([]byte, size); return &b } // want `New captures size, which all rounds of the loop share before Go 1.22`
	}
}

func okCopied(sizes []int) {
	for i, size := range sizes {
		size := size
		classes[i].New = func() any { b := make([]byte, size); return &b } // ok
	}
}
