// want package:"has pool wrappers"

// Package pool wraps pools for others.
package pool

import (
	"bytes"
	"sync"
	"sync/atomic"
)

var bufs = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func Get() *bytes.Buffer { // want Get:"gets 1"
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

func Put(b *bytes.Buffer) { // want Put:"puts 1"
	if b.Cap() > 1<<16 {
		return
	}
	bufs.Put(b)
}

type Pool[T any] struct{ p sync.Pool }

func (p *Pool[T]) Get() *T { // want Get:"gets 1, own"
	x, _ := p.p.Get().(*T)
	if x == nil {
		x = new(T)
	}
	return x
}

func (p *Pool[T]) Put(x *T) { p.p.Put(x) } // want Put:"puts 10, own"

// Values is a pool of anything, pointers or not.
type Values[T any] struct{ p sync.Pool }

func (p *Values[T]) Get() T { // want Get:"gets 1, own"
	x, _ := p.p.Get().(T)
	return x
}

func (p *Values[T]) Put(x T) { p.Return(x) } // want Put:"puts 10, boxes"

func (p *Values[T]) Return(x T) { p.p.Put(x) } // want Return:"puts 10, own, boxes"

type Object struct {
	refs atomic.Int32
	N    int
}

var objects = sync.Pool{New: func() any { return new(Object) }}

func New() *Object { return objects.Get().(*Object) } // want New:"gets 1"

// Release is Put by another name.
func (o *Object) Release() { // want Release:"puts 1"
	o.N = 0
	objects.Put(o)
}

// Unref gives the object back when nobody needs it any more.
func (o *Object) Unref() { // want Unref:"may put 1"
	if o.refs.Add(-1) == 0 {
		objects.Put(o)
	}
}

// Sizes is a pool for each size.
type Sizes struct{ classes [8]sync.Pool }

func (s *Sizes) Get(n int) (*[]byte, error) { // want Get:"gets 1, own"
	for i := range s.classes {
		if n < 1<<i {
			if b, ok := s.classes[i].Get().(*[]byte); ok {
				return b, nil
			}
		}
	}
	b := make([]byte, n)
	return &b, nil
}

func (s *Sizes) Put(b *[]byte) { // want Put:"puts 10, own"
	for i := range s.classes {
		if cap(*b) < 1<<i {
			s.classes[i].Put(b)
			return
		}
	}
}

// Len is no business of pools.
func Len(b *bytes.Buffer) int { return b.Len() } // ok

// Make uses a pool and returns something else.
func Make() string {
	b := Get()
	defer Put(b)
	return b.String()
}
