package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// AssignFingerprints sets the Fingerprint of each finding of a sorted list.
//
// A fingerprint is made of the rule, the package, the enclosing function, the
// normalised text of the source line, the kinds of the witness steps, and an
// ordinal among findings that agree in all of these. It has no line number
// and no file name, so it survives edits elsewhere in the file and a rename
// of the file; it changes when the offending line itself does.
func AssignFingerprints(findings []Finding) {
	seen := make(map[string]int)
	for i := range findings {
		f := &findings[i]
		key := f.Identity()
		seen[key]++
		sum := sha256.New()
		fmt.Fprintf(sum, "%s\x00%d", key, seen[key])
		f.Fingerprint = hex.EncodeToString(sum.Sum(nil)[:16])
	}
}

// Identity returns what the fingerprint is made of, apart from the ordinal.
// Findings that agree in it cannot be told apart but by their number.
func (f *Finding) Identity() string {
	var b strings.Builder
	for _, part := range []string{f.Rule, f.Package, f.Function, NormalizeSource(f.Source)} {
		io.WriteString(&b, part)
		b.WriteByte(0)
	}
	for _, step := range f.Witness {
		io.WriteString(&b, step.Kind)
		b.WriteByte(',')
	}
	return b.String()
}

// NormalizeSource makes lines of source that differ in white space only equal.
func NormalizeSource(line string) string { return strings.Join(strings.Fields(line), " ") }
