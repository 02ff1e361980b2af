package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/gotooltest"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

var update = flag.Bool("update", false, "update the goldens in testdata/script")

func TestMain(m *testing.M) {
	if os.Getenv("PERFLINT_CACHE") == "" {
		os.Setenv("PERFLINT_CACHE", cacheOff) // tests leave nothing in the user's folders
	}
	testscript.Main(m, map[string]func(){
		"perflint":       main,
		"perflint-panic": mainWithPanic,
		"perflint-count": mainWithCount,
		"perflint-sites": mainWithSites,

		"perflint-driver": packagesDriver,
	})
}

// packagesDriver is a GOPACKAGESDRIVER that asks the go command after all.
func packagesDriver() {
	var request packages.DriverRequest
	if err := json.NewDecoder(os.Stdin).Decode(&request); err != nil {
		panic(err)
	}
	roots, err := packages.Load(&packages.Config{
		Mode:       request.Mode,
		Env:        append(os.Environ(), "GOPACKAGESDRIVER=off"),
		BuildFlags: request.BuildFlags,
		Tests:      request.Tests,
		Overlay:    request.Overlay,
	}, os.Args[1:]...)
	if err != nil {
		panic(err)
	}
	response := packages.DriverResponse{Compiler: "gc", Arch: runtime.GOARCH}
	for _, p := range roots {
		response.Roots = append(response.Roots, p.ID)
	}
	packages.Visit(roots, nil, func(p *packages.Package) { response.Packages = append(response.Packages, p) })
	if err := json.NewEncoder(os.Stdout).Encode(response); err != nil {
		panic(err)
	}
	if err := os.WriteFile("driver-was-here", nil, 0o644); err != nil {
		panic(err)
	}
}

// mainWithCount is perflint with one more analyzer, which runs after all
// others and appends the path of each package whose SSA form they built to
// the file that COUNT_LOG names. Only so can builds be counted in go vet,
// where every package is a process.
func mainWithCount() {
	a := &app{stdout: os.Stdout, stderr: os.Stderr, rules: analyzers.Rules()}
	a.analyzers = func(opts pragma.Options) []*analysis.Analyzer {
		all := analyzers.New(opts)
		counter := &analysis.Analyzer{
			Name:       "counter",
			Doc:        "count SSA builds",
			Requires:   append([]*analysis.Analyzer{ssax.Analyzer}, all...),
			ResultType: reflect.TypeFor[*finding.List](),
		}
		opts.AddFlags(&counter.Flags)
		counter.Run = func(pass *analysis.Pass) (any, error) {
			if !pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Built() {
				return new(finding.List), nil
			}
			log, err := os.OpenFile(os.Getenv("COUNT_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				return nil, err
			}
			defer log.Close()
			_, err = fmt.Fprintln(log, pass.Pkg.Path())
			return new(finding.List), err
		}
		return append(all, counter)
	}
	os.Exit(a.run(os.Args[1:]))
}

// mainWithPanic is perflint with one more analyzer, which panics on packages
// that declare the name Panic.
func mainWithPanic() {
	a := &app{stdout: os.Stdout, stderr: os.Stderr, rules: analyzers.Rules()}
	a.analyzers = func(opts pragma.Options) []*analysis.Analyzer {
		panicker := &analysis.Analyzer{
			Name:       "panicker",
			Doc:        "panic on packages that declare Panic",
			Requires:   []*analysis.Analyzer{pragma.Analyzer},
			ResultType: reflect.TypeFor[*finding.List](),
		}
		opts.AddFlags(&panicker.Flags)
		panicker.Run = func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Scope().Lookup("Panic") != nil {
				panic("as asked")
			}
			return new(finding.List), nil
		}
		return append([]*analysis.Analyzer{panicker}, analyzers.New(opts)...)
	}
	os.Exit(a.run(os.Args[1:]))
}

// TestScript runs the binary as users do; see testdata/script.
func TestScript(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir() // one for all scripts, which run at the same time
	params := testscript.Params{
		Dir:                 filepath.Join(root, "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GOPROXY", "off")
			env.Setenv("GOFLAGS", "")
			env.Setenv("GOWORK", "")
			env.Setenv("GOTOOLCHAIN", "local")
			env.Setenv("REPO", root)
			env.Setenv("PERFLINT_CACHE", cache)
			for _, dir := range filepath.SplitList(env.Getenv("PATH")) {
				for _, name := range []string{"perflint", "perflint-panic", "perflint-count", "perflint-sites", "perflint-driver"} {
					if exists(filepath.Join(dir, name)) {
						env.Setenv(strings.ToUpper(strings.ReplaceAll(name, "-", "_")), filepath.Join(dir, name))
					}
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"firstlines": firstLines,
		},
	}
	if err := gotooltest.Setup(&params); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, params)
}

// firstLines compares the findings on the last command's standard output
// with a file, line for line, without source and witness:
//
//	firstlines want.txt
func firstLines(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: firstlines file")
	}
	var got strings.Builder
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if !strings.HasPrefix(line, " ") {
			got.WriteString(line)
		}
	}
	if want := ts.ReadFile(args[0]); got.String() != want {
		ts.Fatalf("findings differ from %s\n--- got\n%s--- want\n%s", args[0], got.String(), fmt.Sprint(want))
	}
}
