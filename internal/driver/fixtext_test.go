package driver

// imports is packages to import, one of them with a name unlike its path.
const imports = `
-- one/one.go --
package one

const N = 1
-- go-two/two.go --
package two

const N = 2
-- three/three.go --
package three

const M = 3
`

// textTests are about what becomes of a file besides the edits.
var textTests = []fixTest{
	{
		name: "unused imports go",
		archive: imports + `
-- a.go --
package m

import (
	"cmp" // stays

	two "example.com/m/go-two" // goes
	"example.com/m/one"
)

func f(n int) int {
	v := two.N + one.N
	return cmp.Compare(n, v)
}
-- b.go --
package m

// Used by g.
import "example.com/m/go-two"

func g() int {
	return two.N
}
-- c.go --
package m

import (
	"example.com/m/one"
)

func h() int {
	return one.N + one.N
}
`,
		wishes: []wish{
			mend("two", "a.go", "v := «two.N + »", ""),
			mend("one", "a.go", "«one.N»\n", "1"),
			mend("sole", "b.go", "«two.N»", "2"),
			mend("left", "c.go", "«one.N» +", "1"),
			mend("right", "c.go", "+ «one.N»", "1"),
		},
		want: `
fixed two
fixed one
fixed sole
fixed left
fixed right
-- a.go --
package m

import (
	"cmp" // stays
)

func f(n int) int {
	v := 1
	return cmp.Compare(n, v)
}
-- b.go --
package m

// Used by g.

func g() int {
	return 2
}
-- c.go --
package m

func h() int {
	return 1 + 1
}
`,
	},
	{
		name: "a variable is not an import",
		archive: imports + `
-- a.go --
package m

import "example.com/m/one"

func f() int {
	v := one.N
	one := struct{ N int }{v}
	return one.N
}
`,
		wishes: []wish{mend("one", "a.go", "v := «one.N»", "1")},
		want: `
fixed one
-- a.go --
package m

func f() int {
	v := 1
	one := struct{ N int }{v}
	return one.N
}
`,
	},
	{
		name: "other imports stay",
		archive: imports + `
-- a.go --
package m

import (
	_ "example.com/m/go-two"
	. "example.com/m/three"
	"example.com/m/one"
)

func f() int { return M + one.N }

func g() int { return M }
`,
		wishes: []wish{
			mend("one", "a.go", "M« + one.N»", ""),
			mend("dot", "a.go", "func g() int { return «M»", "3"),
		},
		want: `
fixed one
fixed dot
-- a.go --
package m

import (
	_ "example.com/m/go-two"
	. "example.com/m/three"
)

func f() int { return M }

func g() int { return 3 }
`,
	},
	{
		name: "formatted if it was before",
		archive: `
-- a.go --
package m

var (
	a = 1 // one
	b = 2 // two
)
`,
		wishes: []wish{mend("b", "a.go", "«b» =", "longer ")},
		want: `
fixed b
-- a.go --
package m

var (
	a      = 1 // one
	longer = 2 // two
)
`,
	},
	{
		name: "not formatted if it was not before",
		archive: imports + `
-- a.go --
package m

import "example.com/m/one"

import ( "cmp"; "example.com/m/go-two" )

var (
  a = one.N
  b = cmp.Compare(1, two.N)
)
`,
		wishes: []wish{
			mend("a", "a.go", "«one.N»", "1"),
			mend("b", "a.go", "«two.N»", "2"),
		},
		want: `
fixed a
fixed b
-- a.go --
package m

import ( "cmp"; )

var (
  a = 1
  b = cmp.Compare(1, 2)
)
`,
	},
	{
		name: "CRLF and byte order mark",
		archive: imports + `
-- a.go --
BOMpackage mCRLF
CRLF
import "example.com/m/one"CRLF
CRLF
func f() int {CRLF
	return one.NCRLF
}CRLF
`,
		wishes: []wish{
			mend("first line", "a.go", "«»BOMpackage m", "// Package m.\n"),
			mend("body", "a.go", "«return one.N»", "n := 1\nreturn n"),
		},
		want: `
fixed first line
fixed body
-- a.go --
BOM// Package m.CRLF
package mCRLF
CRLF
func f() int {CRLF
	n := 1CRLF
	return nCRLF
}CRLF
`,
	},
	{
		name: "CRLF, not formatted",
		archive: `
-- a.go --
package mCRLF
func f() int { return 1 ; }CRLF
`,
		wishes: []wish{mend("body", "a.go", "«return 1»", "n := 1\nreturn n")},
		want: `
fixed body
-- a.go --
package mCRLF
func f() int { n := 1CRLF
return n ; }CRLF
`,
	},
	{
		name: "mixed line endings",
		archive: `
-- a.go --
package m

func f() int {
	return 1CRLF
}
`,
		wishes: []wish{mend("body", "a.go", "«return 1»", "n := 1\n\treturn n")},
		want: `
fixed body
-- a.go --
package m

func f() int {
	n := 1
	return nCRLF
}
`,
	},
}
