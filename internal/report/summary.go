package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/perflint/perflint/internal/finding"
)

// summary returns a table of findings in Markdown, cut to the room there is.
// GitHub refuses a summary that is too long as a whole.
func summary(set *Set, ranked []*finding.Finding) []byte {
	var b strings.Builder
	plural := "s"
	if len(ranked) == 1 {
		plural = ""
	}
	fmt.Fprintf(&b, "### perflint: %d finding%s\n\n", len(ranked), plural)
	b.WriteString("| severity | place | rule | finding |\n|---|---|---|---|\n")
	for i, f := range ranked {
		row := summaryRow(set, f)
		// The last line must still fit behind the row, in case the next does not.
		if b.Len()+len(row)+len(cutLine(len(ranked))) > set.Workflow.Room {
			b.WriteString(cutLine(len(ranked) - i))
			break
		}
		b.WriteString(row)
	}
	b.WriteByte('\n')
	if b.Len() > set.Workflow.Room {
		return nil // not even the heading fits
	}
	return []byte(b.String())
}

func cutLine(n int) string {
	return fmt.Sprintf("\n%d more do not fit in here.\n\n", n)
}

func summaryRow(set *Set, f *finding.Finding) string {
	place := escapeMarkdown(fmt.Sprintf("%s:%d", workflowPath(set, f.Location.File), f.Location.Line))
	if set.Changed != nil && set.Changed(f.Location) {
		place += " (changed)"
	}
	text := oneLine(f.Message)
	if line := evidenceLine(f); line != "" {
		text += "; evidence: " + line
	}
	return fmt.Sprintf("| %s | %s | [%s](%s) | %s |\n",
		f.Severity, place, escapeMarkdown(f.Rule), finding.RuleURL(f.Rule), escapeMarkdown(text))
}

// escapeMarkdown makes text stand for itself in a cell of a table. Markdown
// knows a backslash in front of any punctuation; characters that mean nothing
// in the middle of a line are left readable.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == utf8.RuneError:
			b.WriteByte(' ')
			continue
		case strings.ContainsRune("\\`*_{}[]<>#|~$&@^!", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
