package pragma

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// A loaded is a package made of sources in memory, ready to be reported on.
type loaded struct {
	pass  *analysis.Pass
	index *Index
	src   map[string]string
	diags []analysis.Diagnostic // what the host was told
}

// load parses and type-checks a package of one file, /src/a.go.
func load(t *testing.T, src string) *loaded {
	t.Helper()
	return loadFiles(t, "go1.26", map[string]string{"/src/a.go": src})
}

func loadFiles(t *testing.T, goVersion string, src map[string]string) *loaded {
	t.Helper()
	l := &loaded{src: src}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Sorted(maps.Keys(src)) {
		file, err := parser.ParseFile(fset, name, src[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object), FileVersions: make(map[*ast.File]string)}
	cfg := &types.Config{GoVersion: goVersion, Error: func(err error) { t.Error(err) }}
	pkg, _ := cfg.Check("example.com/p", fset, files, info) // errors go to cfg.Error
	l.pass = &analysis.Pass{
		Analyzer:  &analysis.Analyzer{Name: "ctxleak"},
		Fset:      fset,
		Files:     files,
		Pkg:       pkg,
		TypesInfo: info,
		ResultOf:  make(map[*analysis.Analyzer]any),
		Report:    func(d analysis.Diagnostic) { l.diags = append(l.diags, d) },
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := src[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	}
	result, err := Analyzer.Run(l.pass)
	if err != nil {
		t.Fatal(err)
	}
	l.index = result.(*Index)
	l.pass.ResultOf[Analyzer] = l.index
	return l
}

// pos returns the position of the only occurrence of a text in the sources.
func (l *loaded) pos(t *testing.T, text string) token.Pos {
	t.Helper()
	found := token.NoPos
	for _, file := range l.pass.Files {
		tf := l.pass.Fset.File(file.FileStart)
		src := l.src[tf.Name()]
		i := strings.Index(src, text)
		if i < 0 {
			continue
		}
		if found.IsValid() || strings.LastIndex(src, text) != i {
			t.Fatalf("%q occurs twice", text)
		}
		found = tf.Pos(i)
	}
	if !found.IsValid() {
		t.Fatalf("%q does not occur", text)
	}
	return found
}
