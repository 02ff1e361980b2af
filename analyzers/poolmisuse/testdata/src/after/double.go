package after

import (
	"bytes"
	"sync"
)

func twice() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	pool.Put(b)
	pool.Put(b) // want `b is put back twice, first on line \d+: the pool then hands one object to two goroutines`
}

func missingReturn() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	if err := work(b); err != nil {
		pool.Put(b)
	}
	pool.Put(b) // want `b is put back twice`
}

func okReturns() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	if err := work(b); err != nil {
		pool.Put(b)
		return
	}
	pool.Put(b) // ok
}

func deferredToo() error {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	if err := work(b); err != nil {
		pool.Put(b) // want `b is put back here and once more by the defer on line \d+`
		return err
	}
	return nil
}

func deferredClosureToo() error {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer func() { pool.Put(b) }()
	if err := work(b); err != nil {
		pool.Put(b) // want `b is put back here and once more by the defer on line \d+`
		return err
	}
	return nil
}

func okDeferredChecks() error {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b != nil {
			pool.Put(b)
		}
	}()
	if err := work(b); err != nil {
		pool.Put(b) // ok: the deferred one sees nil
		b = nil
		return err
	}
	return nil
}

func okDeferredLater() error {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	if err := work(b); err != nil {
		pool.Put(b) // ok: nothing is deferred yet
		return err
	}
	defer pool.Put(b)
	return work(b)
}

func deferredTwice() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	defer pool.Put(b)
	defer pool.Put(b) // want `b is put back twice, first on line \d+`
}

func inLoop() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	for cond() {
		pool.Put(b) // want `b is put back once more in every round of the loop`
	}
}

func okInLoop() {
	for cond() {
		b := pool.Get().(*bytes.Buffer)
		b.Reset()
		pool.Put(b) // ok
	}
}

func okElements(list []*bytes.Buffer) {
	for _, b := range list {
		pool.Put(b) // ok: another one each round
	}
}

func okIndexed(list []*bytes.Buffer) {
	for i := range list {
		pool.Put(list[i]) // ok
		list[i] = nil
	}
}

func okChannel(c chan *bytes.Buffer) {
	for b := range c {
		pool.Put(b) // ok
	}
}

type node struct{ next *node }

var nodes = sync.Pool{New: func() any { return new(node) }}

func okList(n *node) {
	for n != nil {
		next := n.next
		nodes.Put(n) // ok
		n = next
	}
}

func (it *iterator) okFieldLoop() {
	for cond() {
		buffers.Put(it.buf) // ok
		it.buf = buffers.Get().(*buffer)
	}
}

func deferInLoop() {
	for cond() {
		b := pool.Get().(*bytes.Buffer)
		b.Reset()
		defer pool.Put(b) // want `the put of b is deferred in the loop that takes it`
	}
}

func okDeferInFunction() {
	for cond() {
		func() {
			b := pool.Get().(*bytes.Buffer)
			b.Reset()
			defer pool.Put(b) // ok
		}()
	}
}

var others = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func okTwoPools(b *bytes.Buffer, one, other bool) {
	if one {
		pool.Put(b)
	}
	if other {
		others.Put(b) // ok: the flags exclude each other
	}
}

func okDeferOnce(list []int) {
	var b *bytes.Buffer
	for range list {
		if b == nil {
			b = pool.Get().(*bytes.Buffer)
			defer pool.Put(b) // ok: taken once for all rounds
		}
		b.Reset()
	}
}
