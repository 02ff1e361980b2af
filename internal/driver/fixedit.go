package driver

import (
	"bytes"
	"cmp"

	"github.com/perflint/perflint/internal/finding"
)

// compareEdits orders edits by file and place. An insertion at the edge of a
// replacement comes out on its own side: before one that starts there, after
// one that ends there.
func compareEdits(a, b finding.Edit) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Start, b.Start),
		cmp.Compare(a.End, b.End),
		cmp.Compare(a.New, b.New))
}

// conflict reports whether two edits cannot both be made. Equal ones can:
// two findings may well ask for the same thing, which is then done once. Of
// two different insertions at one place nobody knows which comes first.
func conflict(a, b finding.Edit) bool {
	if a == b || a.File != b.File {
		return false
	}
	if a.Start == a.End && b.Start == b.End {
		return a.Start == b.Start
	}
	return a.Start < b.End && b.Start < a.End
}

// applyEdits makes edits that do not conflict and are in canonical order.
func applyEdits(src []byte, edits []finding.Edit) []byte {
	var b bytes.Buffer
	done := 0
	for _, e := range edits {
		b.Write(src[done:e.Start])
		b.WriteString(e.New)
		done = e.End
	}
	b.Write(src[done:])
	return b.Bytes()
}
