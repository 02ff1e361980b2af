package golangci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Each of golangci-lint's ways to show what is new only shows the finding
// that the change adds, though the change moves an old one.
func TestNewOnly(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := unpack(t, "mixed.txtar")
	plain := filepath.Join(dir, "plain.go")
	config{linters: []string{"ctxleak"}}.write(t, dir)
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "base")
	git(t, dir, "checkout", "-q", "-b", "change")
	replaceIn(t, plain, "func discarded(", `func added(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	if err := use(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

func discarded(`)

	const added = "plain.go:11"
	h := newHost(t, golangci(), dir)
	check := func(args ...string) {
		t.Helper()
		if got := lines(t, "ctxleak", h.issues(t, append(args, "./...")...)); got != added {
			t.Errorf("%q: issues %q, want %q", args, got, added)
		}
	}
	if got, want := lines(t, "ctxleak", h.issues(t, "./...")), "legacy_mixed.go:9 plain.go:11 plain.go:20 plain.go:25"; got != want {
		t.Errorf("without a filter: issues %q, want %q", got, want)
	}
	check("--new") // not committed yet
	patch := filepath.Join(t.TempDir(), "change.patch")
	writeFile(t, patch, git(t, dir, "diff"))
	check("--new-from-patch=" + patch)
	git(t, dir, "commit", "-qam", "change")
	check("--new-from-rev=HEAD~1")
	git(t, dir, "checkout", "-q", "main")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "main goes on")
	git(t, dir, "checkout", "-q", "change")
	check("--new-from-merge-base=main")
}

// git runs git on a repository of the test's own, whoever runs it.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}
