package driver

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A source is a file that fixes want to edit.
type source struct {
	name    string
	nodes   []*node // the packages that contain it
	refusal string  // why it cannot be edited, as a clause after its name, or ""

	old, new []byte            // new: with the accepted fixes
	bom      bool              // begins with a byte order mark
	crlf     bool              // every line ends in CRLF
	tidy     bool              // gofmt would not change it, but for its line endings and mark
	imports  map[string]string // names of the imports that old uses → paths
}

const byteOrderMark = "\ufeff"

// loadSources fills in the sources, of which only names and nodes are known.
func (f *fixer) loadSources() {
	analysed := make(map[string]*token.File)
	f.run.graph.fset.Iterate(func(file *token.File) bool {
		if f.sources[file.Name()] != nil && analysed[file.Name()] == nil {
			analysed[file.Name()] = file
		}
		return true
	})
	for name, s := range f.sources {
		if s.refusal = f.refusal(s); s.refusal != "" {
			continue
		}
		src, err := f.run.readFile(name)
		if err != nil {
			s.refusal = "cannot be read: " + err.Error()
			continue
		}
		s.refusal = s.load(src, analysed[name])
	}
}

// refusal returns why a file may not be edited, wherever that can be told
// without reading it. Only files of main modules may: all others belong to
// somebody else, or are copies that the go command checks or replaces.
func (f *fixer) refusal(s *source) string {
	if len(s.nodes) == 0 {
		return "is not a Go file of the packages of this run"
	}
	mod := s.nodes[0].pkg.Module
	base := f.dir
	if mod != nil && mod.Main {
		base = mod.Dir
	}
	area := protected(filepath.Dir(s.name))
	switch {
	case area != "":
		return "is in " + area
	case vendored(base, s.name):
		return "is in a vendor folder"
	case mod != nil && !mod.Main:
		return fmt.Sprintf("belongs to %s, which is not a main module", mod.Path)
	case mod == nil && !slices.ContainsFunc(s.nodes, func(n *node) bool { return n.root }):
		return "belongs to a package that was not asked for" // GOPATH mode, where modules cannot tell
	case !slices.ContainsFunc(s.nodes, func(n *node) bool { return !n.failed }):
		return "belongs to a package with errors, so that its fix cannot be checked"
	}
	// To rename a new file over a link would cut the link.
	if info, err := os.Lstat(s.name); err == nil && !info.Mode().IsRegular() {
		return "is not a regular file"
	}
	return ""
}

// protected returns which area that is not for editing a folder lies in, or
// "". The areas are told by what they contain, because a run may have other
// settings (-C, GOTOOLCHAIN, go env -w) than this process.
func protected(dir string) string {
	versioned := false // some element below looks like "module@version"
	for {
		if exists(filepath.Join(dir, "src", "unsafe", "unsafe.go")) {
			return "GOROOT"
		}
		if versioned && exists(filepath.Join(dir, "cache", "download")) {
			return "the module cache"
		}
		versioned = versioned || strings.Contains(filepath.Base(dir), "@")
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// vendored reports whether a file is in a vendor folder below base.
func vendored(base, name string) bool {
	dir, err := filepath.Rel(base, filepath.Dir(name))
	if err != nil || !filepath.IsLocal(dir) {
		dir = filepath.Dir(name)
	}
	return slices.Contains(strings.Split(filepath.ToSlash(dir), "/"), "vendor")
}

// load takes the content of a file and returns why it cannot be edited after
// all, or "". The analysed file tells whether offsets still mean the same.
func (s *source) load(src []byte, analysed *token.File) string {
	if analysed != nil {
		now := token.NewFileSet().AddFile(s.name, -1, len(src))
		now.SetLinesForContent(src)
		if now.Size() != analysed.Size() || !slices.Equal(now.Lines(), analysed.Lines()) {
			return "has changed since it was analysed"
		}
	}
	s.old, s.new = src, src
	s.bom = bytes.HasPrefix(src, []byte(byteOrderMark))
	lines := bytes.Count(src, []byte("\n"))
	s.crlf = lines > 0 && lines == bytes.Count(src, []byte("\r\n"))
	text := s.plain(src)
	file, err := parser.ParseFile(token.NewFileSet(), s.name, text, parser.ParseComments)
	if err != nil {
		return "has changed since it was analysed"
	}
	if ast.IsGenerated(file) {
		return "is generated"
	}
	formatted, err := format.Source(text)
	s.tidy = err == nil && bytes.Equal(formatted, text)
	s.imports = usedImports(file, s.importName)
	return ""
}

// plain returns a content of the file without the byte order mark and with
// LF line endings, which are the terms that gofmt thinks in.
func (s *source) plain(src []byte) []byte {
	if s.bom {
		src = bytes.TrimPrefix(src, []byte(byteOrderMark))
	}
	if s.crlf {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	return src
}

// rewrite returns the old content with edits, which must not conflict and be
// in canonical order: imports that are no longer used are gone, and the file
// is formatted unless it was not before, when the difference would be one
// that nobody asked for.
func (s *source) rewrite(edits []finding.Edit) []byte {
	mark := 0
	if s.bom {
		mark = len(byteOrderMark)
	}
	edits = slices.Clone(edits)
	for i, e := range edits { // what is about the first line must not touch the mark
		edits[i].Start, edits[i].End = max(e.Start, mark), max(e.End, mark)
	}
	text := s.plain(applyEdits(s.old, edits))
	text = s.dropImports(text)
	if s.tidy {
		if formatted, err := format.Source(text); err == nil { // else the check will say why not
			text = formatted
		}
	}
	if s.crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return slices.Concat(s.old[:mark], text)
}
