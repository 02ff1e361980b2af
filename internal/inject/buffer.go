package inject

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

// An edit replaces the bytes from start to end by text.
type edit struct {
	start, end int
	order      int // of those at one place: outer ones first before it, inner ones first behind it
	text       string
}

// A buffer collects edits of one file.
type buffer struct{ edits []edit }

// before inserts text at an offset, behind what was inserted there before.
func (b *buffer) before(offset int, text string) { b.replace(offset, offset, text) }

// after inserts text at an offset at which something ends, in front of what
// was inserted there before: the end of an inner expression comes first.
func (b *buffer) after(offset int, text string) {
	b.edits = append(b.edits, edit{offset, offset, -1 - len(b.edits), text})
}

// first inserts text at an offset, in front of all that is inserted there.
func (b *buffer) first(offset int, text string) {
	b.edits = append(b.edits, edit{offset, offset, math.MinInt, text})
}

func (b *buffer) replace(start, end int, text string) {
	b.edits = append(b.edits, edit{start, end, len(b.edits), text})
}

// apply returns the edited source. Edits must not overlap.
func (b *buffer) apply(src []byte) []byte {
	list := slices.Clone(b.edits)
	slices.SortStableFunc(list, func(x, y edit) int {
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.end, y.end), cmp.Compare(x.order, y.order))
	})
	var out bytes.Buffer
	at := 0
	for _, e := range list {
		out.Write(src[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(src[at:])
	return out.Bytes()
}
