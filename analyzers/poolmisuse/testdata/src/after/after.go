// Package after uses objects that were put back.
package after

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"
)

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var gzips = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func cond() bool { return true }

func work(*bytes.Buffer) error { return nil }

func putThenReset() {
	b := pool.Get().(*bytes.Buffer)
	work(b)
	pool.Put(b)
	b.Reset() // want `b is used after pool.Put gave it back on line \d+: another goroutine may own it by then`
}

func okResetThenPut() {
	b := pool.Get().(*bytes.Buffer)
	work(b)
	b.Reset()
	pool.Put(b) // ok
}

func putThenRead() string {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	work(b)
	pool.Put(b)
	return b.String() // want `b is used after pool.Put gave it back`
}

func okReadThenPut() string {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	work(b)
	s := b.String()
	pool.Put(b)
	return s // ok: a copy
}

func okLenAfter() int {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	n := b.Len()
	pool.Put(b)
	b = nil
	return n // ok
}

func putInBranch() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	if cond() {
		pool.Put(b)
	}
	work(b) // want `b is used after pool.Put gave it back`
}

func okPutInBranchReturns() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	if cond() {
		pool.Put(b)
		return
	}
	work(b) // ok: not on the path of the put
	pool.Put(b)
}

func okSameCondition(done bool) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	if done {
		pool.Put(b)
	}
	if !done {
		work(b) // ok
		pool.Put(b)
	}
}

func okTakenAnew() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	for cond() {
		work(b) // ok: another one in each round
		pool.Put(b)
		b = pool.Get().(*bytes.Buffer)
		b.Reset()
	}
	pool.Put(b)
}

func putMemory() byte {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	work(b)
	data := b.Bytes()
	pool.Put(b)
	return data[0] // want `memory of b is used after pool.Put gave b back`
}

func putMemoryString() string {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	data := b.Bytes()
	pool.Put(b)
	return string(data) // want `memory of b is used after pool.Put gave b back`
}

func okCopied() []byte {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	data := append([]byte(nil), b.Bytes()...)
	pool.Put(b)
	return data // ok
}

func deferredOrder() {
	b := pool.Get().(*bytes.Buffer)
	defer b.Reset() // want `b.Reset runs after the put that line \d+ defers`
	defer pool.Put(b)
	work(b)
}

func okDeferredOrder() {
	b := pool.Get().(*bytes.Buffer)
	defer pool.Put(b)
	defer b.Reset() // ok: runs first
	work(b)
}

func putBeforeClose(w io.Writer) {
	gz := gzips.Get().(*gzip.Writer)
	gz.Reset(w)
	defer gz.Close() // want `gz.Close runs after the put that line \d+ defers`
	defer gzips.Put(gz)
	io.WriteString(gz, "x")
}

func okCloseBeforePut(w io.Writer) {
	gz := gzips.Get().(*gzip.Writer)
	gz.Reset(w)
	defer gzips.Put(gz)
	defer gz.Close() // ok
	io.WriteString(gz, "x")
}

type iterator struct {
	buf *buffer
}

type buffer struct{ entries []int }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func (it *iterator) close() {
	buffers.Put(it.buf)
	it.buf.entries = nil // want `memory of it.buf is written after buffers.Put gave it.buf back`
}

func (it *iterator) okClose() {
	buffers.Put(it.buf)
	it.buf = nil // ok
}

func (it *iterator) okReplaced() {
	buffers.Put(it.buf)
	it.buf = buffers.Get().(*buffer)
	it.buf.entries = nil // ok: another one
}

func (it *iterator) fill() { it.buf = new(buffer) }

func (it *iterator) okRefilled() {
	buffers.Put(it.buf)
	it.fill()
	it.buf.entries = nil // ok: fill may have replaced it
}

func captured() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	func() { work(b) }()
	pool.Put(b)
	work(b) // want `b is used after pool.Put gave it back`
}

func okNotSure(b *bytes.Buffer) {
	other := b
	if cond() {
		other = new(bytes.Buffer)
	}
	pool.Put(other)
	work(b) // ok: may be another one
}

type entry struct{ buf *buffer }

func okEntries(list []entry) {
	for _, e := range list {
		e.buf.entries = nil // ok: the variable holds another entry
		if cond() {
			buffers.Put(e.buf)
		}
	}
}

func okReceived(c chan entry) {
	for e := range c {
		func() { work(nil); _ = e }()
		e.buf.entries = nil // ok
		buffers.Put(e.buf)
	}
}

func okBesideError() (b *bytes.Buffer, err error) {
	b = pool.Get().(*bytes.Buffer)
	b.Reset()
	if err = work(b); err != nil {
		pool.Put(b)
	}
	return // ok: callers leave b alone when there is an error
}

func besideNil() (*bytes.Buffer, error) {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	pool.Put(b)
	return b, nil // want `b is returned after pool.Put gave it back`
}

type locked struct {
	mu sync.Mutex
	n  int
}

var lockeds = sync.Pool{New: func() any { return new(locked) }}

func okUnlock(l *locked) {
	l.mu.Lock()
	l.n = 0
	lockeds.Put(l)
	l.mu.Unlock() // ok: the next user waits for the lock
}

func okUnlockOwn() {
	l := lockeds.Get().(*locked)
	l.mu.Lock()
	l.n = 0
	lockeds.Put(l)
	l.mu.Unlock() // ok
}

type slice struct{ buf *buffer }

func okChecked(list []*slice) {
	for _, s := range list {
		if s != nil && s.buf != nil {
			buffers.Put(s.buf) // ok: another slice in each round
		}
	}
}

var tables = sync.Pool{New: func() any { b := make([]int, 16); return &b }}

// The buffers change places so that the last round writes to out; that is
// beyond what is known of paths.
func okSwapped(out []int, rounds int) []int {
	p := tables.Get().(*[]int)
	a, b := *p, out
	if rounds%2 == 0 {
		a, b = out, *p
	}
	for i := range rounds {
		b[0] = a[0] + i
		a, b = b, a
	}
	tables.Put(p)
	return a // ok
}

func read() (*bytes.Buffer, error) { return nil, nil }

func okFailed() error {
	b, err := read()
	if err != nil {
		pool.Put(b)
		if cond() {
			return err
		}
	}
	return work(b) // ok: there is no b where read failed
}

func notFailed() error {
	b, err := read()
	if err != nil {
		return err
	}
	pool.Put(b)
	return work(b) // want `b is used after pool.Put gave it back`
}

type list struct{ head *element }

type element struct {
	next *element
	data []byte
}

var elements = sync.Pool{New: func() any { return new(element) }}

func (n *element) recycle() {
	n.next = nil
	elements.Put(n)
}

func (l *list) okTakenOff(n int) {
	for l.head != nil && len(l.head.data) < n {
		head := l.head
		l.head = l.head.next // ok: another element in each round
		head.recycle()
	}
}

func (l *list) okTakenOffUnder() {
	head := l.head
	if cond() {
		l.head = head.next
	}
	head.recycle()
	l.head.data = nil // ok: it may be the next one
}

func (l *list) left() {
	head := l.head
	head.recycle()
	l.head.data = nil // want `memory of head is written after head.recycle gave head back`
}
