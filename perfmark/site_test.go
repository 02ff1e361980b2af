package perfmark

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"slices"
	"sync"
	"testing"
	"time"
)

// register makes sites known for the time of a test.
func register(t testing.TB, sites []Site) {
	t.Helper()
	before := slices.Clone(registry.sites)
	Register(sites)
	t.Cleanup(func() {
		registry.sites = before
		for i := range sites {
			sites[i].timing, sites[i].label = nil, nil
		}
		callers.entries = nil
		callers.known.Store(nil)
	})
}

func TestCountsAreExact(t *testing.T) {
	sites := make([]Site, 2)
	register(t, sites)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10_000 {
				Enter(&sites[0]).Exit()
				Hit(&sites[1])
			}
		})
	}
	wg.Wait()
	for i := range sites {
		if got := sites[i].Hits(); got != 80_000 {
			t.Errorf("site %d: %d hits, want 80000", i, got)
		}
	}
	st := sites[0].stat()
	if st.Timed == 0 || st.Timed > st.Hits || sites[1].stat().Timed != 0 {
		t.Errorf("timed: %d of %d, and %d of a site that only counts", st.Timed, st.Hits, sites[1].stat().Timed)
	}
	Reset()
	if again := sites[0].stat(); again.Hits != 0 || again.Timed != 0 || again.Max != 0 {
		t.Errorf("after Reset: %+v", again)
	}
}

// A site that is not registered yet, in an initialiser for example, counts.
func TestUnregistered(t *testing.T) {
	var s Site
	Enter(&s).Exit()
	defer EnterHandler(&s, t.Context()).Exit()
	if got := s.Hits(); got != 2 {
		t.Errorf("%d hits, want 2", got)
	}
}

func TestForms(t *testing.T) {
	sites := make([]Site, 1)
	register(t, sites)
	var order []string
	f := func(name string) string { order = append(order, name); return name }
	if got := E1(Enter(&sites[0]), f("a")) + f("b"); got != "ab" || !slices.Equal(order, []string{"a", "b"}) {
		t.Errorf("got %s in the order %v", got, order)
	}
	if sp := Enter(&sites[0]); !sp.T() || sites[0].Hits() != 2 {
		t.Errorf("T is not true, or %d hits, want 2", sites[0].Hits())
	}
	func() {
		defer func() { recover() }()
		defer Enter(&sites[0]).Exit()
		panic("counted")
	}()
	if sites[0].Hits() != 3 {
		t.Errorf("%d hits after a panic, want 3", sites[0].Hits())
	}
}

func TestNoAllocations(t *testing.T) {
	sites := make([]Site, 1)
	register(t, sites)
	s, ctx := &sites[0], context.Background()
	r := &request{ctx}
	for name, mark := range map[string]func(){
		"Enter":        func() { Enter(s).Exit() },
		"defer":        func() { defer Enter(s).Exit() },
		"E1":           func() { E1(Enter(s), 1) },
		"Hit":          func() { Hit(s) },
		"EnterHandler": func() { defer EnterHandler(s, ctx).Exit() },
		"EnterStream":  func() { defer EnterStream(s, r).Exit() },
		"EnterRequestOf": func() {
			defer EnterRequestOf(s, wrapper{r}, wrapper.Request).Exit()
		},
	} {
		for _, mask := range []uint32{0, 31} {
			s.mask.Store(mask)
			if n := testing.AllocsPerRun(1000, mark); n != 0 {
				t.Errorf("%s with mask %d: %v allocations", name, mask, n)
			}
		}
	}
}

// Every bucket holds what it says, and is narrow enough.
func TestBuckets(t *testing.T) {
	for i := range buckets - 1 {
		low, next := lower(i), lower(i+1)
		if next <= low || bucket(low) != i || bucket(next-1) != i {
			t.Errorf("bucket %d: %d to %d, which are in %d and %d", i, low, next, bucket(low), bucket(next-1))
		}
		if width := next - low; width > 1 && float64(width) > 0.125*float64(low) {
			t.Errorf("bucket %d from %d is %d wide", i, low, width)
		}
	}
	if bucket(-1) != 0 || bucket(1<<62) != buckets-1 {
		t.Error("durations out of range are in no bucket")
	}
}

// Estimates from a sample are close to the truth, whatever the rate.
func TestEstimates(t *testing.T) {
	for _, mask := range []uint32{0, 7, 31} {
		r := rand.New(rand.NewPCG(1, uint64(mask)))
		var tm timing
		var all []int64
		var sum int64
		for range 200_000 {
			d := int64(1000 * (1 + r.ExpFloat64()))
			all = append(all, d)
			sum += d
			if r.Uint32()&mask == 0 {
				tm.add(d, uint64(mask)+1)
			}
		}
		slices.Sort(all)
		near := func(name string, got, want int64, tolerance float64) {
			if diff := float64(got-want) / float64(want); diff > tolerance || diff < -tolerance {
				t.Errorf("mask %d: %s %d, want %d", mask, name, got, want)
			}
		}
		near("sum", int64(tm.total.Load()), sum, 0.03)
		for _, q := range []float64{0.5, 0.9, 0.99} {
			near("quantile", tm.quantile(q), all[int(q*float64(len(all)))], 0.125)
		}
	}
}

// The rate follows the site: slow ones are timed every time.
func TestRate(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		mask uint32
	}{{50 * time.Microsecond, 0}, {8 * time.Microsecond, 7}, {100, 31}} {
		var tm timing
		for range reviewEvery {
			tm.add(int64(test.d), 1)
		}
		if got := tm.rate(); got != test.mask {
			t.Errorf("%v: mask %d, want %d", test.d, got, test.mask)
		}
	}
}

func TestLabels(t *testing.T) {
	sites := []Site{{Func: "shop.Orders"}}
	register(t, sites)
	// What the goroutine carries cannot be asked for; a profile says it.
	labels := func() string {
		var b safeBuilder
		pprof.Lookup("goroutine").WriteTo(&b, 1)
		return b.String()
	}
	caller := pprof.WithLabels(context.Background(), pprof.Labels("tenant", "a"))
	pprof.SetGoroutineLabels(caller)
	defer pprof.SetGoroutineLabels(context.Background())
	func() {
		defer func() { recover() }()
		defer EnterHandler(&sites[0], caller).Exit()
		if got := labels(); !has(got, `"handler":"shop.Orders"`) || !has(got, `"tenant":"a"`) {
			t.Errorf("within the handler: %s", got)
		}
		panic("and labels are restored")
	}()
	if got := labels(); has(got, "shop.Orders") || !has(got, `"tenant":"a"`) {
		t.Errorf("behind the handler: %s", got)
	}
}
