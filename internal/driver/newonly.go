package driver

import (
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/perflint/perflint/internal/finding"
)

// A Change is what tells new findings from old ones: a commit that the
// working copy is compared with, or a patch that made it what it is.
//
// Compared with a commit, a finding is old if its like is found there, too:
// that sees through everything that only moves code, and sees what happens on
// lines that nobody touched. A patch has no second state to analyse, so there
// the lines decide.
type Change struct {
	Name string // of what the working copy is compared with, as the user said it
	Cold bool   // findings on cold paths count as old, too, because a profile may have shown some of them

	repo   *repository           // nil for a patch
	commit string                // "" for a patch
	files  map[string]*filePatch // by path without symbolic links in its folder; nil once fixes have moved lines
	old    map[string]int        // how many old findings have an identity; nil if that is not known
	dirs   map[string]string     // folders without symbolic links, by folder
}

// ChangeSince returns the change from a revision to the working copy.
func ChangeSince(ctx context.Context, dir, rev string) (*Change, error) {
	repo, err := openRepository(ctx, dir)
	if err != nil {
		return nil, err
	}
	commit, err := repo.commit(ctx, rev)
	if err != nil {
		return nil, err
	}
	return newChange(ctx, repo, commit, rev)
}

// ChangeSinceMergeBase returns the change to the working copy from the commit
// at which HEAD and a branch parted.
func ChangeSinceMergeBase(ctx context.Context, dir, branch string) (*Change, error) {
	repo, err := openRepository(ctx, dir)
	if err != nil {
		return nil, err
	}
	commit, err := repo.mergeBase(ctx, branch)
	if err != nil {
		return nil, err
	}
	return newChange(ctx, repo, commit, fmt.Sprintf("%.12s, the merge base with %s", commit, branch))
}

func newChange(ctx context.Context, repo *repository, commit, name string) (*Change, error) {
	c := &Change{Name: name, repo: repo, commit: commit, dirs: make(map[string]string)}
	return c, c.compare(ctx)
}

// compare asks git which lines are changed.
func (c *Change) compare(ctx context.Context) error {
	p, err := c.repo.changes(ctx, c.commit)
	if err != nil {
		return err
	}
	c.setFiles(p, patchPlace{c.repo.root, 1})
	return nil
}

