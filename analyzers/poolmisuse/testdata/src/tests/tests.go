package tests

import (
	"bytes"
	"sync"
)

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func get() *bytes.Buffer {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

func put(b *bytes.Buffer) {
	if b.Cap() < 1<<16 {
		pool.Put(b)
	}
}
