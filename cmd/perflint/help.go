package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
)

const helpText = `perflint finds performance and concurrency bugs in Go services.

Usage:
    perflint [flags] [packages]      analyse packages (default: the current folder)
    perflint escape [packages]       analyse allocations only, with the compiler's verdicts
    perflint escape -base REV …      what a change adds to the allocations of functions
    perflint explain RULE…           explain rules
    perflint rules                   list the rules
    perflint doctor [packages]       show versions, settings and what would be analysed
    perflint cache info|clean        show or empty the cache
    perflint mark …                  place performance marks in a program; see perflint mark -h
    perflint help                    show this text

    go vet -vettool=$(which perflint) ./...    the same findings through go vet

Packages are named as for the go command: ./... is everything below here.

Exit codes: 0 clean, 1 findings (see -fail-on), 2 something could not be analysed.

A finding is suppressed by a comment on its line, or on the line above it or
its declaration:
    //perflint:ignore RULE reason

Old findings need not be in the way of new code: with -new-from-rev,
-new-from-merge-base or -new-from-patch, only new ones are shown, fixed and
counted by the exit code.

A file .perflint.yml in the folder or above sets flags for a project; its keys
are the flags' names.

Flags:
`

// help prints the manual, or explains a rule that is named.
func (a *app) help(args []string) int {
	if len(args) > 0 {
		return a.explain(args)
	}
	io.WriteString(a.stdout, helpText)
	set := newFlags().set
	set.SetOutput(a.stdout)
	set.PrintDefaults()
	return exitClean
}

// versionLine returns the version as the go command recorded it.
func versionLine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "perflint (unknown version)"
	}
	line := "perflint " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			line += " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return fmt.Sprintf("%s, built with %s", line, info.GoVersion)
}

// parseOnly parses the flags of a command that shares those of the main one.
func parseOnly(args []string) (*flags, []string, error) {
	f := newFlags()
	patterns, err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		err = errors.New("'perflint help' lists the flags")
	}
	return f, patterns, err
}
