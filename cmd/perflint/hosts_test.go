package main

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// TestHosts runs the fixtures of every analyzer through perflint and through
// go vet -vettool and demands the same findings, at each level. plugin/golangci
// holds golangci-lint to them as well.
func TestHosts(t *testing.T) {
	dir, bin := allFixtures(t)
	cache := "-cache=" + t.TempDir()
	shown := make(map[string]int) // findings by level
	for _, level := range fixtures.Levels() {
		own, err := fixtures.Perflint(dir, bin, append([]string{cache}, level.Flags...)...)
		if err != nil {
			t.Fatal(err)
		}
		vet, err := fixtures.Vet(dir, bin, level.Flags...)
		if err != nil {
			t.Fatal(err)
		}
		shown[level.Name] = len(own)
		compareHosts(t, level.Name, own, vet)
	}
	own, err := fixtures.Perflint(dir, bin, append([]string{cache}, fixtures.Everything()...)...)
	if err != nil {
		t.Fatal(err)
	}
	crossFire(t, own)
	// Each level shows what the one before does not, or it would compare nothing.
	if n := shown["by default"]; n < 100 || len(own) <= n || shown["all rules"] <= len(own) {
		t.Errorf("findings on all fixtures: %v, and %d of the rules that are on", shown, len(own))
	}
}

// compareHosts demands that perflint and go vet find the same.
func compareHosts(t *testing.T, level string, own, vet []fixtures.Finding) {
	t.Helper()
	inVet := make(map[string]bool)
	for _, f := range vet {
		inVet[f.String()] = true
	}
	inOwn := make(map[string]bool)
	for _, f := range own {
		inOwn[f.String()] = true
		// What only perflint itself reports: it alone sees all analyzers.
		if !inVet[f.String()] && !strings.HasPrefix(f.Rule, "perflint/") {
			t.Errorf("%s: only in perflint: %s", level, f)
		}
	}
	for _, f := range vet {
		if !inOwn[f.String()] {
			t.Errorf("%s: only in go vet: %s", level, f)
		}
	}
}

// apart are rules that say different things of one line in the fixtures: one
// that a bug happens there, the other, a candidate that is hidden by default,
// that there is an allocation which has nothing to do with it.
var apart = map[string]bool{
	"escape/append-growth chandeadlock/abandoned-receive": true, // list = append(list, <-ch)
	"escape/boxed chandeadlock/recursive-read-lock":       true, // fmt.Errorf("%v", code)
	"escape/conversion poolmisuse/use-after-put":          true, // return string(b)
	"escape/returned-pointer poolmisuse/kept-alias":       true, // return &segment{b}
}

// allFixtures writes the fixtures of all analyzers to a module, and builds
// perflint there.
func allFixtures(t *testing.T) (dir, bin string) {
	t.Helper()
	dir = t.TempDir()
	if err := fixtures.Write(dir, analyzersDir); err != nil {
		t.Fatal(err)
	}
	bin = filepath.Join(dir, "perflint.exe")
	if err := fixtures.Build(bin, "."); err != nil {
		t.Fatal(err)
	}
	return dir, bin
}

// crossFire demands that no two analyzers speak about one place: each thing
// belongs to one of them.
func crossFire(t *testing.T, findings []fixtures.Finding) {
	t.Helper()
	first := make(map[string]fixtures.Finding)
	for _, f := range findings {
		place := fmt.Sprintf("%s:%d", f.File, f.Line)
		analyzer, _, _ := strings.Cut(f.Rule, "/")
		if other, ok := first[place]; !ok {
			first[place] = f
		} else if before, _, _ := strings.Cut(other.Rule, "/"); before != analyzer && analyzer != "perflint" && before != "perflint" && !apart[f.Rule+" "+other.Rule] && !apart[other.Rule+" "+f.Rule] {
			t.Errorf("two analyzers speak about one line:\n%s\n%s", other, f)
		}
	}
}

// TestOptionsShareCache runs the fixtures with one cache and with options that
// change only what is shown: each answer is that of a run without a cache,
// although what the runs know of dependencies is shared.
func TestOptionsShareCache(t *testing.T) {
	dir, bin := allFixtures(t)
	run := func(cache string, flags []string) []fixtures.Finding {
		findings, err := fixtures.Perflint(dir, bin, append([]string{"-cache=" + cache}, flags...)...)
		if err != nil {
			t.Fatal(err)
		}
		return findings
	}
	cache, all := t.TempDir(), fixtures.AllRules()
	shown := run(cache, nil)
	if got, want := run(cache, all), run("off", all); !reflect.DeepEqual(got, want) {
		t.Errorf("%q: %d findings with the cache, %d without", all, len(got), len(want))
	} else if len(got) <= len(shown) {
		t.Errorf("%d findings with all rules, %d by default", len(got), len(shown))
	}
	if got, want := run(cache, nil), run("off", nil); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(got, shown) {
		t.Errorf("by default %d findings with the cache, %d before, %d without", len(got), len(shown), len(want))
	}
}
