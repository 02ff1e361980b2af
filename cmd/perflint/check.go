package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/report"
)

// check is the main command: analyse packages and report.
func (a *app) check(args []string) int {
	f := newFlags()
	patterns, err := f.parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return a.help(nil)
	case err != nil:
		return a.fail(err)
	case f.version:
		fmt.Fprintln(a.stdout, versionLine())
		return exitClean
	}
	return a.start(f, patterns)
}

// start analyses packages as the flags say.
func (a *app) start(f *flags, patterns []string) int {
	if err := f.checkPatterns(a.rules); err != nil {
		return a.fail(err)
	}
	stopProfiles, err := f.startProfiles()
	if err != nil {
		return a.fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code := a.analyse(ctx, f, patterns)
	if err := stopProfiles(); err != nil {
		return a.fail(err)
	}
	return code
}

// fail prints an error, the only place where one is printed, and returns the
// exit code for it.
func (a *app) fail(err error) int {
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintf(a.stderr, "perflint: %v\n", err)
	return exitFailure
}

// analyse runs the driver and writes what it found.
func (a *app) analyse(ctx context.Context, f *flags, patterns []string) int {
	src, err := f.openEvidence()
	if err != nil {
		return a.fail(err)
	}
	change, err := a.openChange(ctx, f)
	if err != nil {
		return a.fail(err)
	}
	if change != nil {
		change.Cold = len(f.profiles) > 0
	}
	cfg, err := a.driverConfig(ctx, f, f.dir, nil, patterns)
	if err != nil {
		return a.fail(err)
	}
	src.command = evidence.CompileCommand{Dir: cfg.Dir, Env: cfg.Env, Patterns: cfg.Patterns, Tags: cfg.Tags}
	src.cache = cfg.Cache
	bar := newProgress(a.stderr)
	if bar != nil {
		cfg.Progress = bar.update
	}
	result, err := driver.Run(ctx, cfg)
	bar.clear()
	if err != nil {
		return a.fail(err)
	}
	if f.stats {
		defer func() { printStats(a.stderr, result.Stats) }()
	}
	old, err := a.settle(ctx, f, src, result, func() (int, error) { return a.keepNew(ctx, f, cfg, change, result) })
	if err != nil {
		return a.fail(err)
	}
	changed := false
	if f.fix || f.diff {
		if changed, err = a.applyFixes(ctx, f, cfg, src, result); err != nil {
			return a.fail(err)
		}
	}
	if changed && !f.diff {
		if result, old, err = a.analyseAgain(ctx, f, cfg, src, change); err != nil {
			return a.fail(err)
		}
	}
	if err := a.write(f, result); err != nil {
		return a.fail(err)
	}
	a.printSummary(f, result.Findings, old)
	switch {
	case len(result.Errors) > 0:
		a.printErrors(f.dir, result.Errors)
		return exitFailure
	case changed && f.diff:
		return exitFindings
	case slices.ContainsFunc(result.Findings, func(fd finding.Finding) bool { return failLevel(fd.Severity) >= f.failOn }):
		return exitFindings
	}
	return exitClean
}

// analyseAgain returns what is left after fixes, on the lines where it stands
// now, and how many old findings are not in it.
func (a *app) analyseAgain(ctx context.Context, f *flags, cfg *driver.Config, src *evidenceSource, change *driver.Change) (*driver.Result, int, error) {
	cfg.Progress = nil
	result, err := driver.Run(ctx, cfg)
	if err != nil {
		return nil, 0, err
	}
	old, err := a.settle(ctx, f, src, result, func() (int, error) { return a.keepNewAgain(ctx, f, change, result) })
	return result, old, err
}

// driverConfig completes the options with what the go command knows in a
// folder, which it is asked with an environment, or nil for the process's.
func (a *app) driverConfig(ctx context.Context, f *flags, dir string, environ, patterns []string) (*driver.Config, error) {
	env, err := driver.ReadEnvironment(ctx, dir, environ)
	if err != nil {
		return nil, err
	}
	options := f.options
	options.Toolchain = env.Toolchain
	if options.Main, err = env.GoLines(); err != nil {
		return nil, err
	}
	overlay, err := env.Overlay()
	if err != nil {
		return nil, err
	}
	cache, err := a.openCache(f.cache)
	if err != nil {
		return nil, err
	}
	return &driver.Config{
		Dir:       dir,
		Env:       environ,
		Patterns:  patterns,
		Tests:     f.tests,
		Tags:      f.tags,
		Overlay:   overlay,
		Jobs:      f.jobs,
		Analyzers: a.enabled(options),
		Rules:     a.rules,
		Options:   options,

		Environment: env,
		Cache:       cache,
		Fresh:       f.fix || f.diff, // edits need the positions of this very text
	}, nil
}

// enabled returns the analyzers without those whose rules are all disabled, so
// that nobody waits for facts that no rule asks for. Their names are in the keys
// of the cache. If none is left, all stay: comments that suppress findings are
// read beside them.
func (a *app) enabled(options pragma.Options) []*analysis.Analyzer {
	silent := make(map[string]bool)
	for _, r := range a.rules {
		on, seen := silent[r.Analyzer()]
		silent[r.Analyzer()] = (on || !seen) && !options.Enabled(r)
	}
	all := a.analyzers(options)
	if left := slices.DeleteFunc(slices.Clone(all), func(x *analysis.Analyzer) bool { return silent[x.Name] }); len(left) > 0 {
		return left
	}
	return all
}

// write prints the findings and writes the files of -o. With -diff the
// standard output belongs to the diff.
func (a *app) write(f *flags, result *driver.Result) error {
	set := a.findingSet(f, result)
	for _, out := range f.outputs {
		if err := writeOutput(out, set); err != nil {
			return err
		}
	}
	if f.diff {
		return nil
	}
	return a.writeStdout(f.format, set)
}

// writeOutput writes one file of -o, whole or not at all.
func writeOutput(out output, set *report.Set) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(out.path), ".perflint-*")
	if err != nil {
		return fmt.Errorf("-o %s: %w", out.path, err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
			err = fmt.Errorf("-o %s: %w", out.path, err)
		}
	}()
	if err := report.Write(tmp, out.format, set); err != nil {
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), out.path)
}

