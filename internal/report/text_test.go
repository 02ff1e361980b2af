package report

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

// files are what the goldens of this package were found in.
var files = map[string]string{
	"/src/shop/a.go": "package shop\n" + // 1
		"\n" +
		"func run() {\n" + // 3
		"\tctx, cancel := start(\"größe\", run)\n" +
		"\tif err := check(\"größe\"); err != nil {\n" + // 5
		"\t\tstop(); return\t// why\r\n" +
		"}",
	"/src/other/b.go": "package other\n\tvar  x = 1\n",
}

func readFile(name string) ([]byte, error) {
	if src, ok := files[name]; ok {
		return []byte(src), nil
	}
	return nil, fs.ErrNotExist
}

func at(file string, line, column int) finding.Position {
	return finding.Position{File: file, Line: line, Column: column}
}

// lost has everything that the text form shows.
func lost() finding.Finding {
	const a, b = "/src/shop/a.go", "/src/other/b.go"
	return finding.Finding{
		Rule: "ctxleak/lost", Severity: finding.Error, Confidence: finding.Certain,
		Location: at(a, 4, 7), End: at(a, 4, 13),
		Message: "cancel is not called on all paths",
		Witness: []finding.Step{
			{Kind: "branch", Location: at(a, 5, 31), Text: "err != nil"},
			{Kind: "call", Location: at(b, 2, 2), Text: "x is read"},
			{Kind: "exit", Location: at(a, 6, 11), Text: "return"},
		},
		Fixes: []finding.Fix{{Message: "Defer cancel()"}, {Message: "Call cancel()"}},
	}
}

func TestText(t *testing.T) {
	const a = "/src/shop/a.go"
	tests := []struct {
		name     string
		findings []finding.Finding
		want     string
	}{
		{"nothing", nil, ""},
		{"everything", []finding.Finding{lost()}, `
a.go:4:7: cancel is not called on all paths (ctxleak/lost)
   4 | 	ctx, cancel := start("größe", run)
     | 	     ^~~~~~
    1. line 5: err != nil
    2. ../other/b.go line 2: x is read
    3. line 6: return
    fix: Defer cancel() (perflint -fix)
`},
		{"no more than needed", []finding.Finding{{Rule: "a/b", Location: at(a, 1, 1), End: at(a, 1, 1), Message: "m"}}, `
a.go:1:1: m (a/b)
   1 | package shop
     | ^
`},
		{"runes before the caret", []finding.Finding{{Rule: "a/b", Location: at(a, 4, 34), End: at(a, 4, 37), Message: "m"}}, `
a.go:4:34: m (a/b)
   4 | 	ctx, cancel := start("größe", run)
     | 	                              ^~~
`},
		{"runes above the caret", []finding.Finding{{Rule: "a/b", Location: at(a, 5, 18), End: at(a, 5, 27), Message: "m"}}, `
a.go:5:18: m (a/b)
   5 | 	if err := check("größe"); err != nil {
     | 	                ^~~~~~~
`},
		{"tabs and CRLF", []finding.Finding{{Rule: "a/b", Location: at(a, 6, 11), End: at(a, 6, 17), Message: "m"}}, `
a.go:6:11: m (a/b)
   6 | 		stop(); return	// why
     | 		        ^~~~~~
`},
		{"caret behind a tab", []finding.Finding{{Rule: "a/b", Location: at(a, 6, 18), Message: "m"}}, `
a.go:6:18: m (a/b)
   6 | 		stop(); return	// why
     | 		              	^
`},
		{"end on a later line", []finding.Finding{{Rule: "a/b", Location: at(a, 3, 6), End: at(a, 7, 20), Message: "m"}}, `
a.go:3:6: m (a/b)
   3 | func run() {
     |      ^
`},
		{"end in another file", []finding.Finding{{Rule: "a/b", Location: at(a, 3, 6), End: at("/src/shop/b.go", 3, 20), Message: "m"}}, `
a.go:3:6: m (a/b)
   3 | func run() {
     |      ^
`},
		{"end before the start", []finding.Finding{{Rule: "a/b", Location: at(a, 3, 6), End: at(a, 3, 1), Message: "m"}}, `
a.go:3:6: m (a/b)
   3 | func run() {
     |      ^
`},
		{"outside the line", []finding.Finding{{Rule: "a/b", Location: at(a, 2, 80), End: at(a, 2, 90), Message: "m"}}, `
a.go:2:80: m (a/b)
   2 | 
     | ^
`},
		{"outside the file", []finding.Finding{{Rule: "a/b", Location: at(a, 8, 1), Message: "m"}, {Rule: "a/b", Location: at(a, 0, 0), Message: "m"}}, `
a.go:8:1: m (a/b)
a.go:0:0: m (a/b)
`},
		{"no file", []finding.Finding{{Rule: "a/b", Location: at("/src/shop/gone.go", 1, 1), Message: "m", Witness: []finding.Step{{Location: at("/src/shop/gone.go", 2, 1), Text: "return"}}}}, `
gone.go:1:1: m (a/b)
    1. line 2: return
`},
		{"other folders", []finding.Finding{{Rule: "a/b", Location: at("/src/other/b.go", 2, 2), End: at("/src/other/b.go", 2, 5), Message: "m"}}, `
../other/b.go:2:2: m (a/b)
   2 | 	var  x = 1
     | 	^~~
`},
		{"text of many lines", []finding.Finding{{Rule: "a/b", Location: at("/src/shop/gone.go", 1, 1), Message: "m\nm",
			Witness: []finding.Step{{Location: at(a, 2, 1), Text: "s == `\nb.go:1:1: x (a/c)\r\n`"}}, Fixes: []finding.Fix{{Message: "Do\nthis"}}}}, `
gone.go:1:1: m m (a/b)
    1. a.go line 2: s == ` + "` b.go:1:1: x (a/c) `" + `
    fix: Do this (perflint -fix)
`},
	}
	for _, test := range tests {
		var out strings.Builder
		set := &Set{Findings: test.findings, Dir: "/src/shop", ReadFile: readFile}
		if err := Write(&out, "text", set); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if want := strings.TrimPrefix(test.want, "\n"); out.String() != want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, &out, want)
		}
		checkFirstLines(t, out.String(), len(test.findings))
	}
}

