package escape_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

// What the claims of claims_test.go run.

func concatenate() {
	s := ""
	for range 100 {
		s += text[:2]
	}
	sinkString = s
}

func collect() {
	var s strings.Builder
	for range 100 {
		s.WriteString(text[:2])
	}
	sinkString = s.String()
}

func deferInRounds() {
	for _, c := range ten {
		defer c.Close()
	}
}

func deferInFunction() {
	for _, c := range ten {
		func() {
			defer c.Close()
		}()
	}
}

//go:noinline
func grow(in []int) []int {
	var out []int
	for _, n := range in {
		out = append(out, n+1)
	}
	return out
}

//go:noinline
func makeRoom(in []int) []int {
	var out []int
	out = slices.Grow(out, len(in))
	for _, n := range in {
		out = append(out, n+1)
	}
	return out
}

//go:noinline
func fillMap(m map[int]int) {
	for i := range hundred {
		m[i] = i
	}
	sinkMap = m
}

func fillFew(m map[int]int) {
	for i := range 8 {
		m[i] = i
	}
	sinkInt += len(m)
}

func splitList() {
	for _, part := range strings.Split("gzip,br,zstd,identity", ",") {
		sinkInt += len(part)
	}
}

func splitIterate() {
	for part := range strings.SplitSeq("gzip,br,zstd,identity", ",") {
		sinkInt += len(part)
	}
}

func splitCut() {
	rest := "gzip,br,zstd,identity"
	for more := true; more; {
		var part string
		part, rest, more = strings.Cut(rest, ",")
		sinkInt += len(part)
	}
}

//go:noinline
func secondPart(s string) string {
	parts := strings.Split(s, ";")
	if len(parts) > 1 {
		return parts[1]
	}
	return ""
}

//go:noinline
func lastPart(s string) string {
	parts := strings.Split(s, "/")
	return parts[len(parts)-1]
}

//go:noinline
func join(a, b []int) []int {
	var out []int
	out = append(out, a...)
	out = append(out, b...)
	return out
}

//go:noinline
func joinInRoom(a, b []int) []int {
	out := make([]int, 0, len(a)+len(b))
	out = append(out, a...)
	out = append(out, b...)
	return out
}

//go:noinline
func oneAndMore(in []int) []int {
	out := make([]int, 0)
	out = append(out, 1)
	out = append(out, in...)
	return out
}

//go:noinline
func oneAndMoreFromNil(in []int) []int {
	var out []int
	out = append(out, 1)
	out = append(out, in...)
	return out
}

//go:noinline
func oneAndMoreInRoom(in []int) []int {
	out := make([]int, 0, len(in)+1)
	out = append(out, 1)
	out = append(out, in...)
	return out
}

func digestObject() {
	h := sha256.New()
	h.Write(raw)
	sinkString = hex.EncodeToString(h.Sum(nil))
}

func digestArray() {
	sum := sha256.Sum256(raw)
	sinkString = hex.EncodeToString(sum[:])
}

func checksumObject() {
	h := crc32.New(crc32.IEEETable)
	h.Write(raw)
	if sum := h.Sum(nil); len(raw) == 0 {
		sinkError = fmt.Errorf("got %x", sum)
	}
}

func checksumNumber() {
	if sum := crc32.Checksum(raw, crc32.IEEETable); len(raw) == 0 {
		sinkError = fmt.Errorf("got %x", sum)
	}
}

type builder struct {
	base     string
	add, del []string
}

//go:noinline
func newBuilder(base string) *builder {
	return &builder{base: base, add: make([]string, 0, 5), del: make([]string, 0, 5)}
}

func (b *builder) Reset(base string) { b.base, b.add, b.del = base, b.add[:0], b.del[:0] }

func (b *builder) Len() int { return len(b.base) + len(b.add) + len(b.del) }

//go:noinline
func hasByte(r io.ByteReader) bool {
	_, err := r.ReadByte()
	return err == nil
}

//go:noinline
func fnvSlice(h hash.Hash32) []byte { return h.Sum(nil) }

func lookUpVariable() {
	key := string(raw)
	sinkInt += counts[key] + more[key]
}

func lookUpConversion() {
	sinkInt += counts[string(raw)] + more[string(raw)]
}

func lookUpOnce() {
	key := string(raw)
	sinkInt += counts[key]
}
