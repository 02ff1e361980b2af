package driver

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// patchName reads the file name of a "---" or "+++" line. It may be quoted as
// in C, and be followed by a tab with a date or nothing behind it.
func patchName(text []byte) (string, error) {
	text = bytes.TrimRight(text, "\r")
	if len(text) > 0 && text[0] == '"' {
		return unquotePatchName(text)
	}
	name, _, _ := strings.Cut(string(text), "\t")
	if name == "" {
		return "", fmt.Errorf("no file name")
	}
	return name, nil
}

// escapes are what git writes behind a backslash, apart from octal numbers.
var escapes = map[byte]byte{
	'a': '\a', 'b': '\b', 't': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', '"': '"', '\\': '\\',
}

// unquotePatchName reads a name in quotes, in which git writes bytes that it
// finds unusual as escapes. Go's own quoting differs in the octal numbers.
func unquotePatchName(text []byte) (string, error) {
	var name []byte
	for i := 1; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			if len(name) == 0 {
				return "", fmt.Errorf("no file name")
			}
			return string(name), nil
		case '\\':
			i++
			if i < len(text) && escapes[text[i]] != 0 {
				name = append(name, escapes[text[i]])
				continue
			}
			b, ok := octal(text[min(i, len(text)):])
			if !ok {
				return "", fmt.Errorf("malformed escape in the file name %s", text)
			}
			name = append(name, b)
			i += 2
		default:
			name = append(name, c)
		}
	}
	return "", fmt.Errorf("no closing quote behind the file name %s", text)
}

// octal reads a byte written as three octal digits.
func octal(text []byte) (byte, bool) {
	if len(text) < 3 {
		return 0, false
	}
	n := 0
	for _, c := range text[:3] {
		if c < '0' || c > '7' {
			return 0, false
		}
		n = n*8 + int(c-'0')
	}
	return byte(n), n < 256
}

// A patchPlace says what the names of a patch are relative to.
type patchPlace struct {
	dir   string // absolute
	strip int    // leading elements of the names that are a prefix such as b/
}

// maxStrip is how many elements a prefix may have.
const maxStrip = 3

// place finds out what the names are relative to: one of the folders, less a
// prefix that depends on the settings of whoever made the patch. All names
// have the same, so the combination wins under which most Go files exist, and
// of equal ones the first: the likelier prefix, then the folder named first.
// It reports false if none of the Go files exists.
func (p *patch) place(dirs []string, exists func(dir, name string) bool) (patchPlace, bool) {
	strips := []int{0, 1, 2, 3}
	if slices.ContainsFunc(p.files, (*filePatch).prefixed) {
		strips = []int{1, 0, 2, 3}
	}
	var best patchPlace
	most := 0
	for _, strip := range strips[:maxStrip+1] {
		for _, dir := range dirs {
			n := 0
			for _, f := range p.files {
				if name, ok := f.name(strip); ok && isGo(name) && exists(dir, name) {
					n++
				}
			}
			if n > most {
				best, most = patchPlace{dir, strip}, n
			}
		}
	}
	wanted := slices.ContainsFunc(p.files, func(f *filePatch) bool { return isGo(f.newName) })
	return best, most > 0 || !wanted
}

func isGo(name string) bool { return strings.HasSuffix(name, ".go") }

// prefixed reports whether the names have the prefixes that git writes by
// default, or those of diff.mnemonicPrefix.
func (f *filePatch) prefixed() bool {
	oldPrefix, oldRest, _ := strings.Cut(f.oldName, "/")
	newPrefix, newRest, ok := strings.Cut(f.newName, "/")
	if !ok || len(newPrefix) != 1 || f.newName == nullDevice {
		return false
	}
	if f.oldName == nullDevice {
		return strings.Contains("bwico", newPrefix)
	}
	return oldRest == newRest && oldPrefix != newPrefix || oldPrefix == "a" && newPrefix == "b"
}

// name returns the new name less leading elements. It reports false if the
// name has no more, or leads out of the folder that it is relative to.
func (f *filePatch) name(strip int) (string, bool) {
	name := f.newName
	for range strip {
		var ok bool
		if _, name, ok = strings.Cut(name, "/"); !ok {
			return "", false
		}
	}
	name = path.Clean(name)
	return name, filepath.IsLocal(filepath.FromSlash(name)) && !slices.Contains(strings.Split(f.newName, "/"), "..")
}
