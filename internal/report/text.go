package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// writeText writes findings for a terminal. The first line of each is
//
//	file:line:col: message (rule)
//
// which every editor and problem matcher understands. No other line begins
// like that, or they would take it for a finding of its own.
func writeText(w io.Writer, set *Set) error {
	t := &textWriter{w: bufio.NewWriter(w), set: set, sources: newSources(set)}
	for i := range set.Findings {
		t.finding(&set.Findings[i])
	}
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}

type textWriter struct {
	w       *bufio.Writer
	set     *Set
	sources *sources
}

// The colours of a terminal, by what they mean.
const (
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

func (t *textWriter) paint(code, text string) string {
	if !t.set.Color {
		return text
	}
	return code + text + reset
}

func (t *textWriter) finding(f *finding.Finding) {
	color := yellow
	if f.Severity == finding.Error {
		color = red
	}
	fmt.Fprintf(t.w, "%s %s %s\n",
		t.paint(bold, t.place(f.Location)+":"),
		t.paint(color, oneLine(f.Message)),
		t.paint(faint, "("+f.Rule+")"))
	t.source(f)
	for i, step := range f.Witness {
		fmt.Fprintf(t.w, "    %d. %s: %s\n", i+1, t.stepPlace(f, step.Location), oneLine(step.Text))
	}
	if line := evidenceLine(f); line != "" {
		fmt.Fprintf(t.w, "    evidence: %s\n", line)
	}
	for _, fix := range f.Fixes[:min(1, len(f.Fixes))] {
		fmt.Fprintf(t.w, "    fix: %s (perflint -fix)\n", oneLine(fix.Message))
	}
}

// evidenceLine returns what is known about a finding from elsewhere, and what
// follows from it, or "".
func evidenceLine(f *finding.Finding) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(f.Evidence)) {
		parts = append(parts, key+" "+oneLine(f.Evidence[key]))
	}
	line := strings.Join(parts, ", ")
	if f.Verdict != "" && line != "" {
		line += " (" + string(f.Verdict) + ")"
	}
	return line
}

// oneLine keeps text that quotes an expression of several lines, such as a
// raw string, from beginning a line with something that looks like a place.
func oneLine(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// source prints the offending line with a caret below its column.
func (t *textWriter) source(f *finding.Finding) {
	lines := t.sources.file(f.Location.File).lines
	n := f.Location.Line
	if n < 1 || n > len(lines) {
		return
	}
	line := strings.TrimRight(lines[n-1], "\r")
	col := min(max(f.Location.Column-1, 0), len(line))
	width := 1
	if f.End.File == f.Location.File && f.End.Line == n {
		width = max(1, len([]rune(line[col:min(max(f.End.Column-1, col), len(line))])))
	}
	// Tabs stay tabs, so that the caret lands below its character.
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:col])
	gutter := fmt.Sprintf("%4d | ", n)
	fmt.Fprintf(t.w, "%s%s\n", t.paint(faint, gutter), line)
	fmt.Fprintf(t.w, "%s%s%s\n", t.paint(faint, strings.Repeat(" ", len(gutter)-2)+"| "), indent,
		t.paint(bold, "^"+strings.Repeat("~", width-1)))
}

// place returns "file:line:col", relative to the set's folder if it lies
// below that or beside it, as go vet prints it.
func (t *textWriter) place(p finding.Position) string {
	return fmt.Sprintf("%s:%d:%d", Relative(t.set.Dir, p.File), p.Line, p.Column)
}

// stepPlace returns where a witness step is, seen from its finding.
func (t *textWriter) stepPlace(f *finding.Finding, p finding.Position) string {
	if p.File == f.Location.File {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("%s line %d", Relative(t.set.Dir, p.File), p.Line)
}

// Relative returns a path relative to a folder if that makes it shorter.
func Relative(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
