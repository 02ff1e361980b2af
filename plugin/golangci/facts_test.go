package golangci_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// Facts about a dependency reach its importer when both are analysed, when
// the dependency is not asked for, and from the cache, when only the
// importer has changed; and they are not believed any more once the
// dependency has changed.
func TestFacts(t *testing.T) {
	const (
		direct   = "app/app.go:14"
		indirect = "app/app.go:23"
	)
	dir := unpack(t, "facts.txtar")
	app := filepath.Join(dir, "app", "app.go")
	lib := filepath.Join(dir, "lib", "lib.go")
	config{linters: []string{"ctxleak"}}.write(t, dir)
	for _, patterns := range []string{"./...", "./app"} {
		h := newHost(t, golangci(), dir)
		run := func(what, want string) {
			t.Helper()
			if got := lines(t, "ctxleak", h.issues(t, patterns)); got != want {
				t.Errorf("%s, %s: issues %q, want %q", patterns, what, got, want)
			}
		}
		run("cold", "")
		run("cached", "")
		replaceIn(t, app, "func use(", "func useIt() {}\n\nfunc use(")
		run("importer edited", "")
		replaceIn(t, app, "func useIt() {}\n\n", "")
		replaceIn(t, lib, "os.Exit(1)", "_ = os.Args")
		run("dependency edited", direct+" "+indirect)
		replaceIn(t, lib, "_ = os.Args", "os.Exit(1)")
		run("dependency restored", "")
	}
}

// The facts of every analyzer are believed when they come from the cache:
// after an edit of all packages that import others, and of nothing else, the
// fixtures have the same issues.
func TestCachedFacts(t *testing.T) {
	golangci().need(t)
	dir := t.TempDir()
	if err := fixtures.Write(dir, analyzersDir); err != nil {
		t.Fatal(err)
	}
	config{linters: names(), settings: fixtures.Level{Flags: fixtures.AllRules()}.Settings()}.write(t, dir)
	h := newHost(t, golangci(), dir)
	run := func() []string {
		var all []string
		for _, i := range h.issues(t, "./...") {
			all = append(all, i.String())
		}
		return all
	}
	cold := run()
	edited := make(map[string]bool) // analyzers whose fixtures import others
	importer := regexp.MustCompile(`"(fixtures|[\w.-]+\.(com|org|io))/`)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if text := read(t, name); importer.MatchString(text) {
			edited[filepath.Base(filepath.Dir(filepath.Dir(name)))] = true
			writeFile(t, name, text+"\n// edited\n")
		}
	}
	if len(edited) < 5 {
		t.Errorf("only %v have fixtures that import other packages", edited)
	}
	got := run() // whose order golangci-lint does not fix for issues of one line
	if differ := difference(got, cold); len(differ) > 0 || len(cold) < 100 {
		t.Errorf("with cached facts %d issues, before %d; these differ: %q", len(got), len(cold), differ)
	}
}

// difference returns what only one of two lists has.
func difference(a, b []string) []string {
	count := make(map[string]int)
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n == 0 })
	return slices.Sorted(maps.Keys(count))
}

// The same for facts of an analyzer's own, as the probe has them. Beside it
// runs ctxleak, so that packages are loaded for two.
func TestOwnFacts(t *testing.T) {
	const want = "app/app.go:31:15 probe: calls NotedWork, noted by lib (probe/call) [line 31: in this function]"
	dir := unpack(t, "facts.txtar")
	app := filepath.Join(dir, "app", "app.go")
	config{linters: []string{"probe", "ctxleak"}}.write(t, dir)
	for _, patterns := range []string{"./...", "./app"} {
		h := newHost(t, probed(), dir)
		run := func(what string) {
			t.Helper()
			if got := h.issues(t, patterns); len(got) != 1 || got[0].String() != want {
				t.Errorf("%s, %s: issues\n%v, want\n%s", patterns, what, got, want)
			}
		}
		run("cold")
		run("cached")
		replaceIn(t, app, "lib.NotedWork() }", "lib.NotedWork() } ")
		run("importer edited")
	}
	// Of two fixes one is applied, and nothing is left of the finding.
	h := newHost(t, probed(), dir)
	replaceIn(t, filepath.Join(dir, "lib", "lib.go"), "func NotedWork", "func First() {}\n\nfunc NotedWork")
	if got := h.issues(t, "--fix", "./..."); len(got) != 0 {
		t.Errorf("--fix left %v", got)
	}
	if !strings.Contains(read(t, app), "lib.First()") {
		t.Errorf("--fix did not apply the first fix:\n%s", read(t, app))
	}
}

// A panic or an error of an analyzer in one package is one issue; the
// findings of other linters, and its own about other packages, stand.
func TestFailures(t *testing.T) {
	for function, want := range map[string]string{
		"panics": "probe could not analyse package example.com/facts/middle: it panicked: runtime error: invalid memory address or nil pointer dereference (",
		"fails":  "probe could not analyse package example.com/facts/middle: no luck; this is a bug in perflint, please report it",
	} {
		dir := unpack(t, "facts.txtar")
		middle := filepath.Join(dir, "middle", "middle.go")
		replaceIn(t, middle, "import", "import \"context\"\n\nimport")
		replaceIn(t, middle, "func Die", `func leak(ctx context.Context) { ctx, _ = context.WithTimeout(ctx, 1e9); println(ctx.Value(0)) }

func `+function+`() {}

func Die`)
		config{linters: []string{"probe", "ctxleak"}}.write(t, dir)
		h := newHost(t, probed(), dir)
		for _, when := range []string{"cold", "cached"} {
			var got []string
			for _, i := range h.issues(t, "./...") {
				got = append(got, i.String())
			}
			all := strings.Join(got, "\n")
			if len(got) != 3 ||
				!strings.Contains(all, "app/app.go:31:15 probe: calls NotedWork") ||
				!strings.Contains(all, "middle/middle.go:7:43 ctxleak: the cancel function") ||
				!strings.Contains(all, "middle/middle.go:1:1 probe: "+want) {
				t.Errorf("%s, %s: issues\n%s", function, when, all)
			}
		}
	}
}
