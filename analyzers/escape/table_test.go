package escape

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
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

	"github.com/perflint/perflint/internal/allocmodel"
)

var ask = flag.Bool("leaks", false, "rewrite leaks.txt as the compiler sees it")

// tabled are the packages that the table is about: those that services call
// all the time.
var tabled = []string{
	"bufio", "bytes", "compress/flate", "compress/gzip", "container/heap", "container/list", "context",
	"crypto/hmac", "crypto/md5", "crypto/rand", "crypto/sha1", "crypto/sha256", "crypto/tls", "crypto/x509",
	"database/sql", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json", "encoding/xml",
	"errors", "expvar", "flag", "fmt", "hash/crc32", "hash/fnv", "html", "html/template", "io", "io/fs", "log", "log/slog",
	"maps", "math/big", "math/rand", "math/rand/v2", "mime", "mime/multipart", "net", "net/http", "net/netip", "net/textproto",
	"net/url", "os", "os/exec", "os/signal", "path", "path/filepath", "reflect", "regexp", "runtime", "runtime/debug",
	"slices", "sort", "strconv", "strings", "sync", "sync/atomic", "text/template", "time", "unicode", "unicode/utf8",
}

// TestTable reads the table. With -leaks it asks the compiler for it.
func TestTable(t *testing.T) {
	if *ask {
		if err := os.WriteFile("leaks.txt", compiled(t), 0o644); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile("leaks.txt")
		if err != nil {
			t.Fatal(err)
		}
		leakTable = string(text)
	}
	table, err := newTable()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tabled {
		if !table.packages[path] {
			t.Errorf("package %s is not in the table", path)
		}
	}
	for name, text := range genericLeaks {
		if s, err := allocmodel.ParseSummary(text); err != nil || s.String() != text {
			t.Errorf("%s: %q is read as %v (%v)", name, text, s, err)
		}
	}
	for _, test := range []struct{ path, recv, name, want string }{
		{"fmt", "", "Sprintf", "-; heap=1"},
		{"strings", "Builder", "String", "result0=1"},
		{"strings", "", "TrimSpace", "result0=0"},
	} {
		fn := lookupFunc(t, test.path, test.recv, test.name)
		if got := table.lookup(fn); got == nil || got.String() != test.want {
			t.Errorf("%s: got %v, want %s", fn.FullName(), got, test.want)
		}
	}
	if got := table.lookup(lookupFunc(t, "strings", "", "Contains")); got == nil || !got.Empty() {
		t.Errorf("strings.Contains: got %v, want a summary without leaks", got)
	}
}

var (
	leaksTo = regexp.MustCompile(`^(.+\.go):(\d+):(\d+): parameter .* leaks to (.*) for .* with derefs=(\d+):$`)
	leaking = regexp.MustCompile(`^(.+\.go):(\d+):(\d+): leaking param: \w+$`)
)

// compiled returns the table as the compiler sees it.
func compiled(t *testing.T) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-export", "-gcflags=-m=2", "-f", "{{.ImportPath}} {{.Dir}}"}, tabled...)...)
	cmd.Dir = os.TempDir() // so that positions are absolute
	var dirs, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &dirs, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("go list: %v\n%s", err, said.String())
	}
	params := make(map[string]*parameter)
	packages := make(map[string]map[string]*allocmodel.Summary)
	for line := range strings.Lines(dirs.String()) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		packages[path] = make(map[string]*allocmodel.Summary)
		declared(t, path, dir, params)
	}
	plain := make(map[string]bool)
	lines := bufio.NewScanner(&said)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if parts := leaking.FindStringSubmatch(lines.Text()); parts != nil {
			plain[strings.Join(parts[1:4], ":")] = true
		}
		parts := leaksTo.FindStringSubmatch(lines.Text())
		if parts == nil {
			continue
		}
		at := strings.Join(parts[1:4], ":")
		if p := params[at]; p != nil {
			derefs, _ := strconv.Atoi(parts[5])
			p.leak(packages[p.path], parts[4], derefs)
			delete(plain, at)
		}
	}
	for at := range plain { // of functions without a body
		if p := params[at]; p != nil {
			p.leak(packages[p.path], "{heap}", 0)
		}
	}
	version, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# What %s does with arguments. Written by: go test ./analyzers/escape -run TestTable -leaks\n", bytes.TrimSpace(version))
	for _, path := range tabled {
		fmt.Fprintf(&out, "package %s\n", path)
		funcs := packages[path]
		var names []string
		for name := range funcs {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			funcs[name].Simplify()
			fmt.Fprintf(&out, "%s %s\n", name, funcs[name])
		}
	}
	return out.Bytes()
}

// A parameter is one of an exported function.
type parameter struct {
	path, fn string
	index    int
	count    int
	results  map[string]int
}

func (p *parameter) leak(funcs map[string]*allocmodel.Summary, to string, derefs int) {
	s := funcs[p.fn]
	if s == nil {
		s = &allocmodel.Summary{Params: make([]allocmodel.Leak, p.count)}
		funcs[p.fn] = s
	}
	if i, ok := p.results[to]; ok {
		s.Params[p.index].AddResult(i, derefs)
		return
	}
	s.Params[p.index].AddHeap(derefs)
}

// declared collects the parameters of a package's exported functions by their
// positions.
func declared(t *testing.T, path, dir string, params map[string]*parameter) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.IsExported() {
				declare(fset, path, fn, params)
			}
		}
	}
}

func declare(fset *token.FileSet, path string, fn *ast.FuncDecl, params map[string]*parameter) {
	name, index := fn.Name.Name, 0
	results := make(map[string]int)
	if fn.Type.Results != nil {
		i := 0
		for _, field := range fn.Type.Results.List {
			for _, id := range field.Names {
				results[id.Name] = i
				i++
			}
			if field.Names == nil {
				results[fmt.Sprintf("~r%d", i)] = i
				i++
			}
		}
	}
	var own []*parameter
	add := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, id := range field.Names {
				p := &parameter{path: path, index: index, results: results}
				params[fset.Position(id.Pos()).String()] = p
				own = append(own, p)
				index++
			}
			if field.Names == nil {
				index++
			}
		}
	}
	if fn.Recv != nil {
		recv := fn.Recv.List[0].Type
		if star, ok := recv.(*ast.StarExpr); ok {
			recv = star.X
		}
		id, ok := recv.(*ast.Ident)
		if !ok {
			return // generic
		}
		name = id.Name + "." + name
	}
	add(fn.Recv)
	add(fn.Type.Params)
	for _, p := range own {
		p.fn, p.count = name, index
	}
}

// lookupFunc returns a function or method of the standard library.
func lookupFunc(t *testing.T, path, recv, name string) *types.Func {
	t.Helper()
	pkg := importPackage(t, path)
	if recv == "" {
		return pkg.Scope().Lookup(name).(*types.Func)
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(pkg.Scope().Lookup(recv).Type()), true, pkg, name)
	return obj.(*types.Func)
}

func importPackage(t *testing.T, path string) *types.Package {
	t.Helper()
	pkg, err := importer.Default().Import(path)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
