package inject

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perflint/perflint/perfmark"
)

var (
	seed     = flag.Uint64("seed", 1, "seed of the random programs")
	programs = flag.Int("programs", 200, "number of random programs")
)

// randomRules mark every call of a generated function or of the runtime.
var randomRules = []Rule{{ID: "any", Kind: "any", At: AtCall, Func: []string{"x.test/r/*.*", "(*x.test/r/*.*).*"}}}

// Random programs print the same with marks and without: results, panics, and
// the lines of whoever calls.
func TestRandomPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	const batches = 4
	dir := t.TempDir()
	writePrograms(t, dir, batches)

	prog, err := Load(t.Context(), dir, nil, []string{"./..."})
	if err != nil {
		t.Fatalf("the generator is wrong: %v", err)
	}
	plans, err := prog.Plans(&Options{Rules: randomRules, Funcs: true, Branches: true})
	if err != nil {
		t.Fatal(err)
	}
	sources, err := Render(plans, prog.Companion(os.DirFS("../../perfmark")))
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := Write(t.TempDir(), sources)
	if err != nil {
		t.Fatal(err)
	}
	marks := filepath.Join(t.TempDir(), "marks.json")
	want := goRun(t, dir, "")
	got := goRun(t, dir, marks, "-overlay="+overlay)
	compareRuns(t, want, got)
	checkMarks(t, marks, plans)
}

// writePrograms writes a module with random programs in several packages, and
// a command that runs them all.
func writePrograms(t *testing.T, dir string, batches int) {
	t.Helper()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module x.test/r\n\ngo 1.26\n")
	write("rt/rt.go", randomRuntime)
	main := "package main\n\nimport (\n\t\"x.test/r/rt\"\n"
	var calls strings.Builder
	for batch := range batches {
		g := &generator{Rand: rand.New(rand.NewPCG(*seed, uint64(batch)))}
		g.line("package q%d\n\nimport \"x.test/r/rt\"\n", batch)
		for i := range *programs / batches {
			g.program(i)
			fmt.Fprintf(&calls, "\trt.Run(\"q%d.P%d\", q%d.P%d)\n", batch, i, batch, i)
		}
		write(fmt.Sprintf("q%d/q.go", batch), g.out.String())
		main += fmt.Sprintf("\t\"x.test/r/q%d\"\n", batch)
	}
	write("main.go", main+")\n\nfunc main() {\n"+calls.String()+"}\n")
}

// goRun runs the program in a folder and returns its standard output.
func goRun(t *testing.T, dir, marks string, flags ...string) string {
	t.Helper()
	cmd := exec.Command("go", append(append([]string{"run"}, flags...), ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", perfmark.FileVariable+"="+marks)
	cmd.Stderr = new(strings.Builder)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go run %v: %v\n%s", flags, err, cmd.Stderr)
	}
	return string(out)
}

func compareRuns(t *testing.T, want, got string) {
	t.Helper()
	if n := strings.Count(want, "panic: "); n < *programs/20 {
		t.Errorf("only %d panics: the programs are too tame", n)
	}
	wantLines, gotLines := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i, line := range wantLines {
		if i >= len(gotLines) || gotLines[i] != line {
			t.Fatalf("seed %d: marks change what programs do: line %d is not %q but %q", *seed, i+1, line, append(gotLines, "the end")[min(i, len(gotLines))])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("seed %d: marked programs print more", *seed)
	}
}

// checkMarks demands that the comparison was of something.
func checkMarks(t *testing.T, file string, plans []*Plan) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Table(text)
	if err != nil {
		t.Fatal(err)
	}
	places := make(map[Place]int)
	skips := 0
	for _, p := range plans {
		skips += len(p.Skips)
		for _, m := range p.Marks {
			places[m.At]++
		}
	}
	hit := 0
	for _, row := range rows {
		if row[2] != "0" {
			hit++
		}
	}
	t.Logf("%d marks, %v, %d places left out, %d marks were hit", len(rows), places, skips, hit)
	if places[AtCall] < *programs || places[AtEntry] < *programs/4 || places[AtBranch] < *programs || hit < len(rows)/4 {
		t.Error("these are too few to compare")
	}
}

// randomRuntime is what random programs call. Fuel ends those that do not end.
const randomRuntime = `package rt

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
)

var fuel int

// say prints where the caller's caller is.
func say(what string, n int) {
	if fuel--; fuel < 0 {
		panic("no fuel")
	}
	_, file, line, _ := runtime.Caller(2)
	fmt.Println(what, n, filepath.Base(filepath.Dir(file)), line)
}

func One(n int) int { say("one", n); return n + 1 }

func Two(n int) (int, error) {
	say("two", n)
	if n%3 == 0 {
		return n, errors.New("three")
	}
	return n - 1, nil
}

func Void(n int)      { say("void", n) }
func Is(n int) bool   { say("is", n); return n%5 < 3 }
func Boom(n int) int  { say("boom", n); if n%7 == 3 { panic(fmt.Sprint("boom ", n)) }; return n }
func Gen[T any](v T) T { say(fmt.Sprintf("%T", v), 0); return v }
func Any(n int) any   { say("any", n); if n%2 == 0 { return n }; return "s" }

func Seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n & 3 {
			if !yield(i) {
				return
			}
		}
	}
}

type Box struct{ N int }

func New(n int) *Box { return &Box{n} }

func (b *Box) Add(n int) *Box { say("add", n); b.N += n; return b }

// Run runs a program and prints how it ends.
func Run(name string, program func()) {
	fuel = 60
	fmt.Println("program", name)
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		fmt.Println("panic:", r)
		pcs := make([]uintptr, 100)
		frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
		for {
			f, more := frames.Next()
			if base := filepath.Base(f.File); base == "q.go" || base == "rt.go" { // names depend on inlining
				fmt.Println("  at", filepath.Base(filepath.Dir(f.File)), f.Line)
			}
			if !more {
				return
			}
		}
	}()
	program()
}
`
