package driver_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/driver"
)

var (
	randomSeed  = flag.Uint64("random.seed", 1, "`seed` of the randomized tests")
	randomSteps = flag.Int("random.steps", 0, "`steps` of TestRandomEdits; 0: 300, or 40 with -short")
)

// TestRandomEdits edits a program at random. After each step, an analysis
// with the cache of all steps before it must say what one without a cache
// says, and must have taken from the cache what the step did not touch.
func TestRandomEdits(t *testing.T) {
	steps := *randomSteps
	if steps == 0 {
		steps = 300
		if testing.Short() {
			steps = 40
		}
	}
	t.Logf("reproduce with -random.seed=%d -random.steps=%d", *randomSeed, steps)
	e, l := newEditor(*randomSeed), newLab(t)
	if e.clean = l.compare(t, e.world, unknown); !e.clean {
		t.Fatal("the first state has errors")
	}
	for i := range steps {
		name, stale := e.step()
		l.trail = append(l.trail, fmt.Sprintf("%d %s", i+1, name))
		switch name {
		case "nothing":
			l.files = nil // written once more
		case "damage":
			l.damage(rand.New(rand.NewPCG(*randomSeed, uint64(i))))
			e.forget()
		}
		if e.clean = l.compare(t, e.world, stale); name == "repair" && !e.clean {
			t.Fatalf("after %q: still errors", l.trail)
		}
		e.remember()
	}
	s := l.seen
	t.Logf("%d runs: %d packages, %d from the cache; %d findings, %d errors; %d steps with errors, %d checked for staleness, %d of them with test variants",
		s.runs, s.packages, s.cached, s.findings, s.errors, s.dirty, s.exact, s.variants)
	if s.cached*2 < s.packages || s.dirty == 0 || s.dirty*2 > steps || s.exact*8 < steps || s.variants == 0 || s.findings < 100*steps {
		t.Error("the program does not try the cache hard enough")
	}
}

// A lab analyses states of a program in one folder, with one cache.
type lab struct {
	dir, cache string
	env        *driver.Environment
	trail      []string // names of the steps so far
	files      map[string]string
	seen       struct{ runs, packages, cached, findings, errors, dirty, exact, variants int }
}

