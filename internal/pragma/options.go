package pragma

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// Options are what a host tells every analyzer. The zero value is the
// default. They can change the answer, so a driver that caches findings must
// make them part of its key.
//
// With a Linter, //nolint comments that name it, or none, are left to
// golangci-lint, which otherwise takes them for unused.
type Options struct {
	Severity   finding.Severity   // hide findings below; zero means warning
	Confidence finding.Confidence // hide findings below; zero means likely
	Enable     []string           // rule patterns, see [Options.Enabled]
	Disable    []string           // rule patterns
	Generated  bool               // also report findings in generated files
	SkipTests  bool               // hide findings in _test.go files, for hosts that always load them
	Linter     string             // the name under which golangci-lint runs the analyzer; empty in other hosts

	Go        string  // -go: overrides the main module's go and godebug lines
	Main      GoLines // the main module's lines; unknown in vet and plugin mode
	Toolchain string  // such as "go1.26.8"; empty means that of the running tool

	// What single analyzers know besides their tables. The analyzer that
	// reads a list declares its flag and checks its entries.
	Clocks []string // timerstop: functions that make timers
	Pools  []string // poolmisuse: functions that take from a pool and give back
}

// Facts returns the options without those that only decide which findings are
// shown. What is left is all that facts can depend on, beside whether an
// analyzer has an enabled rule at all: it asks for single ones through its
// [Reporter], which enables no rule where only facts are wanted.
func (o Options) Facts() Options {
	o.Severity, o.Confidence, o.Enable, o.Disable = 0, 0, nil, nil
	o.Generated, o.SkipTests, o.Linter = false, false, ""
	return o
}

// AddFlags registers the options of every analyzer that go vet and
// golangci-lint users can set.
func (o *Options) AddFlags(flags *flag.FlagSet) {
	flags.TextVar(&o.Severity, "severity", cmp.Or(o.Severity, finding.Warning), "report findings of this `severity` and above: info, warning or error")
	flags.TextVar(&o.Confidence, "confidence", cmp.Or(o.Confidence, finding.Likely), "report findings of this `confidence` and above: possible, likely or certain")
	ListVar(flags, &o.Enable, checkPatterns, "enable", "also run the rules that match these comma-separated `patterns` (analyzer, rule or glob)")
	ListVar(flags, &o.Disable, checkPatterns, "disable", "do not run the rules that match these comma-separated `patterns`; the most specific pattern wins")
	flags.BoolVar(&o.Generated, "generated", o.Generated, "also report findings in generated files")
	flags.Var((*goVersion)(&o.Go), "go", "assume that the main module's go line says this `version` (decides how timers behave)")
}

// goVersion is the flag -go.
type goVersion string

func (v *goVersion) String() string { return string(*v) }

func (v *goVersion) Set(text string) error {
	if normalVersion(text) == "" {
		return errors.New("want a Go version such as 1.22")
	}
	*v = goVersion(text)
	return nil
}

// ListVar declares a flag that adds to a list of options: it may be repeated,
// and each value is comma-separated. Commas in brackets, such as those between
// type parameters, separate nothing. A list that the check refuses stays as it
// was.
func ListVar(flags *flag.FlagSet, list *[]string, check func(list []string) error, name, usage string) {
	flags.Var(listFlag{list, check}, name, usage)
}

type listFlag struct {
	list  *[]string
	check func(list []string) error
}

func (f listFlag) String() string {
	if f.list == nil {
		return "" // package flag asks the zero value for the default
	}
	return strings.Join(*f.list, ",")
}

func (f listFlag) Set(text string) error {
	longer := slices.Concat(*f.list, splitList(text))
	if err := f.check(longer); err != nil {
		return err
	}
	*f.list = longer
	return nil
}

// splitList returns the entries of a comma-separated list without the empty
// ones.
func splitList(text string) []string {
	var entries []string
	add := func(entry string) {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	depth, start := 0, 0
	for i, r := range text {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case r == ',' && depth <= 0:
			add(text[start:i])
			start = i + 1
		}
	}
	add(text[start:])
	return entries
}

func checkPatterns(list []string) error {
	for _, pattern := range list {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("malformed rule pattern %q: %w", pattern, err)
		}
	}
	return nil
}

// Enabled reports whether a rule speaks. The most specific pattern decides (a
// rule's name before an analyzer's name or a glob with a slash, before other
// globs, before "all"); between equals, Disable does. Without a pattern, the
// rule's own default holds.
func (o *Options) Enabled(rule finding.Rule) bool {
	on, off := specificity(o.Enable, rule.Name), specificity(o.Disable, rule.Name)
	if on == 0 && off == 0 {
		return rule.Default
	}
	return on > off
}

// specificity returns that of the most specific pattern that matches, 0 if none.
func specificity(patterns []string, rule string) int {
	best := 0
	for _, p := range patterns {
		if !finding.MatchRule(p, rule) {
			continue
		}
		glob := strings.ContainsAny(p, `*?[\`)
		n := 2 // glob over analyzers
		switch {
		case p == "all" || p == "*" || p == "*/*":
			n = 1
		case p == rule:
			n = 4
		case !glob || strings.Contains(p, "/"):
			n = 3
		}
		best = max(best, n)
	}
	return best
}

// Why a finding below the thresholds is not shown.
const (
	belowSeverity   = "severity"
	belowConfidence = "confidence"
)

// hides returns why a finding, in a generated file or not, is not shown, or "".
func (o *Options) hides(f *finding.Finding, generated bool) string {
	switch {
	case generated && !o.Generated:
		return "generated file"
	case o.SkipTests && strings.HasSuffix(f.Location.File, "_test.go"):
		return "test file"
	case f.Severity < cmp.Or(o.Severity, finding.Warning):
		return belowSeverity
	case f.Confidence < cmp.Or(o.Confidence, finding.Likely):
		return belowConfidence
	}
	return ""
}

// toolchain returns the version of the toolchain that builds the analysed code.
func (o *Options) toolchain() string { return cmp.Or(o.Toolchain, runtime.Version()) }
