package driver

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// writeFixes makes fixes for files of a new folder, from old to new content.
func writeFixes(t *testing.T, contents map[string][2]string, order ...string) (string, *Fixes) {
	t.Helper()
	dir := t.TempDir()
	fixes := new(Fixes)
	for _, name := range order {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(contents[name][0]), 0o640); err != nil {
			t.Fatal(err)
		}
		fixes.Files = append(fixes.Files, FixedFile{Name: path, Old: []byte(contents[name][0]), New: []byte(contents[name][1])})
	}
	return dir, fixes
}

func TestFixesWrite(t *testing.T) {
	t.Parallel()
	pair := [2]string{"old\n", "new\n"}
	dir, fixes := writeFixes(t, map[string][2]string{"a.go": pair, "changed.go": pair, "gone.go": pair, "locked.go": pair, "z.go": pair},
		"a.go", "changed.go", "gone.go", "locked.go", "z.go")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(at("changed.go"), []byte("newer\n"), 0o666),
		os.Remove(at("gone.go")),
		os.Chmod(at("locked.go"), 0o440),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	err := fixes.Write()
	if err == nil {
		t.Fatal("no error, although three files could not be written")
	}
	lines := strings.Split(err.Error(), "\n")
	for i, want := range []string{"fix " + at("changed.go") + ": the file has changed", "fix " + at("gone.go") + ": ", "fix " + at("locked.go") + ": not a regular file"} {
		if len(lines) != 3 || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("error %q, want a line that begins with %q", err, want)
		}
	}
	for name, want := range map[string]string{"a.go": "new\n", "z.go": "new\n", "changed.go": "newer\n", "locked.go": "old\n"} {
		if got, err := os.ReadFile(at(name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	if info, err := os.Stat(at("a.go")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode of a.go: %v, %v, want 0640", info.Mode(), err)
	}
	if left, _ := filepath.Glob(at(".perflint-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFixesWriteAtomic holds a file open while it is fixed: it must keep the
// old content, because the new one is another file.
func TestFixesWriteAtomic(t *testing.T) {
	t.Parallel()
	dir, fixes := writeFixes(t, map[string][2]string{"a.go": {"old\n", "new, and longer\n"}}, "a.go")
	reader, err := os.Open(filepath.Join(dir, "a.go"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := fixes.Write(); err != nil {
		t.Skip(err) // Windows: the file is in use
	}
	var seen bytes.Buffer
	if _, err := seen.ReadFrom(reader); err != nil || seen.String() != "old\n" {
		t.Errorf("a reader sees %q, %v, want the old content", seen.String(), err)
	}
}

func TestFixesDiff(t *testing.T) {
	t.Parallel()
	dir, fixes := writeFixes(t, map[string][2]string{
		"a.go":     {"package a\n\nvar N = 1\n", "package a\n\nvar N = 2\n"},
		"sub/b.go": {"package b\r\n\r\nvar N = 1", "package b\r\n\r\nvar N = 2"},
	}, "a.go", "sub/b.go")
	var got strings.Builder
	if err := fixes.Diff(&got, dir); err != nil {
		t.Fatal(err)
	}
	const want = `diff a/a.go b/a.go
--- a/a.go
+++ b/a.go
@@ -1,3 +1,3 @@
 package a
 
-var N = 1
+var N = 2
diff a/sub/b.go b/sub/b.go
--- a/sub/b.go
+++ b/sub/b.go
@@ -1,3 +1,3 @@
 package bCRLF
 CRLF
-var N = 1
\ No newline at end of file
+var N = 2
\ No newline at end of file
`
	if visible := special.visible([]byte(got.String())); visible != want {
		t.Errorf("got:\n%s\nwant:\n%s", visible, want)
	}
	apply := exec.Command("git", "apply", "-")
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	apply.Dir, apply.Stdin = dir, strings.NewReader(got.String())
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s", err, out)
	}
	for _, file := range fixes.Files {
		if now, err := os.ReadFile(file.Name); err != nil || !bytes.Equal(now, file.New) {
			t.Errorf("after git apply, %s is %q, %v", file.Name, now, err)
		}
	}
}
