package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	perflint "github.com/perflint/perflint"
	"github.com/perflint/perflint/internal/inject"
)

const markUsage = `usage:
    perflint mark [flags] [packages]                     place marks; write an overlay for go build -overlay
    perflint mark run [flags] [packages] -- go COMMAND…  run the go command on the marked program
    perflint mark show FILE                              show what a marked program counted (JSON)

Flags:
`

// markFlags are the flags of the command mark.
type markFlags struct {
	set *flag.FlagSet

	at       []string
	rules    string
	findings string
	with     []string
	overlay  string
	list     bool
	skips    bool
	write    bool
	diff     bool
	tags     string
}

func newMarkFlags() *markFlags {
	f := &markFlags{set: flag.NewFlagSet("mark", flag.ContinueOnError), at: []string{"call"}}
	f.set.SetOutput(io.Discard)
	list := func(target *[]string, name, usage string) {
		f.set.Func(name, usage, func(s string) error {
			*target = strings.Split(s, ",")
			return nil
		})
	}
	list(&f.at, "at", "`places` to mark, comma-separated: call (handlers, and calls that the rules name; the default), func, branch, finding")
	list(&f.with, "with", "optional `rules` to use, comma-separated: lock, wait")
	f.set.StringVar(&f.rules, "rules", "", "`file` with rules, in YAML, to use instead of the built-in ones")
	f.set.StringVar(&f.findings, "findings", "", "`file` with findings, as -format=json writes them, for -at=finding")
	f.set.StringVar(&f.overlay, "overlay", "", "`folder` to write the overlay into")
	f.set.BoolVar(&f.list, "list", false, "list the marks instead of placing them")
	f.set.BoolVar(&f.skips, "skips", false, "list what gets no mark, and why")
	f.set.BoolVar(&f.write, "w", false, "write marks into the source, with a copy of the companion; git takes them out again")
	f.set.BoolVar(&f.diff, "diff", false, "print what -w would change in files that exist, and the sites, as a diff")
	f.set.StringVar(&f.tags, "tags", "", "build `tags`, as for the go command")
	return f
}

// mark places performance marks in a program.
func (a *app) mark(args []string) int {
	if len(args) > 0 {
		switch args[0] {
		case "run":
			return a.markRun(args[1:])
		case "show":
			return a.markShow(args[1:])
		case "toolexec":
			return a.markToolexec(args[1:])
		}
	}
	f := newMarkFlags()
	if err := f.set.Parse(args); err != nil {
		return a.markUsage(err)
	}
	if f.overlay == "" && !f.list && !f.skips && !f.write && !f.diff {
		return a.fail(errors.New("mark: say where to put the overlay with -overlay DIR, or use -list to see the marks, or 'perflint mark run -- go build …'"))
	}
	if f.overlay != "" && f.write {
		return a.fail(errors.New("mark: -overlay leaves the source alone and -w does not; use one of them"))
	}
	plans, prog, err := f.plan(f.set.Args())
	if err != nil {
		fmt.Fprintln(a.stderr, "perflint:", err)
	}
	if prog == nil {
		return exitFailure
	}
	a.listMarks(f, plans)
	if placeErr := a.place(f, plans, prog); placeErr != nil {
		return a.fail(fmt.Errorf("mark: %w", placeErr))
	}
	if err != nil {
		return exitFailure
	}
	return exitClean
}

// place writes the marks where the flags say.
func (a *app) place(f *markFlags, plans []*inject.Plan, prog *inject.Program) error {
	if f.overlay == "" && !f.write && !f.diff {
		return nil
	}
	sources, companion, err := render(plans, prog)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return fmt.Errorf("there is nothing to mark: %s", summary(plans))
	}
	if f.diff {
		dir, err := os.Getwd()
		if err != nil {
			return err
		}
		if err := inject.Diff(a.stdout, dir, companion, sources); err != nil {
			return err
		}
	}
	switch {
	case f.write && prog.Shared:
		return errors.New("-w cannot mark several modules at once, which would have to share a companion; do it in each")
	case f.write:
		if err := inject.Rewrite(sources); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "%s; the companion is %s\n", summary(plans), companion.Path)
	case f.overlay != "":
		name, err := writeOverlay(f.overlay, sources)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "%s; use: go build -overlay=%s\n", summary(plans), name)
	}
	return nil
}

// render returns all files of a marked program, and its companion.
func render(plans []*inject.Plan, prog *inject.Program) ([]inject.Source, *inject.Companion, error) {
	files, err := fs.Sub(perflint.Companion, "perfmark")
	if err != nil {
		return nil, nil, err
	}
	companion := prog.Companion(files)
	sources, err := inject.Render(plans, companion)
	return sources, companion, err
}

func writeOverlay(dir string, sources []inject.Source) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	return inject.Write(dir, sources)
}

