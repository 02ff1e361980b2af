package tests

import "testing"

func TestPut(t *testing.T) {
	b := get()
	pool.Put(b) // want `however large`
	pool.Put(b) // want `b is put back twice` `however large`
}
