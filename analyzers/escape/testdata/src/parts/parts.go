// Package parts has lists, maps and checksums that are made for little. No
// function is known to run often.
package parts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"strings"
)

func firstTwo(s string) (name, value string) {
	parts := strings.Split(s, "=") // want `strings.Split makes a list .*, of which only the first two parts are used; use strings.Cut`
	if len(parts) != 2 {
		return "", ""
	}
	return parts[0], parts[1]
}

func first(s string) string {
	return strings.Split(s, ":")[0] // want `of which only the first part is used; use strings.Cut`
}

func limited(s string) (string, error) {
	parts := strings.SplitN(s, "=", 2) // want `strings.SplitN makes a list .* only the first two parts`
	if len(parts) < 2 {
		return "", errors.New("no value")
	}
	return parts[1], nil
}

func last(s string) string {
	parts := strings.Split(s, "/") // want `of which only the last part is used; use strings.LastIndex`
	return parts[len(parts)-1]
}

func count(s string) int {
	return len(strings.Split(s, "\n")) // want `of which only the length is used; use strings.Count`
}

func inBytes(line []byte) []byte {
	return bytes.Split(line, []byte(" "))[0] // want `bytes.Split makes a list .* use bytes.Cut`
}

// Others are used, too, or nobody knows which.
func others(s, sep string, i int) []string {
	three := strings.Split(s, ":") // ok
	if len(three) == 3 {
		return []string{three[0], three[2]}
	}
	which := strings.Split(s, ":") // ok
	if i < len(which) {
		return []string{which[i]}
	}
	empty := strings.Split(s, sep) // ok
	if empty[0] == "" {
		return nil
	}
	firstAndLast := strings.Split(s, "/") // ok
	if firstAndLast[0] == firstAndLast[len(firstAndLast)-1] {
		return nil
	}
	limitedLast := strings.SplitN(s, "/", 3) // ok
	if limitedLast[len(limitedLast)-1] == "" {
		return nil
	}
	changed := strings.Split(s, ":") // ok
	changed[0] = ""
	passed := strings.Split(s, ":") // ok
	if passed[0] == "x" {
		return passed
	}
	captured := strings.Split(s, ":") // ok
	f := func() string { captured = nil; return captured[0] }
	return []string{captured[0], f()}
}

func way(s string) error {
	if s == "" {
		return fmt.Errorf("empty: %q", strings.Split(s, ":")[0]) // ok
	}
	return nil
}

// An even number of parts, and another one at the end.
func key(prefix, name []byte) []byte {
	var out []byte
	out = append(out, prefix...) // want `out grows to len\(prefix\)\+len\(name\)\+1 elements of 1 bytes in 3 steps and is copied on the way`
	out = append(out, '/')
	out = append(out, name...)
	return out
}

func framed(in []int, from, to int) []int {
	out := make([]int, 0)
	out = append(out, from, to) // want `out grows to len\(in\[from:to \+ 1\]\)\+2 elements of 8 bytes in 2 steps`
	return append(out, in[from:to+1]...)
}

func nested(in []int, n int) []int {
	return append(append([]int{}, in...), n) // want `a slice grows to len\(in\)\+1 elements of 8 bytes in 2 steps`
}

func unlessError(in []int, check func() error) ([]int, error) {
	out := append([]int(nil), in...) // want `a slice grows to len\(in\)\+len\(in\) elements`
	if err := check(); err != nil {
		return nil, err
	}
	return append(out, in...), nil
}

// There is one array only, or the length is not known before.
func grows(in []int, more func() []int, cond bool) [][]int {
	var clone []int
	clone = append(clone, in...) // ok
	var one []int
	one = append(one, 1) // ok
	one = append(one, in...)
	var later []int
	later = append(later, in...) // ok
	later = append(later, more()...)
	var found []int
	found = append(found, in...) // ok
	if cond {
		found = append(found, in...)
	}
	reused := in[:0]
	reused = append(reused, in...) // ok
	reused = append(reused, 1)
	ready := make([]int, 0, len(in)+1)
	ready = append(ready, in...) // ok
	ready = append(ready, 1)
	var both []int
	both = append(both, in...) // ok
	if len(both) == 0 {
		return [][]int{both}
	}
	both = append(both, 1)
	return [][]int{clone, one, later, found, reused, ready, both}
}

