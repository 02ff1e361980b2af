package inject

import (
	"strings"
	"testing"
)

// Every form of a mark on a call or branch: the body of a function, and what
// becomes of it or why there is no mark.
func TestForms(t *testing.T) {
	tests := []struct {
		name, in string
		want     string // the body; empty if it stays as it is
		skip     string
		branches bool
		channels bool
	}{
		{name: "expression", in: `x = ext.One(1) + 1`, want: `x = E1(Enter([0]), ext.One(1)) + 1`},
		{name: "argument", in: `print(ext.One(ext.One(2)))`, want: `print(E1(Enter([0]), ext.One(E1(Enter([1]), ext.One(2)))))`},
		{name: "chain", in: `x = ext.Get().M().F`, want: `x = E1(Enter([0]), E1(Enter([1]), ext.Get()).M()).F`},
		{name: "multi-line", in: "x = ext.One(\n\t1,\n)", want: "x = E1(Enter([0]), ext.One(\n\t1,\n))"},
		{name: "loop condition", in: `for ext.Is() { x++ }`, want: `for E1(Enter([0]), ext.Is()) { x++ }`},
		{name: "and", in: `_ = x > 0 && ext.Is()`, want: `_ = x > 0 && E1(Enter([0]), ext.Is())`},
		{name: "if init, one result", in: `if y := ext.One(); y > 0 { x++ }`, want: `if y := E1(Enter([0]), ext.One()); y > 0 { x++ }`},
		{name: "switch init, one result", in: `switch y := ext.One(); y { case 1: }`, want: `switch y := E1(Enter([0]), ext.One()); y { case 1: }`},
		{name: "range over function", in: `for i := range ext.Seq() { x += i }`, want: `for i := range E1(Enter([0]), ext.Seq()) { x += i }`},
		{name: "receive", in: `x = <-ext.Chan()`, want: `x = <-E1(Enter([0]), ext.Chan())`},
		{name: "deferred call's argument", in: `defer print(ext.One())`, want: `defer print(E1(Enter([0]), ext.One()))`},
		{name: "generic", in: `x = ext.Gen(x)`, want: `x = E1(Enter([0]), ext.Gen(x))`},
		{name: "generic method", in: `x = new(ext.Box[int]).Do()`, want: `x = E1(Enter([0]), new(ext.Box[int]).Do())`},
		{name: "interface method", in: `var i ext.I; x = i.Do()`, want: `var i ext.I; x = E1(Enter([0]), i.Do())`},
		{name: "promoted", in: `var o struct{ ext.T }; _ = o.M()`, want: `var o struct{ ext.T }; _ = E1(Enter([0]), o.M())`},
		{name: "parentheses", in: `x = (ext.One())`, want: `x = (E1(Enter([0]), ext.One()))`},

		{name: "statement", in: `ext.Void() // why`, want: `v0 := Enter([0]); ext.Void(); v0.Exit() // why`},
		{name: "statement with a result", in: `ext.One()`, want: `v0 := Enter([0]); ext.One(); v0.Exit()`},
		{name: "two results", in: `a, err := ext.Two(); _, _ = a, err`, want: `v0 := Enter([0]); a, err := ext.Two(); v0.Exit(); _, _ = a, err`},
		{name: "assigned", in: `x, err = ext.Two()`, want: `v0 := Enter([0]); x, err = ext.Two(); v0.Exit()`},
		{name: "two in a row", in: "ext.Void(); ext.Void()", want: "v0 := Enter([0]); ext.Void(); v0.Exit(); v1 := Enter([1]); ext.Void(); v1.Exit()"},
		{name: "marked argument", in: "ext.Void(ext.One())", want: "v0 := Enter([0]); ext.Void(E1(Enter([1]), ext.One())); v0.Exit()"},
		{name: "in a case", in: `switch { case x > 0: ext.Void() }`, want: `switch { case x > 0: v0 := Enter([0]); ext.Void(); v0.Exit() }`},
		{name: "in a comm clause", in: `select { case <-ch: ext.Void() }`, want: `select { case <-ch: v0 := Enter([0]); ext.Void(); v0.Exit() }`},
		{name: "if init", in: `if a, err := ext.Two(); err != nil || a > 0 { x++ }`, want: `v0 := Enter([0]); if a, err := ext.Two(); v0.T() && (err != nil || a > 0) { x++ }`},
		{name: "if init without results", in: `if ext.Void(); ext.Is() { x++ }`, want: `v0 := Enter([0]); if ext.Void(); v0.T() && (E1(Enter([1]), ext.Is())) { x++ }`},
		{name: "in a labelled loop", in: `L: for { ext.Void(); continue L }`, want: `L: for { v0 := Enter([0]); ext.Void(); v0.Exit(); continue L }`},
		{name: "return", in: `return ext.Two()`, want: `v0 := Enter([0]); v0_0, v0_1 := /*return*/ ext.Two(); v0.Exit(); return v0_0, v0_1`},
		{name: "return in a block", in: `if x > 0 {return ext.Two()}`, want: `if x > 0 {v0 := Enter([0]); v0_0, v0_1 := /*return*/ ext.Two(); v0.Exit(); return v0_0, v0_1}`},

		{name: "label", in: `L: ext.One(); for { break L }`, skip: "", want: ""},
		{name: "one result in a post statement", in: `for i := 0; i < 3; ext.One() { i++ }`, want: `for i := 0; i < 3; E1(Enter([0]), ext.One()) { i++ }`},
		{name: "goto, one result", in: `if x > 0 { goto end }; ext.One(); end: x++`, want: `if x > 0 { goto end }; E1(Enter([0]), ext.One()); end: x++`},

		{name: "go", in: `go ext.Void()`, skip: "it is in a go statement"},
		{name: "defer", in: `defer ext.Void()`, skip: "it is in a defer statement"},
		{name: "goto", in: `if x > 0 { goto end }; ext.Void(); end: x++`, skip: hasGotoReason},
		{name: "goto and return", in: `if x > 0 { goto end }; return ext.Two(); end: x++`, skip: hasGotoReason},
		{name: "post statement", in: `for ;; ext.Void() { break }`, skip: "there is no room for another statement beside its own"},
		{name: "labelled", in: `for { x++; break }; L: ext.Void(); for x < 0 { goto L }`, skip: hasGotoReason},
		{name: "several as arguments", in: `print(func(int, error) int { return 1 }(ext.Two()))`, skip: "its results are used in a place that has no room for a statement"},
		{name: "several in a for", in: `for a, err := ext.Two(); err == nil && a > 0; { }`, skip: "there is no room for another statement beside its own"},
		{name: "else if", in: `if x > 0 { } else if a, err := ext.Two(); err == nil { x = a }`, skip: "it is in an else if, or behind a label"},
		{name: "boolean type", in: `if a, err := ext.Two(); ext.Bool(err == nil) { x = a }`, skip: "the condition behind it is of a boolean type of its own"},
		{name: "declaration", in: `var a, e = ext.Two(); _, _ = a, e`, skip: "its results are used in a place that has no room for a statement"},

		{name: "if else", branches: true, in: `if x > 0 { x++ } else { x-- }`, want: `if x > 0 { Hit([0]); x++ } else { Hit([1]); x-- }`},
		{name: "else if chain", branches: true, in: `if x > 0 {} else if x < 0 {} else {}`, want: `if x > 0 { Hit([0]);} else if x < 0 { Hit([1]);} else { Hit([2]);}`},
		{name: "switch", branches: true, in: `switch x { case 1, 2: x++; fallthrough; case 3: default: x-- }`, want: `switch x { case 1, 2: Hit([0]); x++; fallthrough; case 3: Hit([1]); default: Hit([2]); x-- }`},
		{name: "type switch", branches: true, in: `switch v := any(x).(type) { case int: x = v; case string: }`, want: `switch v := any(x).(type) { case int: Hit([0]); x = v; case string: Hit([1]); }`},
		{name: "select", branches: true, in: `select { case y := <-ch: x = y; default: }`, want: `select { case y := <-ch: Hit([0]); x = y; default: Hit([1]); }`},
		{name: "branch and return", branches: true, in: `if x > 0 {return ext.Two()}`, want: `if x > 0 { Hit([0]);v1 := Enter([1]); v1_0, v1_1 := /*return*/ ext.Two(); v1.Exit(); return v1_0, v1_1}`},

		{name: "send", channels: true, in: `ch <- x // why`, want: `v0 := Enter([0]); ch <- x; v0.Exit() // why`},
		{name: "send of a call", channels: true, in: `ch <- ext.One()`, want: `v0 := Enter([0]); ch <- E1(Enter([1]), ext.One()); v0.Exit()`},
		{name: "send of a receive", channels: true, in: `ch <- <-ch`, want: `v0 := Enter([0]); ch <- E1(Enter([1]), <-ch); v0.Exit()`},
		{name: "channel operations unasked", in: `ch <- <-ch; select { case <-ch: }`},
		{name: "send, labelled", channels: true, in: `L: for { break L }; M: ch <- x; for { if x > 0 { goto M } }`, skip: hasGotoReason},
		{name: "send in an if", channels: true, in: `if ch <- x; x > 0 { x++ }`, skip: "there is no room for another statement beside its own"},
		{name: "receive statement", channels: true, in: `<-ch`, want: `E1(Enter([0]), <-ch)`},
		{name: "receive", channels: true, in: `x = 1 + <-ch`, want: `x = 1 + E1(Enter([0]), <-ch)`},
		{name: "receive, goto", channels: true, in: `if x > 0 { goto end }; x = <-ch; end: x++`, want: `if x > 0 { goto end }; x = E1(Enter([0]), <-ch); end: x++`},
		{name: "receive, two results", channels: true, in: `y, ok := <-ch; _, _ = y, ok`, want: `v0 := Enter([0]); y, ok := <-ch; v0.Exit(); _, _ = y, ok`},
		{name: "receive in an if", channels: true, in: `if y, ok := <-ch; ok { x = y }`, want: `v0 := Enter([0]); if y, ok := <-ch; v0.T() && (ok) { x = y }`},
		{name: "receive, declaration", channels: true, in: `var y, ok = <-ch; _, _ = y, ok`, skip: "its results are used in a place that has no room for a statement"},
		{name: "receive from a call", channels: true, in: `x = <-ext.Chan()`, want: `x = E1(Enter([0]), <-E1(Enter([1]), ext.Chan()))`},
		{name: "receive, deferred argument", channels: true, in: `defer print(<-ch)`, want: `defer print(E1(Enter([0]), <-ch))`},
		{name: "range over a channel", channels: true, in: `for y := range ch { x += y }`},
		{name: "select that waits", channels: true, in: `select { case y := <-ch: x = y; case ch <- x: }`, want: `v0 := Enter([0]); select { case y := <-ch: v0.Exit(); x = y; case ch <- x: v0.Exit(); }`},
		{name: "select, operands", channels: true, in: `select { case ch <- <-ch: case err = (<-errs()): }`, want: `v0 := Enter([0]); select { case ch <- E1(Enter([1]), <-ch): v0.Exit(); case err = (<-errs()): v0.Exit(); }`},
		{name: "select that polls", channels: true, in: `select { case y := <-ch: x = y; default: }`},
		{name: "select, branches", channels: true, branches: true, in: `select { case <-ch: x++ }`, want: `v0 := Enter([0]); select { case <-ch: v0.Exit(); Hit([1]); x++ }`},
		{name: "select, labelled", channels: true, in: `L: select { case <-ch: break L }`, skip: "there is no room for another statement beside its own"},
		{name: "select for ever", channels: true, in: `select {}`, skip: "it waits for ever"},
	}
	const head, tail = "package p\n\nimport \"ext\"\n\nfunc f(x int, ch chan int) (_ int, err error) {\n", "\nreturn x, err }\n\nvar _ = ext.T{}\n\nfunc errs() chan error { return nil }\n"
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "label" { // a label that nothing uses, or jumps to, may stand before any statement
				test.in, test.want = `L: for { ext.One(); break L }`, `L: for { v0 := Enter([0]); ext.One(); v0.Exit(); break L }`
			}
			w := newWorld(t, nil)
			plan := w.plan(head+test.in+tail, &Options{Rules: extRules, Branches: test.branches, Channels: test.channels})
			got := strings.TrimSuffix(strings.TrimPrefix(short(w.render(plan)), strings.Replace(short(head), "package p", `package p; import v "x.test/internal/perfmark"`, 1)), tail)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			reasons := skips(plan)
			if test.skip == "" && reasons != "" || !strings.HasSuffix(reasons, test.skip) {
				t.Errorf("left out: %q, want the reason %q", reasons, test.skip)
			}
		})
	}
}

