package silent

import (
	"sync"
	"time"
	"unsafe"
)

type object struct{ n int }

var objects = sync.Pool{New: func() any { return new(object) }}

func newObject() *object { return objects.Get().(*object) }

func (o *object) Release() {
	*o = object{}
	objects.Put(o)
}

// Recycle is a wrapper of a wrapper.
func (o *object) Recycle() { o.Release() }

func okMethod() int {
	o := newObject()
	defer o.Recycle()
	o.n = 3
	return o.n // ok
}

func okOnceReleased() int {
	o := newObject()
	release := sync.OnceFunc(o.Release)
	defer release()
	return o.n // ok
}

func okSentOrReleased(c chan *object) {
	o := newObject()
	select {
	case c <- o: // ok: the receiver puts it
	default:
		o.Release()
	}
}

func okReassigned() {
	o := objects.Get().(*object)
	objects.Put(o)
	o = objects.Get().(*object)
	o.n = 0 // ok: another one
	objects.Put(o)
}

var timers = sync.Pool{New: func() any { return time.NewTimer(time.Hour) }}

func okTimer(d time.Duration) {
	t := timers.Get().(*time.Timer)
	t.Reset(d)
	<-t.C
	timers.Put(t) // ok
}

var pointers sync.Pool

func okUnsafePointer() {
	p, _ := pointers.Get().(unsafe.Pointer)
	if p == nil {
		p = unsafe.Pointer(new([64]byte))
	}
	pointers.Put(p) // ok: shaped like a pointer
}

// A Reset that assigns the whole struct, as generated ones do.
type message struct {
	id   int
	list []int
}

func (m *message) Reset() { *m = message{} }

var messages = sync.Pool{New: func() any { return new(message) }}

func okWholeReset() int {
	m := messages.Get().(*message)
	m.id = 3
	n := m.id
	if cap(m.list) > 100 {
		return n
	}
	m.Reset()
	messages.Put(m) // ok
	return n
}