func (a *app) markUsage(err error) int {
	if !errors.Is(err, flag.ErrHelp) {
		return a.fail(fmt.Errorf("mark: %w; 'perflint mark -h' lists the flags", err))
	}
	io.WriteString(a.stdout, markUsage)
	f := newMarkFlags()
	f.set.SetOutput(a.stdout)
	f.set.PrintDefaults()
	return exitClean
}

// options returns what the flags ask to be marked.
func (f *markFlags) options() (*inject.Options, error) {
	opts := new(inject.Options)
	rules := inject.DefaultRules()
	if f.rules != "" {
		var err error
		if rules, err = inject.ReadRules(f.rules); err != nil {
			return nil, err
		}
	}
	for _, name := range f.with {
		i := slices.IndexFunc(rules, func(r inject.Rule) bool { return r.Optional && r.ID == name })
		if i < 0 {
			return nil, fmt.Errorf("-with: there is no optional rule %q; there are lock and wait", name)
		}
		rules[i].Optional = false
	}
	for _, place := range f.at {
		switch place {
		case "call":
			opts.Rules = rules
		case "func":
			opts.Funcs = true
		case "branch":
			opts.Branches = true
		case "finding":
			if err := f.targets(opts); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("-at: there is no place %q; there are call, func, branch and finding", place)
		}
	}
	if opts.Rules == nil && len(opts.Findings) > 0 { // what share of its handler a finding has
		opts.Enclosing = true
		opts.Rules = slices.DeleteFunc(slices.Clone(rules), func(r inject.Rule) bool { return r.At != inject.AtEntry })
	}
	return opts, nil
}

// targets reads the findings whose lines are to be marked.
func (f *markFlags) targets(opts *inject.Options) error {
	if f.findings == "" {
		return errors.New("-at=finding needs -findings FILE, which 'perflint -format=json' writes")
	}
	file, err := os.Open(f.findings)
	if err != nil {
		return fmt.Errorf("-findings: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var found struct {
			Location struct {
				File         string
				Line, Column int
			}
			Fingerprint string
		}
		if err := json.Unmarshal(lines.Bytes(), &found); err != nil || found.Location.File == "" {
			return fmt.Errorf("-findings: %s:%d is not a finding of 'perflint -format=json'", f.findings, n)
		}
		opts.Findings = append(opts.Findings, inject.Target{
			File: found.Location.File, Line: found.Location.Line, Column: found.Location.Column, Fingerprint: found.Fingerprint,
		})
	}
	return lines.Err()
}

// plan loads packages and decides where marks go. With an error, it may
// return those that could be planned.
func (f *markFlags) plan(patterns []string) ([]*inject.Plan, *inject.Program, error) {
	opts, err := f.options()
	if err != nil {
		return nil, nil, fmt.Errorf("mark: %w", err)
	}
	var build []string
	if f.tags != "" {
		build = append(build, "-tags="+f.tags)
	}
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	prog, err := inject.Load(context.Background(), "", build, patterns)
	if prog == nil {
		return nil, nil, fmt.Errorf("mark: %w", err)
	}
	plans, planErr := prog.Plans(opts)
	return plans, prog, errors.Join(err, planErr)
}

// listMarks prints what -list and -skips ask for.
func (a *app) listMarks(f *markFlags, plans []*inject.Plan) {
	dir, _ := os.Getwd()
	for _, p := range plans {
		if f.list {
			for _, m := range p.Marks {
				fmt.Fprintf(a.stdout, "%s:%d: %s mark in %s\n", inject.Relative(dir, m.Pos.Filename), m.Pos.Line, m.Kind, m.Func)
			}
		}
		if f.skips {
			for _, s := range p.Skips {
				fmt.Fprintf(a.stdout, "%s:%d: no mark on %s: %s\n", inject.Relative(dir, s.Pos.Filename), s.Pos.Line, s.What, s.Reason)
			}
		}
	}
}

// summary says how much is marked.
func summary(plans []*inject.Plan) string {
	marks, files, skips := 0, 0, 0
	for _, p := range plans {
		marks += len(p.Marks)
		files += len(p.Files())
		skips += len(p.Skips)
	}
	return fmt.Sprintf("%s in %s, %s left out (-skips lists them)", count(marks, "mark"), count(files, "file"), count(skips, "place"))
}

// markShow prints the marks of a JSON file as a table.
func (a *app) markShow(args []string) int {
	if len(args) != 1 {
		return a.fail(errors.New("mark show: want the name of one JSON file, which PERFMARK_FILE=NAME.json makes a marked program write"))
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return a.fail(fmt.Errorf("mark show: %w", err))
	}
	table, err := inject.Table(text)
	if err != nil {
		return a.fail(fmt.Errorf("mark show: %s: %w", args[0], err))
	}
	out := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "SITE\tKIND\tHITS\tMEAN\tP99\tSHARE OF HANDLER\tFUNCTION")
	for _, row := range table {
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
	out.Flush()
	return exitClean
}
