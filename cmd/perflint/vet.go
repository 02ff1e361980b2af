package main

import (
	"flag"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/pragma"
)

// vet serves the go command: go vet -vettool=perflint. The go command hands
// over one package at a time and caches the answers; the flags it passes on
// are those of the analyzers, which are declared here once for all of them.
// It does not return.
func (a *app) vet(args []string) int {
	all := a.analyzers(pragma.Options{})
	shared := flag.NewFlagSet("", flag.ContinueOnError)
	analyzers.AddFlags(shared, new(pragma.Options))
	shared.VisitAll(func(f *flag.Flag) {
		value := vetFlag{name: f.Name, analyzers: all}
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok {
			value.isBool = b.IsBoolFlag()
		}
		flag.Var(value, f.Name, f.Usage)
	})
	for i, root := range all {
		all[i] = guarded(root)
	}
	unitchecker.Main(all...)
	return exitFailure
}

// A vetFlag sets the flag of the same name of every analyzer that has it.
type vetFlag struct {
	name      string
	isBool    bool
	analyzers []*analysis.Analyzer
}

func (f vetFlag) String() string   { return "" }
func (f vetFlag) IsBoolFlag() bool { return f.isBool }

func (f vetFlag) Set(value string) error {
	for _, a := range f.analyzers {
		if a.Flags.Lookup(f.name) == nil {
			continue // an option that only others read
		}
		if err := a.Flags.Set(f.name, value); err != nil {
			return err
		}
	}
	return nil
}

// guarded returns an analyzer that turns a panic into an error, so that the
// other analyzers still have their say. The panic's message names the place.
func guarded(a *analysis.Analyzer) *analysis.Analyzer {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (result any, err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("analyzer %s panicked on package %s: %v (%s); this is a bug in perflint, please report it",
					a, pass.Pkg.Path(), r, panicSite())
			}
		}()
		return run(pass)
	}
	return a
}

// panicSite returns the function and line that panicked.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		frame, more := frames.Next()
		if panicking && !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s, line %d", frame.Function, frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return "unknown place"
		}
	}
}
