package driver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A repository is a git repository with a working copy.
type repository struct {
	root   string // of the working copy, without symbolic links
	prefix string // of the folder that perflint works in, relative to the root; "" or "sub/mod"
	gitDir string
}

// openRepository returns the repository that a folder belongs to.
func openRepository(ctx context.Context, dir string) (*repository, error) {
	r := &repository{root: dir}
	out, err := r.git(ctx, nil, "rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-prefix")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") {
			return nil, fmt.Errorf("%s is not in a git repository", dir)
		}
		return nil, err
	}
	lines := strings.Split(out, "\n")
	if len(lines) < 3 {
		return nil, fmt.Errorf("git rev-parse: cannot read its answer %q", out)
	}
	return &repository{
		root:   filepath.FromSlash(lines[0]),
		gitDir: filepath.FromSlash(lines[1]),
		prefix: strings.TrimSuffix(filepath.FromSlash(lines[2]), string(filepath.Separator)),
	}, nil
}

// quiet are settings that keep git from running other programs, and from
// writing anything into the repository.
var quiet = []string{
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "core.fsmonitor=false",
	"-c", "core.splitIndex=false",
	"-c", "core.untrackedCache=false",
	"-c", "index.sparse=false",
}

// git runs git in the root of the working copy and returns what it prints.
func (r *repository) git(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append(quiet[:len(quiet):len(quiet)], args...)...)
	cmd.Dir = r.root
	cmd.Env = append(gitEnvironment(os.Environ()), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case err == nil:
		return string(out), nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("git is needed for this: %w", err)
	}
	text := strings.TrimSpace(stderr.String())
	switch {
	case strings.Contains(text, "promisor remote"):
		return "", fmt.Errorf("git %s: %w: this is a partial clone without the files that are needed; clone without --filter, and without 'filter' for actions/checkout", args[0], err)
	case text != "":
		return "", fmt.Errorf("git %s: %s: %w", args[0], text, err)
	}
	return "", fmt.Errorf("git %s: %w", args[0], err)
}

// gitEnvironment returns an environment for git in which nothing points to
// another repository or index, as the variables do that git sets for its
// hooks, and in which git asks neither the network nor the user. What
// configures git for good stays.
func gitEnvironment(environ []string) []string {
	var env []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case !strings.HasPrefix(name, "GIT_"), strings.HasPrefix(name, "GIT_CONFIG_"),
			name == "GIT_CEILING_DIRECTORIES", name == "GIT_DISCOVERY_ACROSS_FILESYSTEM", name == "GIT_EXEC_PATH":
			env = append(env, entry)
		}
	}
	return append(env,
		"LC_ALL=C",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ALLOW_PROTOCOL=", // none: a partial clone must not fetch what it lacks
		"GIT_NO_LAZY_FETCH=1",
		"GIT_LFS_SKIP_SMUDGE=1")
}

// commit returns the name of the commit that a revision is.
func (r *repository) commit(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.HasPrefix(rev, "-") {
		return "", fmt.Errorf("%q is not a revision", rev)
	}
	out, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err == nil {
		return strings.TrimSpace(out), nil
	}
	if exit := new(exec.ExitError); !errors.As(err, &exit) || ctx.Err() != nil {
		return "", err
	}
	if r.shallow(ctx) {
		return "", fmt.Errorf("the repository at %s does not have the revision %q; %s", r.root, rev, deepen)
	}
	if _, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", "origin/"+rev+"^{commit}"); err == nil {
		return "", fmt.Errorf("the repository at %s does not have the revision %q; did you mean origin/%[2]s?", r.root, rev)
	}
	return "", fmt.Errorf("the repository at %s does not have the revision %q; 'git fetch' may bring it", r.root, rev)
}

// deepen is the advice for clones without the history that is asked for.
const deepen = "it is a shallow clone: fetch the history with 'git fetch --unshallow', or with 'fetch-depth: 0' for actions/checkout"

// mergeBase returns the commit at which HEAD and a branch parted.
func (r *repository) mergeBase(ctx context.Context, branch string) (string, error) {
	commit, err := r.commit(ctx, branch)
	if err != nil {
		return "", err
	}
	out, err := r.git(ctx, nil, "merge-base", "HEAD", commit)
	exit := new(exec.ExitError)
	switch {
	case err == nil:
		return strings.TrimSpace(out), nil
	case !errors.As(err, &exit) || exit.ExitCode() != 1:
		return "", err
	case r.shallow(ctx):
		return "", fmt.Errorf("HEAD and %s have no common ancestor in the repository at %s; %s", branch, r.root, deepen)
	}
	return "", fmt.Errorf("HEAD and %s have no common ancestor", branch)
}

func (r *repository) shallow(ctx context.Context) bool {
	out, err := r.git(ctx, nil, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}

// changes returns what the working copy changes in Go files since a commit.
// A file that git does not know is new as a whole.
func (r *repository) changes(ctx context.Context, commit string) (*patch, error) {
	diff, err := r.git(ctx, nil, "diff", "-U0", "--inter-hunk-context=0", "--no-ext-diff", "--no-textconv", "--no-color", "--text",
		"--no-relative", "--ignore-submodules=all", "--find-renames", "--src-prefix=a/", "--dst-prefix=b/", commit, "--", "*.go")
	if err != nil {
		return nil, err
	}
	p, err := parsePatch([]byte(diff))
	if err != nil {
		return nil, fmt.Errorf("internal error: cannot read the output of git diff: %w", err)
	}
	untracked, err := r.git(ctx, nil, "ls-files", "-z", "--others", "--", "*.go")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(untracked, "\x00") {
		if name != "" {
			p.files = append(p.files, &filePatch{oldName: nullDevice, newName: "b/" + name, added: []lineRange{{1, maxLine}}})
		}
	}
	return p, nil
}

// checkout writes the files of a commit into a folder. The index of the
// working copy stays as it is, and so does the list of its worktrees: a run
// that is killed leaves nothing in the repository that somebody must prune.
func (r *repository) checkout(ctx context.Context, commit, dir, index string) error {
	tree := &repository{root: dir}
	_, err := tree.git(ctx, []string{"GIT_DIR=" + r.gitDir, "GIT_WORK_TREE=" + dir, "GIT_INDEX_FILE=" + index},
		"read-tree", "--reset", "-u", "--no-recurse-submodules", commit)
	return err
}
