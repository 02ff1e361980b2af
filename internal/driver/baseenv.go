package driver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// basePatterns returns the patterns for the base: paths into the repository
// become paths into the tree, and those that lead nowhere there are left out,
// because the go command would call them errors.
func (c *Change) basePatterns(tree *baseTree, cfg *Config) []string {
	var list []string
	for _, p := range cfg.Patterns {
		local := filepath.IsAbs(p) || strings.HasPrefix(p, ".") || strings.HasSuffix(p, ".go")
		if !local {
			list = append(list, p) // an import path
			continue
		}
		at, tail := p, ""
		if i := strings.Index(p, "..."); i >= 0 {
			at, tail = p[:i], p[i:]
		}
		folder := tail == "" || strings.HasSuffix(at, "/") || strings.HasSuffix(at, string(filepath.Separator))
		if !filepath.IsAbs(at) {
			at = filepath.Join(cfg.Dir, at)
		}
		at = c.inTree(tree, filepath.Clean(at))
		switch {
		case folder && !exists(at), !exists(filepath.Dir(at)):
			continue
		case folder && tail != "":
			at += string(filepath.Separator)
		}
		list = append(list, at+tail)
	}
	return list
}

// inTree returns where a path leads at the base: into the tree if it lies in
// the repository, else where it led before.
func (c *Change) inTree(tree *baseTree, name string) string {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		target = c.real(name)
	}
	rel, err := filepath.Rel(c.repo.root, target)
	if err != nil || !filepath.IsLocal(rel) {
		return name
	}
	return filepath.Join(tree.files(), rel)
}

// baseEnvironment returns the environment of the go command at the base. An
// overlay is an uncommitted change, so there is none.
func (c *Change) baseEnvironment(tree *baseTree, dir string, head *Environment) ([]string, error) {
	work, err := c.baseWorkspace(tree, dir, head.GoWork)
	if err != nil {
		return nil, err
	}
	if err := c.keepReplaces(tree, dir); err != nil {
		return nil, err
	}
	flags := slices.DeleteFunc(strings.Fields(head.GoFlags), func(flag string) bool {
		return strings.HasPrefix(strings.TrimLeft(flag, "-"), "overlay=")
	})
	return append(os.Environ(), "PWD="+dir, "GOWORK="+work, "GOFLAGS="+strings.Join(flags, " ")), nil
}

const workspaceOff = "off"

// baseWorkspace returns the value of GOWORK for the base: the base's own
// go.work, or what the one that is in force means there if git does not have
// it. One that happens to lie above the tree must not be found.
func (c *Change) baseWorkspace(tree *baseTree, dir, head string) (string, error) {
	if head != "" {
		if name := c.inTree(tree, head); exists(name) && name != head {
			return name, nil
		}
		return c.writeWorkspace(tree, head)
	}
	for ; inside(tree.dir, dir); dir = filepath.Dir(dir) {
		name := filepath.Join(dir, "go.work")
		if !exists(name) {
			continue
		}
		if rel, err := filepath.Rel(tree.files(), name); err != nil || exists(filepath.Join(c.repo.root, rel)) {
			break // the working copy has it, too, but with GOWORK=off
		}
		return name, nil
	}
	return workspaceOff, nil
}

// writeWorkspace writes beside the tree what a go.work says about the base,
// and returns its name. Modules that the base does not have are left out.
func (c *Change) writeWorkspace(tree *baseTree, name string) (string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read the workspace: %w", err)
	}
	work, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return "", fmt.Errorf("read the workspace: %w", err)
	}
	moved := func(path string) string {
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(name), filepath.FromSlash(path))
		}
		return c.inTree(tree, filepath.Clean(path))
	}
	var uses []*modfile.Use
	for _, use := range work.Use {
		if dir := moved(use.Path); exists(filepath.Join(dir, "go.mod")) {
			uses = append(uses, &modfile.Use{Path: dir, ModulePath: use.ModulePath})
		}
	}
	if len(uses) == 0 {
		return workspaceOff, nil // a workspace without modules is an error
	}
	work.SetUse(uses)
	for _, r := range slices.Clone(work.Replace) {
		if r.New.Version == "" && modfile.IsDirectoryPath(r.New.Path) {
			if err := work.AddReplace(r.Old.Path, r.Old.Version, moved(r.New.Path), ""); err != nil {
				return "", fmt.Errorf("read the workspace: %w", err)
			}
		}
	}
	work.Cleanup()
	moveTo := filepath.Join(tree.dir, "go.work")
	if err := os.WriteFile(moveTo, modfile.Format(work.Syntax), 0o644); err != nil {
		return "", fmt.Errorf("write the workspace of the base: %w", err)
	}
	return moveTo, nil
}

// keepReplaces rewrites the go.mod that governs a folder of the tree, so that
// replacements by folders outside of the repository lead there still.
func (c *Change) keepReplaces(tree *baseTree, dir string) error {
	for !exists(filepath.Join(dir, "go.mod")) {
		if dir = filepath.Dir(dir); !inside(tree.dir, dir) {
			return nil
		}
	}
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the main module: %w", err)
	}
	mod, err := modfile.Parse(name, data, nil)
	if err != nil || exists(filepath.Join(dir, "vendor", "modules.txt")) {
		return nil // the go command says what is wrong; and vendored modules must be replaced as they were
	}
	rel, _ := filepath.Rel(tree.files(), dir)
	changed := false
	for _, r := range slices.Clone(mod.Replace) {
		target := filepath.Join(c.repo.root, rel, filepath.FromSlash(r.New.Path))
		if r.New.Version != "" || filepath.IsAbs(r.New.Path) || c.inTree(tree, target) != target {
			continue
		}
		if err := mod.AddReplace(r.Old.Path, r.Old.Version, target, ""); err != nil {
			return fmt.Errorf("read the main module: %w", err)
		}
		changed = true
	}
	if !changed {
		return nil
	}
	mod.Cleanup()
	if err := os.WriteFile(name, modfile.Format(mod.Syntax), 0o644); err != nil {
		return fmt.Errorf("write go.mod of the base: %w", err)
	}
	return nil
}
