package chanmodel

import (
	"flag"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/perflint/perflint/internal/ssax"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

// testTable is about types of the test data, so that the engine has no chance
// to know an API.
var testTable = Table{
	Types: map[string]Kind{"p.mutex": Mutex, "p.group": WaitGroup, "p.cond": Cond},
	Symbols: map[string]Symbol{
		"(*p.mutex).Lock": {Op: Lock}, "(*p.mutex).Unlock": {Op: Unlock}, "(*p.mutex).TryLock": {Op: TryLock},
		"(*p.group).Add": {Op: Add}, "(*p.group).Done": {Op: Finish}, "(*p.group).Wait": {Op: Wait},
		"(*p.group).Go":  {Op: Add, Add: 1, Starts: []int{1}},
		"p.newCond":      {Result: Cond, Locks: 1, Pure: true},
		"(*p.cond).Wait": {Op: CondWait}, "(*p.cond).Signal": {Op: Signal},
	},
}

// extract returns the model of a file in testdata.
func extract(t testing.TB, name string) *Model {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return extractText(t, string(text))
}

// extractText returns the model of a source file, whose package is p.
func extractText(t testing.TB, text string) *Model {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, info, err := ssautil.BuildPackage(&types.Config{Importer: importer.Default()}, fset, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &ssax.Package{SSA: pkg}
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		p.Funcs = append(p.Funcs, fn)
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	for _, decl := range file.Decls {
		if decl, ok := decl.(*ast.FuncDecl); ok {
			add(pkg.Prog.FuncValue(info.Defs[decl.Name].(*types.Func)))
		}
	}
	return Extract(p, &testTable, nil)
}

// TestExtract compares the text form of a model with testdata/model.golden.
func TestExtract(t *testing.T) {
	got := extract(t, "model.go").String()
	golden := filepath.Join("testdata", "model.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and review the difference. Got:\n%s", golden, got)
	}
	if again := extract(t, "model.go").String(); again != got {
		t.Errorf("not the same twice:\n%s", again)
	}
}

// What others may do to a resource is the main guard against false alarms.
func TestAccess(t *testing.T) {
	m := extract(t, "model.go")
	for name, want := range map[string]Access{
		"results": 0, "server.done": 0, "server.Out": Open, "server.mu": 0, "server.jobs[*]": 0,
	} {
		i := slices.IndexFunc(m.Resources, func(r *Resource) bool { return r.Name == name })
		if i < 0 {
			if name != "server.jobs[*]" { // no operation works on it
				t.Errorf("no resource %s", name)
			}
			continue
		}
		if got := m.Resources[i].Access; got != want {
			t.Errorf("%s: others may do %d, want %d", name, got, want)
		}
	}
}

// TestParse reads back what String writes.
func TestParse(t *testing.T) {
	text := extract(t, "model.go").String()
	m, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if again := m.String(); again != text {
		t.Errorf("got:\n%s\nwant:\n%s", again, text)
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"lock", `line 1: "lock" is outside of a function`},
		{"func f\nlock", `line 2: "lock" is before the first block of f`},
		{"func f\n1:", `line 2: "1:": the next block of f is 0`},
		{"func f\n0:\nlook", `line 3: no such operation: "look"; there are send, `},
		{"func f\n0:\nlock res=x", `line 3: no resource "x" is declared`},
		{"func f\n0:\nlock @x", `line 3: "@x": a line number must follow @`},
		{"func f\n0:\n-> 1", "function f: block 0 leads to block 1, of 1"},
		{"func f\n0:\nselect | lock", "line 3: a case sends or receives; lock does not"},
		{"func f\n0:\nselect |", "line 3: nothing follows |"},
		{"func f\n0:\ndefer", "line 3: defer needs an operation"},
		{"func f\n0:\n-> 0 took=x", `line 3: "took=x": no trylock of x comes before`},
		{"func f\n0:\n-> 0 when=x", `line 3: "when=x" is nothing that an edge has`},
		{"func f\nfunc f", "line 2: function f is declared twice"},
		{"func f outer=g", `line 1: "outer=g": the function around must be declared before`},
		{"resource c", "line 1: a resource needs an ID and a kind"},
		{"resource c pipe", `line 1: no such kind: "pipe"; there are chan, `},
		{"resource c chan red", `line 1: "red" is nothing that a resource has`},
		{"func f\n0:\ncall & g x", `line 3: "x": an argument has the form PARAMETER=OBJECT`},
		{"func f params=999", `line 1: "params=999": the number of parameters is not a number up to 255`},
	} {
		_, err := Parse(test.text)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %s", test.text, err, test.want)
		}
	}
}

// FuzzParse holds that what is read can be written and read again.
func FuzzParse(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "model.golden"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(golden))
	f.Add("resource c chan cap=1@2\nfunc f\n0:\nselect default @3 | send res=c @4\n-> 0 case=0 when=!x\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(text)
		if err != nil {
			return
		}
		once := m.String()
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("%v in what was written:\n%s", err, once)
		}
		if twice := again.String(); twice != once {
			t.Errorf("written first:\n%s\nthen:\n%s", once, twice)
		}
	})
}
