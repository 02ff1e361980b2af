package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

func TestGitHub(t *testing.T) {
	const a = "/src/shop/a.go"
	tests := []struct {
		name      string
		workspace string
		finding   finding.Finding
		want      string
	}{
		{"everything, in UTF-16 columns", "", func() finding.Finding {
			f := lost()
			f.Location.Column, f.End.Column = 34, 37
			return f
		}(), "::error file=a.go,line=4,endLine=4,col=32,endColumn=35,title=perflint%3A ctxleak/lost::" +
			"cancel is not called on all paths%0A1. line 5: err != nil%0A2. /src/other/b.go line 2: x is read%0A3. line 6: return%0A" +
			"https://github.com/perflint/perflint/blob/main/docs/rules/ctxleak-lost.md\n"},
		{"paths of the workspace", "/src", lost(), "::error file=shop/a.go,line=4,endLine=4,col=7,endColumn=13,title=perflint%3A ctxleak/lost::" +
			"cancel is not called on all paths%0A1. line 5: err != nil%0A2. other/b.go line 2: x is read%0A3. line 6: return%0A" +
			"https://github.com/perflint/perflint/blob/main/docs/rules/ctxleak-lost.md\n"},
		{"the repository is outside the workspace", "/home", finding.Finding{Rule: "a/b", Severity: finding.Warning, Location: at(a, 1, 1), End: at(a, 1, 8), Message: "m"},
			"::warning file=a.go,line=1,endLine=1,col=1,endColumn=8,title=perflint%3A a/b::m%0Ahttps://github.com/perflint/perflint/blob/main/docs/rules/a-b.md\n"},
		{"several lines", "", finding.Finding{Rule: "a/b", Severity: finding.Info, Location: at(a, 3, 1), End: at(a, 7, 2), Message: "m"},
			"::notice file=a.go,line=3,endLine=3,col=1,endColumn=13,title=perflint%3A a/b::m%0Ahttps://github.com/perflint/perflint/blob/main/docs/rules/a-b.md\n"},
		{"a file that is gone, with an odd name", "", finding.Finding{Rule: "a/b", Severity: finding.Warning, Location: at("/src/shop/a,b:c%.go", 3, 0), Message: "m"},
			"::warning file=a%2Cb%3Ac%25.go,line=3,endLine=3,title=perflint%3A a/b::m%0Ahttps://github.com/perflint/perflint/blob/main/docs/rules/a-b.md\n"},
		{"evidence", "", finding.Finding{Rule: "a/b", Severity: finding.Warning, Location: at(a, 1, 1), Message: "m",
			Verdict: finding.Confirmed, Evidence: map[string]string{"cpu": "12%", "compiler": "escapes"}},
			"::warning file=a.go,line=1,endLine=1,col=1,endColumn=13,title=perflint%3A a/b::m%0A" +
				"evidence: compiler escapes, cpu 12%25 (confirmed)%0Ahttps://github.com/perflint/perflint/blob/main/docs/rules/a-b.md\n"},
		{"escapes", "", finding.Finding{Rule: "a/b", Severity: finding.Warning, Location: at(a, 0, 0), Message: "100% %0A, a: b\xff::error::\r\nx"},
			"::warning file=a.go,line=1,endLine=1,title=perflint%3A a/b::100%25 %250A, a: b\uFFFD::error:: x%0Ahttps://github.com/perflint/perflint/blob/main/docs/rules/a-b.md\n"},
	}
	for _, test := range tests {
		set := &Set{Findings: []finding.Finding{test.finding}, Root: "/src/shop", ReadFile: readFile, Workflow: Workflow{Workspace: test.workspace}}
		if got := writeString(t, "github", set); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
	if got := writeString(t, "github", new(Set)); got != "" {
		t.Errorf("without findings: %q", got)
	}
}

// many returns findings on lines 1 to n of a file.
func many(n int, severity func(line int) finding.Severity) []finding.Finding {
	var findings []finding.Finding
	for line := 1; line <= n; line++ {
		findings = append(findings, finding.Finding{
			Rule: "a/b", Severity: severity(line), Confidence: finding.Certain,
			Location: at("/src/shop/long.go", line, 1), Message: fmt.Sprintf("message %d", line),
		})
	}
	return findings
}

// annotated returns the levels and lines of workflow commands, in order, and
// the text behind them.
func annotated(out string) (commands []string, rest string) {
	for line := range strings.Lines(out) {
		var level string
		var number int
		if _, err := fmt.Sscanf(line, "::%s file=long.go,line=%d,", &level, &number); err != nil {
			rest += line
			continue
		}
		commands = append(commands, fmt.Sprint(level, " ", number))
	}
	return commands, rest
}

// What GitHub would drop is what matters least.
func TestGitHubLimits(t *testing.T) {
	severity := func(line int) finding.Severity { return finding.Severity(line%3 + 1) }
	set := &Set{
		Findings: many(60, severity), Root: "/src/shop", ReadFile: readFile,
		Changed: func(p finding.Position) bool { return p.Line > 54 },
	}
	var want []string
	level := []string{"notice", "warning", "error"}
	for _, line := range []int{56, 59, 55, 58, 57, 60} { // changed
		want = append(want, fmt.Sprint(level[line%3], " ", line))
	}
	for kind := 2; kind >= 0; kind-- {
		for n, line := 0, 1; n < 8; line++ {
			if line%3 == kind {
				want = append(want, fmt.Sprint(level[kind], " ", line))
				n++
			}
		}
	}
	got, rest := annotated(writeString(t, "github", set))
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if rest != "perflint: 30 more, not annotated; GitHub shows 10 of a level in each step\n" {
		t.Errorf("behind it: %q", rest)
	}

	set.Findings = many(10, func(int) finding.Severity { return finding.Error })
	if got, rest := annotated(writeString(t, "github", set)); len(got) != 10 || rest != "" {
		t.Errorf("ten: %q and %q", got, rest)
	}
}

func TestSummary(t *testing.T) {
	warning := func(int) finding.Severity { return finding.Warning }
	var summary strings.Builder
	set := &Set{
		Findings: many(12, warning), Root: "/src/shop", ReadFile: readFile,
		Changed:  func(p finding.Position) bool { return p.Line == 12 },
		Workflow: Workflow{Summary: &summary, Room: 1 << 20},
	}
	if _, rest := annotated(writeString(t, "github", set)); rest != "perflint: 2 more, not annotated; the summary of this step has them all\n" {
		t.Errorf("last line: %q", rest)
	}
	want := `### perflint: 12 findings

| severity | place | rule | finding |
|---|---|---|---|
| warning | long.go:12 (changed) | [a/b](https://github.com/perflint/perflint/blob/main/docs/rules/a-b.md) | message 12 |
| warning | long.go:1 | [a/b](https://github.com/perflint/perflint/blob/main/docs/rules/a-b.md) | message 1 |
`
	if !strings.HasPrefix(summary.String(), want) || strings.Count(summary.String(), "\n| warning |") != 12 {
		t.Errorf("summary:\n%s", &summary)
	}

	summary.Reset()
	set.Findings = many(1, warning)
	set.Findings[0].Verdict, set.Findings[0].Evidence = finding.Confirmed, map[string]string{"cpu": "12%"}
	writeString(t, "github", set)
	if want := "| message 1; evidence: cpu 12% (confirmed) |\n"; !strings.Contains(summary.String(), want) {
		t.Errorf("no %q in the summary:\n%s", want, &summary)
	}

	summary.Reset()
	set.Findings = nil
	if out := writeString(t, "github", set); out != "" || summary.Len() > 0 {
		t.Errorf("without findings: %q and the summary %q", out, &summary)
	}
}

// However little room there is, the summary fits and says what is missing.
func TestSummaryRoom(t *testing.T) {
	findings := many(30, func(int) finding.Severity { return finding.Warning })
	for room := -1; room < 5000; room += 7 {
		var summary strings.Builder
		set := &Set{Findings: findings, Root: "/src/shop", ReadFile: readFile, Workflow: Workflow{Summary: &summary, Room: room}}
		writeString(t, "github", set)
		text := summary.String()
		if len(text) > max(room, 0) {
			t.Fatalf("room %d: %d bytes", room, len(text))
		}
		rows := strings.Count(text, "\n| warning |")
		if text != "" && rows < 30 && !strings.Contains(text, fmt.Sprintf("\n%d more do not fit in here.\n", 30-rows)) {
			t.Fatalf("room %d: %d rows of 30\n%s", room, rows, text)
		}
		if room > 4900 && rows != 30 || room < 100 && text != "" {
			t.Fatalf("room %d: %d rows of 30\n%s", room, rows, text)
		}
	}
}

func TestEscapeMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"select with | and `x`":          "select with \\| and \\`x\\`",
		"*p, a_b and [x](y)":             `\*p, a\_b and \[x\](y)`,
		"<-done && !ok":                  `\<-done \&\& \!ok`,
		"two\nlines\r":                   "two lines ",
		"#1 @you \\ ~~$x$~~ {} ^1 \xff":  `\#1 \@you \\ \~\~\$x\$\~\~ \{\} \^1  `,
		"err != nil: größe, 100% (f/g).": `err \!= nil: größe, 100% (f/g).`,
	} {
		if got := escapeMarkdown(text); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
}
