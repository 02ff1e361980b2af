package golangci_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// The hosts of the table.
const (
	inPerflint = "perflint"
	inVet      = "go vet"
	inLinters  = "golangci-lint, by analyzer"
	inUmbrella = "golangci-lint, as perflint"
)

// TestHosts runs the fixtures of every analyzer through every host and
// demands the same findings, at each level: place, rule, message, and, where
// the host has it, witness.
func TestHosts(t *testing.T) {
	golangci().need(t) // before the others take their time
	dir := t.TempDir()
	if err := fixtures.Write(dir, analyzersDir); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, golangci(), dir)
	cache := t.TempDir()
	for _, level := range fixtures.Levels() {
		t.Run(level.Name, func(t *testing.T) { compareHosts(t, h, cache, level) })
	}
}

// compareHosts compares what the hosts find in a module at one level.
func compareHosts(t *testing.T, h *host, cache string, level fixtures.Level) {
	bin := perflint().need(t)
	own, err := fixtures.Perflint(h.dir, bin, append([]string{"-cache=" + cache}, level.Flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	vet, err := fixtures.Vet(h.dir, bin, level.Flags...)
	if err != nil {
		t.Fatal(err)
	}
	table := make(hostTable)
	witness := make(map[string]string) // by finding
	for _, f := range own {
		// What only perflint itself reports: it alone sees all analyzers.
		if !strings.HasPrefix(f.Rule, "perflint/") {
			table.enter(inPerflint, f.String())
			witness[f.String()] = folded(f)
		}
	}
	for _, f := range vet {
		table.enter(inVet, f.String())
	}
	for host, linters := range map[string][]string{inLinters: names(), inUmbrella: {"perflint"}} {
		config{linters: linters, settings: level.Settings()}.write(t, h.dir)
		for _, i := range h.issues(t, "./...") {
			finding, got := parseIssue(t, i, host == inUmbrella)
			table.enter(host, finding)
			if want := witness[finding]; got != want {
				t.Errorf("%s: %s\nwitness %q, want %q", host, finding, got, want)
			}
		}
	}
	table.check(t)
}

// A hostTable says which hosts have a finding.
type hostTable map[string]map[string]bool

func (table hostTable) enter(host, finding string) {
	if table[finding] == nil {
		table[finding] = make(map[string]bool)
	}
	table[finding][host] = true
}

// check demands that every host has every finding.
func (table hostTable) check(t *testing.T) {
	t.Helper()
	if len(table) < 100 {
		t.Errorf("only %d findings on all fixtures", len(table))
	}
	all := slices.Sorted(slices.Values([]string{inPerflint, inVet, inLinters, inUmbrella}))
	for _, finding := range slices.Sorted(maps.Keys(table)) {
		if hosts := slices.Sorted(maps.Keys(table[finding])); !slices.Equal(hosts, all) {
			t.Errorf("only in %s: %s", strings.Join(hosts, "; "), finding)
		}
	}
}

// parseIssue returns the finding that an issue stands for, in the form of the
// other hosts, and its witness. The text is
//
//	message (rule) [witness]
//
// behind the name of the analyzer if the linter has another.
func parseIssue(t *testing.T, i issue, umbrella bool) (finding, witness string) {
	t.Helper()
	text, linter := i.Text, i.FromLinter
	if umbrella {
		var ok bool
		if linter, text, ok = strings.Cut(text, ": "); !ok || i.FromLinter != "perflint" {
			t.Errorf("issue of the umbrella linter without its analyzer: %s", i)
		}
	}
	opening := strings.LastIndex(text, " ("+linter+"/")
	if opening < 0 {
		t.Fatalf("issue without a rule of %s: %s", linter, i)
	}
	message := text[:opening]
	rule, witness, _ := strings.Cut(text[opening+2:], ")")
	f := fixtures.Finding{File: filepath.ToSlash(i.Pos.Filename), Line: i.Pos.Line, Column: i.Pos.Column, Rule: rule, Message: message}
	return f.String(), witness
}

// folded returns a witness as it stands in the text of an issue.
func folded(f fixtures.Finding) string {
	var steps []string
	for _, s := range f.Witness {
		place := fmt.Sprintf("line %d: ", s.Line)
		switch up := strings.TrimPrefix(path.Dir(f.File), path.Dir(s.File)); {
		case s.File == f.File:
		case up == "":
			place = path.Base(s.File) + " " + place
		case up != path.Dir(f.File):
			place = strings.Repeat("../", strings.Count(up, "/")) + path.Base(s.File) + " " + place
		default:
			place = path.Base(path.Dir(s.File)) + "/" + path.Base(s.File) + " " + place
		}
		steps = append(steps, place+strings.Join(strings.Fields(s.Text), " "))
	}
	if steps == nil {
		return ""
	}
	return " [" + strings.Join(steps, "; ") + "]"
}

// TestFix holds golangci-lint --fix to perflint -fix: the same text, and no
// issue that a fix should have removed.
func TestFix(t *testing.T) {
	golangci().need(t)
	ours, theirs := t.TempDir(), t.TempDir()
	for _, dir := range []string{ours, theirs} {
		if err := fixtures.Write(dir, analyzersDir); err != nil {
			t.Fatal(err)
		}
	}
	flags := append(fixtures.AllRules(), "-disable=perflint/*") // suppressions are not golangci-lint's to fix
	if _, err := fixtures.Perflint(ours, perflint().need(t), append(flags, "-fix")...); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, golangci(), theirs)
	config{linters: names(), settings: fixtures.Level{Flags: fixtures.AllRules()}.Settings()}.write(t, theirs)
	before := h.issues(t, "./...")
	left := h.issues(t, "--fix", "./...")
	if len(left) == 0 || len(left) > len(before)-50 {
		t.Errorf("%d issues, of which %d are left: the fixtures have both kinds", len(before), len(left))
	}
	// Fixes move lines, and messages name lines, so count.
	if got, want := perFile(left), perFile(h.issues(t, "./...")); !maps.Equal(got, want) {
		t.Errorf("--fix says that it left %v, but there are %v", got, want)
	}
	compareTrees(t, ours, theirs)
}

func perFile(issues []issue) map[string]int {
	count := make(map[string]int)
	for _, i := range issues {
		count[i.Pos.Filename]++
	}
	return count
}

// compareTrees demands that the Go files of two folders are the same.
func compareTrees(t *testing.T, ours, theirs string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(ours, func(name string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		n++
		rel, err := filepath.Rel(ours, name)
		if err != nil {
			return err
		}
		a, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(theirs, rel))
		if err != nil {
			return err
		}
		if string(a) != string(b) {
			t.Errorf("%s: perflint -fix and golangci-lint --fix write different text", rel)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d files compared: %v", n, err)
	}
}
