// Package decl handles pools themselves in the wrong way.
package decl

import (
	"bytes"
	"hash"
	"hash/fnv"
	"runtime"
	"sync"
)

var hashers = sync.Pool{New: func() any { return fnv.New64() }}

func newNotGet() uint64 {
	h := hashers.New().(hash.Hash64) // want `hashers.New makes a new object each time, whatever the pool holds; call Get`
	h.Reset()
	defer hashers.Put(h)
	return h.Sum64()
}

func okGet() uint64 {
	h := hashers.Get().(hash.Hash64) // ok
	h.Reset()
	defer hashers.Put(h)
	return h.Sum64()
}

func okFill() {
	for range 8 {
		hashers.Put(hashers.New()) // ok: fills the pool
	}
}

var never = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func neverPut() string {
	b := never.Get().(*bytes.Buffer) // want `objects are taken from never, but nothing in the package puts any back`
	b.Reset()
	return b.String()
}

// Elsewhere is put to by other packages.
var Elsewhere = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okExported() string {
	b := Elsewhere.Get().(*bytes.Buffer) // ok
	b.Reset()
	return b.String()
}

var handed = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func register(*sync.Pool) {}

func okHanded() string {
	register(&handed)
	b := handed.Get().(*bytes.Buffer) // ok: register may put
	b.Reset()
	return b.String()
}

func byValue(p sync.Pool) {}

func copies() {
	byValue(hashers) // want `the pool is copied`
}

func okByPointer() {
	register(&hashers) // ok
}

func local() int {
	var p sync.Pool // want `p is a variable of this function: every call makes a pool of its own`
	b, _ := p.Get().(*bytes.Buffer)
	if b == nil {
		b = new(bytes.Buffer)
	}
	b.Reset()
	defer p.Put(b)
	return b.Len()
}

func okLocalLoop() int {
	var p sync.Pool // ok: serves the rounds of the loop
	n := 0
	for range 10 {
		b, _ := p.Get().(*bytes.Buffer)
		if b == nil {
			b = new(bytes.Buffer)
		}
		b.Reset()
		n += b.Len()
		p.Put(b)
	}
	return n
}

func okShared() {
	var p sync.Pool // ok: goroutines share it
	for range 10 {
		go func() {
			b, _ := p.Get().(*bytes.Buffer)
			p.Put(b)
		}()
	}
}

type codec struct{ handle uintptr }

func free(uintptr) {}

var codecs = sync.Pool{New: func() any {
	c := new(codec)
	runtime.AddCleanup(c, free, c.handle) // ok: once for each
	return c
}}

func cleanup() {
	c := codecs.Get().(*codec)
	runtime.AddCleanup(c, free, c.handle) // want `runtime.AddCleanup leaves a function on an object of a pool`
	codecs.Put(c)
}

func okCleanup() {
	c := codecs.Get().(*codec)
	cleanup := runtime.AddCleanup(c, free, c.handle) // ok
	cleanup.Stop()
	codecs.Put(c)
}

func withFinalizer() {
	c := codecs.Get().(*codec)
	runtime.SetFinalizer(c, func(c *codec) { free(c.handle) }) // want `runtime.SetFinalizer leaves a function on an object of a pool`
	codecs.Put(c)
}

func okFinalizer() {
	c := codecs.Get().(*codec)
	runtime.SetFinalizer(c, func(c *codec) { free(c.handle) }) // ok: removed below
	runtime.SetFinalizer(c, nil)
	codecs.Put(c)
}
