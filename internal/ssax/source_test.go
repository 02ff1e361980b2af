package ssax

import (
	"go/token"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// branchCases are bodies of a function with the parameters below, and how its
// branches are described: "kind: text", and what the text is about where that
// is not the same.
const parameters = `func f(ok, other bool, n, m int, err error, x any, c chan int, done chan bool,
	xs []int, ms map[string]int, s string, p *node)`

var branchCases = []struct {
	name string
	body string
	want []string
}{
	{name: "no branch", body: `mark("a")`},

	// If statements.
	{name: "comparison", body: `if err != nil { mark("a") }`,
		want: []string{"if: err != nil", "if: err == nil @ err != nil"}},
	{name: "flag", body: `if ok { mark("a") } else { mark("b") }`,
		want: []string{"if: ok", "if: !ok @ ok"}},
	{name: "field", body: `if p.next.ok { mark("a") }`,
		want: []string{"if: p.next.ok", "if: !p.next.ok @ p.next.ok"}},
	{name: "call", body: `if test() { mark("a") }`,
		want: []string{"if: test()", "if: !test() @ test()"}},
	{name: "negated call", body: `if !test() { mark("a") }`,
		want: []string{"if: test()", "if: !test() @ test()"}},
	{name: "negated flag", body: `if !ok { mark("a") }`,
		want: []string{"if: ok @ !ok", "if: !ok"}},
	{name: "negated comparison", body: `if !(n <= 0) { mark("a") }`,
		want: []string{"if: n <= 0", "if: n > 0 @ n <= 0"}},
	{name: "all comparisons", body: `if n < m { mark("a") }; if n <= m { mark("a") }; if n > m { mark("a") }
		if n >= m { mark("a") }; if n == m { mark("a") }; if n != m { mark("a") }`,
		want: []string{
			"if: n < m", "if: n >= m @ n < m", "if: n <= m", "if: n > m @ n <= m",
			"if: n > m", "if: n <= m @ n > m", "if: n >= m", "if: n < m @ n >= m",
			"if: n == m", "if: n != m @ n == m", "if: n != m", "if: n == m @ n != m",
		}},
	{name: "initialiser", body: `if p, err := open(); err != nil { mark("a"); _ = p }`,
		want: []string{"if: err != nil", "if: err == nil @ err != nil"}},
	{name: "else if", body: `if n < m { mark("a") } else if (n == m) { mark("b") }`,
		want: []string{"if: n < m", "if: n >= m @ n < m", "if: n == m", "if: n != m @ n == m"}},
	{name: "and", body: `if err == nil && n > 0 { mark("a") }`,
		want: []string{"if: err == nil", "if: err != nil @ err == nil", "if: n > 0", "if: n <= 0 @ n > 0"}},
	{name: "or", body: `if (n == 1 || n == 2) && err == nil { mark("a") }`,
		want: []string{"if: n == 1", "if: n != 1 @ n == 1", "if: n == 2", "if: n != 2 @ n == 2", "if: err == nil", "if: err != nil @ err == nil"}},
	{name: "negated and", body: `if !(n == 1 && err != nil) { mark("a") }`,
		want: []string{"if: n == 1", "if: n != 1 @ n == 1", "if: err != nil", "if: err == nil @ err != nil"}},
	{name: "only the last flag leads into the body", body: `if ok && other { mark("a") }`, want: []string{"if: other"}},
	{name: "or of a flag and a comparison", body: `if ok || err != nil { mark("a") }`,
		want: []string{"if: err != nil", "if: err == nil @ err != nil"}},
	{name: "condition in a variable", body: `v := n > 0; if v { mark("a") }`,
		want: []string{"if: v", "if: !v @ v"}},
	{name: "value is no branch", body: `v := ok && n > 0; _ = v`},
	{name: "nested flags", body: `if ok { mark("a"); if other { mark("b") } }`,
		want: []string{"if: ok", "if: !ok @ ok", "if: other", "if: !other @ other"}},
	{name: "condition with a literal", body: `if func() bool { return n > 0 }() { mark("a") }`,
		want: []string{"if: (func() bool literal)() @ func() bool { return n > 0 }()", "if: !(func() bool literal)() @ func() bool { return n > 0 }()"}},
	{name: "literal in the initialiser", body: `if f := func() { if n > 0 { mark("x") } }; ok { f() }`,
		want: []string{"if: ok", "if: !ok @ ok"}},
	{name: "long condition", body: `if n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n > 0 { mark("a") }`,
		want: []string{
			"if: n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n… @ n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n > 0",
			"if: n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n… @ n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n > 0",
		}},
	{name: "condition of two lines", body: "if s == `a\n b` { mark(\"a\") }",
		want: []string{"if: s == `a b` @ s == `a\n b`", "if: s != `a b` @ s == `a\n b`"}},

	// Switches.
	{name: "switch", body: `switch n { case 1: mark("a"); case 2, m + 3: mark("b"); default: mark("c") }`,
		want: []string{"case: case 1 @ 1", "case: case 2 @ 2", "case: case m + 3 @ m + 3"}},
	{name: "switch without a tag", body: `switch { case n > 0: mark("a"); case ok: mark("b"); default: mark("c") }`,
		want: []string{"case: case n > 0 @ n > 0", "case: case ok"}},
	{name: "switch with a negated flag", body: `switch { case !other: mark("a") }`,
		want: []string{"case: case !other"}},
	{name: "type switch", body: `switch x.(type) { case nil: mark("a"); case int: mark("b"); case string, error: mark("c"); default: mark("d") }`,
		want: []string{"case: case nil @ nil", "case: case int", "case: case string, error", "case: case string, error"}},
	{name: "switch in a switch", body: `switch { case ok: switch n { case 3: mark("a") } }`,
		want: []string{"case: case ok", "case: case 3 @ 3"}},
	{name: "if in a switch", body: `switch n { case 1: if ok { mark("a") } }`,
		want: []string{"case: case 1 @ 1", "if: ok", "if: !ok @ ok"}},

	// Selects.
	{name: "select", body: `select { case v := <-c: mark("a"); _ = v; case c <- n: mark("b"); case <-done: return }`,
		want: []string{"case: case v := <-c", "case: case c <- n", "case: case <-done"}},
	{name: "select with a default", body: `select { case <-done: mark("a"); default: mark("b") }`,
		want: []string{"case: case <-done"}},
	{name: "select in a select", body: `select { case <-done: select { case <-c: mark("a"); case c <- n: mark("b") }; case <-c: }`,
		want: []string{"case: case <-done", "case: case <-c", "case: case c <- n"}},
	{name: "if in a select", body: `select { case <-done: if n > 0 { mark("a") }; case <-c: mark("b") }`,
		want: []string{"case: case <-done", "if: n > 0", "if: n <= 0 @ n > 0", "case: case <-c"}},

	// Loops.
	{name: "for with a comparison", body: `for n > 0 { mark("a"); n-- }`,
		want: []string{"loop: n > 0", "end: n > 0"}},
	{name: "for with three clauses", body: `for i := 0; i < n; i++ { mark("a") }`,
		want: []string{"loop: i < n", "end: i < n"}},
	{name: "for with a flag", body: `for ok { mark("a"); ok = test() }`,
		want: []string{"loop: ok", "end: ok"}},
	{name: "for with and", body: `for n > 0 && err == nil { mark("a"); n-- }`,
		want: []string{"loop: n > 0 && err == nil", "end: n > 0 && err == nil", "loop: n > 0 && err == nil", "end: n > 0 && err == nil"}},
	{name: "for ever", body: `for { if err != nil { break }; mark("a") }`,
		want: []string{"if: err != nil", "if: err == nil @ err != nil"}},
	{name: "range over an integer", body: `for i := range n { mark("a"); _ = i }`, // before the first round and behind each
		want: []string{"loop: range n @ n", "end: range n @ n", "loop: range n @ n", "end: range n @ n"}},
	{name: "range over a slice", body: `for _, v := range xs { mark("a"); _ = v }`,
		want: []string{"loop: range xs @ xs", "end: range xs @ xs"}},
	{name: "range over a map", body: `for k := range ms { mark("a"); _ = k }`,
		want: []string{"loop: range ms @ ms", "end: range ms @ ms"}},
	{name: "range over a string", body: `for range s + "a" { mark("a") }`,
		want: []string{`loop: range s + "a" @ s + "a"`, `end: range s + "a" @ s + "a"`}},
	{name: "range over a channel", body: `for range c { mark("a") }`,
		want: []string{"loop: range c @ c", "end: range c @ c"}},
	{name: "range over a channel, empty", body: `for range c { }`,
		want: []string{"loop: range c @ c", "end: range c @ c"}},
	{name: "loop in a loop", body: `for range xs { for m > 0 { mark("a"); m-- } }`,
		want: []string{"loop: range xs @ xs", "end: range xs @ xs", "loop: m > 0", "end: m > 0"}},
	{name: "range in a range", body: `for range xs { for range ms { mark("a") } }`,
		want: []string{"loop: range xs @ xs", "end: range xs @ xs", "loop: range ms @ ms", "end: range ms @ ms"}},
	{name: "range over a sum in a range", body: `for range c { for range n + m { mark("a") } }`,
		want: []string{"loop: range c @ c", "end: range c @ c",
			"loop: range n + m @ n + m", "end: range n + m @ n + m", "loop: range n + m @ n + m", "end: range n + m @ n + m"}},
	// Not described, because the flag's own block is gone: it leads to a loop.
	{name: "loop in an if", body: `if ok { for n > 0 { n-- } }`, want: []string{"loop: n > 0", "end: n > 0"}},
	{name: "flag that goes on with a loop", body: `for n > 0 { n--; if ok { continue }; mark("a") }`,
		want: []string{"loop: n > 0", "end: n > 0"}},
	{name: "flag that ends a loop", body: `for n > 0 { n--; if ok { return }; mark("a") }`,
		want: []string{"loop: n > 0", "end: n > 0", "if: ok", "if: !ok @ ok"}},
}

var kindNames = map[BranchKind]string{IfBranch: "if", CaseBranch: "case", LoopBranch: "loop", LoopEndBranch: "end"}

func TestDescribeBranch(t *testing.T) {
	for _, test := range branchCases {
		t.Run(test.name, func(t *testing.T) {
			src := scope + "\n" + parameters + " {\n" + test.body + "\n}\n"
			lazy := load(t, src)
			fn := lazy.Get().function(t, "f")
			if got := branches(lazy.pass.Fset, src, fn); !slices.Equal(got, test.want) {
				t.Errorf("branches\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
			}
		})
	}
}

// branches describes all branches of a function, in the order of the source.
func branches(fset *token.FileSet, src string, fn *ssa.Function) []string {
	type described struct {
		branch Branch
		text   string
	}
	var found []described
	for _, b := range fn.Blocks {
		for succ := range b.Succs {
			branch, ok := DescribeBranch(b, succ)
			if !ok {
				continue
			}
			text := kindNames[branch.Kind] + ": " + branch.Text
			if at := src[fset.Position(branch.Pos).Offset:fset.Position(branch.End).Offset]; at != branch.Text {
				text += " @ " + at
			}
			found = append(found, described{branch, text})
		}
	}
	slices.SortStableFunc(found, func(a, b described) int { return int(a.branch.Pos - b.branch.Pos) })
	var texts []string
	for _, d := range found {
		texts = append(texts, d.text)
	}
	return texts
}

// The body of a range-over-func loop is a function with branches of its own.
func TestDescribeBranchInLoopBody(t *testing.T) {
	src := scope + `
func f(seq func(func(int) bool)) {
	for n := range seq {
		if n > 0 { mark("a") }
	}
}
`
	lazy := load(t, src)
	fn := lazy.Get().function(t, "f").AnonFuncs[0]
	if got, want := branches(lazy.pass.Fset, src, fn), []string{"if: n > 0", "if: n <= 0 @ n > 0"}; !slices.Equal(got, want) {
		t.Errorf("branches %q, want %q", got, want)
	}
	if !IsLoopBody(fn) || IsLoopBody(fn.Parent()) {
		t.Error("IsLoopBody does not know the body of the loop")
	}
	if !InCycle(fn.Blocks[0]) {
		t.Error("the body of the loop is in no cycle")
	}
}

func TestExitPos(t *testing.T) {
	const src = "package p\n\nfunc f(ok bool) {\n\tif ok {\n\t\treturn\n\t}\n\tfunc() { println() }()\n}\n"
	lazy := load(t, src)
	var got []string
	for _, fn := range lazy.Get().Funcs {
		for _, b := range fn.Blocks {
			if ret, ok := lastInstr(b).(*ssa.Return); ok {
				got = append(got, lazy.pass.Fset.Position(ExitPos(ret)).String())
			}
		}
	}
	slices.Sort(got)
	if want := []string{"a.go:5:3", "a.go:7:21", "a.go:8:1"}; !slices.Equal(got, want) {
		t.Errorf("exits %q, want %q", got, want)
	}
}
