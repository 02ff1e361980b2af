package main

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/report"
)

// applyFixes applies the fixes of a result, or with -diff prints them. It
// reports whether any file changes. What the compiler has checked says so.
func (a *app) applyFixes(ctx context.Context, f *flags, cfg *driver.Config, src *evidenceSource, result *driver.Result) (changed bool, err error) {
	fixes, verified, err := a.proveFixes(ctx, f, cfg, src, result)
	if err != nil {
		return false, err
	}
	for _, s := range fixes.Skipped {
		at := s.Finding.Location
		fmt.Fprintf(a.stderr, "%s:%d:%d: fix of %s skipped, because %s\n",
			report.Relative(f.textDir(), at.File), at.Line, at.Column, s.Finding.Rule, s.Reason)
	}
	markVerified(result.Findings, verified, cfg.Environment.Toolchain)
	if f.diff {
		a.printVerified(len(verified), cfg.Environment.Toolchain)
		return len(fixes.Files) > 0, fixes.Diff(a.stdout, f.textDir())
	}
	if err := fixes.Write(); err != nil {
		return false, err // names the files that were not written
	}
	if len(fixes.Fixed) > 0 {
		var names []string
		for _, file := range fixes.Files {
			names = append(names, report.Relative(f.textDir(), file.Name))
		}
		fmt.Fprintf(a.stderr, "perflint: fixed %s in %s\n", count(len(fixes.Fixed), "finding"), strings.Join(names, ", "))
		a.printVerified(len(verified), cfg.Environment.Toolchain)
	}
	return len(fixes.Files) > 0, nil
}

// printVerified says how many fixes the compiler has checked.
func (a *app) printVerified(n int, toolchain string) {
	about := "they were"
	switch n {
	case 0:
		return
	case 1:
		about = "it was"
	}
	fmt.Fprintf(a.stderr, "perflint: %s checked with the compiler %s: what %s about is gone, and nothing new escapes\n", count(n, "fix"), toolchain, about)
}

// markVerified notes in findings that the compiler has checked their fixes.
func markVerified(findings []finding.Finding, verified map[string]bool, toolchain string) {
	for i := range findings {
		if fd := &findings[i]; verified[fd.Fingerprint] {
			fd.Evidence = maps.Clone(fd.Evidence)
			if fd.Evidence == nil {
				fd.Evidence = make(map[string]string)
			}
			fd.Evidence[evidence.KeyFix] = "checked with the compiler " + toolchain
		}
	}
}

// count returns a number with its noun: "1 finding", "2 findings".
func count(n int, noun string) string {
	switch {
	case n != 1 && strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	case n != 1 && strings.HasSuffix(noun, "x"):
		noun += "es"
	case n != 1:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
