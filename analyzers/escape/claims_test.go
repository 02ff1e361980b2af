package escape_test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/escape"
)

// A claim is what a rule says about allocations: that code of one shape makes
// more of them than code of another one.
type claim struct {
	rule   string // empty for what no rule says, since it is not true
	name   string
	before func()
	after  func()
	counts [2]int // allocations before and after, with Go 1.26
}

// Where results go, so that they leave their functions.
var (
	number     = 123456
	text       = strings.Repeat("x", 40)
	raw        = []byte(text)
	counts     = map[string]int{text: 1}
	more       = map[string]int{}
	hundred    = make([]int, 100)
	four       = make([]int, 4)
	ten        = make([]closer, 10)
	hoisted    = regexp.MustCompile(`^[a-z]+\[[0-9]+\]$`)
	sum32      = fnv.New32a()
	reader     = bytes.NewReader(nil)
	buffered   = bufio.NewWriter(io.Discard)
	reused     = newBuilder("")
	sinkBool   bool
	sinkBytes  []byte
	sinkInt    int
	sinkString string
	sinkInts   []int
	sinkError  error
	sinkMap    map[int]int
)

type closer struct{ n *int }

func (c closer) Close() { sinkInt++ }

// claims has one row for each claim of a page, and for advice that was true
// once and that the rules do not give any more.
var claims = []claim{
	{"escape/recompiled", "a pattern per call", func() { sinkBool = regexp.MustCompile(`^[a-z]+\[[0-9]+\]$`).MatchString("adam[23]") },
		func() { sinkBool = hoisted.MatchString("adam[23]") }, [2]int{50, 0}},
	{"escape/scalar-format", "%d", func() { sinkString = fmt.Sprintf("%d", number) }, func() { sinkString = strconv.Itoa(number) }, [2]int{2, 1}},
	{"", "%x", func() { sinkString = fmt.Sprintf("%x", number) }, func() { sinkString = strconv.FormatInt(int64(number), 16) }, [2]int{2, 1}},
	{"", "%s", func() { sinkString = fmt.Sprintf("%s", text) }, func() { sinkString = text }, [2]int{2, 0}},
	{"", "%t", func() { sinkString = fmt.Sprintf("%t", number > 5) }, func() { sinkString = strconv.FormatBool(number > 5) }, [2]int{1, 0}},
	{"escape/concat-in-loop", "100 strings of two bytes", concatenate, collect, [2]int{99, 6}},
	{"escape/defer-in-loop", "10 rounds", deferInRounds, deferInFunction, [2]int{10, 0}},
	{"escape/append-growth", "100 integers", func() { sinkInts = grow(hundred) }, func() { sinkInts = makeRoom(hundred) }, [2]int{5, 1}},
	{"escape/map-growth", "100 entries", func() { fillMap(make(map[int]int)) }, func() { fillMap(make(map[int]int, len(hundred))) }, [2]int{11, 4}},
	{"escape/split-to-iterate", "four parts", splitList, splitIterate, [2]int{1, 0}},
	{"escape/append-growth", "two slices of 100 integers", func() { sinkInts = join(hundred, hundred) }, func() { sinkInts = joinInRoom(hundred, hundred) }, [2]int{2, 1}},
	{"", "a slice behind one element in a slice that make returns", func() { sinkInts = oneAndMore(hundred) }, func() { sinkInts = oneAndMoreInRoom(hundred) }, [2]int{2, 1}},
	{"escape/split-for-parts", "two parts", func() { sinkString = secondPart("gzip;q=0.8") }, func() { _, sinkString, _ = strings.Cut("gzip;q=0.8", ";") }, [2]int{1, 0}},
	{"", "the last part", func() { sinkString = lastPart("a/b/c") }, func() { s := "a/b/c"; sinkString = s[strings.LastIndex(s, "/")+1:] }, [2]int{1, 0}},
	{"", "the number of parts", func() { sinkInt = len(strings.Split(text, "y")) }, func() { sinkInt = strings.Count(text, "y") + 1 }, [2]int{1, 0}},
	{"", "parts by Cut", splitList, splitCut, [2]int{1, 0}},
	{"escape/checksum-slice", "SHA-256 in hexadecimal", digestObject, digestArray, [2]int{3, 2}},
	{"", "MD5 in hexadecimal", func() { h := md5.New(); h.Write(raw); sinkString = hex.EncodeToString(h.Sum(nil)) },
		func() { s := md5.Sum(raw); sinkString = hex.EncodeToString(s[:]) }, [2]int{2, 1}},
	{"", "CRC-32 that an error may mention", checksumObject, checksumNumber, [2]int{1, 0}},
	{"", "FNV by an interface", func() { sinkInt = int(fnvSlice(sum32)[0]) }, func() { sinkInt = int(sum32.Sum32()) }, [2]int{1, 0}},
	{"escape/dropped-result", "a builder with two slices", func() { sinkInt += newBuilder(text).Len() }, func() { reused.Reset(text); sinkInt += reused.Len() }, [2]int{3, 0}},
	{"", "a reader behind an interface", func() { sinkBool = hasByte(bytes.NewReader(raw)) }, func() { reader.Reset(raw); sinkBool = hasByte(reader) }, [2]int{1, 0}},
	{"", "a buffered writer", func() { w := bufio.NewWriter(io.Discard); w.WriteString(text); w.Flush() },
		func() { buffered.Reset(io.Discard); buffered.WriteString(text); buffered.Flush() }, [2]int{1, 0}},
	{"escape/bytes-lookup", "a key of 40 bytes", lookUpVariable, lookUpConversion, [2]int{1, 0}},
}

