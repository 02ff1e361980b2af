package driver

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/perflint/perflint/internal/pragma"
)

// A patch is what a unified diff does to files, in terms of the lines of the
// new files. Files that are deleted, renamed without a change, or binary have
// no new lines and do not occur.
type patch struct {
	files []*filePatch // in the order of the diff
}

// A filePatch is what a diff does to one file.
type filePatch struct {
	oldName, newName string // as written, prefixes included; oldName may be the null device
	line             int    // of the diff, where newName stands

	added []lineRange // lines of the new file, ascending
	gaps  []gap       // ascending
}

// A lineRange is the lines from first to last.
type lineRange struct{ first, last int }

// A gap is where lines are gone. It lies between two lines of the new file.
type gap struct {
	after     int  // the line of the new file above it; 0 at the top
	directive bool // one of the lines was a suppression
	wholeFile bool // one of the lines spoke for the whole file, as a suppression or as the mark of a generated one
}

const nullDevice = "/dev/null"

// maxLine bounds line numbers, so that arithmetic with them cannot overflow.
const maxLine = 1 << 30

// parsePatch reads a unified diff, as git diff and diff -u write it, with any
// number of context lines. Text around the parts that it knows is skipped,
// since git and mail put much there; what begins like a diff and then is none
// is an error that names the line.
func parsePatch(data []byte) (*patch, error) {
	p := &patchReader{rest: data, patch: new(patch)}
	for p.next() {
		var err error
		switch {
		case p.old > 0 || p.new > 0:
			err = p.content()
		case bytes.HasPrefix(p.text, []byte("--- ")):
			err = p.header()
		case bytes.HasPrefix(p.text, []byte("@@@")):
			err = errors.New("this is the combined diff of a merge; want one between two states")
		case bytes.HasPrefix(p.text, []byte("@@ ")):
			err = p.hunk()
		case bytes.HasPrefix(p.text, []byte("diff --git ")):
			p.file, p.sections = nil, p.sections+1
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", p.line, err)
		}
	}
	switch {
	case p.old > 0 || p.new > 0:
		return nil, fmt.Errorf("line %d: the diff ends in the middle of a hunk", p.line)
	case p.sections == 0 && len(bytes.TrimSpace(data)) > 0:
		return nil, errors.New("this is no unified diff; make one with git diff")
	}
	return p.patch, nil
}

// A patchReader goes through the lines of a diff.
type patchReader struct {
	rest []byte
	text []byte // the current line, without its LF
	line int    // its number

	patch    *patch
	sections int        // files that the diff speaks of
	file     *filePatch // that hunks belong to, or nil

	old, new int // lines that the current hunk still has of each side
	at       int // the line of the new file that comes next
}

func (p *patchReader) next() bool {
	if len(p.rest) == 0 {
		return false
	}
	p.text, p.rest, _ = bytes.Cut(p.rest, []byte("\n"))
	p.line++
	return true
}

// header reads the two lines with the names of a file. A line that begins
// like the first without the second below it is no header: a commit message
// may contain one.
func (p *patchReader) header() error {
	second, _, _ := bytes.Cut(p.rest, []byte("\n"))
	if !bytes.HasPrefix(second, []byte("+++ ")) {
		return nil
	}
	oldName, err := patchName(p.text[len("--- "):])
	if err != nil {
		return err
	}
	p.next()
	newName, err := patchName(p.text[len("+++ "):])
	if err != nil {
		return err
	}
	p.sections++
	p.file = &filePatch{oldName: oldName, newName: newName, line: p.line}
	if newName == nullDevice {
		return nil // hunks are read, but nobody asks for what they delete
	}
	for _, other := range p.patch.files {
		if other.newName == newName {
			return fmt.Errorf("%s occurs again, after line %d; want one diff between two states, not a series of them", newName, other.line)
		}
	}
	p.patch.files = append(p.patch.files, p.file)
	return nil
}

