package alias

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

func inResult() *message {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return &message{raw: b.Bytes()} // want `memory of b is kept in field raw of the result, but the defer on line \d+ puts it back at return`
}

func okInResult() *message {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return &message{raw: bytes.Clone(b.Bytes())} // ok: a copy
}

func inResultBesideNil() (message, error) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	m := message{raw: b.Bytes()} // want `memory of b is kept in field raw of the result`
	return m, nil
}

func inResponse() (*http.Response, error) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	return &http.Response{Body: io.NopCloser(bytes.NewReader(b.Bytes()))}, nil // want `memory of b is kept in field Body of the result`
}

func okBesideFailure(m *message) (*message, error) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	fill(b)
	r := &message{raw: b.Bytes()} // ok: put back only where r is not returned
	if b.Len() == 0 {
		pool.Put(b)
		return nil, errors.New("empty")
	}
	return r, nil
}

func okOtherResult() int {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	fill(b)
	r := &message{raw: b.Bytes()} // ok: r ends with the function
	return len(r.raw)
}

// Shape 20 of the corpus: the reset keeps an array that was handed out.
type builder struct {
	fields []string
	rows   []int
}

var builders = sync.Pool{New: func() any { return new(builder) }}

func (b *builder) reset() {
	b.fields = b.fields[:0]
	b.rows = nil
}

type segment struct {
	fields []string
	rows   []int
}

func build() *segment {
	b := builders.Get().(*builder)
	b.fields = append(b.fields, "id")
	s := &segment{fields: b.fields} // want `memory of b is kept in field fields of the result, but line \d+ puts it back`
	b.reset()
	builders.Put(b)
	return s
}

func okBuild() *segment {
	b := builders.Get().(*builder)
	b.rows = append(b.rows, 1)
	s := &segment{rows: b.rows} // ok: the reset lets go of the array
	b.reset()
	builders.Put(b)
	return s
}
