package marks

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

// Other ways to count an execution, which perfmark.Hit was measured against.
// docs/performance.md says what became of them. Each is exact, but for the
// moment at which the count is seen.

// A striped counter is spread over cache lines.
type striped [4]struct {
	hits atomic.Uint64
	_    [56]byte
}

// By the address of the stack, which tells goroutines apart.
func (s *striped) hitByStack() {
	var here byte
	page := uintptr(unsafe.Pointer(&here)) >> 11
	s[(page^page>>4)&3].hits.Add(1)
}

// By chance, as Enter does it.
func (s *striped) hitByChance() { s[rand.Uint64()&3].hits.Add(1) }

var stripes, chances striped

func BenchmarkHitByStack(b *testing.B) {
	run(b, func(i int) { stripes.hitByStack(); work(i) })
}

func BenchmarkHitByChance(b *testing.B) {
	run(b, func(i int) { chances.hitByChance(); work(i) })
}

// By processor: a counter that nobody else has meanwhile needs no atomic
// addition, and a pool hands out those of the processor. Counters that the pool
// drops are summed up all the same, because a list keeps them.
var owned = sync.Pool{New: func() any {
	c := new(own)
	owners.Lock()
	defer owners.Unlock()
	owners.list = append(owners.list, c)
	return c
}}

type own struct{ hits, _, _, _, _, _, _, _ uint64 }

var owners struct {
	sync.Mutex
	list []*own
}

func BenchmarkHitByProcessor(b *testing.B) {
	run(b, func(i int) {
		c := owned.Get().(*own)
		c.hits++
		owned.Put(c)
		work(i)
	})
}

// By function: a local variable counts, and is added when the function ends,
// here after one round of its loop, or 64 (the cost is that of one round).
func BenchmarkHitBatchedBy1(b *testing.B) { run(b, func(i int) { rounds(1, i) }) }

func BenchmarkHitBatchedBy64(b *testing.B) {
	run(b, func(i int) {
		if i%64 == 0 {
			rounds(64, i)
		}
	})
}

// The same loop without a mark, which the others must be compared with.
func BenchmarkLoopOf1(b *testing.B) { run(b, func(i int) { plainRounds(1, i) }) }

func BenchmarkLoopOf64(b *testing.B) {
	run(b, func(i int) {
		if i%64 == 0 {
			plainRounds(64, i)
		}
	})
}

var total atomic.Uint64

//go:noinline
func rounds(n, i int) {
	var hits uint64
	defer func() { total.Add(hits) }()
	for range n {
		hits++
		work(i)
	}
}

//go:noinline
func plainRounds(n, i int) {
	for range n {
		work(i)
	}
}
