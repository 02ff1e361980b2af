// Command escapeprofile compares the allocations that perflint finds with those
// that happen when the benchmarks of a module run.
//
//	go run ./benchmarks/escapeprofile -dir DIR [-n 100] [-in ./tsdb/...] PACKAGE=BENCHMARK...
//
// It runs each benchmark of the list (what follows the = is for -bench) twice, a
// fixed number of times: with a memory profile in which every allocation has a
// sample, for which the runtime is built from an overlay, and with a coverage profile, which says what lines are executed. Both
// are joined with the sites that analyzer escape finds in the packages of -in
// (default: those of the list), by file and line.
//
// A site counts as executed if it is in a block of code that the benchmarks
// have entered, and as allocating if the memory profile has an allocation on
// one of its lines: one that the line makes itself, or for calls, one that is
// made below it. Sites are those that perflint shows with these profiles, and
// all that it knows, hidden ones included; each with the word of the compiler
// and without. Those of the rule may-allocate say that a line allocates on a
// condition, such as that a slice is full, so all others are a row of their own.
//
// Bytes count where the innermost function that is not of the runtime is one
// of these packages. Of these, no edit can avoid, and are left out:
//
//   - those that test files allocate, which are of the benchmark;
//   - those that are still in use when the benchmarks have ended;
//   - those that the New function of a sync.Pool allocates, since that is
//     what avoids them.
//
// Bytes that functions outside of these packages allocate are a row of their
// own: they count for the innermost line of the packages that leads there.
//
// With -v=missed it lists the lines with bytes and without a site, and with
// -v=idle the sites on executed lines that do not allocate.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "escapeprofile:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir := flag.String("dir", ".", "folder of the module")
	rounds := flag.Int("n", 100, "how often to run each benchmark")
	in := flag.String("in", "", "comma-separated `patterns` of the packages to look at; default: those of the benchmarks")
	keep := flag.String("keep", "", "keep the profiles in this `folder`, or take them from there")
	verbose := flag.String("v", "", "list the lines that are `missed`, or the sites that are idle")
	flag.Parse()
	if flag.NArg() == 0 {
		return errors.New("no benchmark; want PACKAGE=BENCHMARK...")
	}
	suite, err := newSuite(*dir, *in, *rounds, flag.Args())
	if err != nil {
		return err
	}
	if suite.folder, err = filepath.Abs(*keep); err != nil {
		return err
	}
	if *keep == "" {
		if suite.folder, err = os.MkdirTemp("", "escapeprofile"); err != nil {
			return err
		}
		defer os.RemoveAll(suite.folder)
	}
	o, err := suite.observe(ctx)
	if err != nil {
		return err
	}
	v, err := analyse(ctx, *dir, suite.patterns, o.files)
	if err != nil {
		return err
	}
	report(o, v, *verbose)
	return nil
}

// newSuite reads the list of benchmarks, and the patterns of packages.
func newSuite(dir, in string, rounds int, list []string) (*suite, error) {
	s := &suite{dir: dir, rounds: rounds}
	for _, arg := range list {
		pkg, bench, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("%q: want PACKAGE=BENCHMARK", arg)
		}
		s.benchmarks = append(s.benchmarks, benchmark{pkg, bench})
		s.patterns = append(s.patterns, pkg)
	}
	if in != "" {
		s.patterns = strings.Split(in, ",")
	}
	slices.Sort(s.patterns)
	s.patterns = slices.Compact(s.patterns)
	return s, nil
}

// report prints what was found.
func report(o *observation, v *views, verbose string) {
	fmt.Printf("%d lines executed, %d of them allocate by themselves\n\n", o.executedLines(), len(o.direct))
	fmt.Printf("%-28s %8s %9s %9s %8s %8s %8s\n", "sites", "all", "executed", "allocate", "share", "bytes", "calls")
	for _, view := range v.list {
		t := o.tally(view.findings)
		fmt.Printf("%-28s %8d %9d %9d %8s %8s %8s\n", view.name, t.all, t.executed, t.allocate,
			percent(int64(t.allocate), int64(t.executed)), percent(t.bytes, o.avoidable), percent(t.called, o.outside))
	}
	fmt.Printf("\nbytes of the packages: %s\n", megabytes(o.inside))
	for _, name := range []string{leftTest, leftKept, leftPool} {
		fmt.Printf("  left out, %-22s %s\n", name+":", megabytes(o.left[name]))
	}
	fmt.Printf("  avoidable (100 %% of bytes):       %s\n", megabytes(o.avoidable))
	fmt.Printf("bytes of functions that they call (100 %% of calls): %s\n", megabytes(o.outside))
	switch verbose {
	case "missed":
		o.printMissed(v.all())
	case "idle":
		o.printIdle(v.confirmed())
	}
}

func percent(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

func megabytes(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }

// byWeight sorts lines by what they weigh, the heaviest first.
func byWeight(weights map[place]int64) []place {
	var places []place
	for p := range weights {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return places
}
