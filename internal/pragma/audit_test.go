package pragma

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

var testRules = []finding.Rule{
	{Name: "ctxleak/discarded", Severity: finding.Error, Confidence: finding.Certain, Default: true},
	{Name: "ctxleak/lost", Severity: finding.Error, Confidence: finding.Likely, Default: true},
	{Name: "timerstop/lost", Severity: finding.Warning, Confidence: finding.Likely, Default: true},
	{Name: "escape/hot", Severity: finding.Info, Confidence: finding.Possible},
}

func TestAudit(t *testing.T) {
	const unused = "perflint/unused-ignore: directive suppresses no finding of "
	tests := []struct {
		name    string
		comment string // on line 4 of the source
		used    bool
		opts    Options
		want    string // "rule: message" and " [why hidden]"; empty if there is no finding
	}{
		{"used", "//perflint:ignore ctxleak why", true, Options{}, ""},
		{"unused", "//perflint:ignore ctxleak why", false, Options{}, unused + "ctxleak; delete it"},
		{"unused rules", "//perflint:ignore ctxleak/lost,timerstop,*/discarded why", false, Options{},
			unused + "ctxleak/lost, timerstop or */discarded; delete it"},
		{"unused pair", "//perflint:ignore ctxleak/lost,timerstop why", false, Options{}, unused + "ctxleak/lost or timerstop; delete it"},

		{"no rule", "//perflint:ignore", false, Options{}, "perflint/bad-ignore: " + noRule},
		{"no reason", "//perflint:ignore ctxleak", false, Options{}, "perflint/bad-ignore: " + noReason + "ctxleak reason"},
		{"typo", "//perflint:ignore ctxleak/discraded why", false, Options{},
			`perflint/bad-ignore: no analyzer or rule matches "ctxleak/discraded"; 'perflint rules' lists them`},
		{"one typo of two", "//perflint:ignore ctxleak,timerstp why", true, Options{},
			`perflint/bad-ignore: no analyzer or rule matches "timerstp"; 'perflint rules' lists them`},
		{"malformed glob", "//perflint:ignore ctx[ why", false, Options{},
			`perflint/bad-ignore: malformed rule pattern "ctx[": syntax error in pattern`},

		// A rule that did not run could not have used the directive.
		{"disabled", "//perflint:ignore ctxleak/lost why", false, Options{Disable: []string{"ctxleak/lost"}}, ""},
		{"one of two disabled", "//perflint:ignore ctxleak/lost,timerstop why", false, Options{Disable: []string{"timerstop"}}, ""},
		{"one of an analyzer disabled", "//perflint:ignore ctxleak why", false, Options{Disable: []string{"ctxleak/lost"}}, ""},
		{"another disabled", "//perflint:ignore ctxleak why", false, Options{Disable: []string{"timerstop"}}, unused + "ctxleak; delete it"},
		{"off by default", "//perflint:ignore escape why", false, Options{}, ""},
		{"enabled", "//perflint:ignore escape why", false, Options{Enable: []string{"escape"}}, unused + "escape; delete it"},
		{"all", "//perflint:ignore all why", false, Options{}, ""},
		{"all enabled", "//perflint:ignore all why", false, Options{Enable: []string{"all"}}, unused + "all; delete it"},

		// Directives of other tools are theirs to audit.
		{"nolint", "//nolint:perflint", false, Options{}, ""},
		{"nolint typo", "//nolint:perflnt", false, Options{}, ""},
		{"lint:ignore", "//lint:ignore ctxleak why", false, Options{}, ""},
		{"lint:file-ignore", "//lint:file-ignore ctxleak why", false, Options{}, ""},

		// The findings pass the same thresholds as any other.
		{"severity", "//perflint:ignore ctxleak why", false, Options{Severity: finding.Error}, unused + "ctxleak; delete it [severity]"},
		{"confidence", "//perflint:ignore ctxleak why", false, Options{Confidence: finding.Certain}, unused + "ctxleak; delete it"},
		{"unused-ignore disabled", "//perflint:ignore ctxleak why", false, Options{Disable: []string{UnusedIgnore}}, ""},
		{"unused-ignore disabled, bad", "//perflint:ignore ctxleak", false, Options{Disable: []string{UnusedIgnore}},
			"perflint/bad-ignore: " + noReason + "ctxleak reason"},
		{"gate disabled", "//perflint:ignore ctxleak", false, Options{Disable: []string{"perflint"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := load(t, "package p\n\nfunc f() {\n\tprintln() "+test.comment+"\n}\n")
			var findings []finding.Finding
			if test.used {
				findings = append(findings, finding.Finding{Suppressed: "/src/a.go:4:12"})
			}
			findings = append(findings, finding.Finding{Suppressed: "/src/b.go:4:12"}, finding.Finding{})
			var got []string
			for _, f := range l.index.Audit("example.com/p", findings, testRules, &test.opts) {
				text := f.Rule + ": " + f.Message
				if f.Hidden != "" {
					text += " [" + f.Hidden + "]"
				}
				got = append(got, text)
			}
			if want := strings.Split(test.want, "\n"); !slices.Equal(got, want) && (test.want != "" || got != nil) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// Files whose findings are not shown have no directives to complain about.
func TestAuditHidden(t *testing.T) {
	const src = "package p\n\nvar v int //perflint:ignore ctxleak why\n"
	l := loadFiles(t, "go1.26", map[string]string{
		"/src/gen.go":    "// Code generated by hand. DO NOT EDIT.\n\n" + src,
		"/src/p_test.go": strings.ReplaceAll(src, "v int", "w int"),
	})
	tests := []struct {
		opts Options
		want string
	}{
		{Options{}, `gen.go:"generated file" p_test.go:""`},
		{Options{Generated: true}, `gen.go:"" p_test.go:""`},
		{Options{SkipTests: true}, `gen.go:"generated file" p_test.go:"test file"`},
	}
	for _, test := range tests {
		var got []string
		for _, f := range l.index.Audit("example.com/p", nil, testRules, &test.opts) {
			got = append(got, fmt.Sprintf("%s:%q", strings.TrimPrefix(f.Location.File, "/src/"), f.Hidden))
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%+v: %s, want %s", test.opts, got, test.want)
		}
	}
}

// Unused directives can be deleted: with their line, if nothing else is on it.
func TestAuditFix(t *testing.T) {
	const comment = "//perflint:ignore ctxleak why"
	tests := []struct{ name, src, want string }{
		{"alone", "package p\n\n\t" + comment + "\nvar v int\n", "package p\n\nvar v int\n"},
		{"trailing", "package p\n\nvar v int " + comment + "\n", "package p\n\nvar v int \n"},
		{"behind a bracket", "package p\n\nfunc f() {\n} " + comment + "\n", "package p\n\nfunc f() {\n} \n"},
		{"behind a multi-line literal", "package p\n\nvar v = `\n` " + comment + "\n", "package p\n\nvar v = `\n` \n"},
		{"last line", "package p\n" + comment, "package p\n"},
		{"first line", comment + "\npackage p\n", "package p\n"},
		{"among comments", "package p\n\n// v is.\n" + comment + "\n// Or not.\nvar v int\n", "package p\n\n// v is.\n// Or not.\nvar v int\n"},
		{"trailing at the end", "package p; var v int " + comment, "package p; var v int "},
		{"behind a line directive", "package p\n\n//line /src/a.go:100:1\n" + comment + "\nvar v int\n", "package p\n\n//line /src/a.go:100:1\nvar v int\n"},
	}
	for _, test := range tests {
		for _, eol := range []string{"\n", "\r\n"} {
			src, want := strings.ReplaceAll(test.src, "\n", eol), strings.ReplaceAll(test.want, "\n", eol)
			audited := load(t, src).index.Audit("example.com/p", nil, testRules, new(Options))
			if len(audited) != 1 || len(audited[0].Fixes) != 1 || len(audited[0].Fixes[0].Edits) != 1 {
				t.Errorf("%s: findings %+v", test.name, audited)
				continue
			}
			f := audited[0]
			edit := f.Fixes[0].Edits[0]
			if got := src[:edit.Start] + edit.New + src[edit.End:]; got != want || edit.File != "/src/a.go" {
				t.Errorf("%s: edit of %s gives\n%q\nwant\n%q", test.name, edit.File, got, want)
			}
			if f.Fixes[0].Message != "Delete the directive" || f.Package != "example.com/p" || f.Source != comment || !f.Shown() {
				t.Errorf("%s: finding %+v", test.name, f)
			}
			if f.Severity != finding.Warning || f.Confidence != finding.Certain {
				t.Errorf("%s: %v, %v", test.name, f.Severity, f.Confidence)
			}
		}
	}

	// The author of a malformed directive meant to say something.
	audited := load(t, "package p //perflint:ignore ctxleak\n").index.Audit("example.com/p", nil, testRules, new(Options))
	if len(audited) != 1 || audited[0].Rule != BadIgnore || audited[0].Fixes != nil {
		t.Errorf("malformed directive: %+v", audited)
	}
}

func TestRules(t *testing.T) {
	for _, r := range Rules() {
		if r.Analyzer() != "perflint" || r.Summary == "" || r.Doc == "" || r.Since == "" || !r.Default {
			t.Errorf("incomplete rule %+v", r)
		}
		if new(Options).hides(&finding.Finding{Severity: r.Severity, Confidence: r.Confidence}, false) != "" {
			t.Errorf("%s is hidden by default", r.Name)
		}
	}
}
