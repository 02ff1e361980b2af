package driver

import (
	"slices"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

func TestConflict(t *testing.T) {
	edit := func(start, end int, new string) finding.Edit {
		return finding.Edit{File: "a.go", Start: start, End: end, New: new}
	}
	elsewhere := finding.Edit{File: "b.go", Start: 2, End: 6, New: "x"}
	for _, test := range []struct {
		name string
		a, b finding.Edit
		want bool
	}{
		{"equal replacements", edit(2, 6, "x"), edit(2, 6, "x"), false},
		{"equal insertions", edit(2, 2, "x"), edit(2, 2, "x"), false},
		{"different replacements of the same bytes", edit(2, 6, "x"), edit(2, 6, "y"), true},
		{"different insertions at one place", edit(2, 2, "x"), edit(2, 2, "y"), true},
		{"insertions at two places", edit(2, 2, "x"), edit(3, 3, "x"), false},
		{"replacements that share a byte", edit(2, 6, "x"), edit(5, 9, "x"), true},
		{"replacement inside another", edit(2, 6, "x"), edit(3, 4, "x"), true},
		{"neighbours", edit(2, 6, "x"), edit(6, 9, "x"), false},
		{"insertion inside a replacement", edit(2, 6, "x"), edit(4, 4, "y"), true},
		{"insertion before a replacement", edit(2, 6, "x"), edit(2, 2, "y"), false},
		{"insertion after a replacement", edit(2, 6, "x"), edit(6, 6, "y"), false},
		{"other file", edit(2, 6, "y"), elsewhere, false},
	} {
		if got := conflict(test.a, test.b); got != test.want {
			t.Errorf("%s: conflict = %t, want %t", test.name, got, test.want)
		}
		if got := conflict(test.b, test.a); got != test.want {
			t.Errorf("%s: conflict the other way round = %t, want %t", test.name, got, test.want)
		}
	}
}

func TestApplyEdits(t *testing.T) {
	const src = "0123456789"
	for _, test := range []struct {
		name  string
		edits []finding.Edit
		want  string
	}{
		{"none", nil, src},
		{"insertions at both edges of a replacement", []finding.Edit{
			{Start: 6, End: 6, New: ">"}, {Start: 3, End: 6, New: "abc"}, {Start: 3, End: 3, New: "<"},
		}, "012<abc>6789"},
		{"insertion between neighbours", []finding.Edit{
			{Start: 3, End: 6, New: "b"}, {Start: 3, End: 3, New: "|"}, {Start: 0, End: 3, New: "a"},
		}, "a|b6789"},
		{"whole", []finding.Edit{{Start: 0, End: 10, New: ""}}, ""},
		{"ends", []finding.Edit{{Start: 10, End: 10, New: "$"}, {Start: 0, End: 0, New: "^"}}, "^0123456789$"},
	} {
		slices.SortFunc(test.edits, compareEdits)
		if got := string(applyEdits([]byte(src), test.edits)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
