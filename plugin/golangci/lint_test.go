package golangci_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
	_ "github.com/perflint/perflint/plugin" // so that a change of it makes go test run these tests anew
)

// //nolint means the same to golangci-lint, whichever way perflint is
// registered, and to perflint itself, and nolintlint knows which are used.
func TestNolint(t *testing.T) {
	dir := unpack(t, "nolint.txtar")
	want := make(map[string]bool)
	var unused string
	for n, line := range fileLines(t, filepath.Join(dir, "nolint.go")) {
		place := fmt.Sprintf("nolint.go:%d", n+1)
		if strings.HasSuffix(line, "// want") {
			want[place] = true
		}
		if strings.HasSuffix(line, "// unused") {
			unused = place
		}
	}
	h := newHost(t, golangci(), dir)
	own, err := fixtures.Perflint(dir, perflint().need(t))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	for _, f := range own {
		got[fmt.Sprintf("%s:%d", f.File, f.Line)] = true
	}
	if !maps.Equal(got, want) {
		t.Errorf("perflint reports %v, want %v", got, want)
	}
	for _, linters := range [][]string{names(), {"perflint"}} {
		config{linters: append(linters, "nolintlint")}.write(t, dir)
		got := make(map[string]bool)
		var stale []string
		for _, i := range h.issues(t, "./...") {
			place := fmt.Sprintf("%s:%d", i.Pos.Filename, i.Pos.Line)
			if i.FromLinter == "nolintlint" {
				stale = append(stale, place)
				continue
			}
			got[place] = true
		}
		if !maps.Equal(got, want) {
			t.Errorf("linters %v report %v, want %v", linters, got, want)
		}
		wantStale := []string{unused}
		if linters[0] == "perflint" {
			wantStale = nil // ctxleak is no linter then, so nolintlint has no opinion
		}
		if !slices.Equal(stale, wantStale) {
			t.Errorf("linters %v: nolintlint calls %v unused, want %v", linters, stale, wantStale)
		}
	}
}

func fileLines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

