package driver

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// The key of a package's source changes with whatever is below it, bodies of
// functions included, and with nothing else. The run before notices.
func TestSourceKey(t *testing.T) {
	m := newCached(t)
	packages := []string{"example.com/m/a", "example.com/m/b", "example.com/m/c"}
	run := func() (*Result, map[string][32]byte) {
		t.Helper()
		result, err := Run(t.Context(), m.config())
		if err != nil {
			t.Fatal(err)
		}
		keys := make(map[string][32]byte)
		for _, path := range packages {
			if key, ok := result.SourceKey([]string{path}); ok {
				keys[path] = key
			}
		}
		return result, keys
	}
	result, before := run()
	if len(before) != len(packages) || !result.SourceUnchanged(packages) {
		t.Fatalf("%d keys, want %d, and nothing changed", len(before), len(packages))
	}
	for _, test := range []struct {
		file, old, new string
		changed        []string
	}{
		{"c/c.go", "b.F().N + a", "b.F().N - a", packages[2:]},
		{"a/a.go", "return 2", "return 3", packages},
		{"b/b.go", "return a.F()", "return a.T{}", packages[1:]},
	} {
		m.edit(test.file, test.old, test.new)
		for _, path := range packages {
			if got := result.SourceUnchanged([]string{path}); got == slices.Contains(test.changed, path) {
				t.Errorf("%s: unchanged %t in %s", test.file, got, path)
			}
		}
		var after map[string][32]byte
		result, after = run()
		var changed []string
		for _, path := range slices.Sorted(maps.Keys(after)) {
			if after[path] != before[path] {
				changed = append(changed, path)
			}
		}
		if !slices.Equal(changed, test.changed) {
			t.Errorf("%s: the keys of %q change, want %q", test.file, changed, test.changed)
		}
		before = after
	}
	m.edit("a/a.go", "return 3", "return")
	if _, keys := run(); len(keys) > 0 {
		t.Errorf("%d keys of packages with errors", len(keys))
	}
}

// What is kept under a key is there for whoever has the same key.
func TestCacheKeep(t *testing.T) {
	c := openTestCache(t)
	key, other := [32]byte{1}, [32]byte{2}
	if _, ok := c.Recall(key); ok {
		t.Error("recalled what was never kept")
	}
	c.Keep(key, []byte("said"))
	if data, ok := c.Recall(key); !ok || !bytes.Equal(data, []byte("said")) {
		t.Errorf("got %q, %t", data, ok)
	}
	if _, ok := c.Recall(other); ok {
		t.Error("recalled under another key")
	}
}