// textDir returns the folder that paths are printed relative to: the one that
// the user is in, from where an editor can open them.
func (f *flags) textDir() string {
	if dir, err := os.Getwd(); err == nil {
		return dir
	}
	return f.dir
}

// printSummary says how many findings there are, how many old ones were left
// out, and where to read on. It goes to standard error, so that the output
// holds findings only.
func (a *app) printSummary(f *flags, findings []finding.Finding, old int) {
	if len(findings)+old == 0 || f.format != "text" || f.diff {
		return
	}
	number := count(len(findings), "finding")
	if f.newFrom.kind != "" {
		number = fmt.Sprintf("%s, %d old not shown", count(len(findings), "new finding"), old)
	}
	if len(findings) == 0 {
		fmt.Fprintf(a.stderr, "perflint: %s\n", number)
		return
	}
	fmt.Fprintf(a.stderr, "perflint: %s; 'perflint explain %s' says more\n", number, findings[0].Rule)
}

// maxErrors is how many errors of one package are printed. The first ones
// count; the rest tend to follow from them.
const maxErrors = 10

// printErrors names what could not be analysed, by package.
func (a *app) printErrors(dir string, errs []driver.Error) {
	wd := dir
	if cwd, err := os.Getwd(); err == nil {
		wd = cwd
	}
	packages, printed := 0, 0
	for i, e := range errs {
		if i == 0 || e.Package != errs[i-1].Package {
			fmt.Fprintf(a.stderr, "# %s\n", e.Package)
			packages++
			printed = 0
		}
		printed++
		last := i+1 == len(errs) || errs[i+1].Package != e.Package
		switch {
		case printed > maxErrors && last:
			fmt.Fprintf(a.stderr, "and %d more errors\n", printed-maxErrors)
		case printed > maxErrors:
		case e.Posn != "":
			fmt.Fprintf(a.stderr, "%s: %s\n", report.Relative(wd, e.Posn), e.Message)
		default:
			fmt.Fprintln(a.stderr, e.Message)
		}
	}
	fmt.Fprintf(a.stderr, "perflint: %s could not be analysed completely\n", count(packages, "package"))
}

// colored reports whether text may be coloured: on a terminal, unless
// NO_COLOR (https://no-color.org) or a dumb terminal says otherwise.
func colored(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	return isTerminal(file)
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && !strings.HasSuffix(file.Name(), os.DevNull)
}
