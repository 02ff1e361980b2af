package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/report"
)

// writeChange prints a comparison.
func (a *app) writeChange(f *flags, change *escapeChange) error {
	list := f.shown(change.differences)
	if f.format == "json" {
		return writeChangeJSON(a.stdout, list)
	}
	w := bufio.NewWriter(a.stdout)
	added, removed := 0, 0
	for i := range list {
		d := &list[i]
		added, removed = added+len(d.Counted()), removed+len(d.CountedRemoved())
		writeDifference(w, f.textDir(), change.rev, d)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	fmt.Fprintf(a.stderr, "perflint: %s added, %d removed since %s\n", count(added, "heap allocation"), removed, change.rev)
	return nil
}

// writeDifference prints a function in the form of a finding: only its first
// line begins with a place.
func writeDifference(w io.Writer, dir, rev string, d *evidence.Difference) {
	fmt.Fprintf(w, "%s:%d:%d: %s\n", report.Relative(dir, d.At.File), d.At.Line, d.At.Column, sentence(d))
	for i := range d.Added {
		fmt.Fprintf(w, "    + %s\n", describe(d.At, &d.Added[i], dir))
	}
	for i := range d.Removed {
		fmt.Fprintf(w, "    - %s\n", describe(finding.Position{}, &d.Removed[i], dir)+" at "+rev)
	}
	if len(d.InlinedInto) > 0 {
		fmt.Fprintf(w, "    inlined into %s\n", strings.Join(d.InlinedInto, ", "))
	}
}

// sentence says what a change does to a function.
func sentence(d *evidence.Difference) string {
	var parts []string
	added, removed := d.Counted(), d.CountedRemoved()
	if len(added) > 0 || len(removed) == 0 {
		parts = append(parts, "adds "+amount(added, len(d.Added)))
	}
	if len(removed) > 0 {
		parts = append(parts, "removes "+amount(removed, len(d.Removed)))
	}
	text := "this change " + strings.Join(parts, " and ") + " in " + d.Function
	switch {
	case d.New:
		text += ", which is new"
	case d.Gone:
		text += ", which is gone"
	}
	if d.Share > 0 {
		text += ", on " + evidence.Percent(d.Share) + " of the profile"
	}
	return text
}

// amount says how many allocations there are for a call. A loop runs any
// number of times, and a branch need not be taken.
func amount(list []evidence.Allocation, all int) string {
	loops, guarded := 0, false
	for _, a := range list {
		if a.InLoop {
			loops++
		}
		guarded = guarded || a.Guarded
	}
	number := count(len(list), "heap allocation")
	switch {
	case len(list) == 0:
		return count(all, "heap allocation") + ", when something fails or once,"
	case loops == len(list):
		return number + " per iteration"
	case loops > 0:
		return fmt.Sprintf("%s, %d of them per iteration,", number, loops)
	case guarded:
		return "up to " + number + " per call"
	}
	return number + " per call"
}

// describe says what is allocated, where and why.
func describe(home finding.Position, a *evidence.Allocation, dir string) string {
	var b strings.Builder
	if a.At.File != home.File {
		fmt.Fprintf(&b, "%s ", report.Relative(dir, a.At.File))
	}
	fmt.Fprintf(&b, "line %d: %s", a.At.Line, a.What)
	if a.InLoop {
		b.WriteString(", in a loop")
	}
	if a.Callee != "" {
		fmt.Fprintf(&b, ", inlined from %s", a.Callee)
	}
	if a.Cold != "" {
		fmt.Fprintf(&b, ", not counted: %s", a.Cold)
	}
	if n := len(a.Flow); n > 0 {
		last := a.Flow[n-1]
		fmt.Fprintf(&b, "; it escapes by %s (%s)", last.Node, last.Why)
	}
	return b.String()
}

// The JSON form of a comparison: one object for each function.
type differenceJSON struct {
	Package       string           `json:"package"`
	Function      string           `json:"function"`
	Location      finding.Position `json:"location"`
	New           bool             `json:"new"`
	Gone          bool             `json:"gone"`
	Share         float64          `json:"share"`
	Message       string           `json:"message"`
	Added         []allocationJSON `json:"added"`
	Removed       []allocationJSON `json:"removed"`
	InlinedInto   []string         `json:"inlined_into"`
	SchemaVersion int              `json:"schema_version"`
}

type allocationJSON struct {
	Location finding.Position `json:"location"`
	What     string           `json:"what"`
	InLoop   bool             `json:"in_loop"`
	Guarded  bool             `json:"guarded"`
	Callee   string           `json:"callee"`
	Counted  bool             `json:"counted"`
	Flow     []flowJSON       `json:"flow"`
}

type flowJSON struct {
	Location finding.Position `json:"location"`
	Node     string           `json:"node"`
	Why      string           `json:"why"`
}

func writeChangeJSON(w io.Writer, list []evidence.Difference) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range list {
		d := &list[i]
		object := differenceJSON{
			Package: d.Package, Function: d.Function, Location: d.At, New: d.New, Gone: d.Gone, Share: d.Share,
			Message: sentence(d), Added: allocationsJSON(d.Added), Removed: allocationsJSON(d.Removed),
			InlinedInto: append([]string{}, d.InlinedInto...), SchemaVersion: 1,
		}
		if err := enc.Encode(object); err != nil {
			return fmt.Errorf("write the comparison: %w", err)
		}
	}
	return nil
}

func allocationsJSON(list []evidence.Allocation) []allocationJSON {
	objects := []allocationJSON{}
	for _, a := range list {
		object := allocationJSON{
			Location: a.At, What: a.What, InLoop: a.InLoop, Guarded: a.Guarded, Callee: a.Callee, Counted: a.Cold == "", Flow: []flowJSON{},
		}
		for _, step := range a.Flow {
			object.Flow = append(object.Flow, flowJSON{step.At, step.Node, step.Why})
		}
		objects = append(objects, object)
	}
	return objects
}
