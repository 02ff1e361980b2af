package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// fixedModules are the modules whose fixes are applied: one with the fixtures
// of all analyzers, and the shapes of timerstop under both behaviours of
// timers. Each has so many kinds of fixes at least.
var fixedModules = map[string]struct {
	write func(dir string) error
	kinds int
}{
	"fixtures": {func(dir string) error { return fixtures.Write(dir, analyzersDir) }, 4},
	"go 1.22":  {func(dir string) error { return writeShapes(dir, "1.22") }, 1},
	"go 1.26":  {func(dir string) error { return writeShapes(dir, "1.26") }, 1},
}

var analyzersDir = filepath.Join("..", "..", "analyzers")

// TestFixed applies every fix that any rule offers in any fixture, and analyses
// what that leaves: each fix was accepted, which includes that the result
// type-checks, its finding is gone, the others are still there, and nothing
// new came.
func TestFixed(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "perflint.exe")
	if err := fixtures.Build(bin, "."); err != nil {
		t.Fatal(err)
	}
	for name, module := range fixedModules {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := module.write(dir); err != nil {
				t.Fatal(err)
			}
			before := everything(t, dir, bin)
			beforeKeys := keys(t, dir, before)
			kinds := make(map[string]bool)
			for _, f := range before {
				if f.Fix != "" {
					kinds[f.Rule+" "+f.Fix] = true
				}
			}
			if len(kinds) < module.kinds {
				t.Errorf("only %d kinds of fixes: %v", len(kinds), kinds)
			}
			if _, err := fixtures.Perflint(dir, bin, append(fixtures.AllRules(), "-fix")...); err != nil {
				t.Fatal(err)
			}
			after := everything(t, dir, bin)
			compareFixed(t, before, after, beforeKeys, keys(t, dir, after))
		})
	}
}

// everything returns what all rules find in a module.
func everything(t *testing.T, dir, bin string) []fixtures.Finding {
	t.Helper()
	found, err := fixtures.Perflint(dir, bin, fixtures.AllRules()...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// keys returns what tells each finding apart when lines have moved: its file,
// its rule and the text of its line.
func keys(t *testing.T, dir string, found []fixtures.Finding) []string {
	t.Helper()
	var list []string
	for _, f := range found {
		src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.File)))
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(src), "\n")[f.Line-1]
		list = append(list, f.File+" "+f.Rule+" "+strings.TrimSpace(line))
	}
	return list
}

// compareFixed demands that exactly the findings without a fix are left.
//
// A line may have a finding with a fix and one without, whose key is another
// one afterwards. So those that are gone are paired with new ones of the same
// rule in the same file.
func compareFixed(t *testing.T, before, after []fixtures.Finding, beforeKeys, afterKeys []string) {
	t.Helper()
	left := make(map[string]int)
	for i, f := range before {
		if f.Fix == "" {
			left[beforeKeys[i]]++
		}
	}
	var fresh []fixtures.Finding
	for i, f := range after {
		if f.Fix != "" {
			t.Errorf("not fixed: %s (%s)", f, f.Fix)
		}
		if left[afterKeys[i]]--; left[afterKeys[i]] < 0 {
			left[afterKeys[i]] = 0
			fresh = append(fresh, f)
		}
	}
	gone := make(map[string]int) // by file and rule
	for key, n := range left {
		file, rest, _ := strings.Cut(key, " ")
		rule, _, _ := strings.Cut(rest, " ")
		gone[file+" "+rule] += n
	}
	for _, f := range fresh {
		if gone[f.File+" "+f.Rule]--; gone[f.File+" "+f.Rule] < 0 {
			t.Errorf("new after the fixes: %s", f)
		}
	}
	for key, n := range gone {
		if n > 0 {
			t.Errorf("gone with the fixes, though they have none: %d of %s", n, key)
		}
	}
}

// writeShapes writes the shapes of timerstop as a main module.
func writeShapes(dir, version string) error {
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(analyzersDir, "timerstop", "testdata", "shapes"))); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module shapes\n\ngo "+version+"\n"), 0o666)
}
