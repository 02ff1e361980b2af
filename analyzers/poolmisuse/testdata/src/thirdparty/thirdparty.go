// Package thirdparty uses pools of other modules.
package thirdparty

import (
	"github.com/prometheus/prometheus/util/zeropool"
	"github.com/valyala/bytebufferpool"
	"google.golang.org/grpc/mem"
)

func byteBuffer() []byte {
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	return b.B // want `the result shares memory with b`
}

func okByteBuffer() string {
	b := bytebufferpool.Get()
	defer bytebufferpool.Put(b)
	return b.String() // ok
}

func bufferPool(p mem.BufferPool) byte {
	b := p.Get(10)
	p.Put(b)
	return (*b)[0] // want `b is used after p.Put gave it back`
}

func zero(p *zeropool.Pool[[]byte]) byte {
	b := p.Get()
	p.Put(b)
	return b[0] // want `memory of b is used after p.Put gave b back`
}

// A BytesPool is a pool by its shape.
type BytesPool interface {
	Get(size int) (*[]byte, error)
	Put(b *[]byte)
}

func shaped(p BytesPool) byte {
	b, err := p.Get(10)
	if err != nil {
		return 0
	}
	p.Put(b)
	return (*b)[0] // want `b is used after p.Put gave it back`
}

// A TxPool keeps what is put, by its key.
type TxPool interface {
	Get(hash string) *[]byte
	Put(b *[]byte)
}

func okKeyed(p TxPool) byte {
	b := p.Get("key")
	p.Put(b)
	return (*b)[0] // ok
}
