package finding

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
)

// ExtractDoc returns one top-level section ("# Heading") of the package
// comment of a Go file, without the heading line. It lets an analyzer embed
// its own doc.go and have one text serve pkg.go.dev, -help, 'perflint
// explain' and docs/rules. It returns an error if the file does not parse or
// has no such section.
func ExtractDoc(src, heading string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", src, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		return "", fmt.Errorf("parse doc.go: %w", err)
	}
	if file.Doc == nil {
		return "", fmt.Errorf("doc.go has no package comment")
	}
	var section []string
	found := false
	for line := range strings.Lines(file.Doc.Text()) {
		line = strings.TrimSuffix(line, "\n")
		if title, ok := strings.CutPrefix(line, "# "); ok {
			if found {
				break
			}
			found = title == heading
			continue
		}
		if found {
			section = append(section, line)
		}
	}
	if !found {
		return "", fmt.Errorf("doc.go has no section %q", "# "+heading)
	}
	return strings.Trim(strings.Join(section, "\n"), "\n"), nil
}

// MustExtractDoc is like [ExtractDoc] but panics on an error. It is for
// embedded files, whose sections a test checks.
func MustExtractDoc(src, heading string) string {
	doc, err := ExtractDoc(src, heading)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return doc
}