func newLab(t *testing.T) *lab {
	l := &lab{dir: writeModule(t, ""), cache: t.TempDir()}
	if err := os.Mkdir(filepath.Join(l.dir, "m"), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.env, err = driver.ReadEnvironment(context.Background(), filepath.Join(l.dir, "m"), testEnv()); err != nil {
		t.Fatal(err)
	}
	return l
}

// compare analyses a state with and without the cache and reports whether it
// has no errors. If it is known how many packages are stale, all others must
// come from the cache.
func (l *lab) compare(t *testing.T, w *world, stale int) (clean bool) {
	t.Helper()
	l.write(t, w)
	n := len(l.trail)
	type answer struct {
		result *driver.Result
		err    error
	}
	fresh := make(chan answer)
	go func() {
		result, err := driver.Run(context.Background(), l.config(t, w, false, 1+n%3))
		fresh <- answer{result, err}
	}()
	cached, err := driver.Run(context.Background(), l.config(t, w, true, 1+n/3%4))
	reference := <-fresh
	if err != nil || reference.err != nil {
		t.Fatalf("after %q: %v; without cache: %v", l.trail, err, reference.err)
	}
	want := reference.result
	l.same(t, w, want, cached, "with the cache")
	total := cached.Stats.Roots + cached.Stats.FactsOnly
	if got := total - cached.Stats.Cached; stale != unknown && got != stale {
		t.Fatalf("after %q: %d of %d packages were analysed, want %d", l.trail, got, total, stale)
	}
	clean = len(want.Errors) == 0
	l.count(want, cached, stale)
	if n%4 > 0 {
		return clean
	}
	// Once more, now that the cache knows the answer.
	cfg := l.config(t, w, true, 1+n/3%4)
	cfg.Fresh = n%8 > 0
	again, err := driver.Run(context.Background(), cfg)
	if err != nil {
		t.Fatalf("after %q: %v", l.trail, err)
	}
	l.same(t, w, want, again, "with the cache again")
	expected := total
	if cfg.Fresh {
		expected = again.Stats.FactsOnly
	}
	if clean && again.Stats.Cached != expected {
		t.Fatalf("after %q: %d packages from the cache in a second run, want %d", l.trail, again.Stats.Cached, expected)
	}
	return clean
}

func (l *lab) count(want, cached *driver.Result, stale int) {
	s := &l.seen
	s.runs++
	s.packages += cached.Stats.Roots + cached.Stats.FactsOnly
	s.cached += cached.Stats.Cached
	s.findings += len(want.Findings)
	s.errors += len(want.Errors)
	if len(want.Errors) > 0 {
		s.dirty++
	}
	if stale != unknown {
		s.exact++
	}
	if stale > 1 {
		s.variants++
	}
}

// same fails the test, with what is needed to see why, if two results differ.
func (l *lab) same(t *testing.T, w *world, want, got *driver.Result, how string) {
	t.Helper()
	if reflect.DeepEqual(want.Findings, got.Findings) && reflect.DeepEqual(want.Errors, got.Errors) &&
		want.Stats.Suppressed == got.Stats.Suppressed && want.Stats.Hidden == got.Stats.Hidden {
		return
	}
	lines := func(r *driver.Result) map[string]bool {
		set := map[string]bool{fmt.Sprintf("%d suppressed, %d hidden", r.Stats.Suppressed, r.Stats.Hidden): true}
		for _, f := range r.Findings {
			set[fmt.Sprintf("%+v", f)] = true
		}
		for _, e := range r.Errors {
			set[fmt.Sprintf("%+v", e)] = true
		}
		return set
	}
	a, b := lines(want), lines(got)
	var diff strings.Builder
	for _, line := range slices.Sorted(maps.Keys(a)) {
		if !b[line] {
			fmt.Fprintf(&diff, "- %s\n", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(b)) {
		if !a[line] {
			fmt.Fprintf(&diff, "+ %s\n", line)
		}
	}
	t.Fatalf("after %q: the answer %s differs\n%s%+v", l.trail, how, diff.String(), w.setting)
}

// write brings the folder into a state and touches nothing else.
func (l *lab) write(t *testing.T, w *world) {
	t.Helper()
	files := w.render()
	for name := range l.files {
		if _, ok := files[name]; !ok {
			if err := os.Remove(filepath.Join(l.dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range files {
		if old, ok := l.files[name]; ok && old == text {
			continue
		}
		path := filepath.Join(l.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l.files = files
}

func (l *lab) config(t *testing.T, w *world, cached bool, jobs int) *driver.Config {
	t.Helper()
	opts := w.options()
	cfg := &driver.Config{
		Dir: filepath.Join(l.dir, "m"), Patterns: []string{"./..."}, Tests: w.Tests, Env: append(testEnv(), "GOGC=off"), Jobs: jobs,
		Analyzers: []*analysis.Analyzer{newLearner(&opts)}, Rules: learnRules, Options: opts,
	}
	if w.Broad {
		cfg.Patterns = append(cfg.Patterns, "example.com/x/...")
	}
	if w.Tags {
		cfg.Tags = "slow"
	}
	if w.Env {
		cfg.Environment = l.env
	}
	if w.Overlaid >= 0 {
		other := w.clone()
		f := other.Pkgs[w.Overlaid].Funcs[0]
		f.Blocks = (f.Blocks + 1) % 3
		name := other.Pkgs[w.Overlaid].file(f.File)
		if text := other.render()[name]; text != "" {
			cfg.Overlay = map[string][]byte{filepath.Join(l.dir, name): []byte(text)}
		}
	}
	if cached {
		cache, err := driver.OpenCache(l.cache)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Cache = cache
	}
	return cfg
}

// damage removes, cuts and mixes up entries of the cache.
func (l *lab) damage(rng *rand.Rand) {
	names, _ := filepath.Glob(filepath.Join(l.cache, "[0-9a-f][0-9a-f]", "*"))
	for _, name := range names {
		switch rng.IntN(12) {
		case 0, 1:
			_ = os.Remove(name)
		case 2:
			_ = os.Truncate(name, 20)
		case 3:
			if data, err := os.ReadFile(names[rng.IntN(len(names))]); err == nil {
				_ = os.WriteFile(name, data, 0o644)
			}
		}
	}
}

// The same packages leave the same bytes in the cache, whichever process
// analyses them and however many at a time.
func TestCacheBytes(t *testing.T) {
	for seed := *randomSeed; seed < *randomSeed+2; seed++ {
		e, l := newEditor(seed), newLab(t)
		e.clean = true
		for range 60 {
			e.step()
		}
		e.world.mend()
		l.write(t, e.world)
		var first map[string]string
		for _, jobs := range []int{1, 8, 3} {
			l.cache = t.TempDir()
			if out := l.process(t, e.world, jobs); !strings.Contains(out, "0 cached, 0 errors") {
				t.Fatalf("seed %d: %s", seed, out)
			}
			got := readCache(t, l.cache)
			if first == nil {
				first = got
			}
			if len(got) < 50 || !maps.Equal(got, first) {
				t.Errorf("seed %d, %d jobs: %d cache files, other names or bytes than the %d with 1 job", seed, jobs, len(got), len(first))
			}
		}
		if out := l.process(t, e.world, 2); !strings.Contains(out, "0 analysed") {
			t.Errorf("seed %d: a process does not find what another has left: %s", seed, out)
		}
	}
}

const helperVar = "PERFLINT_TEST_CACHE_HELPER"

// process analyses a state in a process of its own and returns its output.
func (l *lab) process(t *testing.T, w *world, jobs int) string {
	t.Helper()
	task, err := json.Marshal(helperTask{l.dir, l.cache, w, jobs})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestCacheHelper$")
	cmd.Env = append(os.Environ(), helperVar+"="+string(task))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

type helperTask struct {
	Dir, Cache string
	World      *world
	Jobs       int
}

// TestCacheHelper is the process that TestCacheBytes starts.
func TestCacheHelper(t *testing.T) {
	var task helperTask
	if text := os.Getenv(helperVar); text == "" {
		t.Skip("not started by TestCacheBytes")
	} else if err := json.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	l := &lab{dir: task.Dir, cache: task.Cache}
	result, err := driver.Run(context.Background(), l.config(t, task.World, true, task.Jobs))
	if err != nil {
		t.Fatal(err)
	}
	s := result.Stats
	fmt.Printf("%d analysed, %d cached, %d errors\n", s.Roots+s.FactsOnly-s.Cached, s.Cached, len(result.Errors))
}

// readCache returns the files of a cache without the time that ends each
// index entry.
func readCache(t *testing.T, dir string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "[0-9a-f][0-9a-f]", "*"))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if strings.HasSuffix(name, "-a") {
			text = text[:strings.LastIndex(text, " ")]
		}
		files[filepath.Base(name)] = text
	}
	return files
}
