package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// TestRulingsKept asks about the same twice. The second time the build cache is
// empty, and nothing that was compiled is added. When a
// function below, in another package, keeps its argument, it is asked again.
func TestRulingsKept(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "perflint.exe")
	if err := fixtures.Build(bin, "."); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"go.mod":       "module m\n\ngo 1.26\n",
		"m.go":         "package m\n\nimport \"m/store\"\n\ntype w struct{}\n\nfunc (w) Write(p []byte) (int, error) {\n\tfor i := range p {\n\t\tstore.Put(entry{string(p[i:]), i})\n\t}\n\treturn len(p), nil\n}\n\ntype entry struct {\n\tname string\n\tn    int\n}\n",
		"store/put.go": "package store\n\nfunc Put(v any) { put(v) }\n",
		"store/low.go": "package store\n\nvar last any\n\nfunc put(v any) { last = v }\n",
	}
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(name, text)
	}
	run := func(buildCache, compiler string) string {
		t.Helper()
		cmd := exec.Command(bin, "escape", "-severity=info", "-confidence=possible", "-compiler="+compiler, "-cache="+filepath.Join(dir, "cache"), "./...")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=")
		if buildCache != "" {
			cmd.Env = append(cmd.Env, "GOCACHE="+buildCache)
		}
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != exitFindings && code != exitClean {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	first := run("", "on")
	if !strings.Contains(first, "compiler escapes to heap (confirmed)") {
		t.Fatalf("no verdict:\n%s", first)
	}
	with, without := filepath.Join(dir, "with"), filepath.Join(dir, "without")
	if second := run(with, "on"); second != first {
		t.Errorf("the second time:\n%s\nwant:\n%s", second, first)
	}
	run(without, "off") // the go command writes there, too, when it lists packages
	if n, want := kept(t, with), kept(t, without); n != want {
		t.Errorf("compiled all the same: %d entries in the build cache, without the compiler %d", n, want)
	}
	write("store/low.go", "package store\n\nvar last any\n\nfunc put(v any) {}\n")
	if third := run("", "on"); third == first {
		t.Errorf("not asked again:\n%s", third)
	}
}

// kept returns how many things a build cache holds.
func kept(t *testing.T, dir string) int {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*", "*-d"))
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}
