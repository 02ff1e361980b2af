package main

import (
	"strings"
	"testing"
	"time"
)

// The line appears after a second, is drawn ten times a second at most, fits
// a terminal, and is gone in the end.
func TestProgress(t *testing.T) {
	var out strings.Builder
	clock := time.Unix(0, 0)
	p := &progress{w: &out, begin: clock, now: func() time.Time { return clock }}
	p.update(0, 10, "fmt")
	p.clear()
	if out.Len() > 0 {
		t.Fatalf("drew %q in the first second", out.String())
	}
	clock = clock.Add(2 * time.Second)
	p.update(1, 10, "fmt")
	clock = clock.Add(50 * time.Millisecond)
	p.update(2, 10, "sync")
	if got, want := out.String(), "\r\x1b[Kperflint: 1/10 fmt"; got != want {
		t.Errorf("drew %q, want %q", got, want)
	}
	clock = clock.Add(time.Second)
	out.Reset()
	p.update(3, 10, strings.Repeat("x", 200))
	if n := len([]rune(out.String())); n > 79+len("\r\x1b[K") {
		t.Errorf("drew %d characters", n)
	}
	out.Reset()
	p.clear()
	if got := out.String(); got != "\r\x1b[K" {
		t.Errorf("cleared with %q", got)
	}
	var none *progress
	none.clear() // not on a terminal
}
