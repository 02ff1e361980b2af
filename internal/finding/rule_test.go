package finding

import (
	"strings"
	"testing"
)

func TestMatchRule(t *testing.T) {
	const rule = "ctxleak/discarded"
	tests := []struct {
		pattern string
		want    bool
	}{
		{"all", true},
		{"ctxleak", true},
		{"ctxleak/discarded", true},
		{"*", true},
		{"*/*", true},
		{"ctx*", true},
		{"ctxleak/*", true},
		{"*/discarded", true},
		{"ctxlea?", true},
		{"[a-c]txleak", true},
		{"ctxleak/[!a-c]*", false}, // path.Match negates with ^ only, so this is a set with "!"
		{"ctxleak/[^a-c]*", true},
		{"", false},
		{"ALL", false},
		{"ctx", false},
		{"leak", false},
		{"discarded", false},
		{"ctxleak/", false},
		{"ctxleak/disc", false},
		{"ctxleak/discarded/x", false},
		{"timerstop", false},
		{"timerstop/discarded", false},
		{"*leak/lost*", false},
		{"Ctxleak", false},
		{"ctx[", false}, // malformed
	}
	for _, test := range tests {
		if got := MatchRule(test.pattern, rule); got != test.want {
			t.Errorf("MatchRule(%q, %q) = %t, want %t", test.pattern, rule, got, test.want)
		}
	}
}

func TestCheckPattern(t *testing.T) {
	rules := []Rule{{Name: "ctxleak/discarded"}, {Name: "timerstop/lost-on-return"}}
	tests := []struct {
		pattern string
		want    string // the error; empty if none
	}{
		{"all", ""},
		{"ctxleak", ""},
		{"timerstop", ""},
		{"timerstop/lost-on-return", ""},
		{"*/lost-*", ""},
		{"ctxleak/discraded", `no analyzer or rule matches "ctxleak/discraded"; 'perflint rules' lists them`},
		{"escape", `no analyzer or rule matches "escape"; 'perflint rules' lists them`},
		{"", `no analyzer or rule matches ""; 'perflint rules' lists them`},
		{"ctx[", `malformed rule pattern "ctx[": syntax error in pattern`},
		{"ctxleak/[a", `malformed rule pattern "ctxleak/[a": syntax error in pattern`},
		{`ctxleak\`, `malformed rule pattern "ctxleak\\": syntax error in pattern`},
	}
	for _, test := range tests {
		switch err := CheckPattern(test.pattern, rules); {
		case test.want != "":
			checkError(t, err, test.want)
		case err != nil:
			t.Errorf("CheckPattern(%q): %v", test.pattern, err)
		}
	}
	checkError(t, CheckPattern("all", nil), `no analyzer or rule matches "all"; 'perflint rules' lists them`)
}

func TestState(t *testing.T) {
	for _, test := range []struct {
		rule Rule
		want string
	}{
		{Rule{Severity: Warning, Confidence: Certain}, "off"},
		{Rule{Severity: Warning, Confidence: Likely, Default: true}, "on"},
		{Rule{Severity: Error, Confidence: Possible, Default: true}, "hidden"},
		{Rule{Severity: Info, Confidence: Certain, Default: true}, "hidden"},
	} {
		if got := test.rule.State(); got != test.want {
			t.Errorf("%+v: state %q, want %q", test.rule, got, test.want)
		}
	}
}

func TestRule(t *testing.T) {
	rule := Rule{Name: "timerstop/lost-on-return"}
	if got := rule.Analyzer(); got != "timerstop" {
		t.Errorf("Analyzer() = %q", got)
	}
	if got := PageName(rule.Name); got != "timerstop-lost-on-return.md" {
		t.Errorf("PageName = %q", got)
	}
	url := rule.URL()
	if !strings.HasPrefix(url, "https://") || !strings.HasSuffix(url, "/docs/rules/timerstop-lost-on-return.md") {
		t.Errorf("URL() = %q", url)
	}
	if url != RuleURL(rule.Name) {
		t.Errorf("URL() = %q, but RuleURL = %q", url, RuleURL(rule.Name))
	}
}
