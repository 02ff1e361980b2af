package report

import (
	"strings"
	"unicode/utf16"

	"github.com/perflint/perflint/internal/finding"
)

// sources reads the files that findings are in, each once. A file that cannot
// be read, such as one that a line directive invented, is like an empty one.
type sources struct {
	read  func(string) ([]byte, error)
	files map[string]*source
}

// A source is the text of a file.
type source struct {
	text   string
	lines  []string // without line feeds
	hashes []string // of the lines; see lineHashes
}

func newSources(set *Set) *sources {
	return &sources{read: set.ReadFile, files: make(map[string]*source)}
}

func (s *sources) file(name string) *source {
	src, ok := s.files[name]
	if !ok {
		src = new(source)
		if text, err := s.read(name); err == nil {
			src.text = string(text)
			src.lines = strings.Split(src.text, "\n")
		}
		s.files[name] = src
	}
	return src
}

// A span is a part of one line. Columns are counted from 1 in UTF-16 units,
// the end is exclusive, and a column of zero is unknown.
type span struct{ line, start, end int }

// span returns the part of the first line that a range covers. Code hosts show
// a finding on a change only if every line of it was changed, so that none is
// longer than a line.
func (s *sources) span(from, to finding.Position) span {
	if from.Line < 1 {
		return span{line: 1} // GitHub refuses a location without a line
	}
	sameLine := to.File == from.File && to.Line == from.Line && to.Column > from.Column
	lines := s.file(from.File).lines
	if from.Line > len(lines) {
		// Bytes are the best guess for a line that nobody has seen.
		at := span{line: from.Line, start: max(from.Column, 0)}
		if sameLine {
			at.start = max(at.start, 1)
			at.end = to.Column
		}
		return at
	}
	line := lines[from.Line-1]
	start := min(max(from.Column-1, 0), len(line))
	end := len(strings.TrimRight(line, " \t\r"))
	if sameLine {
		end = min(to.Column-1, len(line))
	}
	end = max(start, end)
	return span{from.Line, utf16Column(line[:start]), utf16Column(line[:end])}
}

// utf16Column returns the column behind a part of a line.
func utf16Column(before string) int {
	column := 1
	for _, r := range before {
		column += utf16.RuneLen(r) // a byte that is not UTF-8 counts as U+FFFD
	}
	return column
}

// locate returns the line and column of an offset in a file, if there is one.
func (s *source) locate(offset int) (line, column int, ok bool) {
	if offset < 0 || offset > len(s.text) {
		return 0, 0, false
	}
	before := s.text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf16Column(before[start:]), true
}

// adapt gives text that is to be inserted the line endings of the file, as
// -fix does.
func (s *source) adapt(text string) string {
	lines := strings.Count(s.text, "\n")
	if lines == 0 || lines != strings.Count(s.text, "\r\n") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}
