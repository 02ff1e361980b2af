package off

import "sync"

type point struct{ x, y int }

var structs, pointers sync.Pool

func putStruct(p point) {
	structs.Put(p) // want `p is a point, not a pointer: every Put allocates 16 bytes`
}

func okPointer(p *point) {
	pointers.Put(p) // ok
}

var arrays = sync.Pool{}

func array(b []byte) {
	arrays.Put(b) // want `b is a \[\]byte, not a pointer: every Put allocates 24 bytes to hold it` `however large`
}

// The shape of minio's readers: to fill such a block costs far more.
var blocks = sync.Pool{New: func() any { return make([]byte, 128<<10) }}

func infoBlock(read func([]byte)) {
	b := blocks.Get().([]byte)
	read(b)
	blocks.Put(b) // want `b is a \[\]byte, not a pointer` `however large`
}

var packets = sync.Pool{New: func() any { return make([]byte, 2048) }}

func packet(read func([]byte)) {
	b := packets.Get().([]byte)
	read(b)
	packets.Put(b) // want `b is a \[\]byte, not a pointer` `however large`
}
