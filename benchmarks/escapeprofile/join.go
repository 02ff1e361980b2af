package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/perflint/perflint/internal/finding"
)

// A place is a line of a file.
type place struct {
	file string
	line int
}

// An observation is what the benchmarks have recorded.
type observation struct {
	packages map[string]string  // folders by import path
	folders  map[string]bool    // the same folders
	files    []string           // memory profiles
	blocks   map[string][]block // executed ones, by file

	direct map[place]int64 // avoidable bytes that a line allocates by itself
	calls  map[place]int64 // bytes that functions outside of the packages allocate for it
	makes  map[place]bool  // lines that allocate, whether that is avoidable or not
	below  map[place]bool  // lines that call what allocates

	inside    int64            // bytes that the packages allocate
	avoidable int64            // those that an edit could avoid
	outside   int64            // bytes that functions outside of them allocate
	left      map[string]int64 // bytes that no edit could avoid, by the reason
}

// Why bytes are left out.
const (
	leftTest = "test files"
	leftKept = "in use at the end"
	leftPool = "made by a pool"
)

func newObservation(packages map[string]string) *observation {
	o := &observation{
		packages: packages, folders: make(map[string]bool), blocks: make(map[string][]block),
		direct: make(map[place]int64), calls: make(map[place]int64), makes: make(map[place]bool), below: make(map[place]bool),
		left: make(map[string]int64),
	}
	for _, dir := range packages {
		o.folders[dir] = true
	}
	return o
}

// readMemory reads a memory profile.
func (o *observation) readMemory(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := profile.Parse(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	column := make(map[string]int)
	for i, t := range p.SampleType {
		column[t.Type] = i
	}
	space, inUse := column["alloc_space"], column["inuse_space"]
	for _, s := range p.Sample {
		if s.Value[space] > 0 {
			o.add(stackOf(s), s.Value[space], s.Value[inUse])
		}
	}
	return nil
}

// A frame is a function of a stack and the line that it is at.
type frame struct {
	name string
	place
}

// stackOf returns the frames of a sample, those of the runtime left out.
func stackOf(s *profile.Sample) []frame {
	var stack []frame
	for _, l := range s.Location {
		for _, line := range l.Line {
			if line.Function == nil || inRuntime(line.Function.Name) {
				continue
			}
			stack = append(stack, frame{line.Function.Name, place{line.Function.Filename, int(line.Line)}})
		}
	}
	return stack
}

func inRuntime(name string) bool {
	return strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/")
}

// own reports whether a file is one of the packages.
func (o *observation) own(file string) bool { return o.folders[filepath.Dir(file)] }

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

// add counts a sample.
func (o *observation) add(stack []frame, bytes, inUse int64) {
	nearest := -1
	for i, f := range stack {
		if !o.own(f.file) {
			continue
		}
		if nearest < 0 {
			nearest = i
		}
		o.below[f.place] = true
	}
	switch {
	case nearest < 0:
	case nearest > 0:
		if f := stack[nearest]; !isTest(f.file) {
			o.outside += bytes
			o.calls[f.place] += bytes
		}
	default:
		at := stack[0].place
		o.makes[at] = true
		o.inside += bytes
		switch {
		case isTest(at.file):
			o.left[leftTest] += bytes
		case fromPool(stack):
			o.left[leftPool] += bytes
		default:
			o.left[leftKept] += inUse
			o.direct[at] += bytes - inUse
			o.avoidable += bytes - inUse
		}
	}
}

// fromPool reports whether a pool has asked for an object, because it had none.
func fromPool(stack []frame) bool {
	return len(stack) > 1 && stack[1].name == "sync.(*Pool).Get"
}

// settle forgets the lines whose memory is all in use.
func (o *observation) settle() {
	for at, bytes := range o.direct {
		if bytes == 0 {
			delete(o.direct, at)
		}
	}
}

// executedLines returns how many lines have been executed.
func (o *observation) executedLines() int {
	lines := make(map[place]bool)
	for file, blocks := range o.blocks {
		for _, b := range blocks {
			for line := b.from.line; line <= b.to.line; line++ {
				lines[place{file, line}] = true
			}
		}
	}
	return len(lines)
}

// executed reports whether a position is in a block that was executed.
func (o *observation) executed(at finding.Position) bool {
	here := spot{at.Line, at.Column}
	for _, b := range o.blocks[at.File] {
		if !here.before(b.from) && here.before(b.to) {
			return true
		}
	}
	return false
}

// A tally is what some findings are worth.
type tally struct {
	all, executed, allocate int
	bytes, called           int64 // avoidable bytes on their lines, and bytes of functions that these call
}

// tally counts the sites of findings that are not in test files.
func (o *observation) tally(findings []finding.Finding) tally {
	var t tally
	lines := make(map[place]bool)
	for _, f := range sites(findings) {
		t.all++
		for _, at := range o.linesOf(f) {
			lines[at] = true
		}
		if o.executed(f.Site.Location) {
			t.executed++
			if o.allocates(f) {
				t.allocate++
			}
		}
	}
	for at := range lines {
		t.bytes += o.direct[at]
		t.called += o.calls[at]
	}
	return t
}

// sites returns the findings about allocations outside of tests.
func sites(findings []finding.Finding) []finding.Finding {
	var list []finding.Finding
	for _, f := range findings {
		if f.Site.Kind != "" && !isTest(f.Site.Location.File) {
			list = append(list, f)
		}
	}
	return list
}

// maxLines is how many lines of an expression count as those of its site.
const maxLines = 8

// linesOf returns the lines on which the allocation of a site may have been
// recorded: that on which it begins, if that has any allocation, or else all of
// its lines.
func (o *observation) linesOf(f finding.Finding) []place {
	from, to := f.Site.Location, f.Site.End
	first := place{from.File, from.Line}
	list := []place{first}
	if o.makes[first] || o.calls[first] > 0 {
		return list
	}
	if to.File == from.File && to.Line-from.Line <= maxLines {
		for line := from.Line + 1; line <= to.Line; line++ {
			list = append(list, place{from.File, line})
		}
	}
	return list
}

// allocates reports whether an allocation has happened at a site.
func (o *observation) allocates(f finding.Finding) bool {
	for _, at := range o.linesOf(f) {
		if o.makes[at] || f.Site.Kind == finding.SiteCall && (o.below[at] || o.calls[at] > 0) {
			return true
		}
	}
	return false
}

// printMissed lists the lines without a finding.
func (o *observation) printMissed(findings []finding.Finding) {
	lines := make(map[place]bool)
	for _, f := range sites(findings) {
		for _, at := range o.linesOf(f) {
			lines[at] = true
		}
	}
	for _, list := range []struct {
		name    string
		weights map[place]int64
		whole   int64
	}{{"bytes", o.direct, o.avoidable}, {"calls", o.calls, o.outside}} {
		for _, at := range byWeight(list.weights) {
			if !lines[at] {
				fmt.Printf("%s:%d: %s %s\n", at.file, at.line, list.name, percent(list.weights[at], list.whole))
			}
		}
	}
}

// printIdle lists the sites that are executed and allocate nothing.
func (o *observation) printIdle(findings []finding.Finding) {
	for _, f := range sites(findings) {
		if o.executed(f.Site.Location) && !o.allocates(f) {
			fmt.Printf("%s:%d:%d: %s: %s (%s)\n", f.Site.Location.File, f.Site.Location.Line, f.Site.Location.Column, f.Site.Kind, f.Message, f.Rule)
		}
	}
}
