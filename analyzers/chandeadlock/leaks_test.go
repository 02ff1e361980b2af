package chandeadlock_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/chandeadlock"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// TestLeakProfile runs a program that blocks goroutines for ever in ten ways
// and compares what the runtime's goroutine leak profile says with what the
// analyzer says: each line that blocks is a position of a finding, and each
// finding has a line that blocks.
func TestLeakProfile(t *testing.T) {
	blocked := leakedLines(t)
	opts := pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Enable: []string{"chandeadlock", "chandeadlock/*"},
		Disable: []string{"chandeadlock/slow-under-lock"}} // about waits that end
	var found []finding.Finding
	for _, result := range analysistest.Run(silent{}, analysistest.TestData(), chandeadlock.New(opts), "leaks") {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		found = append(found, result.Result.(*finding.List).Findings...)
	}
	known := make(map[int]bool)
	confirmed := 0
	for _, f := range found {
		lines := []int{f.Location.Line}
		for _, s := range f.Witness {
			lines = append(lines, s.Location.Line)
		}
		for _, line := range lines {
			known[line] = true
		}
		if slices.ContainsFunc(lines, func(line int) bool { return slices.Contains(blocked, line) }) {
			confirmed++
		} else {
			t.Errorf("line %d: %s: nothing on lines %v blocks", f.Location.Line, f.Message, lines)
		}
	}
	for _, line := range blocked {
		if !known[line] {
			t.Errorf("line %d blocks, and no finding says so", line)
		}
	}
	if confirmed < 10 {
		t.Errorf("%d findings are confirmed by the profile, want 10", confirmed)
	}
}

// silent ignores expectations: the profile is what is expected.
type silent struct{}

func (silent) Errorf(string, ...any) {}

// leakedLines runs the program and returns the lines of main.go on which
// goroutines leaked, sorted, according to either of its two profiles: one
// alone may miss a goroutine that something on a stack still refers to.
func leakedLines(t *testing.T) []int {
	t.Helper()
	program := filepath.Join(t.TempDir(), "leaks")
	build := exec.Command("go", "build", "-o", program, "./testdata/src/leaks")
	if version, err := exec.Command("go", "env", "GOVERSION").Output(); err != nil {
		t.Fatal(err)
	} else if strings.HasPrefix(string(version), "go1.26") {
		build.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile")
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var profiles, messages bytes.Buffer
	run := exec.Command(program)
	run.Stdout, run.Stderr = &profiles, &messages
	if err := run.Run(); err != nil {
		t.Fatalf("%v: %s", err, messages.Bytes())
	}
	// A frame is a line with the function and one with the position; the
	// first of the program's own is where it blocks.
	frame := regexp.MustCompile(`(?m)^\t.*/leaks/main\.go:(\d+)`)
	var lines []int
	for _, goroutine := range strings.Split(profiles.String(), "\n\n") {
		if header, _, _ := strings.Cut(strings.TrimPrefix(goroutine, "profile:\n"), "\n"); !strings.Contains(header, "(leaked)") {
			continue
		}
		if m := frame.FindStringSubmatch(goroutine); m != nil {
			line, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