// noClaims are pairs that do not differ, for which the rules are silent.
var noClaims = []claim{
	{"", "a slice of 32 bytes that grows", func() { sinkInts = grow(four) }, func() { sinkInts = makeRoom(four) }, [2]int{1, 1}},
	{"", "fmt.Errorf of a constant", func() { sinkError = fmt.Errorf("constant") }, func() { sinkError = errors.New("constant") }, [2]int{1, 1}},
	{"", "a key that is looked up once", lookUpOnce, func() { sinkInt += counts[string(raw)] }, [2]int{0, 0}},
	{"", "%q", func() { sinkString = fmt.Sprintf("%q", text) }, func() { sinkString = strconv.Quote(text) }, [2]int{2, 2}},
	{"", "a variable as key of few bytes", func() { key := string(raw[:20]); sinkInt += counts[key] }, func() { sinkInt += counts[string(raw[:20])] }, [2]int{0, 0}},
	{"", "a function that is called at once", func() { func() { sinkInt += number }() }, func() { sinkInt += number }, [2]int{0, 0}},
	{"", "eight entries of a map", func() { m := make(map[int]int); fillFew(m) }, func() { m := make(map[int]int, 8); fillFew(m) }, [2]int{0, 0}},
	{"", "a slice behind one element", func() { sinkInts = oneAndMoreFromNil(hundred) }, func() { sinkInts = oneAndMoreInRoom(hundred) }, [2]int{1, 1}},
	{"", "a CRC-32 that stays in its function", func() { h := crc32.NewIEEE(); h.Write(raw); sinkBool = bytes.Equal(h.Sum(nil), raw) },
		func() { sinkBool = crc32.ChecksumIEEE(raw) == binary.BigEndian.Uint32(raw) }, [2]int{0, 0}},
	{"", "a reader that stays in its function", func() { b, _ := bytes.NewReader(raw).ReadByte(); sinkBool = b == 1 }, func() { reader.Reset(raw); b, _ := reader.ReadByte(); sinkBool = b == 1 }, [2]int{0, 0}},
	{"", "a SHA-256 that is kept", func() { h := sha256.New(); h.Write(raw); sinkBytes = h.Sum(nil) }, func() { s := sha256.Sum256(raw); sinkBytes = s[:] }, [2]int{1, 1}},
	{"", "one deferred call", func() { defer ten[0].Close() }, func() { ten[0].Close() }, [2]int{0, 0}},
}

// TestClaims fails when advice stops being true on the toolchain in use. The
// numbers are those of the toolchain that go.mod asks for, and the pages quote
// them.
func TestClaims(t *testing.T) {
	docs := make(map[string]string)
	for _, r := range escape.Rules() {
		docs[r.Name] = strings.Join(strings.Fields(r.Doc), " ")
	}
	for _, c := range claims {
		before, after := allocations(c.before), allocations(c.after)
		if before <= after {
			t.Errorf("%s, %s: %d allocations before, %d after", c.rule, c.name, before, after)
		}
		checkCounts(t, &c, before, after)
		if c.rule == "" {
			continue
		}
		quote := fmt.Sprintf("Measured with Go 1.26 (%s): %s before, %s after", c.name, amount(c.counts[0]), amount(c.counts[1]))
		if !strings.Contains(docs[c.rule], quote) {
			t.Errorf("the page of %s does not say %q", c.rule, quote)
		}
	}
	for _, c := range noClaims {
		before, after := allocations(c.before), allocations(c.after)
		if before != after {
			t.Errorf("%s: %d allocations before, %d after; the rules are silent about it", c.name, before, after)
		}
		checkCounts(t, &c, before, after)
	}
}

func checkCounts(t *testing.T, c *claim, before, after int) {
	t.Helper()
	if strings.HasPrefix(runtime.Version(), "go1.26") && [2]int{before, after} != c.counts {
		t.Errorf("%s, %s: got %d allocations before and %d after, want %d", c.rule, c.name, before, after, c.counts)
	}
}

func amount(n int) string {
	switch n {
	case 0:
		return "no allocation"
	case 1:
		return "1 allocation"
	}
	return fmt.Sprintf("%d allocations", n)
}

func allocations(f func()) int { return int(testing.AllocsPerRun(100, f)) }

func BenchmarkClaims(b *testing.B) {
	for _, c := range claims {
		name := c.rule + "/" + c.name
		b.Run(name+"/before", func(b *testing.B) { measure(b, c.before) })
		b.Run(name+"/after", func(b *testing.B) { measure(b, c.after) })
	}
}

func measure(b *testing.B, f func()) {
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
}
