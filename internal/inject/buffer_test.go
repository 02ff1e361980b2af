package inject

import (
	"bytes"
	"testing"
)

func TestBuffer(t *testing.T) {
	var b buffer
	b.before(0, "A(") // around 0 to 2
	b.after(2, ")")
	b.before(0, "B(") // within
	b.after(2, "]")
	b.before(2, "C(") // what begins where that ends
	b.after(3, ")")
	b.first(0, "0")
	b.replace(4, 5, "E")
	if got := string(b.apply([]byte("abcdef"))); got != "0A(B(ab])C(c)dEf" {
		t.Errorf("got %s", got)
	}
}

// Whatever is inserted, the source is still there, in order.
func FuzzBuffer(f *testing.F) {
	f.Add([]byte("package p"), []byte{0, 1, 2, 9})
	f.Add([]byte(""), []byte{0})
	f.Fuzz(func(t *testing.T, src, places []byte) {
		src = bytes.ReplaceAll(src, []byte("\x01"), nil)
		var b buffer
		for i, at := range places {
			offset := int(at) % (len(src) + 1)
			[]func(int, string){b.before, b.after, b.first}[i%3](offset, "\x01")
		}
		got := b.apply(src)
		if bytes.Count(got, []byte("\x01")) != len(places) || !bytes.Equal(bytes.ReplaceAll(got, []byte("\x01"), nil), src) {
			t.Errorf("%q with insertions at %v is %q", src, places, got)
		}
	})
}
