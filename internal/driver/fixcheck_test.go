package driver

// chain is packages that import each other, with and without tests.
const chain = `
-- p/p.go --
package p

type T struct{ n int }

func F() int { return 1 }

func Unused() int { return 1 }

func local() int { return 1 }

func (t *T) N() int { return t.n }
-- p/p_test.go --
package p

var _ = local() + helper()

func helper() int { return 1 }
-- p/x_test.go --
package p_test

import (
	"example.com/m/p"
	"example.com/m/q"
)

var _ = q.Sum(new(p.T))
-- q/q.go --
package q

import "example.com/m/p"

func Sum(t *p.T) int { return t.N() }
-- r/r.go --
package r

import (
	"example.com/m/p"
	"example.com/m/q"
)

var N = q.Sum(&p.T{}) + p.F()
`

// checkTests are about which fixes are rejected because of what they break.
var checkTests = []fixTest{
	{
		name:    "importer",
		archive: chain,
		wishes: []wish{
			mend("still used", "p/p.go", "func «F»", "F2"),
			mend("never used", "p/p.go", "func «Unused»", "Unused2"),
			mend("importer itself", "r/r.go", "«q.Sum(&p.T{})»", "q.Sum(new(p.T))"),
		},
		want: `
fixed never used
fixed importer itself
skipped still used: the fixed file does not type-check: r/r.go:8:27: undefined: p.F
-- p/p.go --
package p

type T struct{ n int }

func F() int { return 1 }

func Unused2() int { return 1 }

func local() int { return 1 }

func (t *T) N() int { return t.n }
-- r/r.go --
package r

import (
	"example.com/m/p"
	"example.com/m/q"
)

var N = q.Sum(new(p.T)) + p.F()
`,
	},
	{
		name:    "tests",
		archive: chain,
		wishes: []wish{
			mend("used by test", "p/p.go", "func «local»", "local2"),
			mend("used by external test", "q/q.go", "«t *p.T»", "t p.T"),
			mend("test itself", "p/p_test.go", "helper() int { return «1» }", "2"),
			mend("external test itself", "p/x_test.go", "«new(p.T)»", "&p.T{}"),
		},
		want: `
fixed test itself
fixed external test itself
skipped used by test: the fixed file does not type-check: p/p_test.go:3:9: undefined: local
skipped used by external test: the fixed file does not type-check: p/x_test.go:8:15: cannot use &p.T{} (value of type *p.T) as p.T value in argument to q.Sum
-- p/p_test.go --
package p

var _ = local() + helper()

func helper() int { return 2 }
-- p/x_test.go --
package p_test

import (
	"example.com/m/p"
	"example.com/m/q"
)

var _ = q.Sum(&p.T{})
`,
	},
	{
		// The importers of p see one p only, whichever way they import it.
		name:    "visible change that breaks nothing",
		archive: chain,
		wishes:  []wish{mend("field", "p/p.go", "struct{ «»n", "m, ")},
		want: `
fixed field
-- p/p.go --
package p

type T struct{ m, n int }

func F() int { return 1 }

func Unused() int { return 1 }

func local() int { return 1 }

func (t *T) N() int { return t.n }
`,
	},
	{
		// Later fixes are checked against what earlier ones made of the types.
		name:    "one after the other",
		archive: chain,
		wishes: []wish{
			mend("bad", "p/p.go", "F() int { return «1» }", "nil"),
			{name: "parameter", edits: []wishedEdit{{"r/r.go", "F(«»)", "2"}, {"p/p.go", "F(«»)", "int"}}},
			mend("constant", "r/r.go", "var N = «»q", "2 + "),
			mend("body", "p/p.go", "return «t.n»", "t.n + 1"),
		},
		want: `
fixed body
fixed constant
fixed parameter
skipped bad: the fixed file does not type-check: p/p.go:5:23: cannot use nil as int value in return statement
-- p/p.go --
package p

type T struct{ n int }

func F(int) int { return 1 }

func Unused() int { return 1 }

func local() int { return 1 }

func (t *T) N() int { return t.n + 1 }
-- r/r.go --
package r

import (
	"example.com/m/p"
	"example.com/m/q"
)

var N = 2 + q.Sum(&p.T{}) + p.F(2)
`,
	},
	{
		name:    "use of what an earlier fix made",
		archive: chain,
		wishes: []wish{
			mend("rename", "p/p.go", "func «Unused»", "Unused2"),
			mend("bad", "q/q.go", "return «t.N()»", "nil"),
			mend("use", "r/r.go", "var N = «»q", "p.Unused2() + "),
			mend("use in test", "p/x_test.go", "«q.Sum(new(p.T))»", "p.Unused2()"),
		},
		want: `
fixed rename
fixed use in test
fixed use
skipped bad: the fixed file does not type-check: q/q.go:5:31: cannot use nil as int value in return statement
-- p/p.go --
package p

type T struct{ n int }

func F() int { return 1 }

func Unused2() int { return 1 }

func local() int { return 1 }

func (t *T) N() int { return t.n }
-- p/x_test.go --
package p_test

import (
	"example.com/m/p"
)

var _ = p.Unused2()
-- r/r.go --
package r

import (
	"example.com/m/p"
	"example.com/m/q"
)

var N = p.Unused2() + q.Sum(&p.T{}) + p.F()
`,
	},
	{
		name: "test that does not type-check",
		archive: twoFuncs + `-- a_test.go --
package m

var _ int = "not a number"
`,
		wishes: []wish{
			mend("good", "a.go", "return «1»", "10"),
			mend("bad", "a.go", "return «2»", "nil"),
		},
		want: `
fixed good
skipped bad: the fixed file does not type-check: a.go:5:23: cannot use nil as int value in return statement
-- a.go --
package m

func f() int { return 10 }

func g() int { return 2 }
`,
	},
	{
		name: "errors elsewhere",
		archive: `
-- p/p.go --
package p

func F() int { return 1 }
-- broken/b.go --
package broken

import "example.com/m/p"

var N string = p.F()
`,
		wishes: []wish{
			mend("rename", "p/p.go", "func «F»", "G"),
		},
		want: `
fixed rename
-- p/p.go --
package p

func G() int { return 1 }
`,
	},
	{
		name: "new imports",
		archive: `
-- a/a.go --
package a

import "cmp"

var N = cmp.Compare(1, 2)
-- b/b.go --
package b

func F() int { return 2 }

func G() int { return 2 }
-- c/c.go --
package c

func F() int { return 3 }
`,
		wishes: []wish{
			{name: "loaded", edits: []wishedEdit{{"b/b.go", "package b«»", "\n\nimport \"cmp\""}, {"b/b.go", "func F() int { return «2»", "cmp.Compare(1, 2)"}}},
			{name: "not used", edits: []wishedEdit{{"c/c.go", "package c«»", "\n\nimport \"cmp\""}}},
			{name: "not in the standard library", edits: []wishedEdit{{"c/c.go", "package c«\n»", "\nimport \"example.com/m/a\"\n\nvar _ = a.N\n"}}},
			{name: "not loaded", edits: []wishedEdit{{"c/c.go", "package c\n«»", "\nimport \"text/template\"\n\nvar _ template.Template\n"}}},
		},
		want: `
fixed loaded
skipped not in the standard library: the fixed file does not type-check: c/c.go:3:8: could not import example.com/m/a (the go command did not list package "example.com/m/a")
skipped not used: the fixed file does not type-check: c/c.go:3:8: "cmp" imported and not used
skipped not loaded: the fixed file does not type-check: c/c.go:3:8: could not import text/template (the go command did not list package "text/template")
-- b/b.go --
package b

import "cmp"

func F() int { return cmp.Compare(1, 2) }

func G() int { return 2 }
`,
	},
	{
		// The declaration reads the same, but has another type.
		name: "import that gives a name another meaning",
		archive: `
-- v1/n.go --
package n

type N int
-- v2/n.go --
package n

type N string
-- p/p.go --
package p

import n "example.com/m/v1"

var V n.N
-- p/also.go --
package p

import _ "example.com/m/v2"
-- q/q.go --
package q

import "example.com/m/p"

var N int = int(p.V)
`,
		wishes: []wish{mend("v2", "p/p.go", "m/v«1»", "2")},
		want: `
skipped v2: the fixed file does not type-check: q/q.go:5:17: cannot convert p.V (variable of string type n.N) to type int
`,
	},
}
