package driver

import "github.com/perflint/perflint/internal/finding"

const twoFuncs = `
-- a.go --
package m

func f() int { return 1 }

func g() int { return 2 }
`

// acceptTests are about which fixes are tried, and how they are combined.
var acceptTests = []fixTest{
	{
		name:    "none",
		archive: twoFuncs,
	},
	{
		name:    "two in a file",
		archive: twoFuncs,
		wishes: []wish{
			mend("g", "a.go", "return «2»", "20"),
			mend("f", "a.go", "return «1»", "10"),
		},
		want: `
fixed f
fixed g
-- a.go --
package m

func f() int { return 10 }

func g() int { return 20 }
`,
	},
	{
		name:    "only the first fix of shown findings",
		archive: twoFuncs,
		wishes: []wish{
			{name: "f", edits: []wishedEdit{{"a.go", "return «1»", "10"}}, second: []wishedEdit{{"a.go", "return «2»", "11"}}},
			{name: "g", edits: []wishedEdit{{"a.go", "return «2»", "20"}}, severity: finding.Info},
		},
		want: `
fixed f
-- a.go --
package m

func f() int { return 10 }

func g() int { return 2 }
`,
	},
	{
		name:    "equal edits are made once",
		archive: twoFuncs,
		wishes: []wish{
			{name: "a", edits: []wishedEdit{{"a.go", "«»return 1", "defer g(); "}, {"a.go", "«»return 1", "defer g(); "}}},
			{name: "b", edits: []wishedEdit{{"a.go", "«»return 1", "defer g(); "}, {"a.go", "return «2»", "3"}}},
		},
		want: `
fixed a
fixed b
-- a.go --
package m

func f() int { defer g(); return 1 }

func g() int { return 3 }
`,
	},
	{
		name:    "of two that overlap the first is made",
		archive: twoFuncs,
		wishes: []wish{
			mend("all of f", "a.go", "«return 1» }", "return 3"),
			{name: "two places", edits: []wishedEdit{{"a.go", "return «1»", "4"}, {"a.go", "return «2»", "5"}}},
			mend("g", "a.go", "return «2»", "6"),
		},
		want: `
fixed all of f
fixed g
skipped two places: it overlaps the fix of mend/it at a.go:3:16
-- a.go --
package m

func f() int { return 3 }

func g() int { return 6 }
`,
	},
	{
		name:    "different insertions at one place",
		archive: twoFuncs,
		wishes: []wish{
			mend("a", "a.go", "«»return 1", "_ = 0; "),
			mend("b", "a.go", "«»return 1", "_ = 1; "),
			mend("c", "a.go", "«return 1»", "return 3"),
		},
		want: `
fixed a
fixed c
skipped b: it overlaps the fix of mend/it at a.go:3:16
-- a.go --
package m

func f() int { _ = 0; return 3 }

func g() int { return 2 }
`,
	},
	{
		name:    "one that overlaps a bad one only",
		archive: twoFuncs,
		wishes: []wish{
			mend("bad", "a.go", "«return 1»", "return true"),
			mend("good", "a.go", "return «1»", "4"),
		},
		want: `
fixed good
skipped bad: the fixed file does not type-check: a.go:3:23: cannot use true (untyped bool constant) as int value in return statement
-- a.go --
package m

func f() int { return 4 }

func g() int { return 2 }
`,
	},
	{
		name:    "edits of one fix that overlap",
		archive: twoFuncs,
		wishes: []wish{
			{name: "f", edits: []wishedEdit{{"a.go", "«return 1»", "return 2"}, {"a.go", "return «1»", "3"}}},
		},
		want: `
skipped f: internal error: its edits overlap each other
`,
	},
	{
		name:    "syntax error",
		archive: twoFuncs,
		wishes: []wish{
			mend("bad", "a.go", "return «1»", "("),
			mend("good", "a.go", "return «2»", "3"),
		},
		want: `
fixed good
skipped bad: the fixed file does not type-check: a.go:3:25: expected operand, found '}'
-- a.go --
package m

func f() int { return 1 }

func g() int { return 3 }
`,
	},
	{
		name: "across packages, all or nothing",
		archive: `
-- p/p.go --
package p

func F() int { return 1 }

func G() int { return 1 }
-- q/q.go --
package q

import "example.com/m/p"

var N = p.F() + p.G()
`,
		wishes: []wish{
			{name: "parameter", edits: []wishedEdit{{"q/q.go", "F(«»)", "2"}, {"p/p.go", "F(«»)", "int"}}},
			{name: "half", edits: []wishedEdit{{"q/q.go", "G(«»)", "2"}, {"p/p.go", "«F()» int", "F(n int)"}}},
		},
		want: `
fixed parameter
skipped half: it overlaps the fix of mend/it at q/q.go:5:13
-- p/p.go --
package p

func F(int) int { return 1 }

func G() int { return 1 }
-- q/q.go --
package q

import "example.com/m/p"

var N = p.F(2) + p.G()
`,
	},
}
