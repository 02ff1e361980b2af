package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/report"
)

// Flags of the main command.
type flags struct {
	set *flag.FlagSet

	dir     string
	format  string
	outputs outputs
	failOn  failLevel
	tests   bool
	tags    string
	jobs    int
	cache   string
	stats   bool
	fix     bool
	diff    bool
	version bool

	newFrom newFrom // what -new-from-… says, if one of them is given

	profiles []string     // files of -profile, or profileAuto
	compiler compilerMode // whether the compiler is asked

	cpuProfile string
	memProfile string
	trace      string

	options pragma.Options
}

// newFlags declares the flags with their defaults.
func newFlags() *flags {
	f := &flags{set: flag.NewFlagSet("perflint", flag.ContinueOnError)}
	s := f.set
	s.SetOutput(io.Discard) // errors are printed once, by the caller
	s.StringVar(&f.dir, "C", "", "change to `dir` before doing anything")
	s.StringVar(&f.format, "format", "text", "print findings in this `format`: "+strings.Join(report.Formats(), " or "))
	s.Var(&f.outputs, "o", "also write findings to a file, as `FORMAT=PATH`; may be repeated")
	s.TextVar(&f.failOn, "fail-on", failLevel(finding.Warning), "exit 1 for findings of this `severity` and above: info, warning, error or never")
	s.BoolVar(&f.tests, "tests", true, "also analyse test files")
	s.StringVar(&f.tags, "tags", "", "comma-separated build `tags`")
	s.IntVar(&f.jobs, "j", 0, "analyse `n` packages at a time (default: number of CPUs)")
	s.StringVar(&f.cache, "cache", "", "keep answers in this `dir`, or nowhere if it is \"off\" (default $PERFLINT_CACHE, or perflint in the user's cache folder)")
	s.BoolVar(&f.fix, "fix", false, "apply the first suggested fix of each finding")
	s.BoolVar(&f.diff, "diff", false, "print the fixes as a unified diff instead of applying them")
	s.BoolVar(&f.stats, "stats", false, "print on standard error where the time went and what the cache knew")
	f.newFrom.addFlags(s)
	f.addEvidenceFlags(s)
	s.BoolVar(&f.version, "version", false, "print the version and exit")
	s.StringVar(&f.cpuProfile, "cpuprofile", "", "write a CPU profile to `file`")
	s.StringVar(&f.memProfile, "memprofile", "", "write a memory profile to `file`")
	s.StringVar(&f.trace, "trace", "", "write an execution trace to `file`")
	analyzers.AddFlags(s, &f.options)
	return f
}

// configurable are the flags that .perflint.yml may set: those that say what
// a project wants, not what a person does at the moment.
var configurable = []string{
	"clocks", "compiler", "confidence", "disable", "enable", "fail-on", "format", "generated", "go", "j", "o", "pools", "profile", "severity",
	"tags", "tests",
}

// lists are the keys of .perflint.yml whose value may be a list.
var lists = []string{"clocks", "disable", "enable", "o", "pools", "profile", "tags"}

// parse reads the command line and the config file of its folder. It returns
// the package patterns.
func (f *flags) parse(args []string) ([]string, error) {
	if err := f.set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("%w; 'perflint help' lists the flags", err)
	}
	if f.version {
		return nil, nil
	}
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return nil, fmt.Errorf("-C: %w", err)
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("-C: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("-C: %s is not a folder", dir)
	}
	f.dir = dir
	if err := f.readConfig(); err != nil {
		return nil, err
	}
	patterns := f.set.Args()
	for _, p := range patterns {
		if strings.HasPrefix(p, "-") {
			return nil, fmt.Errorf("flag %s stands behind a package; put flags first", p)
		}
	}
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	return patterns, f.validate()
}

// validate checks what the flag package cannot.
func (f *flags) validate() error {
	if err := report.CheckFormat(f.format); err != nil {
		return err
	}
	if f.jobs < 0 {
		return fmt.Errorf("-j: %d is not a number of packages", f.jobs)
	}
	return nil
}

// checkPatterns returns an error if a rule pattern matches none of the rules.
func (f *flags) checkPatterns(rules []finding.Rule) error {
	for _, p := range f.options.Enable {
		if err := finding.CheckPattern(p, rules); err != nil {
			return fmt.Errorf("-enable: %w", err)
		}
	}
	for _, p := range f.options.Disable {
		if err := finding.CheckPattern(p, rules); err != nil {
			return fmt.Errorf("-disable: %w", err)
		}
	}
	return nil
}

// An output is a file that findings are written to.
type output struct{ format, path string }

// outputs is the repeatable flag -o.
type outputs []output

func (o *outputs) String() string {
	var parts []string
	for _, out := range *o {
		parts = append(parts, out.format+"="+out.path)
	}
	return strings.Join(parts, ",")
}

func (o *outputs) Set(s string) error {
	format, path, ok := strings.Cut(s, "=")
	if !ok || path == "" {
		return errors.New("want FORMAT=PATH, such as json=findings.json")
	}
	if err := report.CheckFormat(format); err != nil {
		return err
	}
	*o = append(*o, output{format, path})
	return nil
}

// A failLevel is the lowest severity that makes a run fail; never is above all.
type failLevel finding.Severity

const never = failLevel(finding.Error + 1)

func (l failLevel) MarshalText() ([]byte, error) {
	if l == never {
		return []byte("never"), nil
	}
	return finding.Severity(l).MarshalText()
}

func (l *failLevel) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*l = never
		return nil
	}
	var s finding.Severity
	if err := s.UnmarshalText(text); err != nil {
		return fmt.Errorf("%w, or never", err)
	}
	*l = failLevel(s)
	return nil
}