// What is left out as a whole.
func TestLeftOut(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"nosplit", "//go:nosplit\nfunc f() { ext.Void() }", "the function f: it has the directive //go:nosplit"},
		{"norace", "// Doc.\n//\n//go:norace\nfunc f() { ext.Void() }", "the function f: it has the directive //go:norace"},
		{"linkname", "func f() { ext.Void() }\n\n//go:linkname f other.f\n", "the function f: it has the directive //go:linkname"},
		{"initialiser", "var x = ext.One()", "the call of ext.One: it initialises a variable of the package, before anything is timed"},
		{"generated", "", "the file x.go: it is generated"},
		{"cgo", "", "the file x.go: it uses cgo"},
		{"noinline is marked", "//go:noinline\nfunc f() { ext.Void(); ext.Void() }", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, nil)
			src := "package p\n\nimport \"ext\"\n\nvar _ ext.T\n\n" + test.src
			switch test.name {
			case "generated":
				src = "// Code generated by hand. DO NOT EDIT.\n\n" + src
			case "cgo":
				src = strings.Replace(src, "import \"ext\"", "import (\n\t\"C\"\n\t\"ext\"\n)", 1)
			}
			plan := w.plan(src, &Options{Rules: extRules, Funcs: true})
			if got := skips(plan); (test.want == "") != (got == "") || !strings.HasSuffix(got, test.want) {
				t.Errorf("left out: %q, want %q", got, test.want)
			}
			if test.want != "" && len(plan.Files()) > 0 {
				t.Error("and yet marked")
			}
		})
	}
}

