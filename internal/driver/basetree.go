package driver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/perflint/perflint/internal/finding"
)

// A Configure returns the configuration for an analysis of other files: the
// folder and the environment that the go command runs in, and the patterns.
type Configure func(dir string, env, patterns []string) (*Config, error)

// Base analyses the commit that the change begins at, as cfg analyses the
// working copy, and remembers what it finds. What cannot be analysed there is
// among the result's errors, whose positions are relative to the root of the
// repository; the error says that something is wrong with the repository.
func (c *Change) Base(ctx context.Context, cfg *Config, configure Configure) (*Result, error) {
	tree, err := c.openTree(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer tree.close()
	result, err := c.analyzeBase(ctx, tree, cfg, configure)
	switch none := new(noMatchError); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &none):
		result = new(Result) // there are no such packages: what is found in them is new
	case err != nil:
		result = &Result{Errors: []Error{{Message: err.Error()}}}
	}
	for i, e := range result.Errors {
		result.Errors[i].Posn = tree.shorten(e.Posn)
		result.Errors[i].Message = tree.shorten(e.Message)
	}
	c.setOld(result.Findings)
	if c.Cold {
		c.addOld(result.Cold)
	}
	return result, nil
}

// AtBase does something with the files of the commit that the change begins
// at, which are there for so long: in a folder, with the environment of the go
// command there and the patterns that mean the same packages as in cfg. Without
// patterns, the base has none of them. The root stands for that of the
// repository.
func (c *Change) AtBase(ctx context.Context, cfg *Config, do func(root, dir string, env, patterns []string) error) error {
	tree, err := c.openTree(ctx, cfg)
	if err != nil {
		return err
	}
	defer tree.close()
	dir := filepath.Join(tree.files(), c.repo.prefix)
	patterns := c.basePatterns(tree, cfg)
	if len(patterns) == 0 || !exists(dir) {
		return do(tree.files(), dir, nil, nil)
	}
	env, err := c.baseEnvironment(tree, dir, cfg.Environment)
	if err != nil {
		return err
	}
	return do(tree.files(), dir, env, patterns)
}

// Root returns the root of the repository's working copy, or "" for a patch.
func (c *Change) Root() string {
	if c.repo == nil {
		return ""
	}
	return c.repo.root
}

// openTree writes the files of the commit into a tree.
func (c *Change) openTree(ctx context.Context, cfg *Config) (*baseTree, error) {
	tree, err := openBaseTree(ctx, cfg.Cache, c.repo.root)
	if err != nil {
		return nil, err
	}
	if err := c.repo.checkout(ctx, c.commit, tree.files(), filepath.Join(tree.dir, "index")); err != nil {
		tree.close()
		return nil, fmt.Errorf("write the files of %s: %w", c.Name, err)
	}
	return tree, nil
}

func (c *Change) setOld(findings []finding.Finding) {
	c.old = make(map[string]int)
	c.addOld(findings)
}

func (c *Change) addOld(findings []finding.Finding) {
	for i := range findings {
		c.old[findings[i].Identity()]++
	}
}

func (c *Change) analyzeBase(ctx context.Context, tree *baseTree, cfg *Config, configure Configure) (*Result, error) {
	dir := filepath.Join(tree.files(), c.repo.prefix)
	patterns := c.basePatterns(tree, cfg)
	if len(patterns) == 0 || !exists(dir) {
		return new(Result), nil
	}
	env, err := c.baseEnvironment(tree, dir, cfg.Environment)
	if err != nil {
		return nil, err
	}
	base, err := configure(dir, env, patterns)
	if err != nil {
		return nil, err
	}
	mod := base.Environment.GoMod
	if mod != "" && mod != os.DevNull && !inside(c.real(tree.files()+string(filepath.Separator)), c.real(mod)) {
		return nil, errors.New("there is no go.mod in it") // and that of another folder is none of its
	}
	base.Env, base.Fresh = env, false
	return Run(ctx, base)
}

// A baseTree is a folder that holds the files of a commit while it is
// analysed. Its place depends on the repository only, since the cache knows
// files by their names, and since most files are the same in the next base.
type baseTree struct {
	dir    string
	unlock func()
}

// treeFolder is where a cache keeps trees.
const treeFolder = "base"

// staleTree is the age at which a tree must belong to a run that was killed.
const staleTree = 24 * time.Hour

// openBaseTree returns an empty tree that belongs to this process alone until
// it is closed. It waits for other processes that work on the repository.
// Where there is no cache, or none that can be written, the tree is somewhere
// among the temporary files.
func openBaseTree(ctx context.Context, cache *Cache, repo string) (*baseTree, error) {
	if cache != nil {
		parent := filepath.Join(cache.dir, treeFolder)
		dir := filepath.Join(parent, fmt.Sprintf("%x", sha256.Sum256([]byte(repo)))[:16])
		removeTrees(parent, dir, time.Now().Add(-staleTree))
		unlock, err := lock(ctx, dir+".lock")
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		if err == nil {
			tree := &baseTree{dir, unlock}
			if err = tree.empty(); err == nil {
				return tree, nil
			}
			unlock()
		}
	}
	dir, err := os.MkdirTemp("", "perflint-base-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the files of the base: %w", err)
	}
	tree := &baseTree{dir, func() {}}
	return tree, tree.empty()
}

// lock waits for a lock that other processes respect, and that the system
// takes away from a process that dies.
func lock(ctx context.Context, name string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	type answer struct {
		unlock func()
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(name).Lock()
		answers <- answer{unlock, err}
	}()
	select {
	case a := <-answers:
		return a.unlock, a.err
	case <-ctx.Done():
		go func() {
			if a := <-answers; a.err == nil {
				a.unlock()
			}
		}()
		return nil, ctx.Err()
	}
}

// empty removes what a process that was killed may have left.
func (t *baseTree) empty() error {
	if err := os.RemoveAll(t.dir); err != nil {
		return fmt.Errorf("make a folder for the files of the base: %w", err)
	}
	if err := os.MkdirAll(t.files(), 0o755); err != nil {
		return fmt.Errorf("make a folder for the files of the base: %w", err)
	}
	return nil
}

func (t *baseTree) close() {
	_ = os.RemoveAll(t.dir) // the next run tries again
	t.unlock()
}

// files returns the folder that stands for the root of the repository.
func (t *baseTree) files() string { return filepath.Join(t.dir, "tree") }

// shorten makes the paths in a text relative to the root of the repository.
func (t *baseTree) shorten(text string) string {
	return strings.ReplaceAll(text, t.files()+string(filepath.Separator), "")
}

// removeTrees removes trees that were made before a time, but for one.
func removeTrees(parent, except string, before time.Time) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		dir := filepath.Join(parent, e.Name())
		info, err := e.Info()
		if err == nil && e.IsDir() && dir != except && info.ModTime().Before(before) {
			_ = os.RemoveAll(dir)
		}
	}
}
