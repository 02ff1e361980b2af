package report

import (
	"go/doc/comment"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/perflint/perflint/internal/finding"
)

// maxDescription is how many characters of a description GitHub takes.
const maxDescription = 1024

// describe returns a rule with its documentation, which viewers show beside
// its results. There is no tag "security": GitHub would ask the security team
// to look at each result.
func describe(r finding.Rule) sarifRule {
	var parser comment.Parser
	doc := parser.Parse(r.Doc)
	full := sentence(firstParagraph(doc))
	if full == "" {
		full = sentence(r.Summary)
	}
	return sarifRule{
		ID:                   r.Name,
		Name:                 pascalCase(r.Name),
		ShortDescription:     sarifText{Text: cut(sentence(r.Summary), maxDescription)},
		FullDescription:      sarifText{Text: cut(full, maxDescription)},
		Help:                 help(r, doc),
		HelpURI:              r.URL(),
		DefaultConfiguration: sarifConfiguration{sarifLevel(r.Severity)},
		Properties: sarifRuleProperties{
			Tags:            append(slices.Clone(r.Tags), r.Analyzer()),
			Precision:       precision(r.Confidence),
			ProblemSeverity: problemSeverity(r.Severity),
			State:           r.State(),
		},
	}
}

// help returns the rule's documentation, unwrapped, because GitHub turns each
// line break into one that stays.
func help(r finding.Rule, doc *comment.Doc) sarifText {
	const how = "Suppress one with a comment on its line or the line above: "
	directive := "//perflint:ignore " + r.Name + " reason"
	printer := &comment.Printer{TextWidth: -1}
	return sarifText{
		Text:     paragraphs(string(printer.Text(doc)), how+directive, r.URL()),
		Markdown: paragraphs(string(printer.Markdown(doc)), how+"`"+directive+"`", "[More about this rule]("+r.URL()+")"),
	}
}

// paragraphs joins those that are not empty.
func paragraphs(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		if text = strings.Trim(text, "\n"); text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(text)
	}
	return b.String() + "\n"
}

// firstParagraph returns the first paragraph of a text as one line.
func firstParagraph(doc *comment.Doc) string {
	for _, block := range doc.Content {
		if p, ok := block.(*comment.Paragraph); ok {
			printer := &comment.Printer{TextWidth: -1}
			return oneLine(strings.TrimSpace(string(printer.Text(&comment.Doc{Content: []comment.Block{p}}))))
		}
	}
	return ""
}

// sentence makes a clause one, also if an example followed it.
func sentence(clause string) string {
	clause = strings.TrimRight(clause, ".: ")
	if clause == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}

// cut shortens a text to a number of characters.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}

// pascalCase returns the name of a rule as viewers write those of others:
// "ctxleak/lost-on-path" becomes CtxleakLostOnPath.
func pascalCase(rule string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(rule, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		first, size := utf8.DecodeRuneInString(word)
		b.WriteString(string(unicode.ToUpper(first)) + word[size:])
	}
	return b.String()
}

func sarifLevel(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "error"
	case finding.Warning:
		return "warning"
	}
	return "note"
}

// problemSeverity is GitHub's word for the level of a rule.
func problemSeverity(s finding.Severity) string {
	if level := sarifLevel(s); level != "note" {
		return level
	}
	return "recommendation"
}

// precision is GitHub's word for a rule's confidence; results are sorted by it.
func precision(c finding.Confidence) string {
	switch c {
	case finding.Certain:
		return "very-high"
	case finding.Likely:
		return "high"
	}
	return "medium"
}

var semantic = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

// semanticVersion returns perflint's version as the standard wants it. A
// binary from a working copy has none of its own.
func semanticVersion(version string) string {
	if match := semantic.FindStringSubmatch(version); match != nil {
		return match[1]
	}
	return "0.0.0-devel"
}
