package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/perflint/perflint/internal/finding"
)

var update = flag.Bool("update", false, "update the goldens in testdata")

// everything is a set in which each part of a SARIF log occurs.
func everything() *Set {
	const a, b, c = "/src/shop/a.go", "/src/other/b.go", "/src/shop/größe: 1/ä b.go"
	full := lost()
	full.Package, full.Function, full.Fingerprint = "shop", "run", "0123456789abcdef"
	full.Verdict, full.Evidence = finding.Confirmed, map[string]string{"hits": "12", "cpu": "3%"}
	full.Message = "ch[i](1) is sent '\\n' when x < 1 && y:\nstruct{}{} {0} 100%"
	full.Fixes = []finding.Fix{
		{Message: "Defer cancel()", Edits: []finding.Edit{
			{File: a, Start: 66, End: 66, New: "\tdefer cancel()\n"},
			{File: b, Start: 14, End: 26, New: ""},
			{File: a, Start: 30, End: 36, New: "ctx"},
		}},
		{Message: "Edit what is gone", Edits: []finding.Edit{{File: "/src/shop/gone.go", New: "x"}}},
		{Message: "Edit behind the end", Edits: []finding.Edit{{File: a, Start: 5, End: 5000}}},
		{Message: "Edit nothing"},
	}
	return &Set{
		Findings: []finding.Finding{
			full,
			{Rule: "ctxleak/discarded", Severity: finding.Warning, Confidence: finding.Likely, Message: "several lines",
				Location: at(a, 5, 2), End: at(a, 7, 2), Witness: []finding.Step{{Location: at(a, 5, 2), Text: "one step"}}},
			{Rule: "ctxleak/discarded", Severity: finding.Info, Confidence: finding.Possible, Message: "outside \xff", Location: at(b, 2, 2), End: at(b, 2, 5)},
			{Rule: "other/unknown", Severity: finding.Warning, Confidence: finding.Likely, Message: "a file that is gone", Location: at(c, 3, 0)},
			{Rule: "other/unknown", Severity: finding.Warning, Confidence: finding.Likely, Message: "no line", Location: at(a, 0, 0)},
		},
		Dir:      "/src/shop/my cmd",
		Root:     "/src/shop",
		ReadFile: readFile,
		Version:  "v1.2.3-rc.1",
		Failures: []string{"example.com/m/broken: a.go:1:1: expected 'package' [1]"},
		Rules: []finding.Rule{
			{Name: "ctxleak/discarded", Summary: "a cancel function is thrown away", Severity: finding.Warning, Confidence: finding.Certain,
				Tags: []string{"performance", "concurrency"}, Default: true,
				Doc: "The function is\nthrown away:\n\n\tctx, _ := f()  // WRONG\n\nNot reported: *this*."},
			{Name: "ctxleak/lost", Summary: "a cancel function is lost", Severity: finding.Error, Confidence: finding.Likely},
			{Name: "silent/hint", Summary: "a hint", Severity: finding.Info, Confidence: finding.Possible, Default: true, Doc: strings.Repeat("long ", 300) + "."},
		},
	}
}

func writeString(t *testing.T, format string, set *Set) string {
	t.Helper()
	var out strings.Builder
	if err := Write(&out, format, set); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSARIF(t *testing.T) {
	for name, set := range map[string]*Set{
		"everything.sarif": everything(),
		"nothing.sarif":    {ReadFile: readFile},
	} {
		got := writeString(t, "sarif", set)
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; if that is right, go test ./internal/report -update and look at the diff:\n%s", golden, got)
		}
		if again := writeString(t, "sarif", set); again != got {
			t.Errorf("%s: a second write differs", name)
		}
	}
}

// Readers go by these relations, which a golden does not explain.
func TestSARIFRelations(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal([]byte(writeString(t, "sarif", everything())), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	for i, result := range run.Results {
		if id := run.Tool.Driver.Rules[result.RuleIndex].ID; id != result.RuleID {
			t.Errorf("result %d: rule %s, but its index is that of %s", i, result.RuleID, id)
		}
		for _, location := range result.RelatedLocations {
			if link := "[" + location.Message.Text + "](" + string(rune('0'+location.ID)) + ")"; !strings.Contains(result.Message.Text, link) {
				t.Errorf("result %d: no %s in %q", i, link, result.Message.Text)
			}
		}
		for _, location := range result.Locations {
			if region := location.PhysicalLocation.Region; region.EndLine > region.StartLine {
				t.Errorf("result %d: lines %d to %d", i, region.StartLine, region.EndLine)
			}
		}
	}
	for _, rule := range run.Tool.Driver.Rules {
		if rule.ShortDescription.Text == "" || rule.FullDescription.Text == "" || rule.Help.Text == "" || rule.Help.Markdown == "" {
			t.Errorf("%s: a text is empty, which GitHub refuses", rule.ID)
		}
		if n := len([]rune(rule.FullDescription.Text)); n > maxDescription {
			t.Errorf("%s: description of %d characters", rule.ID, n)
		}
	}
}

// TestSARIFSchema needs the schema of the standard, which may not be
// distributed freely; .ci/sarif passes one in.
func TestSARIFSchema(t *testing.T) {
	name := os.Getenv("SARIF_SCHEMA")
	if name == "" {
		t.Skip("$SARIF_SCHEMA names no file; see .ci/sarif")
	}
	schema, err := jsonschema.NewCompiler().Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []*Set{everything(), {ReadFile: readFile}} {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(writeString(t, "sarif", set))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%#v", err)
		}
	}
}

func TestEscapeMessage(t *testing.T) {
	for text, want := range map[string]string{
		"plain":        "plain",
		"ch[i](1)":     `ch\[i\](1)`,
		`'\n' or '\['`: `'\\n' or '\\\['`,
		"{0} 100% *x":  "{0} 100% *x",
	} {
		if got := escapeMessage(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSemanticVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3":      "1.2.3",
		"1.2.3":       "1.2.3",
		"v1.2.3-rc.1": "1.2.3-rc.1",
		"v0.0.0-20261120101010-abcdefabcdef+dirty": "0.0.0-20261120101010-abcdefabcdef+dirty",
		"(devel)": "0.0.0-devel",
		"":        "0.0.0-devel",
		"v1.2":    "0.0.0-devel",
	} {
		if got := semanticVersion(version); got != want {
			t.Errorf("%q: got %s, want %s", version, got, want)
		}
	}
}