// What the sections of .golangci.yml make of the same module.
func TestConfig(t *testing.T) {
	const plain, legacy, test, generated = "plain.go:11 plain.go:16", "legacy_mixed.go:9", "mixed_test.go:10", "generated.go:11"
	tests := []struct {
		name, settings, more string
		want                 string
	}{
		{name: "defaults", want: legacy + " " + plain},
		{name: "severity", settings: "{severity: info}", want: legacy + " " + test + " " + plain},
		{name: "high severity", settings: "{severity: error}"},
		{name: "certain", settings: "{confidence: certain}", want: legacy + " plain.go:11"},
		{name: "disable rule", settings: "{disable: ctxleak/discarded}", want: "plain.go:16"},
		{name: "disable list", settings: `{disable: ["*/discarded", ctxleak/lost-on-path]}`},
		{name: "enable wins", settings: "{disable: ctxleak, enable: [ctxleak/lost-on-path]}", want: "plain.go:16"},
		{name: "without tests", settings: "{severity: info, tests: false}", want: legacy + " " + plain},
		{name: "golangci-lint skips tests", settings: "{severity: info}", more: "run: {tests: false}", want: legacy + " " + plain},
		{name: "generated", settings: "{generated: true}", more: "  exclusions: {generated: disable}", want: generated + " " + legacy + " " + plain},
		{name: "generated, which golangci-lint excludes", settings: "{generated: true}", want: legacy + " " + plain},
		{name: "go", settings: `{go: "1.22"}`, want: legacy + " " + plain},
		{name: "exclude path", more: "  exclusions: {rules: [{path: legacy_, linters: [ctxleak]}]}", want: plain},
		{name: "exclude rule", more: `  exclusions: {rules: [{text: '\(ctxleak/discarded\)', linters: [ctxleak]}]}`, want: "plain.go:16"},
		{name: "exclude by witness", more: `  exclusions: {rules: [{text: 'suppose that err != nil', linters: [ctxleak]}]}`, want: legacy + " plain.go:11"},
	}
	dir := unpack(t, "mixed.txtar")
	h := newHost(t, golangci(), dir)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config{linters: []string{"ctxleak"}, settings: test.settings, more: test.more}.write(t, dir)
			if got := lines(t, "ctxleak", h.issues(t, "./...")); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Clocks and pools of one's own are settings.
func TestClocksAndPools(t *testing.T) {
	dir := unpack(t, "pools.txtar")
	h := newHost(t, golangci(), dir)
	for settings, want := range map[string]string{
		"{}": "",
		"{pools: ['(*example.com/pools.Stack[T]).Pop=(*example.com/pools.Stack[T]).Push'], clocks: [example.com/pools/clock.Every=ticker]}": "pools.go:14 pools.go:18",
	} {
		config{linters: []string{"perflint"}, settings: settings}.write(t, dir)
		if got := lines(t, "perflint", h.issues(t, "./...")); got != want {
			t.Errorf("settings %s: got %s, want %s", settings, got, want)
		}
	}
}

// A wrong setting is an error that names the linter and the key.
func TestBadSettings(t *testing.T) {
	tests := []struct{ settings, want string }{
		{"{sevrity: info}", `plugin(ctxleak): newPlugin settings: unknown key "sevrity"; the keys are clocks, confidence, disable,`},
		{"{severity: fatal}", `plugin(ctxleak): newPlugin settings: severity: unknown severity "fatal"`},
		{"{disable: [ctxleak/discraded]}", `plugin(ctxleak): newPlugin settings: disable: no analyzer or rule matches "ctxleak/discraded"`},
		{"{clocks: [example.com/clock.After]}", `plugin(ctxleak): newPlugin settings: clocks: "example.com/clock.After": want PACKAGE.NAME=SHAPE`},
		{"{go: 1.20}", `plugin(ctxleak): newPlugin settings: go: the number 1.2 may have lost a zero`},
	}
	dir := unpack(t, "mixed.txtar")
	h := newHost(t, golangci(), dir)
	for _, test := range tests {
		config{linters: []string{"ctxleak"}, settings: test.settings}.write(t, dir)
		if _, stderr, code := h.command(t, "run", "./..."); code != exitFailed || !strings.Contains(stderr, test.want) {
			t.Errorf("settings %s: exit code %d, %q; want %d, %q", test.settings, code, stderr, exitFailed, test.want)
		}
	}
}

// golangci-lint's own SARIF carries the rule and the witness in the message,
// and the level that its configuration gives.
func TestSarif(t *testing.T) {
	dir := unpack(t, "mixed.txtar")
	h := newHost(t, golangci(), dir)
	config{
		linters: []string{"ctxleak"},
		more:    `severity: {default: warning, rules: [{linters: [ctxleak], text: '\(ctxleak/lost-on-path\)', severity: error}]}`,
	}.write(t, dir)
	stdout, stderr, code := h.command(t, "run", "--output.sarif.path=stdout", "--show-stats=false", "./...")
	var log struct {
		Version string
		Runs    []struct {
			Results []struct {
				RuleID    string
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &log); err != nil || code != exitIssues {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("not a SARIF log of one run: %s", stdout)
	}
	var got []string
	for _, r := range log.Runs[0].Results {
		at := r.Locations[0].PhysicalLocation
		got = append(got, fmt.Sprintf("%s:%d:%d %s %s %s", at.ArtifactLocation.URI, at.Region.StartLine, at.Region.StartColumn, r.RuleID, r.Level, r.Message.Text))
	}
	const discarded = " the cancel function of context.WithTimeout is discarded: the context and its timer stay until the deadline; call it when the work is done (ctxleak/discarded)" +
		" [line %d: context.WithTimeout returns the function that releases the context, and nothing receives it]"
	want := []string{
		"legacy_mixed.go:9:12 ctxleak warning" + fmt.Sprintf(discarded, 9),
		"plain.go:11:12 ctxleak warning" + fmt.Sprintf(discarded, 11),
		"plain.go:16:17 ctxleak error cancel is not called before the return on line 18 when err != nil: the context and its timer stay until the deadline;" +
			" defer it or call it on this path too (ctxleak/lost-on-path) [line 16: context.WithTimeout returns cancel; line 17: suppose that err != nil;" +
			" line 18: the function returns without calling cancel; line 20: cancel is released here, but not on that path]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
