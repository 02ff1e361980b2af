package escape_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestFixedVerdicts asks the compiler what reaches the heap in each function
// of the fixture before and after its fix. Nothing new does, and where a value
// is formatted, the verdict is gone.
func TestFixedVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two packages")
	}
	before, after := heapVerdicts(t, asIs), heapVerdicts(t, asFixed)
	if len(before) == 0 {
		t.Fatal("the compiler says nothing")
	}
	for name, list := range after {
		if len(list) > len(before[name]) {
			t.Errorf("%s: %q before, %q after the fix", name, before[name], list)
		}
	}
	for _, name := range []string{"Int", "Unsigned", "Hex", "Bool", "Import"} {
		if len(before[name]) == 0 || len(after[name]) > 0 {
			t.Errorf("%s: %q before, %q after the fix; want some and none", name, before[name], after[name])
		}
	}
}

// heapVerdicts returns, by function of the fixture, what the compiler says
// reaches the heap. Constants, which are in the text of the program, are left
// out, and so is the array of a Builder, which takes the place of the string.
func heapVerdicts(t *testing.T, edit func(string, []byte) []byte) map[string][]string {
	t.Helper()
	dir := module(t, "fix", func(name string, src []byte) []byte {
		if strings.HasSuffix(name, ".golden") {
			return nil
		}
		return edit(name, src)
	})
	out := goCommand(t, dir, "build", "-gcflags=-m", ".")
	verdicts := make(map[string][]string)
	line := regexp.MustCompile(`(?m)^\./([\w.]+):(\d+):\d+: (?:(.*) escapes to heap|moved to heap: (.*))$`)
	for _, m := range line.FindAllStringSubmatch(out, -1) {
		if strings.HasPrefix(m[3], `"`) || m[3] == "append" || m[1] == "serve.go" {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		name := functionAt(t, filepath.Join(dir, m[1]), n)
		verdicts[name] = append(verdicts[name], m[3]+m[4])
	}
	return verdicts
}

// functionAt returns the name of the function around a line.
func functionAt(t *testing.T, name string, line int) string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fset.Position(fn.Pos()).Line <= line && line <= fset.Position(fn.End()).Line {
			return fn.Name.Name
		}
	}
	return ""
}
