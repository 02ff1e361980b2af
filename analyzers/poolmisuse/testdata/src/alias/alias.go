// Package alias lets memory of pooled objects live longer than they do.
package alias

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
	"unsafe"
)

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var slices = sync.Pool{New: func() any { b := make([]byte, 1024); return &b }}

func fill(io.Writer) {}

func returned() []byte {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return b.Bytes() // want `the result shares memory with b, which the defer on line \d+ puts back before the caller sees it`
}

func okString() string {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return b.String() // ok: a copy
}

func okClone() []byte {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return bytes.Clone(b.Bytes()) // ok
}

func named() (out []byte, err error) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer func() { pool.Put(b) }()
	fill(b)
	out = b.Bytes()
	return out, nil // want `the result shares memory with b`
}

func okNamed() (out []byte, err error) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	out = append(out, b.Bytes()...)
	return out, nil // ok
}

func object() *bytes.Buffer {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	return b // want `the result is b, which the defer on line \d+ puts back`
}

func okNil() *bytes.Buffer {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	return nil // ok
}

func straight() []byte {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	fill(b)
	out := b.Bytes()
	pool.Put(b)
	return out // want `the result shares memory with b, which line \d+ has put back`
}

func subSlice(r io.Reader) []byte {
	p := slices.Get().(*[]byte)
	defer slices.Put(p)
	n, _ := r.Read(*p)
	return (*p)[:n] // want `the result shares memory with p`
}

func okSubSlice(r io.Reader) []byte {
	p := slices.Get().(*[]byte)
	defer slices.Put(p)
	n, _ := r.Read(*p)
	return append([]byte(nil), (*p)[:n]...) // ok
}

func okFullSlice(r io.Reader) []byte {
	p := slices.Get().(*[]byte)
	defer slices.Put(p)
	n, _ := r.Read(*p)
	return append((*p)[:0:0], (*p)[:n]...) // ok: copies
}

func reader() io.Reader {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return bytes.NewReader(b.Bytes()) // want `the result shares memory with b`
}

func unsafeString() string {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	data := b.Bytes()
	return unsafe.String(unsafe.SliceData(data), len(data)) // want `the result shares memory with b`
}

type state struct {
	out   []byte
	names []string
}

var states = sync.Pool{New: func() any { return new(state) }}

func (s *state) reset() {
	s.out = s.out[:0]
	s.names = nil
}

func field() []byte {
	s := states.Get().(*state)
	defer states.Put(s)
	s.reset()
	s.out = append(s.out, "x"...)
	return s.out // want `the result shares memory with s`
}

func okField() []string {
	s := states.Get().(*state)
	defer states.Put(s)
	s.reset()
	s.names = append(s.names, "x")
	return s.names // ok: each use has an array of its own
}

func (s *state) bytes() []byte { return s.out }

func method() []byte {
	s := states.Get().(*state)
	defer states.Put(s)
	s.reset()
	return s.bytes() // want `the result shares memory with s`
}

type message struct{ raw []byte }

func (m *message) stored() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	m.raw = b.Bytes() // want `memory of b is kept in m.raw, but the defer on line \d+ puts it back at return`
}

func (m *message) okStored() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	m.raw = bytes.Clone(b.Bytes()) // ok
}

func (m *message) okLent() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	m.raw = b.Bytes() // ok: given back below
	fill(b)
	m.raw = nil
	pool.Put(b)
}

var last []byte

func global() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	fill(b)
	last = b.Bytes() // want `memory of b is kept in last, but line \d+ puts it back`
	pool.Put(b)
}

func okLocal(client *http.Client) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	m := &message{}
	m.raw = b.Bytes() // ok: m ends with the function
	fill(bytes.NewBuffer(m.raw))
}

func goroutine() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	go fill(b) // want `memory of b is used by a goroutine that may run longer`
}

func okWaits() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	done := make(chan bool)
	go func() { fill(b); done <- true }() // ok
	<-done
}

func okGoroutinePuts() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	go func() {
		defer pool.Put(b)
		fill(b) // ok
	}()
}

func timer() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	time.AfterFunc(time.Millisecond, func() { fill(b) }) // want `memory of b is used by a function that runs later`
	pool.Put(b)
}

func okStopped() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	t := time.AfterFunc(time.Second, func() { fill(b) }) // ok: somebody stops it
	t.Stop()
	pool.Put(b)
}

func (m *message) okOtherBranch(list []int) {
	for range list {
		b := new(bytes.Buffer)
		if x, ok := pool.Get().(*bytes.Buffer); ok {
			b = x
		}
		other := pool.Get().(*bytes.Buffer)
		other.Reset()
		if b.Len() > 0 {
			m.raw = other.Bytes() // ok: not put on this path
		} else {
			pool.Put(other)
		}
	}
}
