package main

import (
	"fmt"
	"strings"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/report"
)

// applyFixes applies the fixes of a result, or with -diff prints them. It
// reports whether any file changes.
func (a *app) applyFixes(f *flags, result *driver.Result) (changed bool, err error) {
	fixes, err := result.Fix()
	if err != nil {
		return false, err
	}
	for _, s := range fixes.Skipped {
		at := s.Finding.Location
		fmt.Fprintf(a.stderr, "%s:%d:%d: fix of %s skipped, because %s\n",
			report.Relative(f.textDir(), at.File), at.Line, at.Column, s.Finding.Rule, s.Reason)
	}
	if f.diff {
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
	}
	return len(fixes.Files) > 0, nil
}

// count returns a number with its noun: "1 finding", "2 findings".
func count(n int, noun string) string {
	switch {
	case n != 1 && strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	case n != 1:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
