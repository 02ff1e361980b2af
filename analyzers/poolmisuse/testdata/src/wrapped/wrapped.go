// want package:"has pool wrappers"

// Package wrapped knows pools through wrappers only.
package wrapped

import "example.com/pools/pool"

func cond() bool { return true }

func useAfterPut() int {
	b := pool.Get()
	pool.Put(b)
	return pool.Len(b) // want `b is used after pool.Put gave it back`
}

func okUse() int {
	b := pool.Get()
	defer pool.Put(b)
	return pool.Len(b) // ok
}

func alias() []byte {
	b := pool.Get()
	defer pool.Put(b)
	return b.Bytes() // want `the result shares memory with b`
}

func release() {
	o := pool.New()
	o.Release()
	o.N++ // want `memory of o is used after o.Release gave o back`
}

func releaseTwice() {
	o := pool.New()
	defer o.Release()
	if cond() {
		o.Release() // want `o is put back here and once more by the defer on line \d+`
		return
	}
}

func okUnref() {
	o := pool.New()
	o.Unref()
	o.Unref() // ok: counts
}

var generic pool.Pool[int]

func genericTwice() {
	x := generic.Get()
	generic.Put(x)
	generic.Put(x) // want `x is put back twice`
}

var sizes pool.Sizes

func sized() []byte {
	b, err := sizes.Get(10)
	if err != nil {
		return nil
	}
	defer sizes.Put(b)
	return (*b)[:1] // want `the result shares memory with b`
}
