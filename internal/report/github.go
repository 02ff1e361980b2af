package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A Workflow is what the format "github" knows of the job that it runs in.
type Workflow struct {
	Workspace string    // absolute; paths of annotations are relative to it, or to the root if it is empty
	Summary   io.Writer // takes Markdown for the page of the run; nil if there is none
	Room      int       // how many bytes the summary may have
}

// maxAnnotations is how many annotations of one level GitHub takes from a step;
// it drops the rest without a word. Three levels stay below the 50 that it
// takes from a job.
const maxAnnotations = 10

// writeGitHub writes findings as workflow commands, which GitHub turns into
// annotations. What it would drop is counted in a last line, and the summary
// has a table of all findings. No line is plain text of a finding, which the
// problem matcher of setup-go would turn into a second annotation.
func writeGitHub(w io.Writer, set *Set) error {
	out := bufio.NewWriter(w)
	sources := newSources(set)
	ranked := rank(set)
	written := make(map[finding.Severity]int)
	more := 0
	for _, f := range ranked {
		if written[f.Severity]++; written[f.Severity] > maxAnnotations {
			more++
			continue
		}
		fmt.Fprintln(out, annotation(set, f, sources.span(f.Location, f.End)))
	}
	if more > 0 {
		where := fmt.Sprintf("GitHub shows %d of a level in each step", maxAnnotations)
		if set.Workflow.Summary != nil {
			where = "the summary of this step has them all"
		}
		fmt.Fprintf(out, "perflint: %d more, not annotated; %s\n", more, where)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	if set.Workflow.Summary == nil || len(ranked) == 0 {
		return nil
	}
	if _, err := set.Workflow.Summary.Write(summary(set, ranked)); err != nil {
		return fmt.Errorf("write step summary: %w", err)
	}
	return nil
}

// rank orders findings by what a reviewer should see first: those on changed
// lines, then by severity.
func rank(set *Set) []*finding.Finding {
	ranked := make([]*finding.Finding, len(set.Findings))
	changed := make(map[*finding.Finding]int)
	for i := range set.Findings {
		f := &set.Findings[i]
		ranked[i] = f
		if set.Changed != nil && set.Changed(f.Location) {
			changed[f] = 1
		}
	}
	slices.SortStableFunc(ranked, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(changed[b], changed[a]), cmp.Compare(b.Severity, a.Severity))
	})
	return ranked
}

// annotation returns the workflow command for a finding, described at
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands.
// Its columns count only as long as it stays on one line, as spans do.
func annotation(set *Set, f *finding.Finding, at span) string {
	var b strings.Builder
	path := escapeProperty(workflowPath(set, f.Location.File))
	fmt.Fprintf(&b, "::%s file=%s,line=%d,endLine=%d", annotationLevel(f.Severity), path, at.line, at.line)
	if at.start > 0 {
		fmt.Fprintf(&b, ",col=%d", at.start)
	}
	if at.end > 0 {
		fmt.Fprintf(&b, ",endColumn=%d", at.end)
	}
	fmt.Fprintf(&b, ",title=%s::%s", escapeProperty("perflint: "+f.Rule), escapeData(annotationText(set, f)))
	return b.String()
}

// annotationText returns the message, the witness, the evidence and where to
// read on.
func annotationText(set *Set, f *finding.Finding) string {
	var b strings.Builder
	fmt.Fprintln(&b, oneLine(f.Message))
	for i, step := range f.Witness {
		place := fmt.Sprintf("line %d", step.Location.Line)
		if step.Location.File != f.Location.File {
			place = workflowPath(set, step.Location.File) + " " + place
		}
		fmt.Fprintf(&b, "%d. %s: %s\n", i+1, place, oneLine(step.Text))
	}
	if line := evidenceLine(f); line != "" {
		fmt.Fprintf(&b, "evidence: %s\n", line)
	}
	b.WriteString(finding.RuleURL(f.Rule))
	return b.String()
}

// workflowPath returns a file's path as GitHub wants it. The workspace may be
// above the repository, where a job has checked out several.
func workflowPath(set *Set, file string) string {
	for _, dir := range []string{set.Workflow.Workspace, set.Root} {
		if rel, ok := inside(dir, file); ok {
			return rel
		}
	}
	return file
}

func annotationLevel(s finding.Severity) string {
	if level := sarifLevel(s); level != "note" {
		return level
	}
	return "notice"
}

// escapeData keeps a text from ending its command.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.ToValidUTF8(text, "\uFFFD"))
}

// escapeProperty keeps a text from beginning another property, too.
func escapeProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(text))
}
