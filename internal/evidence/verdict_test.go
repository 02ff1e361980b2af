package evidence

import (
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

// What the compilers' verdicts make of a site of each kind: it is confirmed,
// dropped, or kept although it does not escape, or because nothing is known.
func TestJudge(t *testing.T) {
	const (
		confirmed = "confirmed"
		dropped   = "dropped"
		kept      = "kept: does not escape, which spares small sizes only"
		unknown   = "kept: "
	)
	tests := []struct {
		kind       finding.SiteKind
		line, text string // the text of the site in the line
		want       string
		since      string
		before     string // what an older compiler says
	}{
		{finding.SiteComposite, "sink = &T{}", "&T{}", confirmed, "", ""},
		{finding.SiteComposite, "local := &T{}", "&T{}", dropped, "", ""},
		{finding.SiteNew, "fresh := new(T)", "new(T)", dropped, "", ""},
		{finding.SiteNew, "keep = new(int)", "new(int)", confirmed, "", ""},
		{finding.SiteVariable, "v := 1", "v", confirmed, "", ""},
		{finding.SiteVariable, "w := 2", "w", dropped, "", ""},
		{finding.SiteVariable, "func closures(n int)", "n", confirmed, "", ""},
		{finding.SiteVariable, "return twice(&v, p)", "v", unknown, "", ""}, // a use, not the declaration
		{finding.SiteSliceLiteral, "words = []string{", `[]string{"a", text}`, confirmed, "", ""},
		{finding.SiteSliceLiteral, "local := []int{", "[]int{1, n}", dropped, "", ""},
		{finding.SiteMakeSlice, "fixed := make", "make([]byte, 16)", dropped, "", ""},
		{finding.SiteMakeSlice, "grown := make", "make([]byte, n)", kept, "go1.25", confirmed},
		{finding.SiteMakeSlice, "bytes = make", "make([]byte, n)", confirmed, "", ""},
		{finding.SiteMapLiteral, "table = map", `map[string]int{"a": n}`, confirmed, "", ""},
		{finding.SiteMapLiteral, "local := map", `map[string]int{"b": n}`, kept, "", ""},
		{finding.SiteMakeMap, "other := make", "make(map[string]int, n)", kept, "", ""},
		{finding.SiteMakeChan, "queue := make", "make(chan int, n)", unknown, "", ""},
		{finding.SiteAppend, "kept = append", "append(kept, local[i])", confirmed, "go1.25", unknown},
		{finding.SiteAppend, "local = append", "append(local, i)", kept, "go1.25", unknown},
		{finding.SiteClosure, "hook = func", "func() int { n++; return n }", confirmed, "", ""},
		{finding.SiteClosure, "local := func", "func() int { return n }", unknown, "", ""}, // inlined, and not mentioned
		{finding.SiteClosure, "return local() + call(", "func() int { return n * n }", dropped, "", ""},
		{finding.SiteMethodValue, "hook = t.sum", "t.sum", confirmed, "", ""},
		{finding.SiteMethodValue, "f := t.sum", "t.sum", dropped, "", ""},
		{finding.SiteBox, "keep = n\n", "n", confirmed, "", ""},
		{finding.SiteBox, "keep = 1000", "1000", dropped, "", ""},
		{finding.SiteBox, `keep = "constant"`, `"constant"`, dropped, "", ""},
		{finding.SiteBox, "keep = struct{}{}", "struct{}{}", dropped, "", ""},
		{finding.SiteBox, "show(n, text)", "n", dropped, "", ""},
		{finding.SiteBox, "hold(n, text)", "n", confirmed, "", ""},
		{finding.SiteVariadic, "show(n, text)", "show(n, text)", dropped, "", ""},
		{finding.SiteVariadic, "hold(n, text)", "hold(n, text)", confirmed, "", ""},
		{finding.SiteConversion, "text = string(b)", "string(b)", confirmed, "", ""},
		{finding.SiteConversion, "read(string(b))", "string(b)", kept, "", ""},
		{finding.SiteConversion, "load([]byte(s))", "[]byte(s)", dropped, "", ""},
		{finding.SiteConversion, "store([]byte(s))", "[]byte(s)", kept, "", ""},
		{finding.SiteConcat, "text = a + b", "a + b", confirmed, "", ""},
		{finding.SiteConcat, "local := a + ", `a + "-" + b`, kept, "", ""},
		{finding.SiteVariable, "var a [1", "a", confirmed, "", ""},
		{finding.SiteCall, `fmt.Errorf("failed`, `fmt.Errorf("failed: %d", n)`, unknown, "", ""},
	}
	for _, version := range captured {
		c, program := capturedOutput(t, version), sampleProgram()
		for _, test := range tests {
			f := siteFinding(t, test.kind, "alloc.go", test.line, test.text)
			want := test.want
			if version < test.since {
				want = test.before
			}
			left, n := c.Judge([]finding.Finding{f}, program)
			got := dropped
			if n == 0 {
				if got = unknown + left[0].Evidence[KeyCompiler]; left[0].Verdict == finding.Confirmed {
					got = confirmed
				}
			}
			if got != want {
				t.Errorf("%s: %s in %q is %q, want %q", version, test.kind, test.line, got, want)
			}
		}
	}
}

// Where only the line is known, all that escapes there confirms, and nothing
// drops.
func TestJudgeLine(t *testing.T) {
	for _, version := range captured {
		c, program := capturedOutput(t, version), sampleProgram()
		for line, want := range map[string]finding.Verdict{"hold(n, text)": finding.Confirmed, "show(n, text)": "", "keep = 1000": "", "sink = &T{}": ""} {
			f := siteFinding(t, finding.SiteBox, "alloc.go", line, line)
			f.Site.Location.Column = 1
			f.Site.End = f.Site.Location
			if left, dropped := c.Judge([]finding.Finding{f}, program); dropped > 0 || left[0].Verdict != want {
				t.Errorf("%s: a box in %q: %d dropped, %v, want verdict %q", version, line, dropped, left, want)
			}
		}
	}
}

// siteFinding returns a finding about a text in a line of the sample.
func siteFinding(t *testing.T, kind finding.SiteKind, file, line, text string) finding.Finding {
	t.Helper()
	at := spot(t, file, line, 1)
	i := strings.Index(line, text)
	if kind == finding.SiteVariable {
		i = strings.LastIndex(line, text)
	}
	if i < 0 { // the line goes on behind the part that is quoted here
		i = strings.Index(line+text, text)
		for k := len(line); k > 0; k-- {
			if strings.HasPrefix(text, line[len(line)-k:]) {
				i = len(line) - k
				break
			}
		}
	}
	if kind == finding.SiteVariable && strings.HasPrefix(line, "func ") {
		i = strings.Index(line, "("+text) + 1
	}
	at.Column += i
	end := at
	end.Column += len(text)
	return finding.Finding{
		Rule: "escape/x", Package: "example.com/sample", Location: at, End: end,
		Site: finding.Site{Kind: kind, Location: at, End: end},
	}
}

// Silence is a verdict only where there is code: not for a generic function
// without instances, a test, or a package that does not compile.
func TestJudgeNotCompiled(t *testing.T) {
	c, program := capturedOutput(t, "go1.26"), sampleProgram()
	variable := func(file, line, text string) finding.Finding {
		f := siteFinding(t, finding.SiteVariable, file, line, text)
		f.Package = "example.com/sample/shape"
		return f
	}
	generic := variable("shape/shape.go", "names := make", "names")
	plain := siteFinding(t, finding.SiteVariable, "alloc.go", "w := 2", "w")
	test := plain
	test.Site.Location.File = sampleDir + "/alloc_test.go"
	for _, tt := range []struct {
		f       finding.Finding
		missing string
		dropped int
	}{
		{generic, "", 0}, {plain, "", 1}, {test, "", 0}, {plain, "example.com/sample", 0},
	} {
		c.Packages["example.com/sample"] = tt.missing == ""
		if _, n := c.Judge([]finding.Finding{tt.f}, program); n != tt.dropped {
			t.Errorf("%+v without %q: %d dropped, want %d", tt.f.Site, tt.missing, n, tt.dropped)
		}
	}
}

// A confirmed finding shows the compiler's flow, and everything else of it
// stays as it was.
func TestJudgeFlow(t *testing.T) {
	f := siteFinding(t, finding.SiteVariable, "alloc.go", "v := 1", "v")
	f.Witness = []finding.Step{{Kind: "acquire", Text: "before"}}
	kept, _ := capturedOutput(t, "go1.26").Judge([]finding.Finding{f}, sampleProgram())
	var got []string
	for _, step := range kept[0].Witness {
		got = append(got, step.Kind+": "+step.Text)
	}
	want := "acquire: before\nflow: the compiler: &v (address-of)\nflow: the compiler: twice(&v, p) (call parameter)\n" +
		"flow: the compiler: return twice(&v, p) (return)"
	if strings.Join(got, "\n") != want {
		t.Errorf("witness\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if len(f.Witness) != 1 || kept[0].Witness[2].Location != (finding.Position{File: f.Location.File, Line: f.Location.Line + 3, Column: 14}) {
		t.Errorf("location of the call: %+v", kept[0].Witness[2].Location)
	}
}
