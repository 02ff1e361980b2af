package finding

import (
	"strings"
	"testing"
)

const docSource = `// Copyright of somebody.

// Package ctxleak is about contexts.
//
// Introduction.
//
// # Rule ctxleak/discarded
//
//
// The first paragraph.
//
//	ctx, _ := context.WithCancel(parent)
//	# not a heading: it is code
//
// #also not a heading
//
// # Rule ctxleak/empty
//
// # Rule ctxleak/lost
//
// Last section.
//
//go:generate ignored
package ctxleak

// # Rule ctxleak/after
//
// Not in the package comment.
`

func TestExtractDoc(t *testing.T) {
	tests := []struct{ heading, want string }{
		{"Rule ctxleak/discarded", "The first paragraph.\n\n\tctx, _ := context.WithCancel(parent)\n\t# not a heading: it is code\n\n#also not a heading"},
		{"Rule ctxleak/empty", ""},
		{"Rule ctxleak/lost", "Last section."},
	}
	for _, src := range []string{docSource, strings.ReplaceAll(docSource, "\n", "\r\n")} {
		for _, test := range tests {
			got, err := ExtractDoc(src, test.heading)
			if err != nil || got != test.want {
				t.Errorf("ExtractDoc(%q) = %q, %v; want %q", test.heading, got, err, test.want)
			}
		}
	}
}

func TestExtractDocErrors(t *testing.T) {
	tests := []struct{ src, heading, want string }{
		{docSource, "Rule ctxleak/lo", `doc.go has no section "# Rule ctxleak/lo"`},
		{docSource, "Rule ctxleak/after", `doc.go has no section "# Rule ctxleak/after"`},
		{docSource, "not a heading: it is code", `has no section`},
		{"package p", "A", "doc.go has no package comment"},
		{"// # A\n\npackage p", "A", "doc.go has no package comment"},
		{"// # A\npackage", "A", "parse doc.go: doc.go:2:"},
	}
	for _, test := range tests {
		doc, err := ExtractDoc(test.src, test.heading)
		if err == nil || !strings.Contains(err.Error(), test.want) || doc != "" {
			t.Errorf("ExtractDoc(%q, %q) = %q, %v; want error with %q", test.src, test.heading, doc, err, test.want)
		}
	}
}

func TestMustExtractDoc(t *testing.T) {
	if got := MustExtractDoc(docSource, "Rule ctxleak/lost"); got != "Last section." {
		t.Errorf("MustExtractDoc = %q", got)
	}
	defer func() {
		if r := recover(); r != `internal error: doc.go has no section "# X"` {
			t.Errorf("panic = %v", r)
		}
	}()
	MustExtractDoc(docSource, "X")
	t.Error("MustExtractDoc did not panic")
}
