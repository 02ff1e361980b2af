package pragma

import (
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

// In the sources of this table, a directive must silence the lines that
// mention yes, and none that mentions no.
var coverage = []struct{ name, src string }{
	{"trailing", `
func f() {
	no()
	yes() //perflint:ignore ctxleak why
	no()
}`},
	{"line above", `
func f() {
	no()
	//perflint:ignore ctxleak why
	yes()
	no()
}`},
	{"line above a call of many lines", `
func f() {
	//perflint:ignore ctxleak why
	yes(
		yes(),
		yes())
	no()
}`},
	{"behind the first line of a call", `
func f() {
	yes( //perflint:ignore ctxleak why
		yes(),
	)
	no()
}`},
	{"behind the last line of a call", `
func f() {
	no(
		no(),
		yes()) //perflint:ignore ctxleak why
	no()
}`},
	{"nolint above a call of many lines", `
func f() {
	//nolint:perflint
	yes(
		yes())
	no()
}`},
	{"nolint covers its own line when it stands behind code", `
func f() { //nolint
	no()
	if yes() > 0 { //nolint:ctxleak // why
		no()
	}
	yes( //nolint
		no())
}`},
	{"other comments above and below", `
func f() {
	no()
	// Because.
	//perflint:ignore ctxleak why
	// Therefore.
	yes()
	no()
}`},
	{"two directives above", `
func f() {
	//perflint:ignore timerstop why
	//perflint:ignore ctxleak why
	//nolint:errcheck
	yes()
	no()
}`},
	{"comment between two statements belongs to the second", `
func f() {
	no() // a comment
	//perflint:ignore ctxleak why
	yes()
}`},
	{"blank line between", `
func f() {
	no()
	//perflint:ignore ctxleak why

	no()
}

//perflint:ignore ctxleak why

func g() {
	no()
}`},
	{"last in a block", `
func f() {
	no()
	//perflint:ignore ctxleak why
}

func g() { no() }`},
	{"function", `
// f is documented.
//
//perflint:ignore ctxleak why
func f() {
	yes()
	if true {
		yes()
	}
	func() {
		yes()
	}()
}

func g() {
	no()
}`},
	{"behind the head of a function", `
func f() { //perflint:ignore ctxleak why
	yes()
}

func g() {
	no()
}`},
	{"nolint above a function", `
//nolint:ctxleak
func f() {
	yes()
}

func g() {
	no()
}`},
	{"method", `
type t int

//perflint:ignore ctxleak why
func (t) f() {
	yes()
}

func (t) g() {
	no()
}`},
	{"if", `
func f() {
	//perflint:ignore ctxleak why
	if yes() > 0 &&
		yes() > 0 {
		no()
	} else if no() > 0 {
		no()
	}
}`},
	{"nolint above if", `
func f() {
	//nolint:ctxleak
	if yes() > 0 {
		yes()
	} else {
		yes()
	}
	no()
}`},
	{"else", `
func f() {
	if true {
		no()
	} else if yes() > 0 { //perflint:ignore ctxleak why
		no()
	}
}`},
	{"for", `
func f() {
	//perflint:ignore ctxleak why
	for i := yes(); i < 1; i++ {
		no()
	}
	//perflint:ignore ctxleak why
	for range yes() {
		no()
	}
	//nolint
	for range yes() {
		yes()
	}
}`},
	{"label", `
func f() {
	//perflint:ignore ctxleak why
loop:
	for i := yes(); i < 1; {
		no()
		break loop
	}
}`},
	{"switch", `
func f() {
	//perflint:ignore ctxleak why
	switch yes() {
	case no():
		no()
	//perflint:ignore ctxleak why
	case yes(),
		yes():
		no()
		if true {
		}
		no()
	//nolint
	case yes():
		yes()
		yes()
	default: //perflint:ignore ctxleak why
		no()
	}
}`},
	{"select", `
func f(c chan int) {
	//perflint:ignore ctxleak why
	select {
	case c <- no():
	//perflint:ignore ctxleak why
	case c <- yes():
		no()
	//nolint:perflint
	case c <- yes():
		yes()
	}
}`},
	{"go", `
func f() {
	//perflint:ignore ctxleak why
	go func(int) {
		no()
	}(no())
	//nolint:ctxleak
	go func(int) {
		yes()
	}(yes())
}`},
	{"function literal", `
func f() {
	//perflint:ignore ctxleak why
	g := func() int { return yes() }
	//perflint:ignore ctxleak why
	h := func() {
		no()
	}
	//perflint:ignore ctxleak why
	yes(g(), func() {
		no()
	}, no())
	h()
}`},
	{"declaration in a function", `
func f() {
	//perflint:ignore ctxleak why
	var g = func() {
		yes()
	}
	g()
	no()
}`},
	{"struct field", `
type t struct {
	no1 int
	//perflint:ignore ctxleak why
	yes1 int
	no2  int
	yes2 int //perflint:ignore ctxleak why
	no3  int
	//perflint:ignore ctxleak why
	yes3 struct {
		yes4 int
	}
	no4 int
}`},
	{"interface method", `
type t interface {
	no1()
	//perflint:ignore ctxleak why
	yes1()
	no2()
}`},
	{"const group", `
//perflint:ignore ctxleak why
const (
	yes1 = 1

	yes2 = 2
)

const (
	no1 = 1
	//perflint:ignore ctxleak why
	yes3 = 1 +
		yes1
	no2  = 2
	yes4 = 3 //perflint:ignore ctxleak why
	no3  = 4
)`},
	{"variable", `
//perflint:ignore ctxleak why
var v = func() int {
	return yes()
}()

var w = no()`},
	{"parameter", `
func f(
	no1 int,
	//perflint:ignore ctxleak why
	yes1 int,
	no2 int,
) {
	no()
}`},
	{"element", `
var v = []any{
	no(),
	//perflint:ignore ctxleak why
	yes(),
	//perflint:ignore ctxleak why
	[]any{yes(), func() {
		no()
	}},
	//nolint:ctxleak
	[]any{
		yes(),
	},
	no(),
	yes(), //perflint:ignore ctxleak why
	no(),
}`},
	{"file-ignore", `
var v = yes()

//lint:file-ignore ctxleak why

func f() {
	yes()
}`},
	{"lint:ignore", `
func f() {
	//lint:ignore ctxleak why
	if yes() > 0 {
		no()
	}
}

//lint:ignore ctxleak why
func g() {
	yes()
}`},
	{"block comments", `
func f() {
	no() /*perflint:ignore ctxleak why*/
	/*nolint*/
	no()
}`},
	{"no reason", `
func f() {
	no() //perflint:ignore ctxleak
}`},
	{"other rules", `
func f() {
	no() //perflint:ignore timerstop why
	no() //nolint:errcheck
	no() //lint:ignore SA1000 why
}`},
	{"line directive below", `
func f() {
	//perflint:ignore ctxleak why
//line a.y:100
	yes()
	no()
	yes() //perflint:ignore ctxleak why
}`},
	{"line directive above", `
func f() {
//line a.y:100

	//perflint:ignore ctxleak why
	yes(
		yes())
	no()
}

//line b.y:1
//perflint:ignore ctxleak why
func g() {
//line c.y:1
	yes()
}`},
}

// declares makes the table's sources compile.
const declares = `
func yes(...any) int { return 0 }

func no(...any) int { return 0 }
`

var (
	covered   = regexp.MustCompile(`\byes\d?\b`)
	uncovered = regexp.MustCompile(`\bno\d?\b`)
)

func TestCoverage(t *testing.T) {
	for _, test := range coverage {
		for _, eol := range []string{"\n", "\r\n"} {
			t.Run(test.name, func(t *testing.T) {
				src := strings.ReplaceAll("package p\n"+test.src+"\n", "\n", eol)
				checkCoverage(t, loadFiles(t, "go1.26", map[string]string{
					"/src/a.go": src,
					"/src/b.go": "package p\n" + declares,
				}))
			})
		}
	}
}

// A directive above the package clause speaks of it; golangci-lint takes
// //nolint there to be about the file.
func TestCoveragePackageClause(t *testing.T) {
	for _, src := range []string{
		"//nolint:perflint\npackage p\n\nvar a = yes()\n\nfunc f() {\n\tyes()\n}\n",
		"// Package p is documented.\n//\n//nolint\npackage p\n\nfunc f() {\n\tyes()\n}\n",
		"//nolint:perflint\n\npackage p\n\nvar a = no()\n",
		"//perflint:ignore ctxleak why\npackage p\n\nvar a = no()\n",
		"package p //nolint\n\nvar a = no()\n",
	} {
		checkCoverage(t, loadFiles(t, "go1.26", map[string]string{
			"/src/a.go": src,
			"/src/b.go": "package p\n" + declares,
		}))
	}
}

// checkCoverage looks at each line of /src/a.go.
func checkCoverage(t *testing.T, l *loaded) {
	t.Helper()
	n := 0
	for line := range strings.Lines(l.src["/src/a.go"]) {
		n++
		code, _, _ := strings.Cut(line, "//")
		suppressed := l.index.Suppressor(finding.Rule{Name: "ctxleak/discarded"}, token.Position{Filename: "/src/a.go", Line: n}, "") != nil
		if covered.MatchString(code) && !suppressed {
			t.Errorf("line %d is not covered: %s", n, strings.TrimSpace(line))
		}
		if uncovered.MatchString(code) && suppressed {
			t.Errorf("line %d is covered: %s", n, strings.TrimSpace(line))
		}
	}
}

// A directive covers its own file only.
func TestCoverageOfFiles(t *testing.T) {
	l := loadFiles(t, "go1.26", map[string]string{
		"/src/a.go": "package p\n\n//lint:file-ignore ctxleak why\n",
		"/src/b.go": "package p\n",
	})
	for name, want := range map[string]bool{"/src/a.go": true, "/src/b.go": false, "/src/c.go": false} {
		if got := l.index.Suppressor(finding.Rule{Name: "ctxleak/discarded"}, token.Position{Filename: name, Line: 1}, ""); (got != nil) != want {
			t.Errorf("%s: suppressor %v, want one: %t", name, got, want)
		}
	}
}
