// Package values puts the wrong things into pools.
package values

import (
	"bytes"
	"sync"
)

var values = sync.Pool{New: func() any { return bytes.Buffer{} }}

func getPointer() int {
	b := values.Get().(*bytes.Buffer) // want `values holds bytes.Buffer since line \d+, so the assertion to \*bytes.Buffer panics`
	return b.Len()
}

func putValue(b bytes.Buffer) {
	values.Put(b)
}

var pointers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okPointer() int {
	b := pointers.Get().(*bytes.Buffer) // ok
	b.Reset()
	defer pointers.Put(b)
	return b.Len()
}

func okCommaOk() bool {
	b, ok := pointers.Get().(*bytes.Reader) // ok: asks
	_ = b
	return ok
}

var mixed = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func putOther() {
	b := mixed.Get().(*bytes.Buffer)
	b.Reset()
	mixed.Put(bytes.NewReader(b.Bytes())) // want `a \*bytes.Reader is put into mixed, which holds \*bytes.Buffer since line \d+`
}

var slices = sync.Pool{}

func slice(b []byte) {
	slices.Put(b)
}

func okMap(m map[string]int) {
	var maps = &mapPool
	maps.Put(m) // ok: shaped like a pointer
}

var mapPool sync.Pool

type conn struct{ n int }

func (c *conn) dial() error { return nil }

var conns = sync.Pool{New: func() any { return new(conn) }}

func typedNil() (c *conn, err error) {
	c = conns.Get().(*conn)
	defer func() {
		if err != nil {
			conns.Put(c) // want `the return on line \d+ has set c to nil when this put runs`
		}
	}()
	if err := c.dial(); err != nil {
		return nil, err
	}
	return c, nil
}

func okKeptApart() (_ *conn, err error) {
	c := conns.Get().(*conn)
	defer func() {
		if err != nil {
			conns.Put(c) // ok: the return does not set it
		}
	}()
	if err := c.dial(); err != nil {
		return nil, err
	}
	return c, nil
}

func okNamed() (c *conn, err error) {
	c = conns.Get().(*conn)
	defer func() {
		if err != nil {
			conns.Put(c) // ok
		}
	}()
	if err := c.dial(); err != nil {
		return c, err
	}
	return c, nil
}

var bufs sync.Pool

func front(b *bytes.Buffer, p []byte) {
	n := copy(b.AvailableBuffer(), p)
	bufs.Put(p[n:]) // want `p\[n:\] begins behind the start of its array`
}
