package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
)

// escapeAnalyzer is the analyzer that the command escape runs.
const escapeAnalyzer = "escape"

// escape is the command about allocations: the findings of one analyzer,
// checked by the compiler, or what a change does to the allocations of
// functions.
func (a *app) escape(args []string) int {
	f := newFlags()
	base := f.set.String("base", "", "")
	patterns, err := f.parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return a.help(nil)
	case err != nil:
		return a.fail(fmt.Errorf("escape: %w", err))
	}
	if f.compiler == compilerDefault {
		f.compiler = compilerOn
	}
	if *base == "" {
		return a.escapeFindings(f, patterns)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code, err := a.escapeChange(ctx, f, *base, patterns)
	if err != nil {
		return a.fail(fmt.Errorf("escape: %w", err))
	}
	return code
}

// escapeFindings is the main command with one analyzer.
func (a *app) escapeFindings(f *flags, patterns []string) int {
	found := false
	for _, r := range a.rules {
		if name := r.Analyzer(); name == escapeAnalyzer {
			found = true
		} else if !slices.Contains(f.options.Disable, name) {
			f.options.Disable = append(f.options.Disable, name)
		}
	}
	if !found {
		return a.fail(fmt.Errorf("escape: there is no analyzer %q; -base=REV shows what a change allocates", escapeAnalyzer))
	}
	return a.start(f, patterns)
}

// An escapeChange is what is shown of a change.
type escapeChange struct {
	rev         string
	differences []evidence.Difference
	failures    []string
}

// escapeChange compares the allocations of two revisions.
func (a *app) escapeChange(ctx context.Context, f *flags, rev string, patterns []string) (int, error) {
	switch {
	case f.format != "text" && f.format != "json":
		return 0, fmt.Errorf("-base: there is no format %q for a comparison: want text or json", f.format)
	case len(f.outputs) > 0, f.fix, f.diff, f.newFrom.kind != "":
		return 0, errors.New("-base: -o, -fix, -diff and -new-from-… are about findings, and a comparison has none")
	case f.compiler == compilerOff:
		return 0, errors.New("-base: a comparison is what the compiler says of both revisions; it cannot do without")
	}
	src, err := f.openEvidence()
	if err != nil {
		return 0, err
	}
	change, err := driver.ChangeSince(ctx, f.dir, rev)
	if err != nil {
		return 0, fmt.Errorf("-base: %w", err)
	}
	cfg, err := a.driverConfig(ctx, f, f.dir, nil, patterns)
	if err != nil {
		return 0, err
	}
	result, err := a.compareRevisions(ctx, cfg, src, change)
	if err != nil {
		return 0, err
	}
	result.rev = rev
	if err := a.writeChange(f, result); err != nil {
		return 0, err
	}
	switch {
	case len(result.failures) > 0:
		for _, failure := range result.failures {
			fmt.Fprintf(a.stderr, "perflint: did not compile, and is not compared: %s\n", failure)
		}
		return exitFailure, nil
	case f.failOn != never && slices.ContainsFunc(result.differences, func(d evidence.Difference) bool { return len(d.Counted()) > 0 }):
		return exitFindings, nil
	}
	return exitClean, nil
}

// compareRevisions compiles both revisions and compares what the compiler says.
func (a *app) compareRevisions(ctx context.Context, cfg *driver.Config, src *evidenceSource, change *driver.Change) (*escapeChange, error) {
	head, err := evidence.CompileCommand{Dir: cfg.Dir, Env: cfg.Env, Patterns: cfg.Patterns, Tags: cfg.Tags}.Compile(ctx)
	if err != nil {
		return nil, err
	}
	if len(head.Packages)+len(head.Failures) == 0 {
		return nil, fmt.Errorf("no packages match %s", strings.Join(cfg.Patterns, " "))
	}
	program := head.Program(os.ReadFile)
	var files []string
	for _, p := range program.Packages() {
		files = appendPGO(files, p.Name, p.Dir)
	}
	weights, err := a.weigh(src, files, program)
	if err != nil {
		return nil, err
	}
	var old []evidence.FunctionAllocations
	result := &escapeChange{failures: head.Failures}
	err = change.AtBase(ctx, cfg, func(root, dir string, env, patterns []string) error {
		if len(patterns) == 0 {
			return nil // there are no such packages: what they allocate is added
		}
		base, err := evidence.CompileCommand{Dir: dir, Env: sameToolchain(env, cfg.Environment), Patterns: patterns, Tags: cfg.Tags}.Compile(ctx)
		if err != nil {
			return fmt.Errorf("at %s: %w", change.Name, err)
		}
		old = base.Functions(base.Program(os.ReadFile))
		evidence.Relocate(old, root, change.Root())
		for _, failure := range base.Failures {
			result.failures = append(result.failures, "at "+change.Name+": "+strings.ReplaceAll(failure, root+string(filepath.Separator), ""))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	result.differences = differences(old, head.Functions(program), weights)
	return result, nil
}

// differences compares, and puts what costs most by the profile first.
func differences(old, now []evidence.FunctionAllocations, weights *evidence.Weights) []evidence.Difference {
	list := evidence.Compare(old, now)
	if weights == nil {
		return list
	}
	for i := range list {
		if d := &list[i]; !d.Gone {
			d.Share = weights.Function(d.At.File, d.At.Line).Most()
		}
	}
	slices.SortStableFunc(list, func(d, e evidence.Difference) int { return cmp.Compare(e.Share, d.Share) })
	return list
}

// sameToolchain makes the go command use at the base what it uses now, unless
// the base demands a newer one: what differs should be the change.
func sameToolchain(env []string, now *driver.Environment) []string {
	if os.Getenv("GOTOOLCHAIN") != "" || strings.ContainsAny(now.Toolchain, " -") || !strings.HasPrefix(now.Toolchain, "go1.") {
		return env
	}
	return append(env, "GOTOOLCHAIN="+now.Toolchain+"+auto")
}

// shown returns the differences that are shown: not those of functions that
// only allocate more, or less, when something fails.
func (f *flags) shown(list []evidence.Difference) []evidence.Difference {
	return slices.DeleteFunc(slices.Clone(list), func(d evidence.Difference) bool {
		return f.options.Severity != finding.Info && len(d.Counted())+len(d.CountedRemoved()) == 0
	})
}
