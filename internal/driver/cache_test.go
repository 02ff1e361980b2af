package driver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/cache"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

func openTestCache(t *testing.T) *Cache {
	t.Helper()
	c, err := OpenCache(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func testKey(name string) cache.ActionID { return sha256.Sum256([]byte(name)) }

// indexFile returns the file that says where the data of a record is.
func (c *Cache) indexFile(key cache.ActionID, r record) string {
	id := cache.Subkey(key, string(r))
	name := hex.EncodeToString(id[:])
	return filepath.Join(c.dir, name[:2], name+"-a")
}

// dataFile returns the file that holds the data of a record.
func (c *Cache) dataFile(t *testing.T, key cache.ActionID, r record) string {
	t.Helper()
	entry, err := c.store.Get(cache.Subkey(key, string(r)))
	if err != nil {
		t.Fatal(err)
	}
	name := hex.EncodeToString(entry.OutputID[:])
	return filepath.Join(c.dir, name[:2], name+"-d")
}

func readTestFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeTestFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Records of one package are apart from each other and from those of others.
func TestCacheRecords(t *testing.T) {
	c := openTestCache(t)
	one, two := testKey("one"), testKey("two")
	c.put(one, digestRecord, []byte("digest of one"))
	c.put(two, digestRecord, []byte("digest of two"))
	c.put(one, findingsRecord, nil)
	for _, test := range []struct {
		key  cache.ActionID
		r    record
		want string
		ok   bool
	}{
		{one, digestRecord, "digest of one", true},
		{two, digestRecord, "digest of two", true},
		{one, findingsRecord, "", true},
		{two, findingsRecord, "", false},
		{one, imageRecord, "", false},
	} {
		if data, ok := c.get(test.key, test.r); ok != test.ok || string(data) != test.want {
			t.Errorf("%s of %x: %q, %t; want %q, %t", test.r, test.key[:2], data, ok, test.want, test.ok)
		}
	}
	c.put(one, digestRecord, []byte("another"))
	if data, _ := c.get(one, digestRecord); string(data) != "another" {
		t.Errorf("%q after another was put", data)
	}
}

// damages are what can happen to a file. None leaves a record that counts.
var damages = map[string]func([]byte) []byte{
	"empty":   func([]byte) []byte { return nil },
	"short":   func(data []byte) []byte { return data[:len(data)/2] },
	"long":    func(data []byte) []byte { return append(data, '\n') },
	"flipped": func(data []byte) []byte { data[len(data)/3] ^= 1; return data },
	"zeros":   func(data []byte) []byte { return make([]byte, len(data)) },
	"foreign": func([]byte) []byte { return []byte("somebody else's") },
}

// A record whose files are damaged is none, and can be put again.
func TestCacheDamaged(t *testing.T) {
	c := openTestCache(t)
	key, want := testKey("p"), "what the record says"
	c.put(key, imageRecord, []byte(want))
	for damage, do := range damages {
		for _, name := range []string{c.indexFile(key, imageRecord), c.dataFile(t, key, imageRecord)} {
			writeTestFile(t, name, do(readTestFile(t, name)))
			if data, ok := c.get(key, imageRecord); ok {
				t.Errorf("%s file %s: got %q", damage, name[len(name)-2:], data)
			}
			c.put(key, imageRecord, []byte(want))
			if data, ok := c.get(key, imageRecord); !ok || string(data) != want {
				t.Errorf("%s file %s: got %q, %t after it was put again", damage, name[len(name)-2:], data, ok)
			}
		}
	}
}

// A record that stands under the name of another is refused, even if all
// hashes are right.
func TestCacheMovedRecord(t *testing.T) {
	c := openTestCache(t)
	key, other := testKey("p"), testKey("q")
	c.put(key, findingsRecord, []byte("findings of p"))
	for _, moved := range []struct {
		key cache.ActionID
		r   record
	}{{other, findingsRecord}, {key, digestRecord}} {
		from, to := cache.Subkey(key, string(findingsRecord)), cache.Subkey(moved.key, string(moved.r))
		index := readTestFile(t, c.indexFile(key, findingsRecord))
		index = bytes.Replace(index, []byte(hex.EncodeToString(from[:])), []byte(hex.EncodeToString(to[:])), 1)
		writeTestFile(t, c.indexFile(moved.key, moved.r), index)
		if _, _, err := c.store.GetBytes(to); err != nil {
			t.Fatalf("the store sees that itself: %v", err)
		}
		if data, ok := c.get(moved.key, moved.r); ok {
			t.Errorf("%s of %x: got %q", moved.r, moved.key[:2], data)
		}
	}
}

// keptNode returns a node with an outcome for the cache.
func keptNode(name string) *node {
	n := &node{key: testKey(name), hasKey: true}
	n.image = &image{types: []byte("types of " + name), facts: []byte("facts of " + name)}
	n.findings = []finding.Finding{{Rule: "a/b", Message: "found in " + name}}
	n.digest = n.digestOf(n.image)
	return n
}

// What keep stores, lookup finds.
func TestCacheLookup(t *testing.T) {
	c := openTestCache(t)
	kept, silent := keptNode("kept"), keptNode("silent")
	silent.findings = nil
	c.keep(kept, true)
	c.keep(silent, true)
	for _, want := range []*node{kept, silent} {
		got := &node{key: want.key, hasKey: true}
		if !c.lookup(got, true) {
			t.Fatal("nothing found")
		}
		if got.digest != want.digest || !reflect.DeepEqual(got.findings, want.findings) || !got.cached || !got.sealed {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if im := c.image(got); !reflect.DeepEqual(im, want.image) {
			t.Errorf("image %q, want %q", im, want.image)
		}
	}
	if c.lookup(&node{key: testKey("never kept"), hasKey: true}, false) {
		t.Error("found what was never kept")
	}
}

// A package that served facts only has no findings to offer. That is not the
// same as none.
func TestCacheLookupWithoutFindings(t *testing.T) {
	c := openTestCache(t)
	n := keptNode("p")
	c.keep(n, false)
	if again := (&node{key: n.key}); !c.lookup(again, false) || again.findings != nil {
		t.Error("not found for its facts, or with findings")
	}
	if again := (&node{key: n.key}); c.lookup(again, true) || again.cached {
		t.Error("found for findings that were not kept")
	}
}

// Records that say nothing sensible, although all hashes are right.
func TestCacheSenselessRecords(t *testing.T) {
	for name, r := range map[string]record{"digest": digestRecord, "findings": findingsRecord} {
		for _, data := range []string{"x", strings.Repeat("x", 65)} {
			c, n := openTestCache(t), keptNode("p")
			c.keep(n, true)
			c.put(n.key, r, []byte(data))
			if again := (&node{key: n.key}); c.lookup(again, true) {
				t.Errorf("%s of %d bytes: found %+v", name, len(data), again)
			}
		}
	}
	c, n := openTestCache(t), keptNode("p")
	for _, data := range []string{"", "short", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x10\x00\x00\x00\x00\x00\x00\x00too short"} {
		c.keep(n, true)
		c.put(n.key, imageRecord, []byte(data))
		if im := c.image(n); im != nil {
			t.Errorf("image record %q: got %q", data, im)
		}
	}
}

// fill puts records of 1000 bytes that were last used so many minutes ago.
func fill(t *testing.T, c *Cache, minutes ...int) {
	t.Helper()
	for _, m := range minutes {
		key, data := minuteKey(m), make([]byte, 1000)
		copy(data, key[:]) // records of equal text would share a file
		c.put(key, imageRecord, data)
		used := time.Now().Add(-time.Duration(m) * time.Minute)
		for _, name := range []string{c.dataFile(t, key, imageRecord), c.indexFile(key, imageRecord)} {
			if err := os.Chtimes(name, used, used); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func minuteKey(minute int) cache.ActionID { return testKey(fmt.Sprint(minute)) }

// left returns those of the records that fill has put that are still there.
func left(c *Cache, minutes ...int) []int {
	return slices.DeleteFunc(minutes, func(m int) bool {
		_, err := os.Stat(c.indexFile(minuteKey(m), imageRecord))
		return err != nil
	})
}

func testInfo(t *testing.T, c *Cache) CacheInfo {
	t.Helper()
	info, err := c.Info()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// A cache that is too large loses what was not used for longest.
func TestCacheTrimSize(t *testing.T) {
	c := openTestCache(t)
	fill(t, c, 300, 5, 200, 100, 400, 2)
	if _, ok := c.get(minuteKey(400), imageRecord); !ok { // used now
		t.Fatal("nothing there")
	}
	size := testInfo(t, c).Bytes
	c.trim(size)
	if got := testInfo(t, c).Bytes; got != size {
		t.Fatalf("%d of %d bytes left, although they were not too many", got, size)
	}
	os.Remove(filepath.Join(c.dir, "size-checked"))
	limit := size * 5 / 6
	c.trim(limit)
	if got := testInfo(t, c).Bytes; got > limit || got < limit/2 {
		t.Errorf("%d bytes left of %d with a limit of %d", got, size, limit)
	}
	if got := left(c, 400, 2, 5, 100); len(got) != 4 {
		t.Errorf("of what was used last, only %v is left", got)
	}
	if got := left(c, 300, 200); len(got) != 0 {
		t.Errorf("of what was used first, %v is left", got)
	}
}

// What was not used for days goes, no matter how small the cache is.
func TestCacheTrimAge(t *testing.T) {
	c := openTestCache(t)
	fill(t, c, 1, 4*24*60, 6*24*60)
	c.trim(1 << 40)
	if got := left(c, 1, 4*24*60, 6*24*60); !slices.Equal(got, []int{1, 4 * 24 * 60}) {
		t.Errorf("%v left", got)
	}
}

// The folder is looked at once an hour; a marker from the future does not
// count, and one that is no file is replaced.
func TestCacheTrimMarker(t *testing.T) {
	for _, test := range []struct {
		name string
		mark func(marker string) error
		trim bool
	}{
		{"none", func(string) error { return nil }, true},
		{"fresh", func(m string) error { return os.WriteFile(m, nil, 0o644) }, false},
		{"half an hour old", func(m string) error { return touch(m, -30*time.Minute) }, false},
		{"old", func(m string) error { return touch(m, -2*time.Hour) }, true},
		{"from the future", func(m string) error { return touch(m, 1000*time.Hour) }, true},
		{"folder", func(m string) error { return os.Mkdir(m, 0o755) }, false}, // fresh
		{"old folder", func(m string) error {
			if err := os.Mkdir(m, 0o755); err != nil {
				return err
			}
			past := time.Now().Add(-24 * time.Hour)
			return os.Chtimes(m, past, past)
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := openTestCache(t)
			fill(t, c, 1, 2, 3)
			if err := test.mark(filepath.Join(c.dir, "size-checked")); err != nil {
				t.Fatal(err)
			}
			c.trim(1)
			if got := left(c, 1, 2, 3); (len(got) == 0) != test.trim || !test.trim && len(got) != 3 {
				t.Errorf("%v left", got)
			}
			fill(t, c, 1)
			c.trim(1)
			if got := left(c, 1); len(got) == 0 {
				t.Error("trimmed twice within an hour")
			}
		})
	}
}

// A marker that is a link does not harm what it points to.
func TestCacheTrimMarkerLink(t *testing.T) {
	c := openTestCache(t)
	precious := filepath.Join(t.TempDir(), "precious")
	writeTestFile(t, precious, []byte("mine"))
	past := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(precious, past, past); err != nil {
		t.Fatal(err)
	}
	marker := filepath.Join(c.dir, "size-checked")
	if err := os.Symlink(precious, marker); err != nil {
		t.Skip(err)
	}
	c.trim(1)
	if info, err := os.Lstat(marker); err == nil && !info.Mode().IsRegular() {
		t.Error("the marker is still a link")
	}
	if got := readTestFile(t, precious); string(got) != "mine" {
		t.Errorf("%q is left of the file", got)
	}
}

func touch(name string, after time.Duration) error {
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		return err
	}
	when := time.Now().Add(after)
	return os.Chtimes(name, when, when)
}

// An entry whose time lies in the future, because the clock was wrong, grows
// old like any other from the next look on.
func TestCacheTrimFuture(t *testing.T) {
	c := openTestCache(t)
	fill(t, c, 1, -1000*24*60)
	c.trim(1 << 40)
	files, err := c.files()
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if time.Until(f.used) > time.Hour {
			t.Errorf("%s is still from the future: %v", f.name, f.used)
		}
	}
}

// Files that are not the cache's are not counted, removed or trimmed.
func TestCacheForeignFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[a]*?") // not a pattern
	c, err := OpenCache(dir)
	if err != nil {
		t.Skip(err) // a name that this system does not allow
	}
	foreign := []string{"README", "notes-a", "00/notes.txt", "00/vitamin-d", "00/00-a", "0/x-a", "abc/x-d", "zz/x-a"}
	for _, name := range foreign {
		writeTestFile(t, filepath.Join(dir, filepath.FromSlash(name)), []byte("mine"))
	}
	if err := os.Mkdir(filepath.Join(dir, "00", strings.Repeat("0", 64)+"-a"), 0o755); err != nil {
		t.Fatal(err)
	}
	check := func(what string, entries int) {
		t.Helper()
		if info := testInfo(t, c); info.Entries != entries || info.Dir != dir {
			t.Errorf("%s: %d files, want %d, in %s", what, info.Entries, entries, info.Dir)
		}
		for _, name := range foreign {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	check("empty", 0)
	fill(t, c, 1, 2, 3)
	check("filled", 6)
	c.trim(1)
	check("trimmed", 0)
	fill(t, c, 4, 5)
	if err := c.Clean(); err != nil {
		t.Error(err)
	}
	check("clean", 0)
	if err := c.Clean(); err != nil {
		t.Errorf("clean a clean cache: %v", err)
	}
	fill(t, c, 6)
	check("filled again", 2)
}

// Only what cannot be a folder is an error: that is a wrong name. A folder
// that cannot be used, for whatever reason, is done without.
func TestOpenCache(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	writeTestFile(t, file, nil)
	for _, name := range []string{file, filepath.Join(file, "below")} {
		if _, err := OpenCache(name); err == nil {
			t.Errorf("opened %s", name)
		}
	}
	writeTestFile(t, filepath.Join(dir, "cache", "7f"), []byte("no folder"))
	c, err := OpenCache(filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	n := keptNode("p")
	c.keep(n, true)
	if again := (&node{key: n.key}); c.lookup(again, true) && !reflect.DeepEqual(again.findings, n.findings) {
		t.Errorf("got %v, want %v", again.findings, n.findings)
	}
	c.trim(1)
	if _, err := c.Info(); err != nil {
		t.Error(err)
	}
	if err := c.Clean(); err != nil {
		t.Error(err)
	}
}

// returnsFact is a fact indicating that a function returns an expression.
type returnsFact struct{ Text string }

func (*returnsFact) AFact() {}

var callRules = []finding.Rule{{
	Name: "calls/foreign", Summary: "uses of functions of other packages",
	Severity: finding.Warning, Confidence: finding.Certain, Default: true,
}}

// A cached is a module that is analysed with a cache, by an analyzer whose
// findings show the types and facts of imported functions.
type cached struct {
	t     *testing.T
	dir   string
	cache *Cache

	mu     sync.Mutex
	passes map[string]int // on each package, in the last run
}

const chainModule = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

type T struct{ N int }

func F() T { return T{1} }

func G() int { return 2 }
-- b/b.go --
package b

import "example.com/m/a"

func F() a.T { return a.F() }
-- c/c.go --
package c

import (
	"example.com/m/a"
	"example.com/m/b"
)

var N = b.F().N + a.F().N + a.G()
`

func newCached(t *testing.T) *cached {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(chainModule)).Files {
		writeTestFile(t, filepath.Join(dir, f.Name), f.Data)
	}
	return &cached{t: t, dir: dir, cache: openTestCache(t)}
}

// edit replaces text in a file of the module.
func (m *cached) edit(name, old, new string) {
	m.t.Helper()
	name = filepath.Join(m.dir, name)
	src := readTestFile(m.t, name)
	if !bytes.Contains(src, []byte(old)) {
		m.t.Fatalf("%s has no %q", name, old)
	}
	writeTestFile(m.t, name, bytes.ReplaceAll(src, []byte(old), []byte(new)))
}

func (m *cached) analyzer() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "calls",
		Doc:        "report what is known of functions of other packages",
		Requires:   []*analysis.Analyzer{pragma.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		FactTypes:  []analysis.Fact{new(returnsFact)},
		Run:        m.pass,
	}
}

func (m *cached) pass(pass *analysis.Pass) (any, error) {
	m.mu.Lock()
	m.passes[strings.TrimPrefix(pass.Pkg.Path(), "example.com/m/")]++
	m.mu.Unlock()
	reporter := pragma.NewReporter(pass, &pragma.Options{}, callRules)
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok {
				expr := decl.Body.List[0].(*ast.ReturnStmt).Results[0]
				pass.ExportObjectFact(pass.TypesInfo.Defs[decl.Name], &returnsFact{types.ExprString(expr)})
			}
		}
	}
	for id, obj := range pass.TypesInfo.Uses {
		if fn, ok := obj.(*types.Func); ok && fn.Pkg() != pass.Pkg {
			var fact returnsFact
			pass.ImportObjectFact(fn, &fact)
			reporter.Report(pragma.Draft{
				Rule: "calls/foreign", Pos: id.Pos(), End: id.End(),
				Message: fmt.Sprintf("%s is a %s and returns %q", fn.FullName(), types.TypeString(fn.Type(), nil), fact.Text),
			})
		}
	}
	return reporter.List(), nil
}

func (m *cached) config() *Config {
	m.passes = make(map[string]int)
	return &Config{
		Dir: m.dir, Patterns: []string{"./..."}, Rules: callRules, Cache: m.cache,
		Env:       append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off", "GO111MODULE="),
		Analyzers: []*analysis.Analyzer{m.analyzer()},
	}
}

// run analyses the module with the cache and demands the answer that there
// is without. It returns the packages that passes were made on.
func (m *cached) run(change func(*Config)) []string {
	m.t.Helper()
	answer := func(cfg *Config) string {
		if change != nil {
			change(cfg)
		}
		result, err := Run(m.t.Context(), cfg)
		if err != nil {
			m.t.Fatal(err)
		}
		return fmt.Sprintf("%v\n%v", result.Findings, result.Errors)
	}
	cfg := m.config()
	cfg.Cache = nil
	want := answer(cfg)
	if got := answer(m.config()); got != want {
		m.t.Errorf("with the cache\n%s\nwithout\n%s", got, want)
	}
	return slices.Sorted(maps.Keys(m.passes))
}

// wantRun is run with the packages that it is to analyse.
func (m *cached) wantRun(what string, want ...string) {
	m.t.Helper()
	if got := m.run(nil); !slices.Equal(got, want) {
		m.t.Errorf("%s: analysed %q, want %q", what, got, want)
	}
}

// An edit reaches as far as importers can see it.
func TestCacheEdits(t *testing.T) {
	m := newCached(t)
	m.wantRun("first run", "a", "b", "c")
	m.wantRun("no change")
	m.edit("a/a.go", "func G()", "// G returns a number.\nfunc G()")
	m.wantRun("another line", "a")
	m.edit("a/a.go", "return 2", "return 3")
	m.wantRun("another fact", "a", "b", "c")
	m.edit("a/a.go", "N int", "N uint8")
	m.edit("a/a.go", "G() int", "G() uint8")
	m.wantRun("another type", "a", "b", "c")
	m.edit("a/a.go", "return 3", "return 2")
	m.edit("a/a.go", "uint8", "int")
	m.wantRun("what there was before")
	m.edit("c/c.go", "b.F().N + ", "") // the import is not used any more
	m.wantRun("an error")
	m.edit("c/c.go", "+ a.G()", "+ b.F().N")
	m.wantRun("mended", "c")
}

// Fresh runs analyse what was asked for, and nothing else.
func TestCacheFresh(t *testing.T) {
	m := newCached(t)
	m.wantRun("first run", "a", "b", "c")
	fresh := func(cfg *Config) { cfg.Patterns, cfg.Fresh = []string{"./b", "./c"}, true }
	for range 2 {
		if got := m.run(fresh); !slices.Equal(got, []string{"b", "c"}) {
			t.Errorf("analysed %q, want b and c", got)
		}
	}
	m.wantRun("not fresh")
}

// nodes loads the module and gives the packages a, b and c their outcomes, as
// Run does. Before each, it calls a function with those that are done.
func (m *cached) nodes(before func(done map[string]*node, next string)) map[string]*node {
	m.t.Helper()
	cfg := m.config()
	g, err := load(m.t.Context(), cfg)
	if err != nil {
		m.t.Fatal(err)
	}
	x := newExecutor(cfg, g)
	if err := x.setBase(); err != nil {
		m.t.Fatal(err)
	}
	nodes := make(map[string]*node)
	for _, n := range g.nodes {
		before(nodes, n.pkg.Name)
		x.analyze(n)
		nodes[n.pkg.Name] = n
	}
	return nodes
}

// The image of a package may be lost, damaged or senseless while the rest is
// kept. It is made again when an importer needs it.
func TestCacheRestore(t *testing.T) {
	for name, harm := range map[string]func(m *cached, n *node){
		"lost index":      func(m *cached, n *node) { os.Remove(m.cache.indexFile(n.key, imageRecord)) },
		"lost data":       func(m *cached, n *node) { os.Remove(m.cache.dataFile(m.t, n.key, imageRecord)) },
		"damaged data":    func(m *cached, n *node) { m.flip(m.cache.dataFile(m.t, n.key, imageRecord)) },
		"senseless":       func(m *cached, n *node) { m.cache.put(n.key, imageRecord, []byte("x")) },
		"senseless types": func(m *cached, n *node) { m.putImage(n, &image{types: []byte("types"), facts: m.cache.image(n).facts}) },
		"senseless facts": func(m *cached, n *node) { m.putImage(n, &image{types: m.cache.image(n).types, facts: []byte("facts")}) },
		"no facts":        func(m *cached, n *node) { m.putImage(n, &image{types: m.cache.image(n).types}) },
		"wrong digest":    func(m *cached, n *node) { m.cache.put(n.key, digestRecord, make([]byte, 64)) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newCached(t)
			m.wantRun("first run", "a", "b", "c")
			for _, n := range m.nodes(func(map[string]*node, string) {}) {
				harm(m, n)
			}
			m.edit("c/c.go", "var N", "// N is a number.\nvar N")
			m.run(nil)
			m.edit("c/c.go", "number", "sum")
			m.run(nil)
			m.edit("c/c.go", "a sum", "the sum")
			m.wantRun("after it was made again", "c")
		})
	}
}

func (m *cached) putImage(n *node, im *image) { m.cache.put(n.key, imageRecord, im.bytes()) }

// Somebody may edit a package when its key is known and its image turns out
// to be lost. Nothing that was made of the new text is kept for the old.
func TestCacheEditedBeforeRestore(t *testing.T) {
	for name, text := range map[string]string{
		"another fact": "int { return 3 }",
		"type error":   "int { return nosuch }",
		"hole":         "nosuch { return 2 }",
		"syntax error": "int {",
		"no file":      "",
	} {
		for _, lost := range [][]string{{"a"}, {"a", "b"}} {
			t.Run(fmt.Sprint(name, lost), func(t *testing.T) {
				m := newCached(t)
				m.wantRun("first run", "a", "b", "c")
				m.edit("c/c.go", "a.G()", "2*a.G()")
				nodes := m.nodes(func(found map[string]*node, next string) {
					if next == "c" { // it needs the images of a and b
						for _, name := range lost {
							m.flip(m.cache.dataFile(t, found[name].key, imageRecord))
						}
						m.edit("a/a.go", "int { return 2 }", text)
						if text == "" {
							os.Remove(filepath.Join(m.dir, "a/a.go"))
						}
					}
				})
				failed := slices.ContainsFunc(slices.Collect(maps.Values(nodes)), func(n *node) bool { return len(n.errors) > 0 })
				if want := name != "another fact"; failed != want {
					t.Errorf("the run that met the edit reports errors: %t, want %t", failed, want)
				} else if nodes["c"].sealed == failed {
					t.Errorf("the types that c sees count as sound: %t, want %t", failed, !failed)
				}
				if text != "" {
					m.run(nil)
				}
				writeTestFile(t, filepath.Join(m.dir, "a/a.go"), m.text("a/a.go"))
				m.run(nil)
				m.run(nil)
			})
		}
	}
}

// flip changes a bit of a file.
func (m *cached) flip(name string) {
	m.t.Helper()
	writeTestFile(m.t, name, damages["flipped"](readTestFile(m.t, name)))
}

// text returns what a file of the module contained at first.
func (m *cached) text(name string) []byte {
	files := txtar.Parse([]byte(chainModule)).Files
	i := slices.IndexFunc(files, func(f txtar.File) bool { return f.Name == name })
	return files[i].Data
}

// All records of a package that is looked up grow old together.
func TestCacheGrowsOldTogether(t *testing.T) {
	m := newCached(t)
	m.wantRun("first run", "a", "b", "c")
	files, err := m.cache.files()
	if err != nil || len(files) != 2*3*3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	used := time.Now().Add(-100 * time.Hour)
	for _, f := range files {
		if err := os.Chtimes(f.name, used, used); err != nil {
			t.Fatal(err)
		}
	}
	m.wantRun("no change")
	files, _ = m.cache.files()
	for _, f := range files {
		if time.Since(f.used) > 2*time.Hour {
			t.Errorf("%s was not used", f.name)
		}
	}
}
