package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/evidence"
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

// compile asks the compiler.
func compile(ctx context.Context, dir string, patterns []string) (*truth, error) {
	t := &truth{stack: make(map[place]map[string]bool), inlined: make(map[spot]bool)}
	seen := make(map[message]string) // the package of which it was said first
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	failures, err := evidence.CompileCommand{Dir: root, Patterns: patterns}.Messages(ctx, func(m evidence.Message) {
		at := place{m.At.File, m.At.Line}
		t.add(message{place: at, column: m.At.Column}, m.Text, m.Package, seen)
	})
	if len(failures) > 0 {
		err = errors.Join(err, fmt.Errorf("did not compile: %s", strings.Join(failures, "; ")))
	}
	return t, err
}

func (t *truth) add(m message, text, pkg string, seen map[message]string) {
	switch {
	case strings.HasPrefix(text, "inlining call to "):
		t.inlined[spot{m.place, m.column}] = true
		return
	case strings.HasPrefix(text, "moved to heap: "):
		m.kind, m.what = allocmodel.Variable.String(), strings.TrimPrefix(text, "moved to heap: ")
	case strings.HasSuffix(text, " escapes to heap"):
		m.what = strings.TrimSuffix(text, " escapes to heap")
		m.kind = kindOf(m.what)
	case strings.HasSuffix(text, " does not escape"):
		kind := kindOf(strings.TrimSuffix(text, " does not escape"))
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
