// Command escapetruth compares the allocation sites that perflint finds on SSA
// form with what the compiler says, by line and kind of site.
//
//	go run ./benchmarks/escapetruth -dir DIR PATTERN...
//
// The compiler's word is the text of go list -export -gcflags=-m=2, which the
// go command keeps. A site on the heap counts as right if the compiler says so
// of a site of that kind on its line. What does not count, on either side:
//
//   - sites that are on a line with a call that the compiler inlines, and of
//     which perflint does not know: they are sites of the called function,
//     which have lines of their own;
//   - boxed constants and bytes, and function literals that capture nothing, which are
//     said to escape and allocate nothing;
//   - package-level variables, which the linker makes;
//   - the error value inside of fmt.Errorf, which is made only where there is
//     nothing to format;
//   - channels, slices and maps of sizes too large or unknown, growth without
//     escape, records of deferred calls, += on strings, and the closures of go
//     statements with arguments, about which the compiler says nothing.
//
// Generic functions are left out. With -v=fp, fn or unknown it lists the sites
// that perflint finds and the compiler does not, the other way round, and those
// on the heap of which perflint knows too little.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "escapetruth:", err)
		os.Exit(1)
	}
}

func run() error {
	dir := flag.String("dir", ".", "folder of the module")
	verbose := flag.String("v", "", "list the sites that are `fp`, fn or unknown")
	flag.Parse()
	ctx := context.Background()
	truth, err := compile(ctx, *dir, flag.Args())
	if err != nil {
		return err
	}
	sites, err := model(ctx, *dir, flag.Args())
	if err != nil {
		return err
	}
	t := compare(truth, sites)
	t.print(*verbose)
	return nil
}

// A count is how often perflint and the compiler agree on one kind of site.
type count struct{ right, wrong, unknown, missed int }

func (c *count) add(d count) {
	c.right += d.right
	c.wrong += d.wrong
	c.unknown += d.unknown
	c.missed += d.missed
}

func (c *count) row(name string) {
	share := func(part, whole int) string {
		if whole == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
	}
	all := c.right + c.unknown + c.missed
	fmt.Printf("%-14s %7d %7d %7d %7d %10s %10s\n", name, c.right, c.wrong, c.unknown, c.missed,
		share(c.right, c.right+c.wrong), share(c.right, all))
}

func (t *table) print(verbose string) {
	fmt.Printf("%-14s %7s %7s %7s %7s %10s %10s\n", "kind", "right", "wrong", "unknown", "missed", "precision", "recall")
	var total count
	for _, kind := range slices.Sorted(maps.Keys(t.counts)) {
		t.counts[kind].row(kind)
		total.add(*t.counts[kind])
	}
	total.row("all")
	for _, word := range slices.Sorted(maps.Keys(t.left)) {
		fmt.Printf("left out: %-40s %d\n", word, t.left[word])
	}
	if verbose == "" {
		return
	}
	slices.SortFunc(t.lines, func(a, b line) int { return cmp.Compare(a.text, b.text) })
	for _, l := range t.lines {
		if l.verdict == verbose {
			fmt.Println(l.text)
		}
	}
}
