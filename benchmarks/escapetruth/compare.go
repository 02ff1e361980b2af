package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/perflint/perflint/internal/allocmodel"
)

// A table is the outcome of a comparison.
type table struct {
	counts map[string]*count
	left   map[string]int
	lines  []line
}

type line struct{ verdict, text string }

// silent are the kinds of which the compiler says nothing.
var silent = map[string]bool{
	allocmodel.MakeChan.String():    true,
	allocmodel.DeferInLoop.String(): true,
	"go":                            true,
}

// compare joins both views by line and kind.
func compare(truth *truth, c *code) *table {
	t := &table{counts: make(map[string]*count), left: make(map[string]int)}
	byPlace := make(map[place][]int)
	for i, s := range c.sites {
		byPlace[s.place] = append(byPlace[s.place], i)
	}
	matched := make(map[int]bool)
	for _, m := range truth.heap {
		if word := leftOut(m, truth, c); word != "" {
			t.left[word]++
			continue
		}
		t.judge(m, truth, c, byPlace[m.place], matched)
	}
	for i, s := range c.sites {
		t.judgeSite(s, matched[i], truth, c)
	}
	return t
}

// leftOut returns why a message is not about an allocation of its line.
func leftOut(m message, truth *truth, c *code) string {
	switch {
	case m.what == "&errors.errorString{...}":
		return "error inside fmt.Errorf or errors.New"
	case !c.inside[m.place]:
		return "generic or package-level"
	case m.kind == allocmodel.Box.String() && isConstant(m.what):
		return "boxed constant or byte"
	case m.kind == allocmodel.Closure.String() && c.static[m.place]:
		return "function literal that captures nothing"
	}
	return ""
}

var constant = regexp.MustCompile(`^("(\\.|[^"\\])*"|-?\d[\d.eE+-]*|'.*'|true|false|[\w./]+\((-?\d[\d.eE+-]*|".*")\))$`)

func isConstant(what string) bool { return constant.MatchString(what) }

// judge looks for a site that a message is about.
func (t *table) judge(m message, truth *truth, c *code, candidates []int, matched map[int]bool) {
	best := -1
	if !m.again {
		best = c.best(candidates, matched, func(kind string) bool { return sameKind(m, kind) })
	}
	if best < 0 && (m.again || boxable[m.kind]) {
		best = c.best(candidates, matched, func(kind string) bool { return kind == allocmodel.Box.String() })
	}
	if best < 0 && m.again {
		return
	}
	kind := m.kind
	if best >= 0 {
		kind = c.sites[best].kind
		matched[best] = true
	} else if truth.inlined[spot{m.place, m.column}] {
		t.left["site of an inlined function"]++
		return
	} else if c.consts[m.place] > 0 {
		c.consts[m.place]--
		t.left["boxed constant or byte"]++
		return
	}
	n := t.count(kind)
	text := fmt.Sprintf("%s:%d:%d: %s: %s", m.file, m.line, m.column, kind, m.what)
	switch {
	case best < 0:
		n.missed++
		t.lines = append(t.lines, line{"fn", text + " (no site)"})
	case c.sites[best].fate == allocmodel.Heap:
		n.right++
	case c.sites[best].fate == allocmodel.Unknown:
		n.unknown++
		t.lines = append(t.lines, line{"unknown", text + " (" + c.sites[best].why + ")"})
	default:
		n.missed++
		t.lines = append(t.lines, line{"fn", text + " (" + c.sites[best].fate.String() + ")"})
	}
}

// boxable are the kinds of expressions that may be printed because their value
// is boxed.
var boxable = map[string]bool{
	allocmodel.Concat.String(): true, allocmodel.Conversion.String(): true, "literal": true, "make": true,
	allocmodel.MakeMap.String(): true,
}

// best returns the site that costs most of those that nothing is said of yet,
// or -1.
func (c *code) best(candidates []int, matched map[int]bool, ok func(kind string) bool) int {
	best := -1
	for _, i := range candidates {
		if matched[i] || !ok(c.sites[i].kind) {
			continue
		}
		if best < 0 || c.sites[i].fate > c.sites[best].fate {
			best = i
		}
	}
	return best
}

// judgeSite looks at a site that no message is about.
func (t *table) judgeSite(s foundSite, matched bool, truth *truth, c *code) {
	if matched || s.fate != allocmodel.Heap {
		return
	}
	switch {
	case s.kind == allocmodel.Concat.String() && c.plus[s.place]:
		t.left["silent: += on strings"]++
		return
	case silent[s.kind], s.why == allocmodel.VariableSize.String(), s.why == allocmodel.TooLarge.String():
		t.left["silent: "+s.kind+" "+s.why]++
		return
	}
	t.count(s.kind).wrong++
	t.lines = append(t.lines, line{"fp", fmt.Sprintf("%s:%d: %s: %s", s.file, s.line, s.kind, s.why)})
}

func (t *table) count(kind string) *count {
	if t.counts[kind] == nil {
		t.counts[kind] = new(count)
	}
	return t.counts[kind]
}

// sameKind reports whether a message can be about a site of a kind.
func sameKind(m message, kind string) bool {
	switch m.kind {
	case "make":
		return kind == allocmodel.MakeSlice.String() || kind == allocmodel.MakeMap.String()
	case "literal":
		return kind == allocmodel.SliceLiteral.String() || kind == allocmodel.MakeMap.String()
	case "selector":
		return kind == allocmodel.MethodValue.String() || kind == allocmodel.Box.String()
	case allocmodel.Box.String():
		return kind == m.kind || strings.Contains(m.what, "(") && kind == allocmodel.Conversion.String()
	}
	return m.kind == kind
}
