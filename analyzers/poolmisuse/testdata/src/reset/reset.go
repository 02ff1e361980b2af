// Package reset has pools of buffers that nobody resets, and others.
package reset

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
)

var dirty = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func noReset(name string) string {
	b := dirty.Get().(*bytes.Buffer)
	defer dirty.Put(b)
	b.WriteString(name) // want `b.WriteString appends to what the previous user of dirty left`
	return b.String()
}

var afterGet = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okAfterGet(name string) string {
	b := afterGet.Get().(*bytes.Buffer)
	b.Reset()
	defer afterGet.Put(b)
	b.WriteString(name) // ok
	return b.String()
}

var beforePut = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okBeforePut(name string) string {
	b := beforePut.Get().(*bytes.Buffer)
	b.WriteString(name) // ok
	s := b.String()
	b.Reset()
	beforePut.Put(b)
	return s
}

var elsewhere = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func recycle(b *bytes.Buffer) {
	b.Reset()
	elsewhere.Put(b)
}

func okWrapper(name string) string {
	b := elsewhere.Get().(*bytes.Buffer)
	defer recycle(b)
	b.WriteString(name) // ok: recycle resets
	return b.String()
}

var drained = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okDrained(w io.Writer, v any) {
	b := drained.Get().(*bytes.Buffer)
	defer drained.Put(b)
	json.NewEncoder(b).Encode(v)
	b.WriteString("\n")
	b.WriteTo(w) // ok: leaves it empty
}

var closed = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okDeferredClosure(name string) string {
	b := closed.Get().(*bytes.Buffer)
	defer func() {
		b.Reset()
		closed.Put(b)
	}()
	b.WriteString(name) // ok
	return b.String()
}
