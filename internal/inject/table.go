package inject

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A stat is what a marked program writes of a site: package perfmark's Stat.
type stat struct {
	Kind, Func, File string
	Line             int
	Hits             uint64
	Total            time.Duration `json:"total_ns"`
	Mean             time.Duration `json:"mean_ns"`
	P99              time.Duration `json:"p99_ns"`
	Inner            time.Duration `json:"inner_ns"`
	Again            time.Duration `json:"again_ns"`
}

// once returns the time of a handler without that which it has twice because
// it was called by itself.
func (s *stat) once() time.Duration { return s.Total - s.Again }

// share returns the share of its handler that a site has, if there is one. Of
// handlers it is the share of themselves, in which no other handler runs: the
// others' times are their own, so nothing is in two handlers.
func (s *stat) share(whole time.Duration) string {
	switch {
	case s.Kind == handlerKind && s.Inner > 0 && s.once() > 0:
		return fmt.Sprintf("%.0f %% self", 100*float64(s.Total-s.Inner)/float64(s.once()))
	case s.Kind != handlerKind && s.Total > 0 && whole > 0:
		return fmt.Sprintf("%.0f %%", 100*float64(s.Total)/float64(whole))
	}
	return "-"
}

// handlerKind is the kind of marks that shares are of.
const handlerKind = "handler"

// Table returns what a marked program counted, as rows of site, kind, hits,
// mean, 99th percentile, share of the handler, and function. The share is
// that of the wall time of the handler in the same function, or in the one
// whose function literal it is; what runs in other goroutines can add up to
// more than the whole. Sites that are in no handler have none. The time of a
// handler that others call is not in their share, and that of one that calls
// itself counts once. Means are of all that a function calls. Rows are sorted
// by total time, the largest first; sites that were not hit come last.
func Table(text []byte) ([][]string, error) {
	var stats []stat
	if err := json.Unmarshal(text, &stats); err != nil {
		return nil, fmt.Errorf("this is not what a marked program writes: %w", err)
	}
	handlers := make(map[string]time.Duration)
	for _, s := range stats {
		if s.Kind == handlerKind {
			handlers[s.Func] = max(handlers[s.Func], s.once())
		}
	}
	slices.SortStableFunc(stats, func(a, b stat) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Hits, a.Hits), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	var rows [][]string
	for _, s := range stats {
		rows = append(rows, []string{
			fmt.Sprintf("%s:%d", s.File, s.Line), s.Kind, strconv.FormatUint(s.Hits, 10),
			round(s.Mean), round(s.P99), s.share(enclosing(handlers, s.Func)), s.Func,
		})
	}
	return rows, nil
}

// enclosing returns the time of the handler that a function is, or is a
// literal in: shop.Orders for shop.Orders.func1.2.
func enclosing(handlers map[string]time.Duration, name string) time.Duration {
	for {
		if whole, ok := handlers[name]; ok {
			return whole
		}
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 || strings.Trim(strings.TrimPrefix(name[dot+1:], "func"), "0123456789") != "" {
			return 0
		}
		name = name[:dot]
	}
}

// round returns a duration with about three digits.
func round(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