// Literals of package variables are functions like others.
func TestLiterals(t *testing.T) {
	w := newWorld(t, nil)
	plan := w.plan(`package p

import "ext"

var handle = func() { ext.Void() }

func f() { func() { func() { ext.Void() }() }(); func() { ext.Void() }() }
func (t T[V]) m() { ext.Void(); func() { ext.Void() }() }
type T[V any] struct{}
func (t *T[V]) p() { ext.Void() }
func g[V any]() { ext.Void() }
`, &Options{Rules: extRules})
	w.render(plan)
	var got []string
	for _, m := range plan.Marks {
		got = append(got, strings.TrimPrefix(m.Func, "x.test/p."))
	}
	want := "glob..func1 f.func1.1 f.func2 T[...].m T[...].m.func1 (*T[...]).p g[...]"
	if strings.Join(got, " ") != want {
		t.Errorf("marks in %s, want %s", got, want)
	}
}

// Names that the program uses are left to it.
func TestClash(t *testing.T) {
	w := newWorld(t, nil)
	plan := w.plan("package p\n\nimport \"ext\"\n\nvar _perfmarkSites, _perfmark_1 = 1, 2\n\nfunc f() { ext.Void() }\n", &Options{Rules: extRules})
	if text := w.render(plan); !strings.Contains(text, "_perfmark__0 :=") && !strings.Contains(text, "_perfmark_0 :=") {
		t.Errorf("the names clash: %s", text)
	}
}

