package chanmodel

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/ssax"
)

// lockText parses a model and returns what is wrong with its locks, a line
// for each finding.
func lockText(t *testing.T, text string) string {
	t.Helper()
	m, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	locks := NewLocks(m)
	var lines []string
	for _, leak := range locks.Leaks() {
		for _, e := range leak.Exits {
			lines = append(lines, fmt.Sprintf("leak %s@%d at %d when %s round=%t lost=%t contract=%t",
				leak.Resource.ID, leak.Lock.Pos, e.Op.Pos, clauses(e.Branches), e.Round, e.Lost, leak.Contract))
		}
	}
	for _, d := range locks.Doubles() {
		chain := ""
		if d.Chain != nil {
			for _, l := range d.Chain.Links {
				chain += fmt.Sprintf(" %s@%d", l.In.Name, l.Op.Pos)
			}
		}
		lines = append(lines, fmt.Sprintf("double %s@%d at %d read=%t via%s", d.Resource.ID, d.Held.Pos, d.Op.Pos, d.Read && d.HeldRead, chain))
	}
	for _, c := range locks.Cycles() {
		line := "cycle"
		for _, e := range c.Edges {
			line += fmt.Sprintf(" %s->%s@%d", e.Held.Resource.ID, e.Taken.Resource.ID, e.Op.Pos)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestLocksText(t *testing.T) {
	const m = "resource m mutex name=m\nresource n mutex name=n\n"
	for _, test := range []struct{ name, text, want string }{
		{"early return", m + `
func f params=1 called
0:
	lock on=f#p0.m res=m @1
	-> 1 when=+err
	-> 2 when=!err
1:
	return @2
2:
	unlock on=f#p0.m res=m @3
	return @4
`, "leak m@1 at 2 when err round=false lost=false contract=false"},
		{"released by defer", m + `
func f params=1 called
0:
	lock on=f#p0.m res=m @1
	defer unlock on=f#p0.m res=m @1
	-> 1 when=+err
	-> 2 when=!err
1:
	rundefers
	return @2
2:
	rundefers
	return @4
`, ""},
		{"the same condition twice", m + `
func f params=1 called
0:
	-> 1 when=+b
	-> 2 when=!b
1:
	lock on=f#p0.m res=m @1
	-> 2
2:
	-> 3 when=+b
	-> 4 when=!b
3:
	unlock on=f#p0.m res=m @3
	return @4
4:
	return @5
`, ""},
		{"a loop comes back", m + `
func f params=1 called
0:
	-> 1
1:
	lock on=f#p0.m res=m @1
	-> 1 when=+skip
	-> 2 when=!skip
2:
	unlock on=f#p0.m res=m @3
	return @4
`, "leak m@1 at 1 when skip round=true lost=false contract=false"},
		{"somebody else releases it", m + `
func f params=1 called
0:
	lock on=f#p0.m res=m @1
	-> 1 when=+err
	-> 2 when=!err
1:
	return @2
2:
	unlock on=f#p0.m res=m @3
	return @4
func g params=1 called
0:
	unlock on=g#p0.m res=m @9
	return @10
`, "leak m@1 at 2 when err round=false lost=false contract=true"},
		{"twice through two calls", m + `
func f params=1 called
0:
	lock on=f#p0.m res=m @1
	call @2 & g g#p0=f#p0
	unlock on=f#p0.m res=m @3
	return @4
func g params=1
0:
	call @5 & h h#p0=g#p0
	return @6
func h params=1
0:
	lock on=h#p0.m res=m @7
	unlock on=h#p0.m res=m @8
	return @9
`, "double m@1 at 2 read=false via g@5 h@7"},
		{"another object", m + `
func f params=2 called
0:
	lock on=f#p0.m res=m @1
	call @2 & h h#p0=f#p1
	unlock on=f#p0.m res=m @3
	return @4
func h params=1
0:
	lock on=h#p0.m res=m @7
	unlock on=h#p0.m res=m @8
	return @9
`, ""},
		{"released and taken again", m + `
func f params=1 called
0:
	lock on=f#p0.m res=m @1
	call @2 & h h#p0=f#p0
	unlock on=f#p0.m res=m @3
	return @4
func h params=1
0:
	unlock on=h#p0.m res=m @7
	lock on=h#p0.m res=m @8
	return @9
`, ""},
		{"both orders", m + `
func f params=1 called
0:
	lock on=f#p0.m res=m @1
	lock on=f#p0.n res=n @2
	unlock on=f#p0.n res=n @3
	unlock on=f#p0.m res=m @4
	return @5
func g params=1 called
0:
	lock on=g#p0.n res=n @6
	lock on=g#p0.m res=m @7
	unlock on=g#p0.m res=m @8
	unlock on=g#p0.n res=n @9
	return @10
`, "cycle m->n@2 n->m@7"},
		{"both orders behind a gate", m + `
resource o mutex name=o
func f params=1 called
0:
	lock on=f#p0.o res=o @1
	lock on=f#p0.m res=m @1
	lock on=f#p0.n res=n @2
	unlock on=f#p0.n res=n @3
	unlock on=f#p0.m res=m @4
	unlock on=f#p0.o res=o @4
	return @5
func g params=1
0:
	lock on=g#p0.n res=n @6
	lock on=g#p0.m res=m @7
	unlock on=g#p0.m res=m @8
	unlock on=g#p0.n res=n @9
	return @10
func h params=1 called
0:
	lock on=h#p0.o res=o @11
	call @12 & g g#p0=h#p0
	unlock on=h#p0.o res=o @13
	return @14
`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := lockText(t, test.text); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func clauses(branches []ssax.Branch) string {
	var list []string
	for _, b := range branches {
		list = append(list, b.Text)
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}
