package main

import (
	"errors"
	"flag"
	"fmt"
	"go/doc/comment"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/perflint/perflint/internal/finding"
)

// explain prints the documentation of rules.
func (a *app) explain(args []string) int {
	if len(args) == 0 {
		return a.fail(errors.New("explain: which rule? 'perflint rules' lists them"))
	}
	for i, name := range args {
		var matches []finding.Rule
		for _, r := range a.rules {
			if finding.MatchRule(name, r.Name) {
				matches = append(matches, r)
			}
		}
		if len(matches) == 0 {
			return a.fail(fmt.Errorf("explain: no rule is called %q; 'perflint rules' lists them", name))
		}
		for j, r := range matches {
			if i+j > 0 {
				fmt.Fprintln(a.stdout)
			}
			explainRule(a.stdout, r)
		}
	}
	return exitClean
}

func explainRule(w io.Writer, r finding.Rule) {
	fmt.Fprintf(w, "%s: %s\n", r.Name, r.Summary)
	fmt.Fprintf(w, "severity %s, confidence %s, %s by default, since %s\n\n", r.Severity, r.Confidence, r.State(), r.Since)
	var parser comment.Parser
	printer := comment.Printer{TextWidth: 80}
	w.Write(printer.Text(parser.Parse(r.Doc)))
	fmt.Fprintf(w, "\nSuppress one with a comment on its line or the line above:\n\t//perflint:ignore %s reason\n%s\n", r.Name, r.URL())
}

// listRules prints a table of the rules.
func (a *app) listRules(args []string) int {
	set := flag.NewFlagSet("rules", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	if err := set.Parse(args); err != nil {
		return a.fail(fmt.Errorf("rules: %w", err))
	}
	if set.NArg() > 0 {
		return a.fail(fmt.Errorf("rules takes no arguments; 'perflint explain %s' explains one", strings.Join(set.Args(), " ")))
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tDEFAULT\tSEVERITY\tCONFIDENCE\tFINDS")
	for _, r := range a.rules {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Name, r.State(), r.Severity, r.Confidence, r.Summary)
	}
	table.Flush()
	return exitClean
}