// Findings get one mark each, at the call on their line or at the statement.
func TestFindings(t *testing.T) {
	const src = `package p

import "ext"

func f(x int) int {
	x += ext.One() + ext.One()
	x++
	for i := range x {
		x += i
	}
	switch x {
	case 1:
		x = 2
	}
	defer ext.Void()
	var a, err = ext.Two(ext.One())
	_, _ = a, err
	return x +
		1
}

type T struct {
	field int
}

func (t T) m(
	x int) {
}
`
	tests := []struct {
		line, column int
		want         string // on the line of the mark
		skip         string
	}{
		{6, 0, "x += E1(Enter([0]), ext.One()) + ext.One()", ""},
		{6, 19, "x += ext.One() + E1(Enter([0]), ext.One())", ""},
		{7, 0, "Hit([0]); x++", ""},
		{8, 2, "Hit([0]); for i := range x {", ""},
		{12, 0, "case 1: Hit([0]);", ""},
		{15, 8, "Hit([0]); defer ext.Void()", ""},
		{16, 15, "Hit([0]); var a, err = ext.Two(ext.One())", ""},
		{19, 0, "Hit([0]); return x +", ""},
		{27, 0, "x int) { Hit([0]);", ""},
		{22, 0, "", "no statement is on its line"},
	}
	for _, test := range tests {
		w := newWorld(t, nil)
		plan := w.plan(src, &Options{Findings: []Target{{Line: test.line, Column: test.column, Fingerprint: "f1"}}})
		text := short(w.render(plan))
		if test.skip != "" {
			if got := skips(plan); !strings.HasSuffix(got, test.skip) || text != "" {
				t.Errorf("line %d: %q, want the reason %q", test.line, got, test.skip)
			}
			continue
		}
		if !strings.Contains(text, test.want) || strings.Count(text, "[0]") != 1 || plan.Marks[0].Finding != "f1" {
			t.Errorf("line %d: want %s in\n%s", test.line, test.want, text)
		}
	}
}
