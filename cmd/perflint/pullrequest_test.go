package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A pullRequest is one in a repository on the other side of the network.
type pullRequest struct {
	origin     string // the repository
	base, head string // the commits that GitHub noted when it was opened
	want       []string
}

// newPullRequest makes a repository in which the branch of the script
// new_from_rev.txtar is a pull request, while main goes on.
func newPullRequest(t *testing.T) *pullRequest {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("..", "..", "testdata", "script", "new_from_rev.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	pr := &pullRequest{origin: t.TempDir()}
	if err := os.CopyFS(pr.origin, files); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string { return runGit(t, pr.origin, args...) }
	git("init", "-q", "-b", "main")
	git("add", ".")
	git("commit", "-qm", "base")
	pr.base = git("rev-parse", "HEAD")
	git("checkout", "-q", "-b", "branch")
	for _, name := range []string{"shifted", "moved", "target", "fixed"} {
		pr.replace(t, name+".new", name+".go")
	}
	git("mv", "before.go", "after.go")
	pr.write(t, "allocates.go", "package leak\n\nvar kept *[64]int\n\nfunc Allocate() { kept = new([64]int) }\n") // which is no finding
	git("add", ".")
	git("commit", "-qm", "branch")
	pr.head = git("rev-parse", "HEAD")
	git("checkout", "-q", "main")
	pr.replace(t, "untracked.new", "later.go") // with a finding that the pull request knows nothing of
	git("add", ".")
	git("commit", "-qm", "later")
	git("merge", "-q", "-m", "merge", "branch")
	git("update-ref", "refs/pull/1/merge", "HEAD")
	git("reset", "-q", "--hard", "HEAD^1")
	want := repositoryFile(t, "testdata", "script", "new_from_rev.txtar")
	for _, place := range regexp.MustCompile(`(?m)^(\w+\.go:\d+):\d+: the cancel`).FindAllStringSubmatch(want, -1) {
		pr.want = append(pr.want, place[1])
	}
	return pr
}

func (pr *pullRequest) replace(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(pr.origin, from), filepath.Join(pr.origin, to)); err != nil {
		t.Fatal(err)
	}
}

func (pr *pullRequest) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(pr.origin, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// added returns the lines that the pull request adds, as "file:line".
func (pr *pullRequest) added(t *testing.T) []string {
	t.Helper()
	var lines []string
	file := ""
	for line := range strings.Lines(runGit(t, pr.origin, "diff", "-U0", "main", "refs/pull/1/merge") + "\n") {
		if name, ok := strings.CutPrefix(line, "+++ b/"); ok {
			file = strings.TrimSpace(name)
		}
		if hunk := regexp.MustCompile(`^@@ -\S+ \+(\d+)(?:,(\d+))? @@`).FindStringSubmatch(line); hunk != nil {
			first, _ := strconv.Atoi(hunk[1])
			count := 1
			if hunk[2] != "" {
				count, _ = strconv.Atoi(hunk[2])
			}
			for i := range count {
				lines = append(lines, fmt.Sprintf("%s:%d", file, first+i))
			}
		}
	}
	return lines
}

// runGit runs git on a repository of the test's own, whoever runs it.
func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// checkout returns a working copy as actions/checkout makes it: the merge, with
// as much of its history as is asked for.
func (pr *pullRequest) checkout(t *testing.T, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	if len(flags) == 0 {
		flags = []string{"--depth=1"}
	}
	runGit(t, dir, "init", "-q")
	runGit(t, dir, "remote", "add", "origin", "file://"+pr.origin)
	fetch := append([]string{"fetch", "-q", "--no-tags"}, flags...)
	runGit(t, dir, append(fetch, "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")...)
	runGit(t, dir, "checkout", "-q", "--force", "refs/remotes/pull/1/merge")
	return dir
}
