package finding

import (
	"regexp"
	"slices"
	"testing"
)

// lostCancel returns a finding to be varied.
func lostCancel() Finding {
	return Finding{
		Rule:     "ctxleak/lost",
		Location: Position{"/src/a.go", 10, 3},
		End:      Position{"/src/a.go", 10, 9},
		Message:  "cancel is not called",
		Package:  "example.com/a",
		Function: "Server.run",
		Source:   "ctx, cancel := context.WithCancel(parent)",
		Witness: []Step{
			{Kind: "acquire", Location: Position{"/src/a.go", 10, 3}, Text: "cancel is made"},
			{Kind: "branch", Location: Position{"/src/a.go", 12, 3}, Text: "when err != nil"},
			{Kind: "exit", Location: Position{"/src/a.go", 13, 3}, Text: "return without a call"},
		},
	}
}

func fingerprints(findings ...Finding) []string {
	AssignFingerprints(findings)
	var prints []string
	for _, f := range findings {
		prints = append(prints, f.Fingerprint)
	}
	return prints
}

func TestFingerprintChanges(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Finding)
		same bool
	}{
		{"nothing", func(f *Finding) {}, true},
		{"line shift", func(f *Finding) {
			f.Location.Line += 7
			f.End.Line += 7
			for i := range f.Witness {
				f.Witness[i].Location.Line += 9
			}
		}, true},
		{"column", func(f *Finding) { f.Location.Column, f.End.Column = 1, 20 }, true},
		{"file rename", func(f *Finding) {
			f.Location.File, f.End.File = "/elsewhere/b.go", "/elsewhere/b.go"
			for i := range f.Witness {
				f.Witness[i].Location.File = "/elsewhere/b.go"
			}
		}, true},
		{"message", func(f *Finding) { f.Message = "cancel may not be called" }, true},
		{"witness text", func(f *Finding) { f.Witness[1].Text = "when n > 0" }, true},
		{"levels", func(f *Finding) { f.Severity, f.Confidence = Error, Certain }, true},
		{"evidence", func(f *Finding) { f.Verdict, f.Evidence = Confirmed, map[string]string{"cpu": "3%"} }, true},
		{"fixes", func(f *Finding) { f.Fixes = []Fix{{Message: "Defer cancel()"}} }, true},
		{"indentation", func(f *Finding) { f.Source = "\t\tctx, cancel :=  context.WithCancel(parent)\r" }, true},
		{"rule", func(f *Finding) { f.Rule = "ctxleak/discarded" }, false},
		{"package", func(f *Finding) { f.Package = "example.com/b" }, false},
		{"function", func(f *Finding) { f.Function = "Server.Run" }, false},
		{"line", func(f *Finding) { f.Source = "ctx, stop := context.WithCancel(parent)" }, false},
		{"white space that gofmt would remove", func(f *Finding) { f.Source = "ctx, cancel := context.WithCancel( parent)" }, false},
		{"witness kind", func(f *Finding) { f.Witness[1].Kind = "call" }, false},
		{"witness order", func(f *Finding) { slices.Reverse(f.Witness) }, false},
		{"step less", func(f *Finding) { f.Witness = f.Witness[:2] }, false},
		{"no witness", func(f *Finding) { f.Witness = nil }, false},
		{"shifted parts", func(f *Finding) { f.Package, f.Function = f.Package+f.Function, "" }, false},
	}
	want := fingerprints(lostCancel())[0]
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(want) {
		t.Errorf("fingerprint = %q", want)
	}
	for _, test := range tests {
		f := lostCancel()
		test.edit(&f)
		if got := fingerprints(f)[0]; (got == want) != test.same {
			t.Errorf("%s: fingerprint is the same: %t, want %t", test.name, got == want, test.same)
		}
	}
}

// Baselines in users' repositories hold fingerprints: a change to how they
// are made invalidates all of them.
func TestFingerprintIsStable(t *testing.T) {
	const want = "d497c3588de15763fbdc788f919c5b8b"
	if got := fingerprints(lostCancel())[0]; got != want {
		t.Errorf("fingerprint = %s, want %s", got, want)
	}
}

func TestFingerprintOrdinal(t *testing.T) {
	first, second, other := lostCancel(), lostCancel(), lostCancel()
	second.Location.Line = 20
	other.Function = "Server.stop"
	prints := fingerprints(first, other, second)
	if prints[0] == prints[2] {
		t.Error("two findings on equal lines have one fingerprint")
	}
	if alone := fingerprints(second)[0]; alone != prints[0] {
		t.Error("the ordinal of a finding without a twin is not that of the first")
	}
	if alone := fingerprints(other)[0]; alone != prints[1] {
		t.Error("a finding that differs changes the ordinal")
	}
	if again := fingerprints(first, other, second); !slices.Equal(again, prints) {
		t.Errorf("fingerprints are not deterministic: %q, then %q", prints, again)
	}
}

func TestNormalizeSource(t *testing.T) {
	tests := []struct{ line, want string }{
		{"", ""},
		{" \t ", ""},
		{"\tx :=  y\t// why\r", "x := y // why"},
		{"x:=y", "x:=y"},
	}
	for _, test := range tests {
		if got := NormalizeSource(test.line); got != test.want {
			t.Errorf("NormalizeSource(%q) = %q, want %q", test.line, got, test.want)
		}
	}
}
