package main

import (
	"bufio"
	"bytes"
	"fmt"
	"iter"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/perflint/perflint/internal/allocmodel"
)

// A message is what the compiler says about a site.
type message struct {
	place
	column int
	kind   string
	what   string // the expression
	again  bool   // it was said before: of the copy of the value that is boxed
}

// A spot is a place with a column.
type spot struct {
	place
	column int
}

// A truth is what the compiler says about some packages.
type truth struct {
	heap    []message
	stack   map[place]map[string]bool // kinds that do not escape
	inlined map[spot]bool             // inlined calls: what they allocate is said of these
}

var (
	verdict = regexp.MustCompile(`^(.+?\.go):(\d+):(\d+): (.*)$`)
	escapes = regexp.MustCompile(`^(.*) escapes to heap$`)
	stays   = regexp.MustCompile(`^(.*) does not escape$`)
)

// compile asks the compiler.
func compile(dir string, patterns []string) (*truth, error) {
	args := append([]string{"list", "-export", "-gcflags=-m=2", "-f", "{{.ImportPath}}"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var text bytes.Buffer
	cmd.Stderr = &text
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, last(text.String(), 2000))
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	t := &truth{stack: make(map[place]map[string]bool), inlined: make(map[spot]bool)}
	seen := make(map[message]string) // the package of which it was said first
	pkg := ""
	lines := bufio.NewScanner(&text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "# "); ok {
			pkg = name
		}
		parts := verdict.FindStringSubmatch(lines.Text())
		if parts == nil {
			continue
		}
		file := parts[1]
		if !filepath.IsAbs(file) {
			file = filepath.Join(root, file)
		}
		line, _ := strconv.Atoi(parts[2])
		column, _ := strconv.Atoi(parts[3])
		t.add(message{place: place{file, line}, column: column}, parts[4], pkg, seen)
	}
	return t, lines.Err()
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

func (t *truth) add(m message, text, pkg string, seen map[message]string) {
	switch {
	case strings.HasPrefix(text, "inlining call to "):
		t.inlined[spot{m.place, m.column}] = true
		return
	case strings.HasPrefix(text, "moved to heap: "):
		m.kind, m.what = allocmodel.Variable.String(), strings.TrimPrefix(text, "moved to heap: ")
	case escapes.MatchString(text):
		m.what = escapes.FindStringSubmatch(text)[1]
		m.kind = kindOf(m.what)
	case stays.MatchString(text):
		kind := kindOf(stays.FindStringSubmatch(text)[1])
		if t.stack[m.place] == nil {
			t.stack[m.place] = make(map[string]bool)
		}
		t.stack[m.place][kind] = true
		return
	default:
		return
	}
	// One package says it twice of a copy that is boxed; other packages say it
	// again of the generic functions that they instantiate.
	first, said := seen[m]
	if said && first != pkg {
		return
	}
	seen[m] = pkg
	m.again = said
	t.heap = append(t.heap, m)
}

var (
	convertExpr = regexp.MustCompile(`^(string|\[\]byte|\[\]rune|\(\[\](byte|rune)\))\(`)
	methodExpr  = regexp.MustCompile(`^[\w.()*&\[\]]+\.\w+$`)
)

// kindOf returns the kind of the site that the compiler prints as an
// expression.
func kindOf(what string) string {
	switch {
	case what == "append":
		return allocmodel.Append.String()
	case what == "... argument":
		return allocmodel.Variadic.String()
	case what == "func literal":
		return allocmodel.Closure.String()
	case strings.HasPrefix(what, "&") && strings.HasSuffix(what, "}"), strings.HasPrefix(what, "new("):
		return allocmodel.Composite.String()
	case strings.HasPrefix(what, "make(map["), strings.HasPrefix(what, "map[") && strings.HasSuffix(what, "}"):
		return allocmodel.MakeMap.String()
	case strings.HasPrefix(what, "make("):
		return "make"
	case strings.HasSuffix(what, "{...}"), strings.HasSuffix(what, "{}"):
		return "literal"
	case convertExpr.MatchString(what):
		return allocmodel.Conversion.String()
	case strings.Contains(what, " + "):
		return allocmodel.Concat.String()
	case methodExpr.MatchString(what):
		return "selector"
	}
	return allocmodel.Box.String()
}

func mapsKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }
