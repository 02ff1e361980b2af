// Package off has what the rules report that are off by default.
package off

import (
	"bytes"
	"errors"
	"sync"
)

type request struct {
	path string
	user string
	buf  []byte
	rows []*int
	pool *sync.Pool
}

var requests = sync.Pool{New: func() any { return new(request) }}

func (r *request) Reset() { // want `Reset of request leaves field user alone, which line \d+ assigns to`
	r.path = ""
	r.buf = r.buf[:0]
	r.rows = r.rows[:0] // want `Reset truncates field rows but leaves what its elements of type \*int refer to`
}

func (r *request) login(user string) { r.user = user }

func handle() {
	r := requests.Get().(*request)
	r.login("x")
	r.Reset()
	requests.Put(r) // want `r goes back into the pool however large it \(its field buf\) has grown`
}

type record struct {
	id   int
	name string
}

func (r *record) Reset() { // ok: takes care of all
	r.id = 0
	r.name = ""
}

var records = sync.Pool{New: func() any { return new(record) }}

func okRecord() {
	r := records.Get().(*record)
	r.name = "x"
	r.Reset()
	records.Put(r)
}

var bufs = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okBounded(b *bytes.Buffer) {
	if b.Cap() > 1<<16 {
		return
	}
	b.Reset()
	bufs.Put(b) // ok
}

var lists sync.Pool

func retain(list *[]*request) {
	*list = (*list)[:0]
	lists.Put(list) // want `list goes back into the pool with what its elements of type \*request refer to`
}

func okCleared(list *[]*request) {
	if cap(*list) > 100 {
		return
	}
	clear(*list)
	*list = (*list)[:0]
	lists.Put(list) // ok
}

func okZeroed(list *[]*request) {
	if cap(*list) > 100 {
		return
	}
	for i := range *list {
		(*list)[i] = nil
	}
	lists.Put(list) // ok
}

var ints sync.Pool

func okNoReferences(list *[]int) {
	if cap(*list) > 100 {
		return
	}
	ints.Put(list) // ok
}

func address(b []int) {
	if cap(b) > 100 {
		return
	}
	ints.Put(&b) // want `&b is the address of a variable of this function: every call allocates 24 bytes`
}

type writer struct{ pool sync.Pool }

func newWriter() *writer {
	w := &writer{}
	w.pool = sync.Pool{New: func() any { return new(bytes.Buffer) }} // ok: nobody knows it yet
	return w
}

func (w *writer) setSize(n int) {
	w.pool = sync.Pool{New: func() any { b := make([]byte, n); return &b }} // want `the pool is replaced while other goroutines may use it`
}

var classes [8]sync.Pool

func class(n int) int { return n / 1024 }

func byLen(b *[]byte) {
	if cap(*b) > 1<<16 {
		return
	}
	classes[class(len(*b))].Put(b) // want `the pool for b is chosen by its length, not by its capacity`
}

func okByCap(b *[]byte) {
	classes[class(cap(*b))].Put(b) // ok
}

type reader struct{ buf *bytes.Buffer }

func (r *reader) Close() error {
	if r.buf.Cap() < 1000 {
		r.buf.Reset()
		bufs.Put(r.buf) // want `Close puts field buf back and keeps it: called once more, it puts the same object again`
	}
	return nil
}

type okReader struct{ buf *bytes.Buffer }

func (r *okReader) Close() error {
	if r.buf != nil && r.buf.Cap() < 1000 {
		r.buf.Reset()
		bufs.Put(r.buf) // ok
		r.buf = nil
	}
	return nil
}

type lease struct {
	n    int
	once sync.Once
}

func (l *lease) Write(p []byte) (int, error) {
	if len(p) == 0 {
		l.once.Do(func() {
			leases.Put(l) // want `Write puts its receiver back and keeps it`
		})
	}
	return len(p), nil
}

func (l *lease) Close() error {
	l.once.Do(func() {
		leases.Put(l) // ok: once
	})
	return nil
}

var leases = sync.Pool{New: func() any { return new(lease) }}

func (l *lease) Read(p []byte) (int, error) {
	if l.n == 0 {
		leases.Put(l) // want `Read puts its receiver back and keeps it`
		return 0, errors.New("over")
	}
	return 1, nil
}

func replay(input chan any) {
	for x := range input {
		switch v := x.(type) {
		case []*request:
			lists.Put(&v) // want `&v goes back into the pool with what its elements` `&v is the address of a variable`
		case []*record:
			clear(v)
			other.Put(v)
		}
	}
}

func okReplay(input chan any) {
	for x := range input {
		if v, ok := x.([]*record); ok {
			clear(v)
			other.Put(v) // ok
		}
	}
}

func replayed(input chan any) {
	for x := range input {
		if v, ok := x.([]*record); ok {
			other.Put(v) // want `v goes back into the pool with what its elements of type \*record refer to`
		}
	}
}

var other recordPool

type recordPool struct{ p sync.Pool }

func (p *recordPool) Get() []*record {
	x, _ := p.p.Get().(*[]*record)
	if x == nil {
		return nil
	}
	return *x
}

func (p *recordPool) Put(list []*record) {
	if cap(list) < 100 {
		p.p.Put(&list) // want `&list goes back into the pool with what its elements` `&list is the address of a variable`
	}
}
