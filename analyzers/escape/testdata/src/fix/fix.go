// Package fix has one function for each way in which a finding can be fixed.
// All take and return strings, so that a test can run them before and after.
package fix

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var _ = slices.Contains[[]string]

// Compile: the pattern is a literal.
func Compile(in []string) string {
	n := 0
	for _, s := range in {
		word := regexp.MustCompile(`^\w+$`) // want `regexp.MustCompile compiles the same pattern for each element of the loop on line \d+, in what serve.go:9 calls at each call, in the method \(writer\).Write; compile it once, in a package variable`
		if word.MatchString(s) {
			n++
		}
	}
	return strings.Repeat("x", n)
}

const digits = `[0-9]+`

// CompileConst has a doc comment, and a pattern that is a constant.
//
//go:noinline
func CompileConst(in []string) string {
	out := ""
	for _, s := range in {
		out = regexp.MustCompile(digits).ReplaceAllString(s, "#") // want `compiles the same pattern for each element`
	}
	return out
}

func CompileLocal(in []string) string {
	const vowels = "[aeiou]"
	last := ""
	for _, s := range in {
		last = regexp.MustCompile(vowels+"+").ReplaceAllString(s, "#") // want `compiles the same pattern for each element`
	}
	return last
}

func Match(in []string) string {
	last := ""
	for _, s := range in {
		ok, _ := regexp.MatchString("^a", s) // want `regexp.MatchString compiles the same pattern for each element`
		if ok {
			last = s
		}
	}
	return last
}

// Patterns has several: each is declared at a place of its own.
func Patterns(in []string) string {
	last := ""
	for _, s := range in {
		last = regexp.MustCompile("x+").ReplaceAllString(s, "y")    // want `compiles the same pattern for each element`
		last = regexp.MustCompile("y+").ReplaceAllString(last, "z") // want `compiles the same pattern for each element`
		last = regexp.MustCompile("z+").ReplaceAllString(last, "-") // want `compiles the same pattern for each element`
	}
	return last
}

func Int(in []string) string {
	last := ""
	for _, s := range in {
		n := 1000000 + len(s)
		last = fmt.Sprintf("%d", n) // want `fmt.Sprintf interprets the format "%d" and puts its argument behind an interface for each element of the loop on line \d+, in what serve.go:9 calls at each call, in the method \(writer\).Write; use strconv.Itoa`
	}
	return last
}

type code uint16

func Unsigned(in []string) string {
	last := ""
	for _, s := range in {
		last = fmt.Sprintf("%v", code(0xffff-len(s))) // want `use strconv.FormatUint`
	}
	return last
}

func Hex(in []string) string {
	last := ""
	for _, s := range in {
		last = fmt.Sprintf("%x", int64(-1000000-len(s))) // want `use strconv.FormatInt`
	}
	return last
}

func Bool(in []string) string {
	last := ""
	for _, s := range in {
		last = fmt.Sprintf("%t", len(s) > 3) // want `use strconv.FormatBool`
	}
	return last
}

type name string

func String(in []string) string {
	last := ""
	for _, s := range in {
		last = fmt.Sprintf("%s", name(s)) + fmt.Sprintf("%v", s+"!") // want `it is the string itself` `it is the string itself`
	}
	return last
}

func Concat(in []string) string {
	var s string
	for i := 0; i < len(in); i++ {
		s += in[i] // want `s grows by concatenation in each round of the loop .*, and each time all of it is copied; collect it in a strings.Builder`
	}
	return s
}

func ConcatParts(in []string) string {
	s := ""
	for i := 0; i < len(in); i++ {
		x := in[i]
		if s != "" {
			s += ", " // want `s grows by concatenation`
		}
		if i%2 == 0 {
			s += x + "=" + x
		} else {
			s += x[:min(1, len(x))]
		}
	}
	return "[" + s + "]"
}

func Room(in []string) string {
	total := 0
	for range in {
		lengths := []int{}
		for _, s := range in {
			lengths = append(lengths, len(s)) // want `lengths grows to len\(in\) elements of 8 bytes and is copied on the way for each element of the loop .*; make it with that capacity`
		}
		total += len(lengths) + lengths[len(lengths)-1]
	}
	return strconv.Itoa(total)
}

func RoomNil(in []string) string {
	kept := 0
	for i := range in {
		var lengths []string
		for _, s := range in[:i] {
			lengths = append(lengths, s)
		}
		if lengths == nil {
			kept++
		}
		rest := in[i:]
		var more []string
		for j := range rest {
			more = append(more, rest[j]) // want `more grows to len\(rest\) elements of 16 bytes`
		}
		if more != nil {
			kept += len(more)
		}
	}
	return fmt.Sprint(kept)
}

func Lookup(in []string) string {
	counts, others := map[string]int{in[0]: 1}, map[string]int{}
	n := 0
	for _, s := range in {
		b := append([]byte("prefix of more than thirty-two bytes, "), s...)
		key := string(b) // want `the bytes of b are copied for each element of the loop .*, only to be looked up; index with string\(b\) itself, which copies nothing`
		n += counts[key] + others[key]
	}
	return fmt.Sprint(n)
}

type file struct{ open *int }

func (f *file) Close() { *f.open-- }

func open(n *int) *file { *n++; return &file{n} }

// Defer: nothing in the body leaves it.
func Defer(in []string) string {
	n := new(int)
	for range in {
		f := open(n)
		defer f.Close() // want "f.Close is deferred for each element of the loop .*, and each call waits in memory until the function returns; make the body of the loop a function"
		if f.open == nil {
			panic("closed")
		}
	}
	return "done"
}

func Split(in []string) string {
	n := 0
	for _, s := range in {
		for _, part := range strings.Split(s, "-") { // want `strings.Split makes a list for each element of the loop .*, only to be ranged over; range over strings.SplitSeq, which makes none`
			n += len(part)
		}
		words := strings.Fields(s) // want `range over strings.FieldsSeq`
		for range words {
			n++
		}
	}
	return strconv.Itoa(n)
}

func Size(in []string) string {
	n := 0
	many := slices.Repeat(in, 4)
	for range in {
		set := make(map[int]string) // want `a map grows to len\(many\) entries, which are moved on the way, for each element of the loop .*; make it with that size`
		for i, s := range many {
			set[i] = s
		}
		n += len(set)
	}
	return strconv.Itoa(n)
}

func Parts(in []string) string {
	parts := []string{}
	parts = append(parts, in...) // want `parts grows to len\(in\)\+len\(in\[1:\]\)\+1 elements of 16 bytes in 3 steps`
	parts = append(parts, in[1:]...)
	parts = append(parts, "end")
	return strings.Join(parts, ",")
}

func PartsNil(in []string) string {
	var parts []string
	parts = append(parts, in...) // want `parts grows to len\(in\)\+len\(in\) elements of 16 bytes in 2 steps`
	parts = append(parts, in...)
	return strings.Join(parts, ",")
}
