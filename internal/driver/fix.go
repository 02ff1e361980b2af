package driver

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// Fixes is what becomes of the source files when the findings of a run are
// fixed. Nothing is written before [Fixes.Write].
type Fixes struct {
	Files   []FixedFile       // those that change, sorted by name
	Fixed   []finding.Finding // in canonical order
	Skipped []SkippedFix      // in canonical order of the findings
}

// A FixedFile is a file with its content before and after the fixes. That
// before is what was analysed, which an overlay may have given.
type FixedFile struct {
	Name     string // absolute
	Old, New []byte
}

// A SkippedFix is a finding whose fix was not applied.
type SkippedFix struct {
	Finding finding.Finding
	Reason  string // a clause that follows "skipped, because"
}

// Fix applies the first fix of each of r.Findings, which the caller may have
// thinned out since the run.
//
// A fix is applied as a whole or not at all, and it is skipped if it overlaps
// an earlier one, edits a file that is not the user's own, or leaves code
// that does not type-check. The check covers the touched packages with and
// without their tests, and everything in the run that can tell the difference.
func (r *Result) Fix() (*Fixes, error) {
	if r.run == nil {
		return nil, errors.New("internal error: only a result of Run can be fixed")
	}
	findings := slices.Clone(r.Findings)
	finding.Sort(findings)
	var all []*candidate
	for _, f := range findings {
		if f.Shown() && len(f.Fixes) > 0 && len(f.Fixes[0].Edits) > 0 {
			all = append(all, newCandidate(f))
		}
	}
	fixer, err := newFixer(r.run, all)
	if err != nil {
		return nil, err
	}
	fixer.accept(fixer.admissible(all))
	return fixer.fixes(all), nil
}

// A candidate is a fix that is to be applied.
type candidate struct {
	finding finding.Finding
	edits   []finding.Edit // in canonical order; may repeat
	reason  string         // why it is skipped, or ""
}

func newCandidate(f finding.Finding) *candidate {
	edits := slices.Clone(f.Fixes[0].Edits)
	slices.SortFunc(edits, compareEdits)
	return &candidate{finding: f, edits: edits}
}

// A fixer decides which candidates are accepted. Its state is that of the
// program with all that were accepted so far.
type fixer struct {
	run      *executor
	dir      string // that people see names relative to
	sources  map[string]*source
	accepted []*candidate
	shadows  map[*node]*node // nodes whose types the accepted fixes changed
}

func newFixer(run *executor, candidates []*candidate) (*fixer, error) {
	dir, err := filepath.Abs(run.cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	f := &fixer{run: run, dir: dir, sources: make(map[string]*source), shadows: make(map[*node]*node)}
	for _, c := range candidates {
		for _, e := range c.edits {
			f.sources[e.File] = &source{name: e.File}
		}
	}
	for _, n := range run.graph.nodes {
		for _, name := range n.pkg.GoFiles {
			// What cgo made of a file is compiled, but not in this list.
			if s := f.sources[name]; s != nil && slices.Contains(n.pkg.CompiledGoFiles, name) {
				s.nodes = append(s.nodes, n)
			}
		}
	}
	f.loadSources()
	return f, nil
}

// admissible returns the candidates that can be judged at all: their edits
// make sense by themselves and are of files that may be edited.
func (f *fixer) admissible(candidates []*candidate) []*candidate {
	var list []*candidate
	for _, c := range candidates {
		for i, e := range c.edits {
			s := f.sources[e.File]
			switch {
			case c.reason != "":
			case s.refusal != "":
				c.reason = f.short(e.File) + " " + s.refusal
			case e.Start < 0 || e.End < e.Start || e.End > len(s.old):
				c.reason = fmt.Sprintf("internal error: bytes %d to %d are not in %s", e.Start, e.End, f.short(e.File))
			case slices.ContainsFunc(c.edits[:i], func(other finding.Edit) bool { return conflict(e, other) }):
				c.reason = "internal error: its edits overlap each other"
			}
		}
		if c.reason == "" {
			list = append(list, c)
		}
	}
	return list
}

// accept decides about candidates, in order. It tries them together first,
// which nearly always works. If it does not, it tries the halves one after
// the other, down to single fixes, each beside all that were accepted before,
// so that n fixes with one bad one among them cost about log n checks.
func (f *fixer) accept(candidates []*candidate) {
	if len(candidates) == 0 {
		return
	}
	merged := slices.Clone(f.accepted)
	reasons := make(map[*candidate]string)
	for _, c := range candidates {
		if other := overlapping(c, merged); other != nil {
			at := other.finding.Location
			reasons[c] = fmt.Sprintf("it overlaps the fix of %s at %s:%d:%d", other.finding.Rule, f.short(at.File), at.Line, at.Column)
			continue
		}
		merged = append(merged, c)
	}
	problem := f.try(merged)
	switch {
	case problem == nil:
		f.accepted = merged
		for c, reason := range reasons {
			c.reason = reason
		}
	case len(candidates) == 1:
		candidates[0].reason = "the fixed file does not type-check: " + f.short(problem.Error())
	default:
		// A fix that overlaps one that is rejected gets another chance.
		half := len(candidates) / 2
		f.accept(candidates[:half])
		f.accept(candidates[half:])
	}
}

// overlapping returns the first candidate of the list that c cannot be
// combined with, or nil.
func overlapping(c *candidate, list []*candidate) *candidate {
	for _, other := range list {
		for _, e := range c.edits {
			if slices.ContainsFunc(other.edits, func(o finding.Edit) bool { return conflict(e, o) }) {
				return other
			}
		}
	}
	return nil
}

// fixes returns the outcome once every candidate is decided.
func (f *fixer) fixes(all []*candidate) *Fixes {
	fixes := new(Fixes)
	for _, c := range all {
		if c.reason != "" {
			fixes.Skipped = append(fixes.Skipped, SkippedFix{Finding: c.finding, Reason: c.reason})
		} else {
			fixes.Fixed = append(fixes.Fixed, c.finding)
		}
	}
	for _, s := range slices.SortedFunc(maps.Values(f.sources), func(a, b *source) int { return cmp.Compare(a.name, b.name) }) {
		if string(s.new) != string(s.old) {
			fixes.Files = append(fixes.Files, FixedFile{Name: s.name, Old: s.old, New: s.new})
		}
	}
	return fixes
}

// short returns a file name, or a position that begins with one, as people
// want to read it.
func (f *fixer) short(name string) string {
	return strings.TrimPrefix(name, f.dir+string(filepath.Separator))
}
