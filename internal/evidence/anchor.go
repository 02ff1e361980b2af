package evidence

import (
	"path/filepath"
	"slices"
	"strings"
)

// An anchor says where the lines of a profile's function are now.
type anchor struct {
	file        string // "" if they are not to be found
	delta       int    // what is to be added to a line
	first, last int    // the lines that the function has now
	own         bool   // the function belongs to the program, found or not
}

// line returns where a line is now, or 0 if that is outside of the function:
// it has become shorter since.
func (a anchor) line(line int) int {
	if line += a.delta; a.first <= line && line <= a.last {
		return line
	}
	return 0
}

// A mapper finds the functions of a profile in a program.
//
// A function is recognised by the file and the line it begins at, which is the
// same for literals, inlined functions and instances, whatever their symbols
// look like. If nothing begins there, the source has changed since, and the
// declaration of the same name tells how far it has moved, as it does for the
// compiler's profile-guided optimization. Changes inside of a function that
// leave its beginning where it was are not seen.
type mapper struct {
	program *Program
	anchors map[*function]anchor
	outer   map[string][]*function // declared functions of the profile, by file and name
}

func newMapper(program *Program, profile *Profile) *mapper {
	m := &mapper{program, make(map[*function]anchor), make(map[string][]*function)}
	seen := make(map[*function]bool)
	for i := range profile.samples {
		for _, f := range profile.samples[i].stack {
			if seen[f.fn] {
				continue
			}
			seen[f.fn] = true
			if sym := parseSymbol(f.fn.name); !sym.literal {
				key := f.fn.file + "\x00" + sym.name
				m.outer[key] = append(m.outer[key], f.fn)
			}
		}
	}
	return m
}

// anchor returns where a function is now.
func (m *mapper) anchor(fn *function) anchor {
	a, ok := m.anchors[fn]
	if !ok {
		a = m.search(fn)
		m.anchors[fn] = a
	}
	return a
}

func (m *mapper) search(fn *function) anchor {
	sym := parseSymbol(fn.name)
	name := m.program.find(fn.file, sym)
	none := anchor{own: name != "" || m.program.owns(sym)}
	if name == "" {
		if none.own && !sym.literal { // the file is gone, or has another name
			return m.byName(fn, sym, none)
		}
		return none
	}
	file := m.program.file(name)
	if file == nil {
		return none
	}
	for _, e := range file.functions {
		if e.first == fn.start && e.literal == sym.literal && (e.literal || e.name == sym.name) {
			return anchor{name, 0, e.first, e.last, true}
		}
	}
	if sym.literal {
		return m.literal(fn, sym, name, file, none)
	}
	return m.byName(fn, sym, none)
}

// byName looks for a declared function in all files of its package.
func (m *mapper) byName(fn *function, sym symbol, none anchor) anchor {
	var files []string
	here := m.program.find(fn.file, sym)
	if here != "" {
		files = append(files, here)
	}
	for _, pkg := range m.program.packages {
		if pkg.Path == sym.pkg || here != "" && filepath.Dir(here) == pkg.Dir {
			files = append(files, pkg.Files...)
		}
	}
	for _, name := range files {
		file := m.program.file(name)
		if file == nil {
			continue
		}
		for _, e := range file.functions {
			if !e.literal && e.name == sym.name {
				delta := e.first - fn.start
				if fn.start == 0 {
					delta = 0 // an old profile: its lines are all there is
				}
				return anchor{name, delta, e.first, e.last, true}
			}
		}
	}
	return none
}

// literal looks for a function literal at which nothing begins any more. It
// has moved with the declaration around it, if the profile knows that too.
func (m *mapper) literal(fn *function, sym symbol, name string, file *sourceFile, none anchor) anchor {
	for around := range outerNames(sym.name) {
		for _, declared := range m.outer[fn.file+"\x00"+around] {
			a := m.anchor(declared)
			if a.file != name {
				continue
			}
			i := slices.IndexFunc(file.functions, func(e extent) bool { return e.literal && e.first == fn.start+a.delta })
			if i >= 0 {
				e := file.functions[i]
				return anchor{name, a.delta, e.first, e.last, true}
			}
			if a.delta == 0 && fn.start > 0 && a.first <= fn.start && fn.start <= a.last {
				return a // what a go or defer statement wraps has no literal
			}
		}
	}
	return none
}

// outerNames returns the declared functions that a literal may stand in. Its
// symbol has the names of functions that were inlined into each other, the
// lexically innermost one last.
func outerNames(name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		parts := strings.Split(name, ".")
		for i := range parts {
			from := len(parts) - 1 - i
			if from > 0 && !yield(strings.Join(parts[from-1:from+1], ".")) || !yield(parts[from]) {
				return
			}
		}
	}
}
