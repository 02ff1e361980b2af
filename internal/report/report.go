// Package report writes findings in the formats that people and tools read.
// The writers are peers: each sees the whole set and nothing else.
package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A Set is the findings of a run and what writers need to show them.
type Set struct {
	Findings []finding.Finding // in canonical order
	Dir      string            // absolute; text paths are relative to it
	Color    bool              // whether text may be coloured
	ReadFile func(string) ([]byte, error)

	Root     string                      // absolute; where the paths of code hosts start: the repository
	Rules    []finding.Rule              // all rules, whether they found something or not
	Version  string                      // perflint's own
	Failures []string                    // what could not be analysed, and why
	Changed  func(finding.Position) bool // whether a line is part of the change under review; nil if unknown
	Workflow Workflow
}

var writers = map[string]func(io.Writer, *Set) error{
	"github": writeGitHub,
	"json":   writeJSON,
	"sarif":  writeSARIF,
	"text":   writeText,
}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(writers)) }

// Write writes a set in the named format.
func Write(w io.Writer, format string, set *Set) error {
	write, ok := writers[format]
	if !ok {
		return CheckFormat(format)
	}
	return write(w, set)
}

// CheckFormat returns an error if there is no such format.
func CheckFormat(format string) error {
	if _, ok := writers[format]; ok {
		return nil
	}
	names := Formats()
	last := len(names) - 1
	return fmt.Errorf("unknown format %q: want %s or %s", format, strings.Join(names[:last], ", "), names[last])
}