// ChangeOfPatch returns the change that a unified diff describes. Its names
// are relative to the root of the repository that the folder lies in, or to
// the folder itself, whichever fits the files that are there.
func ChangeOfPatch(dir, name string, diff []byte) (*Change, error) {
	p, err := parsePatch(diff)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	roots := []string{dir}
	for up := dir; ; up = filepath.Dir(up) {
		if exists(filepath.Join(up, ".git")) {
			roots = slices.Compact([]string{up, dir})
			break
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	place, ok := p.place(roots, func(dir, name string) bool { return exists(filepath.Join(dir, filepath.FromSlash(name))) })
	if !ok {
		return nil, fmt.Errorf("%s: none of the Go files that it changes is below %s; make it with git diff in this repository, and apply it first", name, roots[0])
	}
	c := &Change{Name: name, dirs: make(map[string]string)}
	c.setFiles(p, place)
	return c, nil
}

func (c *Change) setFiles(p *patch, place patchPlace) {
	c.files = make(map[string]*filePatch)
	for _, f := range p.files {
		if name, ok := f.name(place.strip); ok {
			c.files[c.real(filepath.Join(place.dir, filepath.FromSlash(name)))] = f
		}
	}
}

// real returns the path of a file without symbolic links in its folder, so
// that git and the go command agree about it.
func (c *Change) real(name string) string {
	dir, base := filepath.Split(name)
	target, ok := c.dirs[dir]
	if !ok {
		var err error
		if target, err = filepath.EvalSymlinks(dir); err != nil {
			target = dir // not there: nothing is found in it either
		}
		c.dirs[dir] = target
	}
	return filepath.Join(target, base)
}

// Touches reports whether a position is on a line that the change adds.
func (c *Change) Touches(p finding.Position) bool {
	f := c.files[c.real(p.File)]
	return f != nil && f.touches(p.Line, p.Line)
}

// NeedsBase reports whether the commit must be analysed, see [Change.Base],
// before [Change.Keep] can tell.
func (c *Change) NeedsBase() bool { return c.commit != "" && c.old == nil }

// Keep takes the old findings out of a result and returns how many they were.
// After the new findings of a result are fixed, and [Change.Fixed] is called,
// it can judge the result of the next run.
func (c *Change) Keep(result *Result) (old int) {
	all := result.Findings
	if c.old == nil {
		c.old = make(map[string]int)
		declared := make(extents)
		for i := range all {
			if !c.reaches(&all[i], declared, result.run.readFile) {
				c.old[all[i].Identity()]++
			}
		}
	}
	result.Findings = c.fresh(all)
	return len(all) - len(result.Findings)
}

// fresh returns the findings that exceed the number of their like among the
// old ones. Which of several equal ones that are cannot be known; those on
// changed lines are the likeliest. The fingerprints that are not among the old
// ones go to them.
func (c *Change) fresh(all []finding.Finding) []finding.Finding {
	groups := make(map[string][]int)
	for i := range all {
		id := all[i].Identity()
		groups[id] = append(groups[id], i)
	}
	isNew := make([]bool, len(all))
	for id, group := range groups {
		var prints []string
		for _, i := range group {
			prints = append(prints, all[i].Fingerprint)
		}
		slices.SortStableFunc(group, func(i, j int) int {
			return cmp.Compare(c.rank(&all[i]), c.rank(&all[j]))
		})
		known := min(c.old[id], len(group))
		slices.Sort(group[:known])
		slices.Sort(group[known:])
		for k, i := range group {
			all[i].Fingerprint = prints[k]
			isNew[i] = k >= known
		}
	}
	var list []finding.Finding
	for i, f := range all {
		if isNew[i] {
			list = append(list, f)
		}
	}
	return list
}

// rank orders findings by how likely they are to be new: 2 where their own
// line is changed, 1 where that of a witness step is.
func (c *Change) rank(f *finding.Finding) int {
	switch {
	case c.Touches(f.Location):
		return 2
	case slices.ContainsFunc(f.Witness, func(s finding.Step) bool { return c.Touches(s.Location) }):
		return 1
	}
	return 0
}

// Fixed says that files were changed since the last run.
func (c *Change) Fixed(ctx context.Context) error {
	if c.commit == "" {
		c.files = nil // the patch speaks of lines that are elsewhere now
		return nil
	}
	return c.compare(ctx)
}

// Lines returns a function that reports whether a position is on a changed
// line, or nil if that cannot be said any more.
func (c *Change) Lines() func(finding.Position) bool {
	if c.files == nil {
		return nil
	}
	return c.Touches
}

// reaches reports whether the lines of the change touch what a finding is
// about: its own lines, those of its witness, or something that is gone from
// the declaration around it.
func (c *Change) reaches(f *finding.Finding, declared extents, read func(string) ([]byte, error)) bool {
	if c.touchesRange(f.Location, f.End) {
		return true
	}
	for _, step := range f.Witness {
		if c.touchesRange(step.Location, step.End) {
			return true
		}
	}
	file := c.files[c.real(f.Location.File)]
	if file == nil || len(file.gaps) == 0 {
		return false
	}
	decl := declared.around(f.Location, read)
	return file.deletesIn(decl.first, decl.last)
}

func (c *Change) touchesRange(from, to finding.Position) bool {
	f := c.files[c.real(from.File)]
	if to.File != from.File || to.Line < from.Line {
		to = from
	}
	return f != nil && f.touches(from.Line, to.Line)
}

// extents are the lines of top-level declarations with their comments, by
// file. Files are parsed when they are first asked for.
type extents map[string][]lineRange

// around returns the lines of the declaration that holds a position, or the
// line itself.
func (x extents) around(p finding.Position, read func(string) ([]byte, error)) lineRange {
	decls, ok := x[p.File]
	if !ok {
		if src, err := read(p.File); err == nil {
			decls = declarations(src)
		}
		x[p.File] = decls
	}
	for _, d := range decls {
		if d.first <= p.Line && p.Line <= d.last {
			return d
		}
	}
	return lineRange{p.Line, p.Line}
}

func declarations(src []byte) []lineRange {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	line := func(pos token.Pos) int { return fset.PositionFor(pos, false).Line }
	var list []lineRange
	for _, decl := range file.Decls {
		start := decl.Pos()
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc != nil {
				start = d.Doc.Pos()
			}
		case *ast.GenDecl:
			if d.Doc != nil {
				start = d.Doc.Pos()
			}
		}
		list = append(list, lineRange{line(start), line(decl.End())})
	}
	return list
}
