package report

import (
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

func TestSpan(t *testing.T) {
	const a, b, gone = "/src/shop/a.go", "/src/other/b.go", "/gone.go"
	tests := []struct {
		name     string
		from, to finding.Position
		want     span
	}{
		{"ASCII behind a tab", at(a, 4, 7), at(a, 4, 13), span{4, 7, 13}},
		{"behind two letters of two bytes", at(a, 4, 34), at(a, 4, 37), span{4, 32, 35}},
		{"over them", at(a, 4, 23), at(a, 4, 31), span{4, 23, 29}},
		{"no end: the rest of the line", at(a, 3, 1), at(a, 3, 1), span{3, 1, 13}},
		{"the rest of the line without CR and LF", at(a, 6, 3), at(a, 6, 3), span{6, 3, 24}},
		{"several lines: the first one", at(a, 5, 2), at(a, 7, 2), span{5, 2, 40}},
		{"end in another file", at(a, 7, 1), at(b, 7, 9), span{7, 1, 2}},
		{"end before start", at(a, 4, 7), at(a, 4, 2), span{4, 7, 36}},
		{"an empty line", at(a, 2, 1), at(a, 2, 1), span{2, 1, 1}},
		{"no column", at(a, 3, 0), at(a, 3, 0), span{3, 1, 13}},
		{"columns behind the line", at(a, 7, 50), at(a, 7, 60), span{7, 2, 2}},
		{"no line", at(a, 0, 0), at(a, 0, 0), span{line: 1}},
		{"a line behind the file", at(a, 99, 3), at(a, 99, 3), span{99, 3, 0}},
		{"a file that is gone", at(gone, 4, 3), at(gone, 4, 8), span{4, 3, 8}},
		{"its line only", at(gone, 4, 0), at(gone, 4, 0), span{4, 0, 0}},
		{"its column unknown", at(gone, 4, 0), at(gone, 4, 9), span{4, 1, 9}},
	}
	for _, test := range tests {
		if got := newSources(&Set{ReadFile: readFile}).span(test.from, test.to); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestUTF16Column(t *testing.T) {
	for before, want := range map[string]int{"": 1, "\t": 2, "ö": 2, "𝄞": 3, "\xff": 2, "\xe2\x82": 3, "a\xf0ö": 4} {
		if got := utf16Column(before); got != want {
			t.Errorf("behind %q: column %d, want %d", before, got, want)
		}
	}
}

func TestLocate(t *testing.T) {
	src := &source{text: "ö𝄞x\r\ny"}
	tests := []struct {
		offset, line, column int
		ok                   bool
	}{
		{0, 1, 1, true}, {2, 1, 2, true}, {6, 1, 4, true}, {9, 2, 1, true}, {10, 2, 2, true},
		{-1, 0, 0, false}, {11, 0, 0, false},
	}
	for _, test := range tests {
		if line, column, ok := src.locate(test.offset); line != test.line || column != test.column || ok != test.ok {
			t.Errorf("offset %d: %d:%d %v, want %d:%d %v", test.offset, line, column, ok, test.line, test.column, test.ok)
		}
	}
}

func TestAdapt(t *testing.T) {
	tests := []struct{ file, text, want string }{
		{"a\nb\n", "x\ny\n", "x\ny\n"},
		{"a\r\nb\r\n", "x\ny\n", "x\r\ny\r\n"},
		{"a\r\nb\r\n", "x\r\ny\n", "x\r\ny\r\n"},
		{"a\r\nb\n", "x\n", "x\n"},
		{"a", "x\n", "x\n"},
	}
	for _, test := range tests {
		if got := (&source{text: test.file}).adapt(test.text); got != test.want {
			t.Errorf("%q into %q: got %q, want %q", test.text, test.file, got, test.want)
		}
	}
}
