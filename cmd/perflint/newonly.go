package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/finding"
)

// newFrom is what findings must be newer than: the value of one of the flags
// -new-from-….
type newFrom struct {
	kind, value string

	// changed reports whether a position is on a line of the change, for the
	// formats that put these first. It is set when findings are final, and is
	// nil if there is no telling.
	changed func(finding.Position) bool
}

// The flags, which are kinds of newFrom.
const (
	fromRev       = "new-from-rev"
	fromMergeBase = "new-from-merge-base"
	fromPatch     = "new-from-patch"
)

func (n *newFrom) addFlags(s *flag.FlagSet) {
	s.Func(fromRev, "report only findings that are not there at the git `revision`; uncommitted changes are new", n.setter(fromRev))
	s.Func(fromMergeBase, "report only findings that are not there where HEAD left the git `branch`", n.setter(fromMergeBase))
	s.Func(fromPatch, "report only findings on lines that the unified diff in a `file` adds, or in declarations that it deletes from; - is standard input", n.setter(fromPatch))
}

func (n *newFrom) setter(kind string) func(string) error {
	return func(value string) error {
		switch {
		case n.kind != "" && n.kind != kind:
			return fmt.Errorf("at most one of -%s, -%s and -%s may be given", fromRev, fromMergeBase, fromPatch)
		case value == "":
			return errors.New("it is empty") // a variable of a script, perhaps: to show everything would be wrong, and so would nothing
		}
		n.kind, n.value = kind, value
		return nil
	}
}

// openChange returns what -new-from-… compares with, or nil without such a
// flag.
func (a *app) openChange(ctx context.Context, f *flags) (change *driver.Change, err error) {
	switch f.newFrom.kind {
	case "":
		return nil, nil
	case fromRev:
		change, err = driver.ChangeSince(ctx, f.dir, f.newFrom.value)
	case fromMergeBase:
		change, err = driver.ChangeSinceMergeBase(ctx, f.dir, f.newFrom.value)
	case fromPatch:
		change, err = readPatch(f)
	}
	if err != nil {
		return nil, fmt.Errorf("-%s: %w", f.newFrom.kind, err)
	}
	return change, nil
}

func readPatch(f *flags) (*driver.Change, error) {
	name, read := f.newFrom.value, os.ReadFile
	if name == "-" {
		name, read = "standard input", func(string) ([]byte, error) { return io.ReadAll(os.Stdin) }
	}
	data, err := read(name)
	if err != nil {
		return nil, err // names the file
	}
	return driver.ChangeOfPatch(f.dir, name, data)
}

// keepNew leaves only the new findings in a result, and returns how many old
// ones there were. The base is analysed only if there is something to look
// for.
func (a *app) keepNew(ctx context.Context, f *flags, cfg *driver.Config, change *driver.Change, result *driver.Result) (old int, err error) {
	if change == nil {
		return 0, nil
	}
	f.newFrom.changed = change.Lines()
	if len(result.Findings) == 0 {
		return 0, nil
	}
	if !change.NeedsBase() {
		return change.Keep(result), nil
	}
	bar := newProgress(a.stderr)
	base, err := change.Base(ctx, cfg, func(dir string, env, patterns []string) (*driver.Config, error) {
		baseConfig, err := a.driverConfig(ctx, f, dir, env, patterns)
		if err == nil && bar != nil {
			baseConfig.Progress = bar.update
		}
		return baseConfig, err
	})
	bar.clear()
	if err != nil {
		return 0, fmt.Errorf("-%s: %w", f.newFrom.kind, err)
	}
	old = change.Keep(result)
	a.printBaseErrors(change, base.Errors, result.Findings)
	if f.stats {
		fmt.Fprintf(a.stderr, "at %s:\n", change.Name)
		printStats(a.stderr, base.Stats)
	}
	return old, nil
}

// keepNewAgain does the same for a second run, after fixes.
func (a *app) keepNewAgain(ctx context.Context, f *flags, change *driver.Change, result *driver.Result) (old int, err error) {
	if change == nil {
		return 0, nil
	}
	if err := change.Fixed(ctx); err != nil {
		return 0, err
	}
	f.newFrom.changed = change.Lines()
	return change.Keep(result), nil
}

// printBaseErrors names the packages that could not be compared although
// findings are reported in them, with the first error of each.
func (a *app) printBaseErrors(change *driver.Change, errs []driver.Error, findings []finding.Finding) {
	last := ""
	for _, e := range errs {
		known := e.Package != ""
		if known && (e.Package == last || !slices.ContainsFunc(findings, func(fd finding.Finding) bool { return fd.Package == e.Package })) {
			continue
		}
		last = e.Package
		reason := e.Message
		if e.Posn != "" {
			reason = e.Posn + ": " + e.Message
		}
		what := "nothing could be analysed"
		if known {
			what = e.Package + " could not be analysed completely"
		}
		fmt.Fprintf(a.stderr, "perflint: %s at %s, so what is found there counts as new: %s\n", what, change.Name, reason)
	}
}
