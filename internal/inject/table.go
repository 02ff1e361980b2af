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
}

// Table returns what a marked program counted, as rows of site, kind, hits,
// mean, 99th percentile, share of the handler, and function. The share is
// that of the wall time of the handler in the same function, or in the one
// whose function literal it is; what runs in other goroutines can add up to
// more than the whole. Sites that are in no handler have none. No two rows are
// ever added: times include what a function calls, itself and nested handlers
// too. Rows are sorted by total time, the largest first;
// sites that were not hit come last.
func Table(text []byte) ([][]string, error) {
	var stats []stat
	if err := json.Unmarshal(text, &stats); err != nil {
		return nil, fmt.Errorf("this is not what a marked program writes: %w", err)
	}
	handlers := make(map[string]time.Duration)
	for _, s := range stats {
		if s.Kind == "handler" {
			handlers[s.Func] = max(handlers[s.Func], s.Total)
		}
	}
	slices.SortStableFunc(stats, func(a, b stat) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Hits, a.Hits), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	var rows [][]string
	for _, s := range stats {
		share := "-"
		if whole := enclosing(handlers, s.Func); whole > 0 && s.Kind != "handler" && s.Total > 0 {
			share = fmt.Sprintf("%.0f %%", 100*float64(s.Total)/float64(whole))
		}
		rows = append(rows, []string{
			fmt.Sprintf("%s:%d", s.File, s.Line), s.Kind, strconv.FormatUint(s.Hits, 10),
			round(s.Mean), round(s.P99), share, s.Func,
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
