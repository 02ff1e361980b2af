package pragma

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A Form is one of the spellings of a suppression.
type Form int

// The forms. Only Ignore is ours; the others are honoured so that one source
// works in every host.
const (
	Ignore         Form = iota // //perflint:ignore RULES reason
	Nolint                     // //nolint or //nolint:names, as golangci-lint reads it
	LintIgnore                 // //lint:ignore CHECKS reason, as staticcheck reads it
	LintFileIgnore             // //lint:file-ignore CHECKS reason
)

// A Directive is a suppression comment.
type Directive struct {
	Form    Form
	Rules   []string // patterns, see [finding.MatchRule]; for Nolint, linter names
	Reason  string
	Problem string // why it suppresses nothing although it is addressed to perflint, or ""

	Location finding.Position // of the comment
	End      finding.Position

	text    string       // of the comment
	removal finding.Edit // that deletes the comment, with its line if it stands alone
}

// Key identifies a directive among those of all packages.
func (d *Directive) Key() string {
	return fmt.Sprintf("%s:%d:%d", d.Location.File, d.Location.Line, d.Location.Column)
}

// Matches reports whether the directive names the rule. A //nolint comment
// names linters: perflint, the rule's analyzer, or one that says the same.
func (d *Directive) Matches(rule finding.Rule) bool {
	if d.Problem != "" {
		return false
	}
	if d.Form == Nolint {
		return len(d.Rules) == 0 || slices.ContainsFunc(d.Rules, func(name string) bool {
			return name == "all" || name == "perflint" || name == rule.Analyzer() || slices.Contains(rule.Nolint, name)
		})
	}
	return slices.ContainsFunc(d.Rules, func(pattern string) bool {
		return finding.MatchRule(pattern, rule.Name)
	})
}

// appliedTo reports whether golangci-lint applies the directive itself to
// what the linter of that name reports.
func (d *Directive) appliedTo(linter string) bool {
	return linter != "" && d.Form == Nolint &&
		(len(d.Rules) == 0 || slices.Contains(d.Rules, linter) || slices.Contains(d.Rules, "all"))
}

// Parse reads a comment, which starts with "//", as a directive.
// It reports false if the comment is not a directive that concerns perflint.
// A directive that is addressed to perflint but malformed is returned with
// its Problem set.
func Parse(comment string) (Directive, bool) {
	text, ok := strings.CutPrefix(comment, "//")
	if !ok {
		return Directive{}, false // /* */ comments are never directives
	}
	text = strings.TrimRight(text, " \t\r")
	if rest, ok := strings.CutPrefix(text, "perflint:"); ok {
		return parseIgnore(rest), true
	}
	if rest, ok := strings.CutPrefix(text, "lint:"); ok {
		return parseLint(rest)
	}
	return parseNolint(text)
}

// parseIgnore reads what follows "//perflint:".
func parseIgnore(text string) Directive {
	d := Directive{Form: Ignore}
	verb, args := cutSpace(text)
	if verb != "ignore" {
		d.Problem = fmt.Sprintf("unknown directive %q; the only one is //perflint:ignore RULE reason", "//perflint:"+verb)
		return d
	}
	names, reason := cutSpace(args)
	d.Rules, d.Reason = splitNames(names), reason
	switch {
	case len(d.Rules) == 0:
		d.Problem = "directive names no rule; write //perflint:ignore RULE reason"
	case strings.HasPrefix(names, ",") || strings.HasSuffix(names, ",") || strings.HasPrefix(reason, ","): // a rule would count as the reason
		d.Problem = "directive has a space beside a comma; write //perflint:ignore RULE,RULE reason"
	case reason == "" || strings.HasPrefix(reason, "//"): // a trailing comment about the directive is no reason
		d.Problem = fmt.Sprintf("directive gives no reason, so it suppresses nothing; write //perflint:ignore %s reason", names)
	}
	return d
}

// parseLint reads what follows "//lint:". A directive of that family without
// a reason is staticcheck's to complain about.
func parseLint(text string) (Directive, bool) {
	verb, args := cutSpace(text)
	names, reason := cutSpace(args)
	d := Directive{Rules: splitNames(names), Reason: reason}
	switch verb {
	case "ignore":
		d.Form = LintIgnore
	case "file-ignore":
		d.Form = LintFileIgnore
	default:
		return Directive{}, false
	}
	return d, len(d.Rules) > 0 && reason != ""
}

// parseNolint reads the text behind "//", which golangci-lint lets begin with
// white space. The explanation after a second "//" is the reason.
func parseNolint(text string) (Directive, bool) {
	text, ok := strings.CutPrefix(strings.TrimLeft(text, " \t"), "nolint")
	if !ok {
		return Directive{}, false
	}
	d := Directive{Form: Nolint}
	text, d.Reason, _ = strings.Cut(text, "//")
	d.Reason = strings.TrimSpace(d.Reason)
	names, listed := strings.CutPrefix(text, ":")
	if !listed {
		// "//nolint" alone or before white space silences every linter;
		// "//nolinter" is just a word.
		return d, text == "" || text[0] == ' ' || text[0] == '\t'
	}
	for name := range strings.SplitSeq(names, ",") {
		// golangci-lint compares names in lower case; only the first word
		// of an element counts.
		if name, _ = cutSpace(strings.TrimLeft(name, " \t")); name != "" {
			d.Rules = append(d.Rules, strings.ToLower(name))
		}
	}
	return d, len(d.Rules) > 0
}

func splitNames(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// cutSpace splits text at its first run of white space.
func cutSpace(text string) (first, rest string) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}