type filter func(string) bool

// A map that a function literal shares with its maker.
func NewFilter(keys ...string) filter {
	allowed := make(map[string]bool) // want `a map grows to len\(keys\) entries, which are moved on the way, once for each new value; make it with that size`
	for _, k := range keys {
		allowed[k] = true
	}
	return func(s string) bool { return allowed[s] }
}

// The function literal, or another loop, adds more.
func newCounter(keys ...string) func(string) int {
	seen := make(map[string]int) // ok
	for _, k := range keys {
		seen[k] = 0
	}
	return func(s string) int {
		seen[s]++
		return seen[s]
	}
}

// A function literal adds the entries, or two loops do.
func inLiteral(keys []string, each func(func([]string))) map[string]bool {
	seen := make(map[string]bool) // ok
	each(func(keys []string) {
		for _, k := range keys {
			seen[k] = true
		}
	})
	pairs := make(map[string]bool) // ok
	for _, k := range keys {
		for _, l := range keys {
			pairs[k+l] = true
		}
	}
	seen["pairs"] = len(pairs) > 0
	return seen
}

func sections(a, b, c, d, e []string) []string {
	var out []string
	out = append(out, a...) // want `out grows to all elements of 16 bytes in 5 steps`
	out = append(out, b...)
	out = append(out, c...)
	out = append(out, d...)
	out = append(out, e...)
	return out
}

// The variable has had another map before.
func newTables(keys ...string) func(string) bool {
	table := map[string]bool{"": true}
	println(len(table))
	table = make(map[string]bool) // ok
	for _, k := range keys {
		table[k] = true
	}
	return func(s string) bool { table = table; return table[s] }
}

func newNames(keys ...string) []string {
	var names []string
	for _, k := range keys {
		names = append(names, k+"/") // want `names grows to len\(keys\) elements of 16 bytes and is copied on the way once for each new value`
	}
	return names
}

// What is set up once is not worth it.
func initNames(keys ...string) []string {
	var names []string
	for _, k := range keys {
		names = append(names, k+"/") // ok
	}
	table := make(map[string]bool) // ok
	for _, k := range keys {
		table[k] = true
	}
	return names
}

func newCRC32() hash.Hash32 { return crc32.NewIEEE() }

func verify(data, want []byte) error {
	h := newCRC32()
	if _, err := h.Write(data); err != nil {
		return err
	}
	if got := h.Sum(nil); !bytes.Equal(got, want) { // want `a checksum is made as a slice, with an object to make it, whenever its function is called; crc32.ChecksumIEEE needs neither`
		return fmt.Errorf("got %x, want %x", got, want)
	}
	return nil
}

func pieces(data, more []byte) []byte {
	h := crc32.NewIEEE()
	h.Write(data)
	h.Write(more)
	return h.Sum(nil) // want `a checksum is made as a slice whenever its function is called; Sum32 returns it as a number`
}

func given(h hash.Hash64) byte {
	return h.Sum(nil)[0] // want `Sum64 returns it as a number`
}

func digest(data []byte) string {
	h := sha256.New()
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)) // want `sha256.Sum256 needs neither`
}

// The compiler leaves it on the stack, or an array would be kept as well, or
// there are several pieces.
func checksums(data []byte, list [][]byte, h hash.Hash) (kept []byte, equal bool) {
	stays := crc32.NewIEEE()
	stays.Write(data)
	equal = bytes.Equal(stays.Sum(nil), data) // ok
	kept = h.Sum(nil)                         // ok
	all := sha256.New()
	for _, b := range list {
		all.Write(b)
	}
	equal = equal || bytes.Equal(all.Sum(nil), data) // ok
	one := sha256.New()
	one.Write(data)
	kept = append(kept, one.Sum(nil)...) // want `sha256.Sum256 needs neither`
	var array [sha256.Size]byte
	two := sha256.New()
	two.Write(data)
	two.Sum(array[:0]) // ok
	returned := sha256.New()
	returned.Write(data)
	return returned.Sum(nil), equal && len(kept) > 0 // ok
}
