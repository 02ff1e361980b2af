// Package silent has what looks like misuse of pools and is none.
package silent

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"sync"
)

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func cond() bool { return true }

// A getter hands its object to the caller.
func getBuf() *bytes.Buffer {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	return b // ok
}

// A Put that is skipped for large objects is an idiom.
func putBuf(b *bytes.Buffer) {
	if b.Cap() > 64<<10 {
		return // ok
	}
	pool.Put(b)
}

func okWrappers() string {
	b := getBuf()
	defer putBuf(b)
	b.WriteString("x")
	return b.String()
}

type encoder struct{ buf *bytes.Buffer }

// The object belongs to the encoder, which puts it back in Close.
func newEncoder() *encoder {
	return &encoder{buf: getBuf()} // ok
}

func (e *encoder) Close() {
	if e.buf != nil {
		putBuf(e.buf)
		e.buf = nil
	}
}

func okSent(c chan *bytes.Buffer) {
	b := getBuf()
	c <- b // ok: the receiver puts it
}

func okGoroutine() {
	b := getBuf()
	go func() {
		defer putBuf(b) // ok
		b.WriteString("x")
	}()
}

func okOnce() func() {
	b := getBuf()
	return sync.OnceFunc(func() { putBuf(b) }) // ok
}

var readers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

func okResetBySource(r io.Reader) (string, error) {
	br := readers.Get().(*bufio.Reader)
	br.Reset(r)
	defer func() {
		br.Reset(nil)
		readers.Put(br) // ok
	}()
	return br.ReadString('\n')
}

var scratch = sync.Pool{New: func() any { return new([4096]byte) }}

func okScratch(w io.Writer, r io.Reader) error {
	b := scratch.Get().(*[4096]byte)
	defer scratch.Put(b)
	n, err := r.Read(b[:])
	if err != nil {
		return err
	}
	_, err = w.Write(b[:n]) // ok: fixed size, written before it is read
	return err
}

func okGrown(n int) {
	p := slices.Get().(*[]byte)
	b := (*p)[:0]
	for range n {
		b = append(b, 'x') // ok: another slice, the same pointer
	}
	if cap(b) <= 1<<16 {
		*p = b
		slices.Put(p)
	}
}

var slices = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

func okDropped() (err error) {
	b := getBuf()
	defer func() {
		if err == nil {
			putBuf(b) // ok: in a bad state it is dropped
		}
	}()
	if cond() {
		return errors.New("bad state")
	}
	return nil
}

var chans = sync.Pool{New: func() any { return make(chan int, 1) }}

func okChannel() int {
	c := chans.Get().(chan int)
	defer chans.Put(c)
	c <- 1
	return <-c // ok
}

type tree struct{ left, right *tree }

var trees = sync.Pool{New: func() any { return new(tree) }}

func (t *tree) free() {
	if t == nil {
		return
	}
	t.left.free()
	t.right.free()
	*t = tree{}
	trees.Put(t) // ok
}

func okLoopOfTwo(n int) {
	prev := getBuf()
	for range n {
		next := getBuf()
		next.Write(prev.Bytes())
		putBuf(prev) // ok: next takes its place
		prev = next
	}
	putBuf(prev)
}

func okLengthBefore() int {
	b := getBuf()
	n := b.Len()
	putBuf(b)
	return n // ok
}

func okStringBefore() (s string, err error) {
	b := getBuf()
	defer putBuf(b)
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("panic")
		}
	}()
	s = b.String()
	return // ok
}
