package perfmark

import (
	"context"
	"testing"
)

//go:noinline
func work(x int) int { return x + 1 }

// The baseline is the call that the others mark.
func BenchmarkBaseline(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		work(i)
	}
}

func BenchmarkHit(b *testing.B) {
	sites := make([]Site, 1)
	register(b, sites)
	for i := 0; b.Loop(); i++ {
		Hit(&sites[0])
		work(i)
	}
}

func BenchmarkE1(b *testing.B) {
	sites := make([]Site, 1)
	register(b, sites)
	for i := 0; b.Loop(); i++ {
		E1(Enter(&sites[0]), work(i))
	}
}

func BenchmarkDefer(b *testing.B) {
	sites := make([]Site, 1)
	register(b, sites)
	for i := 0; b.Loop(); i++ {
		func() {
			defer Enter(&sites[0]).Exit()
			work(i)
		}()
	}
}

func BenchmarkHandler(b *testing.B) {
	sites := make([]Site, 1)
	register(b, sites)
	ctx := context.Background()
	for i := 0; b.Loop(); i++ {
		func() {
			defer EnterHandler(&sites[0], ctx).Exit()
			work(i)
		}()
	}
}

func BenchmarkParallelHit(b *testing.B) {
	sites := make([]Site, 1)
	register(b, sites)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			Hit(&sites[0])
		}
	})
}

func BenchmarkParallelE1(b *testing.B) {
	sites := make([]Site, 1)
	register(b, sites)
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			E1(Enter(&sites[0]), work(i))
		}
	})
}
