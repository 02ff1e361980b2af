package report

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

func TestFormats(t *testing.T) {
	formats := Formats()
	if !slices.IsSorted(formats) || !slices.Contains(formats, "text") || !slices.Contains(formats, "json") {
		t.Errorf("Formats() = %q", formats)
	}
	for _, format := range formats {
		if err := CheckFormat(format); err != nil {
			t.Error(err)
		}
	}
	for _, format := range []string{"", "Text", "xml"} {
		for _, err := range []error{CheckFormat(format), Write(io.Discard, format, new(Set))} {
			if err == nil || !strings.Contains(err.Error(), `unknown format "`+format+`": want `) || !strings.Contains(err.Error(), "json") {
				t.Errorf("format %q: error %v", format, err)
			}
		}
	}
}

// A format must not claim success where nothing was written.
func TestWriteError(t *testing.T) {
	for _, format := range Formats() {
		err := Write(brokenPipe{}, format, &Set{Findings: []finding.Finding{lost()}, ReadFile: readFile})
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: error %v", format, err)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestJSONLines(t *testing.T) {
	first, second := lost(), finding.Finding{Rule: "a/b", Severity: finding.Info, Confidence: finding.Likely, Message: "case <-done && ok"}
	set := &Set{Findings: []finding.Finding{first, second}, Dir: "/src/shop", Color: true, ReadFile: readFile}
	var out strings.Builder
	if err := Write(&out, "json", set); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(out.String(), "\n")
	if len(lines) != 3 || lines[2] != "" {
		t.Fatalf("%d lines, want 2 that end in a line feed:\n%s", len(lines)-1, &out)
	}
	for i, line := range lines[:2] {
		var got struct {
			Code     string
			Location finding.Position
			Message  string
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		want := set.Findings[i]
		if got.Code != want.Rule || got.Location != want.Location || got.Message != want.Message {
			t.Errorf("line %d: %+v, want that of %+v", i+1, got, want)
		}
	}
	if !strings.Contains(lines[0], `"file":"/src/shop/a.go"`) {
		t.Errorf("paths are not absolute: %s", lines[0])
	}
	if !strings.Contains(lines[1], `"message":"case <-done && ok"`) {
		t.Errorf("text is not readable: %s", lines[1])
	}

	out.Reset()
	if err := Write(&out, "json", new(Set)); err != nil || out.String() != "" {
		t.Errorf("without findings: %q, %v", &out, err)
	}
}
