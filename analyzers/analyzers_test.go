package analyzers_test

import (
	"bytes"
	"encoding/gob"
	"flag"
	"fmt"
	"go/doc/comment"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var update = flag.Bool("update", false, "write the pages of docs/rules")

func TestValidate(t *testing.T) {
	if err := analysis.Validate(analyzers.All()); err != nil {
		t.Fatal(err)
	}
}

// Every analyzer speaks through the gate, whose index it must require.
func TestThroughTheGate(t *testing.T) {
	for _, a := range analyzers.All() {
		if a.ResultType != reflect.TypeFor[*finding.List]() {
			t.Errorf("%s: the result is a %v, want a *finding.List", a, a.ResultType)
		}
		if !slices.Contains(a.Requires, pragma.Analyzer) {
			t.Errorf("%s does not require pragma.Analyzer", a)
		}
		for _, name := range []string{"severity", "confidence", "enable", "disable", "go", "generated"} {
			if a.Flags.Lookup(name) == nil {
				t.Errorf("%s has no flag -%s", a, name)
			}
		}
		if a.URL == "" {
			t.Errorf("%s has no URL", a)
		}
	}
}

// A host that declares the flags of all options lets users set whatever an
// analyzer can be told.
func TestAddFlags(t *testing.T) {
	set := flag.NewFlagSet("host", flag.ContinueOnError)
	analyzers.AddFlags(set, new(pragma.Options))
	mentioned := make(map[string]bool)
	for _, a := range analyzers.All() {
		a.Flags.VisitAll(func(f *flag.Flag) {
			mentioned[f.Name] = true
			switch host := set.Lookup(f.Name); {
			case host == nil:
				t.Errorf("%s has a flag -%s that hosts do not know", a, f.Name)
			case host.Usage != f.Usage:
				t.Errorf("-%s of %s: %q, but hosts say %q", f.Name, a, f.Usage, host.Usage)
			}
		})
	}
	set.VisitAll(func(f *flag.Flag) {
		if !mentioned[f.Name] {
			t.Errorf("no analyzer has the flag -%s", f.Name)
		}
	})
}

// Two sets of analyzers share nothing: a flag of one leaves the other alone.
func TestNoSharedState(t *testing.T) {
	one, two := analyzers.All(), analyzers.All()
	for i := range one {
		if err := one[i].Flags.Set("severity", "error"); err != nil {
			t.Fatal(err)
		}
		if got := two[i].Flags.Lookup("severity").Value.String(); got != "warning" {
			t.Errorf("%s: -severity of another instance became %s", two[i], got)
		}
	}
}

// Fact types must remain gob-coding compatible, which in-memory drivers
// never notice.
func TestFactsGob(t *testing.T) {
	for _, a := range analyzers.All() {
		for _, fact := range a.FactTypes {
			var buf bytes.Buffer
			if err := gob.NewEncoder(&buf).Encode(fact); err != nil {
				t.Errorf("%s: encode %T: %v", a, fact, err)
				continue
			}
			decoded := reflect.New(reflect.TypeOf(fact).Elem()).Interface()
			if err := gob.NewDecoder(&buf).Decode(decoded); err != nil {
				t.Errorf("%s: decode %T: %v", a, fact, err)
			}
			if _, ok := fact.(fmt.Stringer); !ok {
				t.Errorf("%s: %T has no String method, which fixtures need", a, fact)
			}
		}
	}
}

func TestRules(t *testing.T) {
	names := make(map[string]bool)
	for _, a := range analyzers.All() {
		names[a.Name] = true
	}
	names["perflint"] = true // the gate's own rules
	seen := make(map[string]bool)
	for _, r := range analyzers.Rules() {
		if !names[r.Analyzer()] || !strings.Contains(r.Name, "/") || seen[r.Name] {
			t.Errorf("rule %q: want a unique name that begins with its analyzer's", r.Name)
		}
		seen[r.Name] = true
		if r.Summary == "" || strings.HasSuffix(r.Summary, ".") || strings.ToLower(r.Summary[:1]) != r.Summary[:1] {
			t.Errorf("%s: summary %q: want a lower-case clause without a full stop", r.Name, r.Summary)
		}
		if r.Severity == 0 || r.Confidence == 0 || r.Since == "" {
			t.Errorf("%s: severity, confidence or since is missing", r.Name)
		}
		if len(r.Tags) == 0 || len(r.Tags) > 9 || slices.Contains(r.Tags, "security") {
			t.Errorf("%s: tags %q: want what it is about; GitHub shows ten, the analyzer's name among them, and sends \"security\" to others", r.Name, r.Tags)
		}
		if r.State() == "hidden" && r.Analyzer() != "escape" {
			t.Errorf("%s: a rule of severity %s and confidence %s must be off by default: only an allocation is worth recording for whoever has a profile", r.Name, r.Severity, r.Confidence)
		}
		if len(r.Doc) < 200 {
			t.Errorf("%s: its documentation is %d bytes long; show wrong and right code", r.Name, len(r.Doc))
		}
	}
}

// The pages of docs/rules are generated from the analyzers' doc.go:
//
//	go test ./analyzers -run TestPages -update
func TestPages(t *testing.T) {
	dir := filepath.Join("..", "docs", "rules")
	want := map[string]string{"README.md": indexPage()}
	for _, r := range analyzers.Rules() {
		want[finding.PageName(r.Name)] = page(r)
	}
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("docs/rules/%s belongs to no rule; delete it", e.Name())
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != text {
			t.Errorf("docs/rules/%s is not what its doc.go says; run go test ./analyzers -run TestPages -update", name)
		}
	}
}

func page(r finding.Rule) string {
	var parser comment.Parser
	printer := comment.Printer{HeadingLevel: 2}
	return fmt.Sprintf("# %s\n\n%s.\n\n| default | severity | confidence | since |\n|---|---|---|---|\n| %s | %s | %s | %s |\n\n%s\n",
		r.Name, strings.ToUpper(r.Summary[:1])+r.Summary[1:], r.State(), r.Severity, r.Confidence, r.Since,
		strings.TrimSpace(string(printer.Markdown(parser.Parse(r.Doc)))))
}

func indexPage() string {
	var b strings.Builder
	b.WriteString("# Rules\n\n| rule | finds | default |\n|---|---|---|\n")
	for _, r := range analyzers.Rules() {
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s |\n", r.Name, finding.PageName(r.Name), r.Summary, r.State())
	}
	return b.String()
}
