// Package finding defines the neutral form of what perflint has to say.
//
// Analyzers produce findings through the gate (package pragma), the driver
// carries them, and writers (package report) print them. Nothing here knows
// the analysis that a finding came from: positions are resolved, text is
// final, and the whole value survives encoding/gob.
package finding

import (
	"cmp"
	"slices"
)

// A Position is a place in a source file.
// Line directives have been applied, so it is where the author wrote the code.
type Position struct {
	File   string `json:"file"`   // absolute path
	Line   int    `json:"line"`   // 1-based
	Column int    `json:"column"` // 1-based, in bytes, as the go command prints it
}

// Compare orders positions by file, line and column.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// A Finding is one statement about the analysed code.
type Finding struct {
	Rule       string // "analyzer/kind"
	Severity   Severity
	Confidence Confidence
	Location   Position          // where the user will edit
	End        Position          // end of the offending range; equals Location if unknown
	Message    string            // lower case, no full stop, names what it is about
	Witness    []Step            // why, in order; may be empty
	Fixes      []Fix             // the first is the preferred one
	Site       Site              // the allocation that it is about; zero if it is about something else
	Evidence   map[string]string // what a run of the program or the compiler has to say, by its source
	Verdict    Verdict
	Share      float64 // of the scarcest thing it costs, by a profile, 0 to 1: what findings are ranked by

	Fingerprint string // set by [AssignFingerprints]

	// What the fingerprint is made of, besides rule and witness.
	Package  string // import path, without a test variant's suffix
	Function string // enclosing declaration, "" at package level
	Source   string // text of the location's line, white space normalised

	// What the gate decided. A finding that is not Shown stays in the result
	// so that the driver can tell used directives from unused ones.
	Suppressed string // position key of the directive that silences it, or ""
	Hidden     string // why it is below the thresholds, or ""
}

// Shown reports whether the gate let the finding through.
func (f *Finding) Shown() bool { return f.Suppressed == "" && f.Hidden == "" }

// A Step is one step of a witness: a place and what happens there.
type Step struct {
	Kind     string // the step's role, such as "acquire", "branch" or "exit": part of the fingerprint
	Location Position
	End      Position
	Text     string // a clause in the present tense
}

// A Fix is a change that removes the finding.
type Fix struct {
	Message string `json:"message"` // imperative: "Defer cancel()"
	Edits   []Edit `json:"edits"`
}

// An Edit replaces the bytes [Start, End) of a file.
// Offsets are those of the physical file: line directives are not applied.
type Edit struct {
	File  string `json:"filename"` // absolute path
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// A Verdict says what evidence from a real execution makes of a finding.
type Verdict string

// The verdicts.
const (
	Confirmed        Verdict = "confirmed"
	ExecutedButCheap Verdict = "executed-but-cheap"
	NotExecuted      Verdict = "not-executed"
	NoEvidence       Verdict = "no-evidence"
)

// A List is the result of one analyzer on one package: every finding it made,
// shown or not, in the order in which it made them.
type List struct {
	Findings []Finding
}

// Sort puts findings into their canonical order: position, rule, message.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			a.Location.Compare(b.Location),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message))
	})
}
