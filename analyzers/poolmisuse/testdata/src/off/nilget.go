package off

import (
	"bytes"
	"sync"
)

// Shape 14 of the corpus.
var withoutNew sync.Pool

func nilGet() int {
	b := withoutNew.Get().(*bytes.Buffer) // want `Get returns nil when withoutNew is empty, because it has no New, and the assertion to \*bytes.Buffer panics then`
	b.Reset()
	defer withoutNew.Put(b) // want `b goes back into the pool however large it \(bytes.Buffer\) has grown`
	return b.Len()
}

var asked sync.Pool

func okAsked() int {
	b, ok := asked.Get().(*record) // ok
	if !ok {
		b = new(record)
	}
	defer asked.Put(b)
	return b.id
}

var compared sync.Pool

func okCompared() int {
	v := compared.Get()
	if v == nil {
		v = new(record)
	}
	defer compared.Put(v)
	return v.(*record).id // ok
}

func okComparedFirst() *record {
	if v := compared.Get(); v != nil {
		return v.(*record) // ok
	}
	return new(record)
}

var failing = sync.Pool{New: func() any {
	r := new(record)
	if r.id != 0 {
		return nil
	}
	return r
}}

func nilFromNew() int {
	r := failing.Get().(*record) // want `Get returns nil when failing is empty, because its New returns nil on line \d+`
	defer failing.Put(r)
	return r.id
}

type table struct {
	records sync.Pool
	lent    sync.Pool
	each    [4]sync.Pool
}

func newTable() *table {
	t := new(table)
	t.records.New = func() any { return new(record) }
	for i := range t.each {
		p := &t.each[i]
		p.New = func() any { return new(record) }
	}
	fillIn(&t.lent)
	return t
}

func fillIn(p *sync.Pool) {}

func (t *table) okSetLater() int {
	r := t.records.Get().(*record) // ok
	defer t.records.Put(r)
	s := t.lent.Get().(*record) // ok: fillIn may set New
	defer t.lent.Put(s)
	u := t.each[1].Get().(*record) // ok
	defer t.each[1].Put(u)
	return r.id
}
