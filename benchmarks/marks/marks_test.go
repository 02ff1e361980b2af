package marks

import (
	"context"
	"io"
	"runtime/trace"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/perflint/perflint/perfmark"
)

//go:noinline
func work(x int) int { return x + 1 }

// sites are marked by the benchmarks, one each: what one learns of the
// durations must not set the rate of another. They are declared as perflint
// mark declares them.
var sites [8]perfmark.Site

func init() { perfmark.Register(sites[:]) }

// The baseline is the call of a function that all others mark. It is in a
// function of its own because two of the forms are.
func BenchmarkBaseline(b *testing.B) { run(b, func(i int) { work(i) }) }

func BenchmarkHit(b *testing.B) {
	run(b, func(i int) { perfmark.Hit(&sites[0]); work(i) })
}

// What Hit cannot be faster than: one atomic addition.
func BenchmarkAtomicAdd(b *testing.B) {
	run(b, func(i int) { counter.Add(1); work(i) })
}

var counter atomic.Uint64

func BenchmarkExpression(b *testing.B) {
	run(b, func(i int) { perfmark.E1(perfmark.Enter(&sites[1]), work(i)) })
}

func BenchmarkStatement(b *testing.B) {
	run(b, func(i int) { sp := perfmark.Enter(&sites[2]); work(i); sp.Exit() })
}

func BenchmarkEntry(b *testing.B) {
	run(b, func(i int) { defer perfmark.Enter(&sites[3]).Exit(); work(i) })
}

func BenchmarkHandler(b *testing.B) {
	ctx := context.Background()
	run(b, func(i int) { defer perfmark.EnterHandler(&sites[4], ctx).Exit(); work(i) })
}

// What every call would cost that is timed: two readings of the clock.
func BenchmarkTwoClockReadings(b *testing.B) {
	run(b, func(i int) { start := time.Now(); work(i); _ = time.Since(start) })
}

func BenchmarkTraceRegionOff(b *testing.B) {
	ctx := context.Background()
	run(b, func(i int) { r := trace.StartRegion(ctx, "work"); work(i); r.End() })
}

func BenchmarkTraceRegionOn(b *testing.B) {
	if err := trace.Start(io.Discard); err != nil {
		b.Fatal(err)
	}
	defer trace.Stop()
	BenchmarkTraceRegionOff(b)
}

func BenchmarkPrometheusHistogram(b *testing.B) {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "work_seconds"})
	run(b, func(i int) { start := time.Now(); work(i); h.Observe(time.Since(start).Seconds()) })
}

func BenchmarkOpenTelemetrySpanSampled(b *testing.B) { span(b, sdktrace.AlwaysSample()) }

func BenchmarkOpenTelemetrySpan5Percent(b *testing.B) { span(b, sdktrace.TraceIDRatioBased(0.05)) }

// Spans end nowhere: exporting them is not part of the cost.
func span(b *testing.B, sampler sdktrace.Sampler) {
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler)).Tracer("marks")
	ctx := context.Background()
	run(b, func(i int) { _, s := tracer.Start(ctx, "work"); work(i); s.End() })
}

// run measures f, by one goroutine and, for contended, by one for each
// processor at the same site.
func run(b *testing.B, f func(int)) {
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			f(i)
		}
	})
	b.Run("contended", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				f(i)
			}
		})
	})
}
