// Package nofix has findings whose fix would change what the code does.
package nofix

import (
	"errors"
	"fmt"
	"os"
	"regexp"
)

// The error is looked at.
func compileError(in []string) error {
	for _, s := range in {
		re, err := regexp.Compile("^a+$") // want `regexp.Compile compiles the same pattern`
		if err != nil {
			return err
		}
		ok, err := regexp.MatchString("^b+$", s) // want `regexp.MatchString compiles the same pattern`
		if err != nil || ok || re.MatchString(s) {
			return err
		}
	}
	return nil
}

// Each caller may change its own.
func longest(in []string) (last string) {
	for _, s := range in {
		re := regexp.MustCompile("a|ab") // want `compiles the same pattern`
		re.Longest()
		last = re.FindString(s)
	}
	return last
}

type matcher struct{ re *regexp.Regexp }

func keeps(in []string) (all []matcher) {
	for range in {
		all = append(all, matcher{regexp.MustCompile("a|ab")}) // want `compiles the same pattern` `all grows to`
	}
	return all
}

// It panics each time, not when the process starts.
func invalid(in []string) {
	for range in {
		regexp.MustCompile("(") // want `compiles the same pattern`
	}
}

// What is called may change the length, or something is in between.
func inParts(in []int, next func(*[]int) int) {
	for range in {
		var out []int
		out = append(out, in...) // want `out grows to len\(in\)\+len\(in\)\+1 elements`
		out = append(out, next(&in))
		out = append(out, in...)
		var other []int
		println(len(other))
		other = append(other, in...) // want `other grows to len\(in\)\+1 elements`
		other = append(other, 1)
	}
}

// The name strconv means something else here.
func shadowed(in []int) (last string) {
	strconv := "x"
	for _, n := range in {
		last = strconv + fmt.Sprintf("%d", n) // want `use strconv.Itoa`
	}
	return last
}

// A comment would be lost.
func comment(in []int) (last string) {
	for _, n := range in {
		last = fmt.Sprintf("%d" /* decimal */, n) // want `use strconv.Itoa`
	}
	return last
}

// The string begins with something, is captured, or is a parameter.
func concat(in []string, p string) (result string) {
	s := "begin"
	for i := 0; i < len(in); i++ {
		x := in[i]
		s += x // want `s grows by concatenation`
	}
	t := ""
	show := func() string { return t }
	for i := 0; i < len(in); i++ {
		x := in[i]
		p += x // want `p grows by concatenation`
	}
	for i := 0; i < len(in); i++ {
		x := in[i]
		result += x // want `result grows by concatenation`
	}
	u := ""
	for i := 0; i < len(in); i++ {
		x := in[i]
		u = u + x // want `u grows by concatenation`
	}
	v := ""
	for i := 0; i < len(in); i++ {
		x := in[i]
		v += x // want `v grows by concatenation`
		if x == "" {
			v = "empty"
		}
	}
	return s + show() + u + v
}

// Something stands between the declaration and the loop.
func room(in []string) (n int) {
	for range in {
		var lengths []int
		in = in[1:]
		for _, s := range in {
			lengths = append(lengths, len(s)) // want `lengths grows to len\(in\) elements of 8 bytes`
		}
		n += lengths[0]
	}
	return n
}

// A negative count would panic.
func count(in []int) (n int) {
	for _, k := range in {
		out := []int{}
		for i := 0; i < k; i++ {
			out = append(out, i) // want `out grows to k elements of 8 bytes`
		}
		n += len(out)
	}
	return n
}

// The bytes are named otherwise where they are looked up.
func lookup(in [][]byte, m map[string]int) (n int) {
	for _, b := range in {
		key := string(b) // want `the bytes of b are copied`
		{
			b := m
			n += b[key] + b[key]
		}
	}
	return n
}

// The error leaves the body of the loop.
func deferred(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `f.Close is deferred for each element`
		if _, err := f.Stat(); errors.Is(err, os.ErrClosed) {
			continue
		}
	}
	return nil
}

type writer struct {
	in  []string
	ns  []int
	out [][]byte
	m   map[string]int
}

// Write makes the others hot.
func (w writer) Write(p []byte) (int, error) {
	if compileError(w.in) == nil {
		keeps(w.in)
		invalid(w.in)
	}
	inParts(w.ns, nil)
	s := longest(w.in) + shadowed(w.ns) + comment(w.ns) + concat(w.in, "")
	return len(s) + room(w.in) + count(w.ns) + lookup(w.out, w.m), nil
}
