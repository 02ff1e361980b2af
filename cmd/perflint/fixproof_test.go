package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// diffOf runs perflint -diff with all rules and returns its outputs, and for
// each place of a finding about allocations with a fix what is known of the fix.
func diffOf(t *testing.T, dir, bin string, flags ...string) (stdout, stderr string, known map[string]string) {
	t.Helper()
	list := filepath.Join(dir, "findings.json")
	cmd := exec.Command(bin, append(flags, "-diff", "-o", "json="+list, "./...")...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFindings {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	known = make(map[string]string)
	for line := range bytes.Lines(text) {
		var f struct {
			Code     string
			Location struct {
				File string
				Line int
			}
			Fixes    []any
			Evidence map[string]string
		}
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		if len(f.Fixes) > 0 && strings.HasPrefix(f.Code, "escape/") && !strings.HasSuffix(f.Location.File, "_test.go") {
			known[strings.TrimPrefix(f.Location.File, dir)+" "+f.Code] = f.Evidence["fix"]
		}
	}
	return out.String(), errs.String(), known
}

// TestFixesProved compiles the fixtures of all analyzers before and after
// their fixes. What each was about is gone, and nothing new escapes.
func TestFixesProved(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "perflint.exe")
	if err := fixtures.Build(bin, "."); err != nil {
		t.Fatal(err)
	}
	if err := fixtures.Write(dir, analyzersDir); err != nil {
		t.Fatal(err)
	}
	_, stderr, known := diffOf(t, dir, bin, fixtures.AllRules()...)
	if len(known) < 10 {
		t.Errorf("only %d fixes about allocations", len(known))
	}
	for at, word := range known {
		if !strings.HasPrefix(word, "checked with the compiler go1.") {
			t.Errorf("%s: fix not checked: %q\n%s", at, word, stderr)
		}
	}
	_, stderr, known = diffOf(t, dir, bin, append(fixtures.AllRules(), "-compiler=off")...)
	for at, word := range known {
		if word != "" || strings.Contains(stderr, "compiler") {
			t.Errorf("%s: fix %q without the compiler\n%s", at, word, stderr)
		}
	}
}

// TestFixRefused has a fix that costs more than it spares: in a function so
// large that nothing is inlined in it, the body of a loop over an iterator is
// allocated. Of the other fixes there, only those that are fine are made.
func TestFixRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "perflint.exe")
	if err := fixtures.Build(bin, "."); err != nil {
		t.Fatal(err)
	}
	loop := "\tfor _, part := range strings.Split(s, \"-\") {\n\t\tn += len(part)\n\t\tSink = fmt.Sprintf(\"%d\", n)\n\t}\n"
	src := "package m\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\nvar Sink string\n\ntype w struct{}\n\n" +
		"func (w) Write(p []byte) (int, error) {\n\ts := string(p)\n\treturn large(s) + small(s), nil\n}\n\n" +
		"func small(s string) int {\n\tn := 0\n" + loop + "\treturn n\n}\n\n" +
		"func large(s string) int {\n\tn := 0\n" + loop + strings.Repeat("\tn = n*3 + len(s)\n", 900) + "\treturn n\n}\n"
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "m.go": src} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	stdout, stderr, _ := diffOf(t, dir, bin, "-confidence=possible")
	if got := strings.Count(stdout, "+\t\tSink = strconv.Itoa(n)\n"); got != 2 {
		t.Errorf("%d of 2 formats fixed:\n%s", got, stdout)
	}
	if got := strings.Count(stdout, "+\tfor part := range strings.SplitSeq("); got != 1 {
		t.Errorf("%d splits fixed, want that of the small function:\n%s", got, stdout)
	}
	if !strings.Contains(stderr, ": fix of escape/split-to-iterate skipped, because with it, func literal escapes to heap in large, which was not so before, says the compiler go1.") ||
		!strings.Contains(stderr, "perflint: 3 fixes checked with the compiler go1.") {
		t.Errorf("unexpected messages:\n%s", stderr)
	}
}