// hunk reads "@@ -start,count +start,count @@".
func (p *patchReader) hunk() error {
	if p.file == nil {
		return errors.New("hunk without a file name above it")
	}
	fields := strings.Fields(string(p.text))
	if len(fields) < 4 || fields[3] != "@@" {
		return fmt.Errorf("malformed hunk header %q", p.text)
	}
	_, oldCount, okOld := hunkRange(fields[1], "-")
	start, newCount, okNew := hunkRange(fields[2], "+")
	if !okOld || !okNew || start == 0 && newCount > 0 {
		return fmt.Errorf("malformed hunk header %q", p.text)
	}
	if newCount == 0 {
		start++ // the header names the line above
	}
	if start < p.file.end() {
		return fmt.Errorf("hunk begins at line %d of %s, which an earlier one has reached", start, p.file.newName)
	}
	p.old, p.new, p.at = oldCount, newCount, start
	return nil
}

// end returns the last line that the file is known to have changed at.
func (f *filePatch) end() int {
	end := 0
	if n := len(f.added); n > 0 {
		end = f.added[n-1].last
	}
	if n := len(f.gaps); n > 0 {
		end = max(end, f.gaps[n-1].after)
	}
	return end
}

// hunkRange reads "-12,3", or "-12", which is short for "-12,1".
func hunkRange(text, sign string) (start, count int, ok bool) {
	text, ok = strings.CutPrefix(text, sign)
	if !ok {
		return 0, 0, false
	}
	first, second, found := strings.Cut(text, ",")
	if !found {
		second = "1"
	}
	start, ok1 := lineNumber(first)
	count, ok2 := lineNumber(second)
	return start, count, ok1 && ok2
}

func lineNumber(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil && n < maxLine
}

// content reads a line of a hunk. Its first byte says what it is; the rest is
// text of the file, whatever it looks like.
func (p *patchReader) content() error {
	kind := byte(' ') // some mailers cut the space of empty lines
	if len(bytes.TrimRight(p.text, "\r")) > 0 {
		kind = p.text[0]
	}
	switch {
	case kind == '\\': // "\ No newline at end of file"
	case kind == ' ' && p.old > 0 && p.new > 0:
		p.old--
		p.new--
		p.at++
	case kind == '-' && p.old > 0:
		p.old--
		p.file.remove(p.at-1, p.text[1:])
	case kind == '+' && p.new > 0:
		p.new--
		p.file.add(p.at)
		p.at++
	default:
		return fmt.Errorf("%q does not continue the hunk, which has %d old and %d new lines to come", p.text, p.old, p.new)
	}
	return nil
}

func (f *filePatch) add(line int) {
	if n := len(f.added); n > 0 && f.added[n-1].last == line-1 {
		f.added[n-1].last = line
		return
	}
	f.added = append(f.added, lineRange{line, line})
}

func (f *filePatch) remove(after int, text []byte) {
	if n := len(f.gaps); n == 0 || f.gaps[n-1].after != after {
		f.gaps = append(f.gaps, gap{after: after})
	}
	d := &f.gaps[len(f.gaps)-1]
	_, comment, ok := strings.Cut(string(text), "//")
	if !ok {
		return
	}
	directive, ok := pragma.Parse("//" + comment)
	d.directive = d.directive || ok
	d.wholeFile = d.wholeFile || ok && directive.Form == pragma.LintFileIgnore || strings.HasPrefix(comment, " Code generated ")
}

// touches reports whether some line from first to last is added.
func (f *filePatch) touches(first, last int) bool {
	for _, r := range f.added {
		if r.first <= last && first <= r.last {
			return true
		}
	}
	return false
}

// deletesIn reports whether something is gone from inside the declaration
// that reaches from first to last, or a suppression from above it.
func (f *filePatch) deletesIn(first, last int) bool {
	for _, d := range f.gaps {
		if d.wholeFile || first <= d.after && d.after < last || d.directive && d.after == first-1 {
			return true
		}
	}
	return false
}
