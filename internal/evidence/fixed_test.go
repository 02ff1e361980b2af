package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

// fixCases are bodies of a function before and after a fix of what is marked.
var fixCases = []struct {
	name          string
	kind          finding.SiteKind
	before, after string
	problem       string // begins so
}{
	{"call gone", finding.SiteCall, `S = «fmt.Sprintf("%d", n)»`, `S = strconv.Itoa(n)`, ""},
	{"call moved", finding.SiteCall, `S = «fmt.Sprintf("%d", n)»`, `t := fmt.Sprintf("%d", n); S = t`, `with it, fmt.Sprintf("%d", n) is still there`},
	{"call still there", finding.SiteCall, `S = «fmt.Sprintf("%d", n)»`, `S = fmt.Sprintf("%d", n); n++`, `with it, fmt.Sprintf("%d", n) is still there`},
	{"one of two", finding.SiteCall, `S = «fmt.Sprintf("%d", n)»; S = fmt.Sprintf("%d", n)`, `S = strconv.Itoa(n); S = fmt.Sprintf("%d", n)`, ""},
	{"new escape", finding.SiteCall, `S = «fmt.Sprint("x")»`, `m := n; S = strconv.Itoa(n); P = &m; A = f`, "with it, m escapes to heap in F, which was not so before"},
	{"does not compile", finding.SiteCall, `S = «fmt.Sprint(n)»`, `S = strconv.Itoa(missing)`, "the package does not compile with it: "},
	{"verdict gone", finding.SiteNew, `p := «new(int)»; *p = n; A = p`, `var p int; p = n; B = p`, ""},
	{"verdict still there", finding.SiteNew, `p := «new(int)»; *p = n; A = p`, `var p = new(int); *p = n; A = p`, "with it, new(int) still escapes to heap"},
	{"deferred in a function", finding.SiteCall, `for range n { «defer f()» }`, `for range n { func() { defer f() }() }`, ""},
	{"deferred in a loop", finding.SiteCall, `for range n { «defer f()» }`, `for range n { defer f(); n++ }`, "with it, defer f() is still there"},
	{"builder", finding.SiteCall, `s := ""; for range n { «s += "ab"» }; S = s`, `var s strings.Builder; for range n { s.WriteString("ab") }; S = s.String()`, ""},
	{"builder on the heap", finding.SiteCall, `s := ""; for range n { «s += "ab"» }; S = s`, `s := new(strings.Builder); for range n { s.WriteString("ab") }; A = s; S = s.String()`, "with it, new(strings.Builder) escapes"},
	{"room", finding.SiteCall, `var l []int; for i := range n { l = «append(l, i)» }; A = l`, `l := make([]int, 0, n); for i := range n { l = append(l, i) }; A = l`, ""},
	{"room of a named type", finding.SiteCall, `type L []int; var l L; for i := range n { l = «append(l, i)» }; A = l`, `type L []int; l := make(L, 0, n); for i := range n { l = append(l, i) }; A = l`, ""},
	{"room by Grow", finding.SiteCall, `var l []int; for i := range n { l = «append(l, i)» }; A = l`, `var l []int; l = slices.Grow(l, n); for i := range n { l = append(l, i) }; A = l`, ""},
	{"room without a loop", finding.SiteCall, `var l, m []int; l = «append(l, n)»; l = append(l, m...); A = l`, `var l, m []int; l = slices.Grow(l, 1+len(m)); l = append(l, n); l = append(l, m...); A = l`, ""},
	{"room twice", finding.SiteCall, `var l []int; for i := range n { l = «append(l, i)» }; A = l`, `l := make([]int, 0, n); A = make([]int, 0, n); for i := range n { l = append(l, i) }; A = l`, "with it, make([]int, 0, n) escapes"},
	{"room in each round", finding.SiteCall, `var l []int; for i := range n { l = «append(l, i)» }; A = l`, `var l []int; for i := range n { A = make([]int, 0, n); l = append(l, i) }; A = l`, "with it, make([]int, 0, n) escapes"},
	{"no room", finding.SiteCall, `var l []int; for i := range n { l = «append(l, i)» }; A = l`, `l := []int{}; for i := range n { l = append(l, i) }; A = l`, "with it, nothing makes room"},
	{"outside of functions", finding.SiteCall, `S = "" }; var V = «strconv.Itoa(1)»; func G() {`, `S = "" }; var V = "1"; func G() {`, "unchecked"},
}

const fixHead = `package p

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	S string
	A any
	B int
	P *int
	_ = fmt.Sprint
	_ = slices.Grow[[]int]
	_ = strconv.Itoa
	_ = strings.Repeat
)

func f() {}

func F(n int) {
	`

// TestCheckFixes compiles all cases at once, those after the fix in an overlay.
func TestCheckFixes(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module m\n\ngo 1.26\n")
	overlay := make(map[string][]byte)
	var fixes []finding.Finding
	for i, c := range fixCases {
		text := fixHead + c.before + "\n}\n"
		name := filepath.Join(dir, fmt.Sprintf("p%d", i), "p.go")
		from := strings.Index(text, "«")
		text = strings.Replace(text, "«", "", 1)
		to := strings.Index(text, "»")
		text = strings.Replace(text, "»", "", 1)
		write(fmt.Sprintf("p%d/p.go", i), text)
		overlay[name] = []byte(fixHead + c.after + "\n}\n")
		f := finding.Finding{Package: fmt.Sprintf("m/p%d", i), Location: positionAt(name, text, from), End: positionAt(name, text, to)}
		f.Site = finding.Site{Kind: c.kind, Location: f.Location, End: f.End}
		fixes = append(fixes, f)
	}
	verdicts := CheckFixes(revision(t, dir, nil), revision(t, dir, overlay), fixes)
	for i, c := range fixCases {
		got := verdicts[i].Problem
		if !verdicts[i].Checked {
			got = "unchecked"
		}
		if !strings.HasPrefix(got, c.problem) || (got == "") != (c.problem == "") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.problem)
		}
	}
}

func positionAt(name, text string, offset int) finding.Position {
	before := text[:offset]
	return finding.Position{File: name, Line: 1 + strings.Count(before, "\n"), Column: offset - strings.LastIndexByte(before, '\n')}
}

func revision(t *testing.T, dir string, overlay map[string][]byte) *Revision {
	t.Helper()
	c, err := CompileCommand{Dir: dir, Patterns: []string{"./..."}, Overlay: overlay}.Compile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &Revision{c, c.Program(func(name string) ([]byte, error) {
		if text, ok := overlay[name]; ok {
			return text, nil
		}
		return os.ReadFile(name)
	})}
}
