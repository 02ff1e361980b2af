package evidence

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

// functionsOf reads functions, one in a line: "NAME: WHAT, WHAT@CALLEE, !COLD;
// stays WHAT@CALLEE; calls NAME". A star in front marks what can be inlined.
func functionsOf(text string) []FunctionAllocations {
	var list []FunctionAllocations
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		f := FunctionAllocations{Package: "m", At: finding.Position{File: "a.go", Line: 10 * (i + 1)}}
		f.Name, f.Inlinable = strings.CutPrefix(name, "*")
		for part := range strings.SplitSeq(rest, ";") {
			part = strings.TrimSpace(part)
			calls, isCalls := strings.CutPrefix(part, "calls ")
			part, isStay := strings.CutPrefix(part, "stays ")
			switch {
			case isCalls:
				f.Calls = strings.Fields(calls)
			case part == "":
			case isStay:
				f.Stays = allocationsOf(part)
			default:
				f.Allocations = allocationsOf(part)
			}
		}
		list = append(list, f)
	}
	return list
}

func allocationsOf(text string) []Allocation {
	var list []Allocation
	for what := range strings.SplitSeq(text, ", ") {
		var a Allocation
		a.What, a.Callee, _ = strings.Cut(what, "@")
		if cold, ok := strings.CutPrefix(a.What, "!"); ok {
			a.What, a.Cold = cold, "something failed"
		}
		list = append(list, a)
	}
	return list
}

func TestCompare(t *testing.T) {
	tests := []struct{ name, base, head, want string }{
		{"nothing", "f: new(T), x", "f: new(T), x", ""},
		{"order", "f: new(T), x", "f: x, new(T)", ""},
		{"added", "f: x", "f: x, x, new(T)", "f +x +new(T)"},
		{"removed", "f: x, new(T)", "f: x", "f -new(T)"},
		{"renamed variable", "f: count", "f: total", ""},
		{"another kind", "f: new(T)", "f: append", "f +append -new(T)"},
		{"cold is another thing", "f: !x", "f: x", "f +x -x"},
		{"new function", "f: x", "f: x\ng: y", "g +y new"},
		{"gone function", "f: x\ng: y", "f: x", "g -y gone"},
		{"renamed function", "g: y", "h: y", ""},
		{"split", "f: y", "f: ; calls g\ng: y", ""},
		{"not split", "f: y", "f:\ng: y", "f -y; g +y new"},
		{"dissolved", "f: ; calls g\ng: y", "f: y", ""},
		{"another receiver", "T.M: x", "(*T).M: x", ""},
		{"two functions of one name", "init: x\ninit: y", "init: x\ninit: y", ""},
		{"inlined and changed", "*g:\nf:", "*g: &T{}\nf: &T{}@g", "g +&T{} into f"},
		{"inlined, and on the stack everywhere", "*g:\nf:", "*g: &T{}\nf: ; stays &T{}@g", ""},
		{"newly called", "*g: &T{}\nf:", "*g: &T{}\nf: &T{}@g", "f +&T{}"},
		{"newly inlined", "g: &T{}\nf: ; calls g", "*g: &T{}\nf: &T{}@g; calls g", ""},
		{"inlined no more", "*g: &T{}\nf: &T{}@g; calls g", "g: &T{}\nf: ; calls g", ""},
		{"of another package", "f:", "f: &bytes.Buffer{...}@bytes.NewBuffer", "f +&bytes.Buffer{...}"},
	}
	for _, test := range tests {
		var got []string
		for _, d := range Compare(functionsOf(test.base), functionsOf(test.head)) {
			text := d.Function
			for _, a := range d.Added {
				text += " +" + a.What
			}
			for _, a := range d.Removed {
				text += " -" + a.What
			}
			if d.New {
				text += " new"
			}
			if d.Gone {
				text += " gone"
			}
			if len(d.InlinedInto) > 0 {
				text += fmt.Sprintf(" into %s", strings.Join(d.InlinedInto, ", "))
			}
			got = append(got, text)
		}
		if joined := strings.Join(got, "; "); joined != test.want {
			t.Errorf("%s: %q, want %q", test.name, joined, test.want)
		}
	}
}

// What the compiler says about the sample, by function. Constants, what has no
// size and instances of generic functions do not count.
func TestFunctions(t *testing.T) {
	want := map[string]string{
		"composite": "&T{} new(int)",
		"variable":  "v",
		"boxing":    "n t ... argument n text",
		"(*T).sum":  "",
		"failure":   "!&errors.errorString{...}@errors.New !fmt.Errorf(...) fmt.Errorf(...) n",
		"inlined":   "&shape.Square{...}@shape.New",
		"generic":   "append shape.v@shape.Keep shape.v@shape.Keep",
		"Keep":      "shape.v",
		"Unused":    "",
	}
	got := make(map[string]string)
	for _, f := range capturedOutput(t, "go1.26").Functions(sampleProgram()) {
		var list []string
		for _, a := range f.Allocations {
			text := a.What
			if a.Callee != "" {
				text += "@" + a.Callee
			}
			if a.Cold != "" {
				text = "!" + text
			}
			list = append(list, text)
		}
		got[f.Name] = strings.Join(list, " ")
	}
	for name, allocations := range want {
		if text, ok := got[name]; !ok || text != allocations {
			t.Errorf("%s: %q, want %q", name, text, allocations)
		}
	}
	if len(got) < 20 {
		t.Errorf("%d functions only", len(got))
	}
}
