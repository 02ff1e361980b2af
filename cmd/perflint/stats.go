package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/perflint/perflint/internal/driver"
)

// printStats prints what -stats asks for.
func printStats(w io.Writer, s driver.Stats) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	total := s.Roots + s.FactsOnly
	row("packages", "%d for findings, %d dependencies for facts only", s.Roots, s.FactsOnly)
	row("cache", "%d hits, %d misses", s.Cached, total-s.Cached)
	row("SSA builds", "%d", s.SSABuilds)
	row("facts", "%d bytes in %d packages", s.FactBytes(), len(s.Facts))
	largest := slices.Compact(slices.Clone(s.Facts)) // variants of a package for tests tend to be equal
	for _, f := range largest[:min(len(largest), maxFactRows)] {
		row("  "+f.Package, "%d bytes", f.Bytes)
	}
	row("findings", "%d suppressed, %d hidden", s.Suppressed, s.Hidden)
	row("go list", "%s", seconds(s.Load))
	row("analysis", "%s", seconds(s.Analyze))
	names := slices.SortedFunc(maps.Keys(s.Analyzers), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Analyzers[b], s.Analyzers[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		row("  "+name, "%s", seconds(s.Analyzers[name]))
	}
	table.Flush()
}

// maxFactRows is how many packages are shown with the size of their facts.
const maxFactRows = 5

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// A progress shows on a terminal how far a run is. It keeps quiet for the
// first second, so that short runs do not flicker.
type progress struct {
	w     io.Writer
	begin time.Time
	last  time.Time // when the line was last drawn; zero if never
	now   func() time.Time
}

// newProgress returns the progress of a run, or nil if nobody would see it.
func newProgress(w io.Writer) *progress {
	if file, ok := w.(*os.File); !ok || !isTerminal(file) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{w: w, begin: time.Now(), now: time.Now}
}

// update draws the line, at most ten times a second.
func (p *progress) update(done, total int, pkg string) {
	now := p.now()
	if now.Sub(p.begin) < time.Second || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last = now
	const width = 79
	line := []rune(fmt.Sprintf("perflint: %d/%d %s", done, total, pkg))
	fmt.Fprintf(p.w, "\r\x1b[K%s", string(line[:min(len(line), width)]))
}

// clear removes the line.
func (p *progress) clear() {
	if p != nil && !p.last.IsZero() {
		io.WriteString(p.w, "\r\x1b[K")
	}
}
