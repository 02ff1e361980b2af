package pragma

import (
	"github.com/perflint/perflint/internal/finding"
	"slices"
	"strings"
	"testing"
)

const (
	noRule   = "directive names no rule; write //perflint:ignore RULE reason"
	noReason = "directive gives no reason, so it suppresses nothing; write //perflint:ignore "
	spaced   = "directive has a space beside a comma; write //perflint:ignore RULE,RULE reason"
)

func TestParse(t *testing.T) {
	ours := func(reason string, rules ...string) *Directive {
		return &Directive{Form: Ignore, Rules: rules, Reason: reason}
	}
	bad := func(problem, reason string, rules ...string) *Directive {
		return &Directive{Form: Ignore, Rules: rules, Reason: reason, Problem: problem}
	}
	nolint := func(reason string, names ...string) *Directive {
		return &Directive{Form: Nolint, Rules: names, Reason: reason}
	}
	tests := []struct {
		comment string
		want    *Directive // nil if it is no directive
	}{
		// Our own form.
		{"//perflint:ignore ctxleak/discarded the process ends here", ours("the process ends here", "ctxleak/discarded")},
		{"//perflint:ignore ctxleak why", ours("why", "ctxleak")},
		{"//perflint:ignore ctxleak/*,timerstop/lost-* why", ours("why", "ctxleak/*", "timerstop/lost-*")},
		{"//perflint:ignore all why", ours("why", "all")},
		{"//perflint:ignore a,,b why", ours("why", "a", "b")},
		{"//perflint:ignore\tctxleak\twhy\tnot", ours("why\tnot", "ctxleak")},
		{"//perflint:ignore  \t ctxleak \t why  ", ours("why", "ctxleak")},
		{"//perflint:ignore ctxleak why\r", ours("why", "ctxleak")},
		{"//perflint:ignore ctxleak why // want `x`", ours("why // want `x`", "ctxleak")},
		{"//perflint:ignore Ctxleak why", ours("why", "Ctxleak")},

		// Addressed to perflint, but wrong.
		{"//perflint:ignore", bad(noRule, "")},
		{"//perflint:ignore \t", bad(noRule, "")},
		{"//perflint:ignore\r", bad(noRule, "")},
		{"//perflint:ignore , why", bad(noRule, "why")},
		{"//perflint:ignore ctxleak", bad(noReason+"ctxleak reason", "", "ctxleak")},
		{"//perflint:ignore ctxleak\r", bad(noReason+"ctxleak reason", "", "ctxleak")},
		{"//perflint:ignore a,b \t ", bad(noReason+"a,b reason", "", "a", "b")},
		{"//perflint:ignore a // want `x`", bad(noReason+"a reason", "// want `x`", "a")},
		{"//perflint:ignore a //", bad(noReason+"a reason", "//", "a")},
		{"//perflint:ignore a, b", bad(spaced, "b", "a")},
		{"//perflint:ignore a, b why", bad(spaced, "b why", "a")},
		{"//perflint:ignore a ,b", bad(spaced, ",b", "a")},
		{"//perflint:ignore a , b why", bad(spaced, ", b why", "a")},
		{"//perflint:ignore ,a why", bad(spaced, "why", "a")},
		{"//perflint:ignores ctxleak why", bad(`unknown directive "//perflint:ignores"; the only one is //perflint:ignore RULE reason`, "")},
		{"//perflint:disable ctxleak why", bad(`unknown directive "//perflint:disable"; the only one is //perflint:ignore RULE reason`, "")},
		{"//perflint:Ignore ctxleak why", bad(`unknown directive "//perflint:Ignore"; the only one is //perflint:ignore RULE reason`, "")},
		{"//perflint:", bad(`unknown directive "//perflint:"; the only one is //perflint:ignore RULE reason`, "")},
		{"//perflint: ignore ctxleak why", bad(`unknown directive "//perflint:"; the only one is //perflint:ignore RULE reason`, "")},

		// Comments about perflint.
		{"// perflint:ignore ctxleak why", nil},
		{"//perflint", nil},
		{"//perflint ignore ctxleak why", nil},
		{"// see //perflint:ignore ctxleak why", nil},
		{"/*perflint:ignore ctxleak why*/", nil},
		{"/* //perflint:ignore ctxleak why */", nil},
		{"//", nil},
		{"", nil},
		{"perflint:ignore ctxleak why", nil},

		// golangci-lint's form.
		{"//nolint", nolint("")},
		{"// nolint", nolint("")},
		{"// \tnolint \r", nolint("")},
		{"//nolint // why", nolint("why")},
		{"//nolint why", nolint("")},
		{"//nolint\twhy", nolint("")},
		{"//nolint:perflint", nolint("", "perflint")},
		{"// nolint:perflint", nolint("", "perflint")},
		{"//nolint:errcheck,ctxleak // why", nolint("why", "errcheck", "ctxleak")},
		{"//nolint: errcheck , CtxLeak//why", nolint("why", "errcheck", "ctxleak")},
		{"//nolint:errcheck,\tctxleak and why", nolint("", "errcheck", "ctxleak")},
		{"//nolint:all", nolint("", "all")},
		{"//nolint:a,", nolint("", "a")},
		{"//nolint:perflint\r", nolint("", "perflint")},
		{"//nolint:", nil},
		{"//nolint: // why", nil},
		{"//nolint:,", nil},
		{"//nolinter", nil},
		{"//nolintperflint", nil},
		{"//Nolint", nil},
		{"//no lint", nil},
		{"// about nolint", nil},
		{"/*nolint*/", nil},
		{"/* nolint:perflint */", nil},

		// staticcheck's form.
		{"//lint:ignore ctxleak why", &Directive{Form: LintIgnore, Rules: []string{"ctxleak"}, Reason: "why"}},
		{"//lint:ignore SA1000,ctxleak/* why\r", &Directive{Form: LintIgnore, Rules: []string{"SA1000", "ctxleak/*"}, Reason: "why"}},
		{"//lint:file-ignore\tctxleak\twhy", &Directive{Form: LintFileIgnore, Rules: []string{"ctxleak"}, Reason: "why"}},
		{"//lint:ignore ctxleak", nil}, // staticcheck complains
		{"//lint:ignore", nil},
		{"//lint:file-ignore ctxleak", nil},
		{"//lint:ignores ctxleak why", nil},
		{"//lint: ignore ctxleak why", nil},
		{"// lint:ignore ctxleak why", nil},
		{"/*lint:ignore ctxleak why*/", nil},
	}
	for _, test := range tests {
		got, ok := Parse(test.comment)
		switch {
		case ok != (test.want != nil):
			t.Errorf("Parse(%q) = %+v, %t", test.comment, got, ok)
		case ok && !sameDirective(&got, test.want):
			t.Errorf("Parse(%q)\ngot  %+v\nwant %+v", test.comment, got, *test.want)
		}
	}
}

