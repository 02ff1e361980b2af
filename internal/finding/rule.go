package finding

import (
	"fmt"
	"path"
	"strings"
)

// A Rule is one thing that an analyzer says: the unit that users enable,
// suppress, look up and count. Its name is never changed once shipped.
type Rule struct {
	Name       string     // "analyzer/kind", for example "ctxleak/discarded"
	Summary    string     // one lower-case clause without a full stop
	Severity   Severity   // of a finding whose reporter does not say otherwise
	Confidence Confidence // likewise
	Default    bool       // whether the rule speaks unless it is disabled
	Since      string     // the perflint version that first had it
	Tags       []string   // what it is about, such as "concurrency", for hosts that sort by that
	Nolint     []string   // linters that say the same: a //nolint comment for one of them suppresses this rule too
	Doc        string     // the rule's section of its analyzer's doc.go, as Go doc text
}

// Analyzer returns the part of the rule's name before the slash.
func (r Rule) Analyzer() string {
	name, _, _ := strings.Cut(r.Name, "/")
	return name
}

// State says what becomes of the rule's findings unless somebody sets an
// option: "on" if they are shown, "off" if the rule is disabled, and "hidden"
// if they are recorded, but their severity or confidence is too low to be
// shown. A finding may have more or less of either than its rule.
func (r Rule) State() string {
	switch {
	case !r.Default:
		return "off"
	case r.Severity == Info || r.Confidence < Likely:
		return "hidden"
	}
	return "on"
}

// URL returns the address of the rule's page.
func (r Rule) URL() string { return RuleURL(r.Name) }

// RuleURL returns the address of the page of the rule with the given name.
func RuleURL(name string) string {
	return "https://github.com/perflint/perflint/blob/main/docs/rules/" + PageName(name)
}

// PageName returns the file name of a rule's page in docs/rules.
func PageName(rule string) string { return strings.ReplaceAll(rule, "/", "-") + ".md" }

// MatchRule reports whether a pattern selects a rule. A pattern is the name
// of an analyzer ("ctxleak", all of its rules), of a rule
// ("ctxleak/discarded"), or a glob in the syntax of [path.Match] over either
// ("ctx*", "*/discarded"). "all" selects every rule.
func MatchRule(pattern, rule string) bool {
	if pattern == "all" {
		return true
	}
	if ok, _ := path.Match(pattern, rule); ok {
		return true
	}
	analyzer, _, _ := strings.Cut(rule, "/")
	ok, _ := path.Match(pattern, analyzer)
	return ok
}

// CheckPattern returns an error if a pattern is malformed or selects none of
// the rules, which is most often a typing mistake.
func CheckPattern(pattern string, rules []Rule) error {
	if _, err := path.Match(pattern, ""); err != nil {
		return fmt.Errorf("malformed rule pattern %q: %w", pattern, err)
	}
	for _, r := range rules {
		if MatchRule(pattern, r.Name) {
			return nil
		}
	}
	return fmt.Errorf("no analyzer or rule matches %q; 'perflint rules' lists them", pattern)
}
