//go:build linux

// Command packages measures for each package what an analyzer costs beside
// building the package's SSA form.
//
//	packages [flags] [folder [package...]]
//
// It runs the analyzer in the folder as perflint does, without a cache, and
// takes the processor time of the thread that does the work: other load on
// the machine does not count, and neither does how deep a recursion is, which
// the stacks of a CPU profile are too short for. Work that the garbage
// collector gives to whoever allocates counts, its own workers do not.
//
// A first run finds the packages whose SSA form the analyzer asks for. In
// the later ones it is built before the analyzer begins. The rows are means
// of these, the highest ratio first. Packages that are analysed for facts
// only, as dependencies, are marked with a star.
//
// In a CPU profile of the runs, the samples of the analyzer have a label with
// the package, for -tagfocus=package=PACKAGE of pprof, however deep their stacks
// are.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

func main() {
	var m meter
	name := flag.String("analyzer", "chandeadlock", "the `name` of the analyzer")
	runs := flag.Int("runs", 3, "how often to measure")
	top := flag.Int("top", 0, "how many rows to print; 0: all")
	least := flag.Duration("least", 0, "leave out packages whose SSA form takes less")
	all := flag.Bool("all", false, "with all rules, rather than the default ones")
	tests := flag.Bool("tests", true, "also analyse test files")
	profile := flag.String("cpuprofile", "", "write a CPU profile to a `file`")
	flag.Parse()
	dir, patterns := ".", []string{"./..."}
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	if flag.NArg() > 1 {
		patterns = flag.Args()[1:]
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "packages: %v\n", err)
			os.Exit(1)
		}
	}
	err := m.measure(dir, patterns, *name, *runs, *all, *tests)
	pprof.StopCPUProfile()
	if err != nil {
		fmt.Fprintf(os.Stderr, "packages: %v\n", err)
		os.Exit(1)
	}
	m.print(*top, *least)
}

// A row is what was measured of a package, summed over the runs.
type row struct {
	pkg           string
	factsOnly     bool
	ssa, analyzer time.Duration
}

func (r *row) ratio() float64 { return float64(r.analyzer) / float64(r.ssa) }

// A meter runs an analyzer and keeps the rows.
type meter struct {
	rows map[string]*row // by the path of the package, with that of its test
	runs int
}

// measure runs the analyzer once to see which packages need SSA form, and then
// some times with a clock.
func (m *meter) measure(dir string, patterns []string, name string, runs int, all, tests bool) error {
	m.rows, m.runs = make(map[string]*row), runs
	ctx := context.Background()
	env, err := driver.ReadEnvironment(ctx, dir, nil)
	if err != nil {
		return err
	}
	options := pragma.Options{Toolchain: env.Toolchain}
	if options.Main, err = env.GoLines(); err != nil {
		return err
	}
	if all {
		options.Severity, options.Confidence, options.Enable = finding.Info, finding.Possible, []string{name + "/*"}
	}
	for i := range runs + 1 {
		list := analyzers.New(options)
		at := slices.IndexFunc(list, func(a *analysis.Analyzer) bool { return a.Name == name })
		if at < 0 {
			return fmt.Errorf("there is no analyzer %q", name)
		}
		_, err := driver.Run(ctx, &driver.Config{
			Dir: dir, Patterns: patterns, Tests: tests, Jobs: 1, Environment: env, Options: options,
			Analyzers: []*analysis.Analyzer{m.wrap(list[at], i > 0)}, Rules: analyzers.Rules(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wrap returns an analyzer that does the same and notes what it costs, with
// what those that it requires do with SSA form.
func (m *meter) wrap(a *analysis.Analyzer, timed bool) *analysis.Analyzer {
	for _, required := range a.Requires {
		if slices.Contains(required.Requires, ssax.Analyzer) {
			required.Run = m.timed(required.Run, timed) // results are found by the pointer
		}
	}
	b := *a
	b.Run = m.timed(a.Run, timed)
	return &b
}

// timed returns a function that does the same as an analyzer's and notes what
// it costs.
func (m *meter) timed(run func(*analysis.Pass) (any, error), timed bool) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		lazy := pass.ResultOf[ssax.Analyzer].(*ssax.Lazy)
		id := key(pass)
		r := m.rows[id]
		if !timed || r == nil {
			result, err := run(pass)
			if lazy.Built() {
				m.rows[id] = &row{pkg: id}
			}
			return result, err
		}
		if index, ok := pass.ResultOf[pragma.Analyzer].(*pragma.Index); ok {
			r.factsOnly = index.FactsOnly
		}
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		begin := threadTime()
		lazy.Get()
		built := threadTime()
		var result any
		var err error
		pprof.Do(context.Background(), pprof.Labels("package", id), func(context.Context) { result, err = run(pass) })
		r.ssa += built - begin
		r.analyzer += threadTime() - built
		return result, err
	}
}

// key names a package; one with its test files is another one.
func key(pass *analysis.Pass) string {
	name := pass.Pkg.Path()
	for _, f := range pass.Files {
		if strings.HasSuffix(pass.Fset.Position(f.FileStart).Filename, "_test.go") {
			return name + " [test]"
		}
	}
	return name
}

// threadTime returns the processor time of the calling thread.
func threadTime() time.Duration {
	const clock = 3 // CLOCK_THREAD_CPUTIME_ID; getrusage is only as fine as the kernel's ticks
	var now syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&now)), 0); errno != 0 {
		panic(fmt.Errorf("the time of the thread: %w", errno))
	}
	return time.Duration(now.Nano())
}

// print prints the rows, the highest ratio first, and the sums.
func (m *meter) print(top int, least time.Duration) {
	var rows []*row
	sum := row{pkg: "all packages"}
	over := 0
	for _, r := range m.rows {
		if r.ssa == 0 {
			continue
		}
		sum.ssa, sum.analyzer = sum.ssa+r.ssa, sum.analyzer+r.analyzer
		if r.ssa/time.Duration(m.runs) >= least {
			rows = append(rows, r)
		}
		if r.ratio() > 2 {
			over++
		}
	}
	slices.SortFunc(rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(b.ratio(), a.ratio()), cmp.Compare(a.pkg, b.pkg))
	})
	fmt.Printf("%10s %10s %7s  %s\n", "SSA ms", "analyzer", "ratio", "package")
	for i, r := range rows {
		if top == 0 || i < top {
			m.printRow(r)
		}
	}
	m.printRow(&sum)
	fmt.Printf("%d of %d packages over twice the time of their SSA form\n", over, len(m.rows))
}

func (m *meter) printRow(r *row) {
	star := ""
	if r.factsOnly {
		star = " *"
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(m.runs) }
	fmt.Printf("%10.2f %10.2f %6.0f%%  %s%s\n", ms(r.ssa), ms(r.analyzer), 100*r.ratio(), r.pkg, star)
}
