package perfmark

import (
	"context"
	"sync"
	"testing"
	"time"
)

// The time of a handler is its own and, as inner time, in the handler that
// called it, whatever lies between and whatever form the mark has.
func TestNested(t *testing.T) {
	ctx := t.Context()
	forms := map[string]func(s *Site, next func()){
		"EnterHandler": func(s *Site, next func()) {
			defer EnterHandler(s, ctx).Exit()
			next()
		},
		"EnterHandler without a context": func(s *Site, next func()) {
			defer EnterHandler(s, nil).Exit()
			next()
		},
		"EnterRequest": func(s *Site, next func()) {
			defer EnterRequest(s, &request{ctx}).Exit()
			next()
		},
		"EnterRequest without a request": func(s *Site, next func()) {
			defer EnterRequest(s, (*request)(nil)).Exit()
			next()
		},
		"EnterContext": func(s *Site, next func()) {
			defer EnterContext(s, &struct{ context.Context }{ctx}).Exit()
			next()
		},
		"EnterStream": func(s *Site, next func()) {
			defer EnterStream(s, &request{ctx}).Exit()
			next()
		},
		"EnterRequestOf": func(s *Site, next func()) {
			defer EnterRequestOf(s, wrapper{&request{ctx}}, wrapper.Request).Exit()
			next()
		},
		"EnterContextOf": func(s *Site, next func()) {
			type c struct{ context.Context }
			defer EnterContextOf(s, &c{ctx}, func(c *c) *c { return c }).Exit()
			next()
		},
	}
	for name, outer := range forms {
		t.Run(name, func(t *testing.T) {
			sites := make([]Site, 2)
			register(t, sites)
			for range 3 {
				outer(&sites[0], func() { between(func() { leaf(&sites[1]) }) })
			}
			within(t, "in another handler", sites[0].stat().Inner, sites[1].stat().Total)
			for i := range sites {
				if st := sites[i].stat(); st.Again != 0 {
					t.Errorf("handler %d calls itself for %v", i, st.Again)
				}
			}
			leaf(&sites[1])
			if inner, total := sites[0].stat().Inner, sites[1].stat().Total; inner >= total {
				t.Errorf("a handler that nobody called is in another: %v of %v", inner, total)
			}
		})
	}
}

//go:noinline
func between(f func()) { f() }

func leaf(s *Site) {
	defer EnterHandler(s, context.Background()).Exit()
	time.Sleep(time.Millisecond)
}

// within compares sums that were rounded in different ways.
func within(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if diff := got - want; want == 0 || diff < -10 || diff > 10 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A handler that calls itself, over another: what it has twice is known.
func TestRecursiveHandler(t *testing.T) {
	sites := make([]Site, 2)
	register(t, sites)
	var spent [3]time.Duration // by the level
	var handle, other func(level int)
	handle = func(level int) {
		defer func(start time.Time) { spent[level] = time.Since(start) }(time.Now())
		defer EnterHandler(&sites[0], nil).Exit()
		time.Sleep(time.Millisecond)
		if level < 2 {
			other(level + 1)
		}
	}
	other = func(level int) {
		defer EnterHandler(&sites[1], nil).Exit()
		handle(level)
	}
	handle(0)
	st, otherStat := sites[0].stat(), sites[1].stat()
	near := func(what string, got, want time.Duration) {
		t.Helper()
		if diff := got - want; diff < -time.Millisecond || diff > time.Millisecond {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("the whole", st.Total, spent[0]+spent[1]+spent[2])
	near("again", st.Again, spent[1]+spent[2])
	near("the other in it", st.Inner, otherStat.Total)
	near("it in the other", otherStat.Inner, spent[1]+spent[2])
	near("the other again", otherStat.Again, spent[2])
	Reset()
	if st := sites[0].stat(); st.Inner != 0 || st.Again != 0 {
		t.Errorf("after Reset: %+v", st)
	}
}

// What runs in a goroutine of its own is not a part of who started it.
func TestHandlerInGoroutine(t *testing.T) {
	sites := make([]Site, 2)
	register(t, sites)
	func() {
		defer EnterHandler(&sites[0], nil).Exit()
		var wg sync.WaitGroup
		wg.Go(func() { leaf(&sites[1]) })
		wg.Wait()
	}()
	if st := sites[0].stat(); st.Inner != 0 || sites[1].stat().Total == 0 {
		t.Errorf("inner %v", st.Inner)
	}
}

// Most executions are not looked at, and the sum is right all the same.
func TestNestedSample(t *testing.T) {
	sites := make([]Site, 2)
	register(t, sites)
	const executions = 20_000
	for range executions {
		func() {
			defer EnterHandler(&sites[0], nil).Exit()
			func() {
				defer EnterHandler(&sites[1], nil).Exit()
				work(1)
			}()
		}()
	}
	n := &sites[1].timing.nested
	if looked := n.looked.Load(); looked < nestAlways || looked > executions/nestOneIn {
		t.Errorf("the stack was read for %d of %d executions", looked, executions)
	}
	inner := &sites[0].timing.nested
	// Each of these executions took one unit, if their lengths are left out.
	var weight, times uint64
	for range executions {
		nn := nest(&sites[1], 1, 0)
		weight += uint64(nn.weight)
		if nn.weight != 0 {
			times++
		}
	}
	if weight < executions*8/10 || weight > executions*12/10 || times > executions/8 {
		t.Errorf("%d samples stand for %d executions, want %d", times, weight, executions)
	}
	if inner.inner.Load() == 0 {
		t.Error("the inner handler was not found")
	}
}
