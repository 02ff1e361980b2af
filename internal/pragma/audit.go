package pragma

import (
	"fmt"
	"slices"

	"github.com/perflint/perflint/internal/finding"
)

// Audit returns the findings about a package's own directives: those that
// are malformed or name no rule, and those that silenced none of the
// findings. Only a host that runs all analyzers can call it. The rules are
// those of the analyzers that ran.
func (x *Index) Audit(pkg string, findings []finding.Finding, rules []finding.Rule, opts *Options) []finding.Finding {
	used := make(map[string]bool)
	for i := range findings {
		used[findings[i].Suppressed] = true
	}
	known := make(map[string]finding.Rule)
	for _, r := range Rules() {
		known[r.Name] = r
	}
	var audited []finding.Finding
	for i := range x.Directives {
		d := &x.Directives[i]
		name, message := d.verdict(rules, opts, used[d.Key()])
		rule := known[name]
		if name == "" || !opts.Enabled(rule) {
			continue
		}
		f := finding.Finding{
			Rule: name, Severity: rule.Severity, Confidence: rule.Confidence,
			Location: d.Location, End: d.End, Message: message,
			Package: pkg, Source: d.text,
			Fixes: []finding.Fix{{Message: "Delete the directive", Edits: []finding.Edit{d.removal}}},
		}
		if name == BadIgnore {
			f.Fixes = nil // the author meant to say something
		}
		f.Hidden = opts.hides(&f, x.Generated(d.removal.File))
		audited = append(audited, f)
	}
	return audited
}

// verdict returns what is wrong with a directive.
func (d *Directive) verdict(rules []finding.Rule, opts *Options, used bool) (rule, message string) {
	if d.Form != Ignore {
		return "", ""
	}
	if d.Problem != "" {
		return BadIgnore, d.Problem
	}
	complete := true // every rule that the directive names ran
	for _, pattern := range d.Rules {
		if err := finding.CheckPattern(pattern, rules); err != nil {
			return BadIgnore, err.Error()
		}
	}
	for _, r := range rules {
		if d.Matches(r) && !opts.Enabled(r) {
			complete = false
		}
	}
	if used || !complete {
		return "", ""
	}
	return UnusedIgnore, fmt.Sprintf("directive suppresses no finding of %s; delete it", joinOr(d.Rules))
}

func joinOr(names []string) string {
	names = slices.Clone(names)
	last := names[len(names)-1]
	if len(names) == 1 {
		return last
	}
	list := names[0]
	for _, n := range names[1 : len(names)-1] {
		list += ", " + n
	}
	return list + " or " + last
}
