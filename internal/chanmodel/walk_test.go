package chanmodel

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A trail is a state that remembers the operations on the path: no two paths
// are merged.
type trail string

func (s trail) Key() uint64 { return literals{{string(s), true}}.Hash() }

// walkText walks the first function of a model and returns the trails of all
// paths at their returns, sorted, and whether the budget sufficed.
func walkText(t *testing.T, text string, budget int) (trails []string, complete bool) {
	t.Helper()
	m, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	w := &Walk[trail]{
		Func: m.Funcs[0], Budget: budget,
		Step: func(s trail, op *Op, at Place) (trail, bool) {
			if op.Kind == Return || op.Kind == Panic {
				var conds []string
				for _, b := range at.Path.Branches(m.Funcs[0]) {
					conds = append(conds, b.Text)
				}
				trails = append(trails, fmt.Sprintf("%s%s when %s", s, op.Kind, strings.Join(conds, ",")))
				return s, true
			}
			return s + trail(fmt.Sprintf("%s@%d ", op.Kind, op.Pos)), true
		},
		Edge: func(s trail, e *Edge, at Place) (trail, bool) {
			if e.Took != nil {
				s += "took "
			}
			return s, true
		},
	}
	complete = w.Run("")
	slices.Sort(trails)
	return trails, complete
}

const header = `
resource m mutex
resource c chan cap=0
func f params=1
`

func TestWalk(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"a flag that is tested twice", `
0:
	-> 1 when=+ok
	-> 2 when=!ok
1:
	lock res=m @1
	-> 2
2:
	-> 3 when=+ok
	-> 4 when=!ok
3:
	unlock res=m @2
	-> 4
4:
	return
`, []string{"lock@1 unlock@2 return when ok,ok", "return when !ok,!ok"}},
		{"deferred calls run last first, also in a panic", `
0:
	defer unlock res=m @1
	defer close res=c @2
	-> 1 when=+x
	-> 2 when=!x
1:
	rundefers
	return
2:
	panic
`, []string{"close@2 unlock@1 panic when !x", "close@2 unlock@1 return when x"}},
		{"a defer that the path does not come to", `
0:
	-> 1 when=+x
	-> 2 when=!x
1:
	defer unlock res=m @1
	-> 2
2:
	rundefers
	return
`, []string{"return when !x", "unlock@1 return when x"}},
		{"a lock that is tried", `
0:
	trylock res=m @1
	-> 1 took=m
	-> 2
1:
	return
2:
	return
`, []string{"trylock@1 return when ", "trylock@1 took return when "}},
		{"what cannot be", "0:\n\tlock res=m @1\n\tnever\n\treturn\n", nil},
		{"the process ends", "0:\n\tdefer unlock res=m @1\n\texit @2\n\treturn\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, complete := walkText(t, header+test.text, 0)
			if !complete || !slices.Equal(got, test.want) {
				t.Errorf("complete: %t; got %q, want %q", complete, got, test.want)
			}
		})
	}
}

// A loop that defers ends: the stack is bounded.
func TestWalkBlind(t *testing.T) {
	for _, test := range []struct {
		name, first, second string
		returns             int
		agreed              bool
	}{
		{"the same on all paths", "+ok", "+ok", 1, true},
		{"a lock on one path only", "+ok", "!ok", 2, false},
	} {
		lock := ""
		if !test.agreed {
			lock = "\tlock res=m @1\n"
		}
		m, err := Parse(header + "0:\n\t-> 1 when=" + test.first + "\n\t-> 2 when=!ok\n1:\n" + lock +
			"\t-> 2\n2:\n\t-> 3 when=" + test.second + "\n3:\n\treturn @2\n")
		if err != nil {
			t.Fatal(err)
		}
		returns := 0
		w := &Walk[trail]{Func: m.Funcs[0], Blind: true, Step: func(s trail, op *Op, _ Place) (trail, bool) {
			if op.Kind == Return {
				returns++
			}
			return s + trail(op.Kind.String()), true
		}}
		if !w.Run("") || returns != test.returns || w.agreed != test.agreed {
			t.Errorf("%s: %d returns, agreed %v", test.name, returns, w.agreed)
		}
	}
}

func TestWalkLoop(t *testing.T) {
	text := header + "0:\n\tdefer unlock res=m @1\n\t-> 0\n\t-> 1\n1:\n\trundefers\n\treturn\n"
	got, complete := walkText(t, text, 0)
	if !complete || len(got) != 2 {
		t.Errorf("complete: %t; got %q, want one and two deferred calls", complete, got)
	}
}

func TestWalkBudget(t *testing.T) {
	// Each round makes the trail longer: the paths never merge.
	text := header + "0:\n\tlock res=m @1\n\t-> 0\n\t-> 1\n1:\n\treturn\n"
	if _, complete := walkText(t, text, 50); complete {
		t.Error("a walk without end is complete")
	}
}

func TestCalleeIn(t *testing.T) {
	g := &Func{Name: "g"}
	c := Callee{Func: g, Args: map[Object]Object{"g#p0": "f#p0.store", "g#p1": ""}}
	for o, want := range map[Object]Object{
		"g#p0.mu": "f#p0.store.mu", "g#p0": "f#p0.store", "g#p1.mu": "", "g#v3.mu": "", "G:global.mu": "G:global.mu",
		"f#v1.mu": "f#v1.mu", // a variable of the function around a literal
	} {
		if got := c.In(o); got != want {
			t.Errorf("%s: got %q, want %q", o, got, want)
		}
	}
}

func TestObject(t *testing.T) {
	o := Object("f#p0.items[f#v7].mu")
	if !o.DependsOn("f#p0") || !o.DependsOn("f#v7") || o.DependsOn("f#v70") || o.DependsOn("f#p") {
		t.Error("what it depends on is wrong")
	}
	if !o.Under("f#p0.items") || !o.Under(o) || o.Under("f#p0.item") || o.Under("") {
		t.Error("what it leads through is wrong")
	}
}