func TestTextColor(t *testing.T) {
	warning := lost()
	warning.Severity, warning.Witness, warning.Fixes = finding.Warning, nil, nil
	set := &Set{Findings: []finding.Finding{lost(), warning}, Dir: "/src/shop", Color: true, ReadFile: readFile}
	const want = "" +
		"\x1b[1ma.go:4:7:\x1b[0m \x1b[31mcancel is not called on all paths\x1b[0m \x1b[2m(ctxleak/lost)\x1b[0m\n" +
		"\x1b[2m   4 | \x1b[0m\tctx, cancel := start(\"größe\", run)\n" +
		"\x1b[2m     | \x1b[0m\t     \x1b[1m^~~~~~\x1b[0m\n" +
		"    1. line 5: err != nil\n" +
		"    2. ../other/b.go line 2: x is read\n" +
		"    3. line 6: return\n" +
		"    fix: Defer cancel() (perflint -fix)\n" +
		"\x1b[1ma.go:4:7:\x1b[0m \x1b[33mcancel is not called on all paths\x1b[0m \x1b[2m(ctxleak/lost)\x1b[0m\n" +
		"\x1b[2m   4 | \x1b[0m\tctx, cancel := start(\"größe\", run)\n" +
		"\x1b[2m     | \x1b[0m\t     \x1b[1m^~~~~~\x1b[0m\n"
	var colored, plain strings.Builder
	if err := Write(&colored, "text", set); err != nil {
		t.Fatal(err)
	}
	if colored.String() != want {
		t.Errorf("got\n%q\nwant\n%q", &colored, want)
	}

	// Colour is all that colour changes.
	set.Color = false
	if err := Write(&plain, "text", set); err != nil {
		t.Fatal(err)
	}
	if bare := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored.String(), ""); bare != plain.String() {
		t.Errorf("without its colours\n%s\nwithout colour\n%s", bare, &plain)
	}
}

// checkFirstLines fails if an editor would take the text for more or fewer
// findings than it has.
func checkFirstLines(t *testing.T, text string, want int) {
	t.Helper()
	place := regexp.MustCompile(`(?m)^\s*[^\s:]+:\d+:`)
	if got := len(place.FindAllString(text, -1)); got != want {
		t.Errorf("%d lines begin with path:line:, want %d:\n%s", got, want, text)
	}
}

func TestRelative(t *testing.T) {
	tests := []struct{ dir, path, want string }{
		{"/src/shop", "/src/shop/a.go", "a.go"},
		{"/src/shop", "/src/shop/in/a.go", "in/a.go"},
		{"/src/shop", "/src/a.go", "../a.go"},
		{"/src/shop/in/side", "/src/a.go", "/src/a.go"}, // shorter than ../../../a.go
		{"/src/shop", "/usr/local/go/src/time/sleep.go", "/usr/local/go/src/time/sleep.go"},
		{"", "/src/a.go", "/src/a.go"},
		{"/src/shop", "a.go", "a.go"},
		{"/src/shop", "", ""},
	}
	for _, test := range tests {
		if got := Relative(test.dir, test.path); got != test.want {
			t.Errorf("Relative(%q, %q) = %q, want %q", test.dir, test.path, got, test.want)
		}
	}
}
