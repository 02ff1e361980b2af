package allocmodel

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/perflint/perflint/internal/ssax"
)

// expected returns what the comments of a file say about each line.
func expected(t *testing.T, text string) map[int][]string {
	t.Helper()
	want := make(map[int][]string)
	line := 0
	for l := range strings.Lines(text) {
		line++
		code, comment, ok := strings.Cut(strings.TrimSpace(l), " // ")
		if !ok || code == "" {
			continue
		}
		for site := range strings.SplitSeq(comment, ",") {
			want[line] = append(want[line], strings.TrimSpace(site))
		}
		slices.Sort(want[line])
	}
	return want
}

// TestSites compares the sites of testdata/flow.go with its comments.
func TestSites(t *testing.T) {
	text, err := os.ReadFile("testdata/flow.go")
	if err != nil {
		t.Fatal(err)
	}
	pkg, m := loadModel(t, string(text), "go1.26.8", nil)
	got := make(map[int][]string)
	for _, fn := range pkg.Funcs {
		for _, s := range m.Sites(fn) {
			if word := site(s); word != "" {
				line := pkg.SSA.Prog.Fset.Position(s.Pos).Line
				got[line] = append(got[line], word)
			}
		}
	}
	want := expected(t, string(text))
	for line := range strings.Count(string(text), "\n") + 1 {
		slices.Sort(got[line])
		if !slices.Equal(got[line], want[line]) {
			t.Errorf("flow.go:%d: got %q, want %q", line, got[line], want[line])
		}
	}
}

// site returns the word for a site in comments. Variables that stay on the
// stack are of no interest unless their address is taken.
func site(s *Site) string {
	switch {
	case s.Fate == Heap:
		return fmt.Sprintf("%s %s %s", s.Kind, s.Fate, s.Reason())
	case s.Kind == Variable:
		return ""
	}
	return fmt.Sprintf("%s %s", s.Kind, s.Fate)
}

// loadModel returns the model of a package of one file that imports nothing.
func loadModel(t *testing.T, src, toolchain string, known func(*types.Func) *Summary) (*ssax.Package, *Model) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "flow.go", src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	built, info, err := ssautil.BuildPackage(&types.Config{GoVersion: "go1.26"}, fset, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg := &ssax.Package{SSA: built}
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		pkg.Funcs = append(pkg.Funcs, fn)
		for _, literal := range fn.AnonFuncs {
			add(literal)
		}
	}
	for _, decl := range file.Decls {
		if decl, ok := decl.(*ast.FuncDecl); ok {
			add(built.Prog.FuncValue(info.Defs[decl.Name].(*types.Func)))
		}
	}
	return pkg, New(pkg, Options{Info: info, Sizes: types.SizesFor("gc", "amd64"), Toolchain: toolchain, Known: known})
}

var said = regexp.MustCompile(`(?m)^\S*flow\.go:(\d+):\d+: (.* escapes to heap|moved to heap: .*)$`)

// TestCompiler checks that the comments of testdata/flow.go are true: the
// compiler says of just the lines with sites on the heap that something
// escapes. It says nothing of constants that are boxed without an allocation.
func TestCompiler(t *testing.T) {
	text, err := os.ReadFile("testdata/flow.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string]string{"go.mod": "module p\n\ngo 1.26\n", "flow.go": string(text)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-gcflags=-m -l", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := make(map[int]int)
	for _, parts := range said.FindAllStringSubmatch(string(out), -1) {
		line, _ := strconv.Atoi(parts[1])
		if !silentlyBoxed.MatchString(parts[2]) {
			got[line]++
		}
	}
	want := expected(t, string(text))
	for line := range strings.Count(string(text), "\n") + 1 {
		heap := 0
		for _, s := range want[line] {
			if strings.Contains(s, " heap ") {
				heap++
			}
		}
		if got[line] != heap {
			t.Errorf("flow.go:%d: the compiler names %d sites, the comment %d %q", line, got[line], heap, want[line])
		}
	}
}

// silentlyBoxed are the boxed values that cost nothing.
var silentlyBoxed = regexp.MustCompile(`^(1|"constant"|b|z|constants\{\.\.\.\}) escapes to heap$`)

// TestToolchain checks what older compilers put on the stack.
func TestToolchain(t *testing.T) {
	const src = `package p
func variable() int { var d [200_000]byte; return len(d[:]) }
func slice(n int) int { s := make([]int, n); return len(s) }
func grown(n int) int { var s []int; s = append(s, n); return len(s) }`
	want := map[string][3]Fate{
		"go1.23.4": {Stack, Heap, Heap},
		"go1.24.0": {Heap, Heap, Heap},
		"go1.25.0": {Heap, Buffer, Heap},
		"go1.26.8": {Heap, Buffer, Buffer},
		"devel":    {Heap, Buffer, Buffer},
	}
	for toolchain, fates := range want {
		pkg, m := loadModel(t, src, toolchain, nil)
		for i, fn := range pkg.Funcs {
			got := Stack
			for _, s := range m.Sites(fn) {
				got = max(got, s.Fate)
			}
			if got != fates[i] {
				t.Errorf("%s: %s: got %s, want %s", toolchain, fn.Name(), got, fates[i])
			}
		}
	}
}

// TestSummaries checks what functions do with their arguments.
func TestSummaries(t *testing.T) {
	text, err := os.ReadFile("testdata/flow.go")
	if err != nil {
		t.Fatal(err)
	}
	pkg, m := loadModel(t, string(text), "", nil)
	want := map[string]string{
		"identity": "result0=0", "content": "result0=1", "nothing": "-", "keeps": "heap=0", "keepsContent": "heap=1",
		"recursive": "result0=0", "method": "heap=0", "dynamic": "-", "variadic": "heap=1", "appended": "heap=1 result0=0",
		"selfAssigned": "-; -", "stored": "-",
	}
	for _, fn := range pkg.Funcs {
		text, ok := want[fn.Name()]
		if !ok {
			continue
		}
		s := m.Summary(fn)
		if s.String() != text {
			t.Errorf("%s: got %s, want %s", fn.Name(), s, text)
		}
		if back, err := ParseSummary(s.String()); err != nil || back.String() != text {
			t.Errorf("%s: %s is read as %v (%v)", fn.Name(), s, back, err)
		}
		delete(want, fn.Name())
	}
	for name := range want {
		t.Errorf("no function %s", name)
	}
	for _, text := range []string{"heap", "heap=x", "heap=-1", "result=0", "other=0", "resultx=1"} {
		if s, err := ParseSummary(text); err == nil {
			t.Errorf("%q is read as %v, want an error", text, s)
		}
	}
}

// TestUnknown checks that functions of which nothing is known make nothing
// certain, and that what is known counts.
func TestUnknown(t *testing.T) {
	const src = `package p
func asm(p *int)
func f() { asm(new(int)) }`
	for text, want := range map[string]Fate{"": Unknown, "-": Stack, "heap=0": Heap, "heap=1": Stack, "unknown=0": Unknown} {
		pkg, m := loadModel(t, src, "", func(*types.Func) *Summary {
			if text == "" {
				return nil
			}
			s, err := ParseSummary(text)
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
		for _, fn := range pkg.Funcs {
			for _, s := range m.Sites(fn) {
				if s.Fate != want {
					t.Errorf("%q: got %s, want %s", text, s.Fate, want)
				}
			}
		}
	}
}
