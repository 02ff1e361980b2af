package ssax

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// block returns the block of a function that calls mark with a name.
func block(t *testing.T, fn *ssa.Function, name string) *ssa.BasicBlock {
	t.Helper()
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && len(call.Call.Args) == 1 && call.Call.Args[0].String() == fmt.Sprintf("%q:string", name) {
				return b
			}
		}
	}
	t.Fatalf("no mark(%q) in %s", name, fn.Name())
	return nil
}

const graph = scope + `
func f(ok bool) {
	mark("start")
	for test() {
		mark("round")
		if ok {
			mark("leave")
			break
		}
		mark("again")
	}
	mark("end")
}
`

func TestReaches(t *testing.T) {
	fn := load(t, graph).Get().function(t, "f")
	tests := []struct {
		from, to, avoid string
		want            bool
	}{
		{"start", "end", "", true},
		{"start", "start", "", true}, // the empty path
		{"end", "start", "", false},
		{"round", "round", "", true},
		{"leave", "round", "", false},
		{"again", "leave", "", true},
		{"again", "leave", "round", false},
		{"start", "end", "round", true},
		{"start", "leave", "round", false},
		{"round", "again", "round", true}, // starts there
		{"start", "round", "round", true}, // ends there
	}
	for _, test := range tests {
		var avoid *ssa.BasicBlock
		if test.avoid != "" {
			avoid = block(t, fn, test.avoid)
		}
		if got := Reaches(block(t, fn, test.from), block(t, fn, test.to), avoid); got != test.want {
			t.Errorf("Reaches(%s, %s, %q) = %t", test.from, test.to, test.avoid, got)
		}
	}
}

func TestInCycle(t *testing.T) {
	fn := load(t, graph).Get().function(t, "f")
	cyclic := inCycle(fn)
	for _, name := range []string{"start", "round", "leave", "again", "end"} {
		want := slices.Contains([]string{"round", "again"}, name)
		b := block(t, fn, name)
		if got := InCycle(b); got != want || cyclic[b.Index] != want {
			t.Errorf("%s: InCycle is %t and inCycle %t, want %t", name, got, cyclic[b.Index], want)
		}
	}
}
