package inject

import (
	"testing"
)

// Shares of what a handler takes itself: not what handlers that it calls take,
// and once what it takes as its own caller.
func TestTable(t *testing.T) {
	const text = `[
	{"kind": "handler", "func": "s.Log.func1", "file": "s/a.go", "line": 1, "hits": 10, "total_ns": 1000, "mean_ns": 100, "inner_ns": 900},
	{"kind": "handler", "func": "s.Orders", "file": "s/a.go", "line": 2, "hits": 10, "total_ns": 900, "mean_ns": 90},
	{"kind": "db_query", "func": "s.Orders", "file": "s/a.go", "line": 3, "hits": 10, "total_ns": 450},
	{"kind": "json_enc", "func": "s.Log.func1.2", "file": "s/a.go", "line": 4, "hits": 10, "total_ns": 50},
	{"kind": "file", "func": "s.Log", "file": "s/a.go", "line": 5, "hits": 1, "total_ns": 7},
	{"kind": "handler", "func": "s.Tree", "file": "s/b.go", "line": 1, "hits": 20, "total_ns": 300, "inner_ns": 100, "again_ns": 100},
	{"kind": "regexp", "func": "s.Tree", "file": "s/b.go", "line": 2, "hits": 20, "total_ns": 20},
	{"kind": "handler", "func": "s.Idle", "file": "s/c.go", "line": 1, "hits": 0},
	{"kind": "redis", "func": "s.Idle", "file": "s/c.go", "line": 2, "hits": 0}
]`
	want := map[string]string{
		"s/a.go:1": "10 % self", "s/a.go:2": "-", "s/a.go:3": "50 %", "s/a.go:4": "5 %", "s/a.go:5": "-",
		"s/b.go:1": "100 % self", "s/b.go:2": "10 %", "s/c.go:1": "-", "s/c.go:2": "-",
	}
	rows, err := Table([]byte(text))
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	for _, row := range rows {
		if row[5] != want[row[0]] {
			t.Errorf("%s has the share %q, want %q", row[0], row[5], want[row[0]])
		}
	}
	if rows[0][0] != "s/a.go:1" || rows[len(rows)-1][2] != "0" {
		t.Errorf("in the order %v", rows)
	}
	if _, err := Table([]byte("{}")); err == nil {
		t.Error("an object is a table")
	}
}
