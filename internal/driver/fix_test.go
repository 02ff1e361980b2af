package driver

import (
	"bytes"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// A wish is a finding that a test wants, with a fix.
type wish struct {
	name     string // the finding's message
	edits    []wishedEdit
	severity finding.Severity
	second   []wishedEdit // of another fix, not the preferred one
}

// A wishedEdit replaces what is between « and » in the only occurrence of the
// text around it.
type wishedEdit struct{ file, old, new string }

var mendRules = []finding.Rule{{
	Name: "mend/it", Summary: "text that a test wants replaced",
	Severity: finding.Warning, Confidence: finding.Certain, Default: true,
}}

// mender returns an analyzer that reports the wishes about files below dir.
func mender(dir string, wishes []wish) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       "mend",
		Doc:        "report what a test wants fixed",
		Requires:   []*analysis.Analyzer{pragma.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
		Run: func(pass *analysis.Pass) (any, error) {
			reporter := pragma.NewReporter(pass, new(pragma.Options), mendRules)
			for _, w := range wishes {
				first := filepath.Join(dir, w.edits[0].file)
				for _, file := range pass.Files {
					if pass.Fset.File(file.FileStart).Name() != first {
						continue
					}
					draft := pragma.Draft{Rule: "mend/it", Message: w.name, Severity: w.severity}
					for _, edits := range [][]wishedEdit{w.edits, w.second} {
						fix := analysis.SuggestedFix{Message: "Mend it"}
						for _, e := range edits {
							fix.TextEdits = append(fix.TextEdits, e.resolve(pass.Fset, file.FileStart, dir))
						}
						draft.Fixes = append(draft.Fixes, fix)
					}
					draft.Pos = draft.Fixes[0].TextEdits[0].Pos
					reporter.Report(draft)
				}
			}
			return reporter.List(), nil
		},
	}
}

// resolve finds the place of an edit, in the file that starts at home if it
// is that one. Another must be of a dependency: it has been parsed for sure.
func (e wishedEdit) resolve(fset *token.FileSet, home token.Pos, dir string) analysis.TextEdit {
	name := filepath.Join(dir, e.file)
	src, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	before, rest, _ := strings.Cut(e.old, "«")
	inside, after, _ := strings.Cut(rest, "»")
	if n := bytes.Count(src, []byte(before+inside+after)); n != 1 {
		panic(fmt.Sprintf("%s contains %q %d times", name, before+inside+after, n))
	}
	start := bytes.Index(src, []byte(before+inside+after)) + len(before)
	file := fset.File(home)
	if file.Name() != name {
		file = nil
		fset.Iterate(func(f *token.File) bool {
			if f.Name() == name {
				file = f
			}
			return file == nil
		})
	}
	return analysis.TextEdit{Pos: file.Pos(start), End: file.Pos(start + len(inside)), NewText: []byte(e.new)}
}

// runWishes analyses a module that is written to a folder of its own. In the
// archive, CRLF stands for a carriage return and BOM for a byte order mark.
func runWishes(t *testing.T, archive string, wishes []wish, patterns ...string) (dir string, result *Result) {
	t.Helper()
	dir = t.TempDir()
	files := txtar.Parse([]byte("-- go.mod --\nmodule example.com/m\n\ngo 1.26\n" + archive)).Files
	for _, f := range files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, special.bytes(f.Data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i := range wishes {
		for j, e := range wishes[i].edits {
			wishes[i].edits[j].old = string(special.bytes([]byte(e.old)))
		}
	}
	if patterns == nil {
		patterns = []string{"./..."}
	}
	result, err := Run(t.Context(), &Config{Fresh: true,
		Dir: dir, Patterns: patterns, Tests: true, Rules: mendRules,
		Env:       append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off", "GO111MODULE="),
		Analyzers: []*analysis.Analyzer{mender(dir, wishes)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, result
}

// A spelling makes invisible bytes visible in archives.
type spelling []string

var special = spelling{"CRLF\n", "\r\n", "BOM", "\ufeff"}

func (s spelling) bytes(src []byte) []byte {
	return []byte(strings.NewReplacer(s...).Replace(string(src)))
}

func (s spelling) visible(src []byte) string {
	reverse := slices.Clone(s)
	slices.Reverse(reverse)
	return strings.NewReplacer(reverse...).Replace(string(src))
}

// outcomeOf prints fixes: what became of each finding, then the new contents.
func outcomeOf(dir string, fixes *Fixes) string {
	var b strings.Builder
	for _, f := range fixes.Fixed {
		fmt.Fprintf(&b, "fixed %s\n", f.Message)
	}
	for _, s := range fixes.Skipped {
		fmt.Fprintf(&b, "skipped %s: %s\n", s.Finding.Message, s.Reason)
	}
	for _, f := range fixes.Files {
		name, _ := filepath.Rel(dir, f.Name)
		fmt.Fprintf(&b, "-- %s --\n%s", filepath.ToSlash(name), special.visible(f.New))
	}
	return b.String()
}

func TestFix(t *testing.T) {
	for _, test := range slices.Concat(acceptTests, checkTests, textTests, placeTests) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir, result := runWishes(t, test.archive, test.wishes, test.patterns...)
			fixes, err := result.Fix()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := outcomeOf(dir, fixes), strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s\nfindings: %d, errors: %v", got, want, len(result.Findings), result.Errors)
			}
			if again, _ := result.Fix(); !reflect.DeepEqual(fixes, again) {
				t.Errorf("the second time:\n%s\nthe first time:\n%s", outcomeOf(dir, again), outcomeOf(dir, fixes))
			}
		})
	}
}

type fixTest struct {
	name     string
	archive  string
	wishes   []wish
	want     string
	patterns []string
}

// mend is a wish for a single edit.
func mend(name, file, old, new string) wish {
	return wish{name: name, edits: []wishedEdit{{file, old, new}}}
}
