package perfmark

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// registry has the sites of the program, in the order of registration.
var registry struct {
	sync.Mutex
	sites []*Site
}

// Register makes sites known, and allocates all that they will ever need: a
// histogram of 2.4 kB for each. A site that is not registered is counted, but
// neither timed nor exported. Registering a site again does nothing.
func Register(sites []Site) {
	registry.Lock()
	defer registry.Unlock()
	for i := range sites {
		s := &sites[i]
		if s.timing != nil {
			continue
		}
		s.timing = new(timing)
		s.label = newLabel(s)
		registry.sites = append(registry.sites, s)
	}
}

// A Place describes a site.
type Place struct {
	Kind, Func, File string
	Line             int
	Finding          string
}

// Declare describes sites, one place each, and registers them. It returns how
// many there are, so that the initialiser of a variable can call it.
//
// Marked programs declare their sites without an initialiser: if the sites
// had one, variables whose initialisers call marked functions would have to
// wait for it, and be initialised in another order than before.
func Declare(sites []Site, places []Place) int {
	for i, p := range places {
		s := &sites[i]
		s.Kind, s.Func, s.File, s.Line, s.Finding = p.Kind, p.Func, p.File, p.Line, p.Finding
	}
	Register(sites)
	return len(sites)
}

// A Stat is what is known of a site. Durations are zero if nothing was timed.
type Stat struct {
	Kind    string `json:"kind"`
	Func    string `json:"func"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Finding string `json:"finding,omitempty"`

	Hits  uint64        `json:"hits"`     // exact
	Timed uint64        `json:"timed"`    // how many of them were timed
	Total time.Duration `json:"total_ns"` // estimated sum over all hits
	Mean  time.Duration `json:"mean_ns"`
	P50   time.Duration `json:"p50_ns"`
	P90   time.Duration `json:"p90_ns"`
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns"` // longest that was timed

	// Of handlers, estimates like Total: the time in other handlers that this
	// one called, and that of executions inside of another execution, which
	// Total has twice. See [EnterHandler].
	Inner time.Duration `json:"inner_ns,omitempty"`
	Again time.Duration `json:"again_ns,omitempty"`
}

// Stats returns what is known of all registered sites, sorted by file, line
// and kind. Sites go on counting meanwhile: numbers of one site may belong to
// moments that are some nanoseconds apart.
func Stats() []Stat {
	registry.Lock()
	sites := slices.Clone(registry.sites)
	registry.Unlock()
	stats := make([]Stat, len(sites))
	for i, s := range sites {
		stats[i] = s.stat()
	}
	slices.SortStableFunc(stats, func(a, b Stat) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind))
	})
	return stats
}

func (s *Site) stat() Stat {
	t := s.timing
	st := Stat{
		Kind: s.Kind, Func: s.Func, File: s.File, Line: s.Line, Finding: s.Finding,
		Hits: s.Hits(), Timed: t.timed.Load(),
		P50: time.Duration(t.quantile(0.50)), P90: time.Duration(t.quantile(0.90)), P99: time.Duration(t.quantile(0.99)),
		Max: time.Duration(t.max.Load()),
	}
	var weight uint64
	for i := range t.buckets {
		weight += t.buckets[i].Load()
	}
	if weight > 0 {
		mean := float64(t.total.Load()) / float64(weight)
		st.Mean = time.Duration(mean)
		st.Total = time.Duration(mean * float64(st.Hits))
		// No estimate from a sample shall make a part larger than the whole.
		st.Inner = min(time.Duration(t.nested.inner.Load()), st.Total)
		st.Again = min(time.Duration(t.nested.again.Load()), st.Total)
	}
	return st
}

// Reset forgets what was counted and timed, for instance between two loads.
// Executions that are under way are timed into the new period.
func Reset() {
	registry.Lock()
	defer registry.Unlock()
	for _, s := range registry.sites {
		for i := range s.shards {
			s.shards[i].hits.Store(0)
		}
		t := s.timing
		t.timed.Store(0)
		t.total.Store(0)
		t.max.Store(0)
		t.nested.looked.Store(0)
		t.nested.inner.Store(0)
		t.nested.again.Store(0)
		for i := range t.buckets {
			t.buckets[i].Store(0)
		}
	}
}
