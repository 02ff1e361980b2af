// Command perflint finds performance and concurrency bugs in Go services.
//
// Run 'perflint help' for its commands and flags.
package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

func main() { os.Exit(newApp().run(os.Args[1:])) }

// The exit codes.
const (
	exitClean    = 0 // no findings that matter
	exitFindings = 1 // findings at or above -fail-on
	exitFailure  = 2 // something could not be analysed: load error, bad flag, bad config
)

// An app is the program with what it depends on. Tests put in analyzers that
// misbehave.
type app struct {
	stdout, stderr io.Writer
	analyzers      func(pragma.Options) []*analysis.Analyzer
	rules          []finding.Rule
}

// newApp returns the program as it is shipped.
func newApp() *app {
	return &app{
		stdout:    os.Stdout,
		stderr:    os.Stderr,
		analyzers: analyzers.New,
		rules:     analyzers.Rules(),
	}
}

// run executes a command line, without the program's name, and returns the
// exit code.
//
// A word in first place is a command if it is one of those below; packages
// are told apart by having a dot or slash in them, or by being patterns of
// the go command such as "std".
func (a *app) run(args []string) int {
	if len(args) > 0 && args[0] == "mark" {
		return a.mark(args[1:]) // which the go command may call with a tool's arguments
	}
	if isVet(args) {
		return a.vet(args)
	}
	if len(args) > 0 {
		switch args[0] {
		case "escape":
			return a.escape(args[1:])
		case "explain":
			return a.explain(args[1:])
		case "rules":
			return a.listRules(args[1:])
		case "doctor":
			return a.doctor(args[1:])
		case "cache":
			return a.cacheCommand(args[1:])
		case "help", "-h", "-help", "--help":
			return a.help(args[1:])
		}
	}
	return a.check(args)
}

// isVet reports whether the go command calls the program as a vet tool.
func isVet(args []string) bool {
	return slices.Contains(args, "-V=full") || slices.Contains(args, "-flags") ||
		len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg")
}