func sameDirective(d, e *Directive) bool {
	return d.Form == e.Form && slices.Equal(d.Rules, e.Rules) && d.Reason == e.Reason && d.Problem == e.Problem
}

func TestMatches(t *testing.T) {
	const rule = "ctxleak/discarded"
	tests := []struct {
		comment string
		want    bool
	}{
		{"//perflint:ignore ctxleak/discarded why", true},
		{"//perflint:ignore ctxleak why", true},
		{"//perflint:ignore timerstop,*/disc* why", true},
		{"//perflint:ignore all why", true},
		{"//perflint:ignore timerstop why", false},
		{"//perflint:ignore perflint why", false}, // not an analyzer
		{"//perflint:ignore ctx[ why", false},
		{"//perflint:ignore ctxleak/discarded", false}, // no reason
		{"//perflint:ignore ctxleak, discarded", false},
		{"//perflint:disable ctxleak/discarded why", false},
		{"//nolint", true},
		{"//nolint:all", true},
		{"//nolint:perflint", true},
		{"//nolint:PERFLINT", true},
		{"//nolint:errcheck,ctxleak", true},
		{"//nolint:errcheck", false},
		{"//nolint:ctxleak/discarded", false}, // linters have no rules
		{"//nolint:ctx*", false},              // nor globs
		{"//lint:ignore ctxleak/discarded why", true},
		{"//lint:ignore SA*,ctxleak why", true},
		{"//lint:ignore SA* why", false},
		{"//lint:file-ignore ctxleak why", true},
	}
	for _, test := range tests {
		d, ok := Parse(test.comment)
		if !ok {
			t.Errorf("Parse(%q): no directive", test.comment)
		}
		if got := d.Matches(finding.Rule{Name: rule, Nolint: []string{"govet"}}); got != test.want {
			t.Errorf("%s matches %s: %t, want %t", test.comment, rule, got, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"//perflint:ignore a/b,c why", "//perflint:ignore a, b", "//perflint:ignore a //why", "//perflint:", "//perflint:x\ty",
		"//nolint", "// nolint:a , B // why", "//nolint:,", "//nolint//", "//nolint:all",
		"//lint:ignore a,b why", "//lint:file-ignore a why", "/* nolint */", "//", "", "//perflint:ignore \u00a0 \v\f",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		d, ok := Parse(comment)
		if !ok {
			return
		}
		if !strings.HasPrefix(comment, "//") {
			t.Errorf("%q is a directive", comment)
		}
		for _, rule := range d.Rules {
			if rule == "" || strings.ContainsAny(rule, ", \t") {
				t.Errorf("%q names a rule %q", comment, rule)
			}
			if d.Form == Nolint && rule != strings.ToLower(rule) {
				t.Errorf("%q names a linter %q", comment, rule)
			}
		}
		if d.Reason != strings.TrimSpace(d.Reason) {
			t.Errorf("%q has white space around its reason %q", comment, d.Reason)
		}
		if d.Problem != "" && (d.Form != Ignore || d.Matches(finding.Rule{Name: "ctxleak/discarded"})) {
			t.Errorf("%q has a problem, %s, but acts: %+v", comment, d.Problem, d)
		}
		switch reasoned := len(d.Rules) > 0 && d.Reason != ""; d.Form {
		case Ignore:
			if d.Problem == "" && (!reasoned || strings.HasPrefix(d.Reason, "//")) {
				t.Errorf("%q has no problem, but no rule or reason: %+v", comment, d)
			}
		case LintIgnore, LintFileIgnore:
			if !reasoned {
				t.Errorf("%q has no rule or reason: %+v", comment, d)
			}
		case Nolint: // needs neither
		default:
			t.Errorf("%q has form %d", comment, d.Form)
		}
	})
}
