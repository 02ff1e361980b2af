package escape

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"strings"
	"testing"
)

var kept any

// TestMakers counts what the functions of the table allocate for a result that
// is kept: at least what the table says.
func TestMakers(t *testing.T) {
	data := bytes.Repeat([]byte("x"), 100)
	text := string(data)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(data)
	w.Close()
	var out bytes.Buffer
	calls := map[string]func(){
		"bytes.NewReader":              func() { kept = bytes.NewReader(data) },
		"bytes.NewBuffer":              func() { kept = bytes.NewBuffer(data) },
		"bytes.NewBufferString":        func() { kept = bytes.NewBufferString(text) },
		"strings.NewReader":            func() { kept = strings.NewReader(text) },
		"bufio.NewReader":              func() { kept = bufio.NewReader(&out) },
		"bufio.NewReaderSize":          func() { kept = bufio.NewReaderSize(&out, 100) },
		"bufio.NewWriter":              func() { kept = bufio.NewWriter(io.Discard) },
		"bufio.NewWriterSize":          func() { kept = bufio.NewWriterSize(io.Discard, 100) },
		"compress/flate.NewReader":     func() { kept = flate.NewReader(&out) },
		"compress/flate.NewWriter":     func() { kept, _ = flate.NewWriter(&out, 5) },
		"compress/gzip.NewReader":      func() { kept, _ = gzip.NewReader(bytes.NewReader(zipped.Bytes())) },
		"compress/gzip.NewWriterLevel": func() { kept, _ = gzip.NewWriterLevel(&out, 5) },
		"compress/zlib.NewWriterLevel": func() { kept, _ = zlib.NewWriterLevel(&out, 5) },
		"crypto/hmac.New":              func() { kept = hmac.New(sha256.New, data) },
	}
	for name, cost := range makers.All() {
		call := calls[name]
		if call == nil {
			t.Errorf("%s is not measured", name)
			continue
		}
		if n := int(testing.AllocsPerRun(100, call)); n < cost.Total() {
			t.Errorf("%s allocates %d times, the table says %d", name, n, cost.Total())
		}
	}
}
