package main

import (
	"context"
	"fmt"
	"go/version"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/pragma"
)

// doctor shows what a run with the same arguments would work with.
func (a *app) doctor(args []string) int {
	f, patterns, err := parseOnly(args)
	if err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	if err := f.checkPatterns(a.rules); err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	ctx := context.Background()
	env, err := driver.ReadEnvironment(ctx, f.dir, nil)
	if err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	lines, err := env.GoLines()
	if err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(table, "%s\t%s\n", name, value) }
	row("perflint", strings.TrimPrefix(versionLine(), "perflint "))
	row("toolchain", fmt.Sprintf("%s %s/%s", env.Toolchain, env.GoOS, env.GoArch))
	row("main module", orNone(env.GoMod))
	row("workspace", orNone(env.GoWork))
	row("go line", orNone(lines.Go))
	row("timers", pragma.ResolveTimer(env.Toolchain, f.options.Go, lines).String())
	config, err := findConfig(f.dir)
	if err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	row("config", orNone(config))
	dir, err := cacheDir(f.cache)
	if err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	row("cache", orNone(dir))
	on := 0
	for _, r := range a.rules {
		if f.options.Enabled(r) {
			on++
		}
	}
	row("rules", fmt.Sprintf("%d of %d on", on, len(a.rules)))
	cfg, err := a.driverConfig(ctx, f, f.dir, nil, patterns)
	if err != nil {
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	plan, err := driver.Load(ctx, cfg)
	if err != nil {
		table.Flush()
		return a.fail(fmt.Errorf("doctor: %w", err))
	}
	row("packages", fmt.Sprintf("%d for findings, %d dependencies for facts only", plan.Roots, plan.FactsOnly))
	table.Flush()
	if newer(env.Toolchain, runtime.Version()) {
		return a.fail(fmt.Errorf("doctor: the toolchain %s is newer than %s, which perflint was built with; install perflint again with the newer Go", env.Toolchain, runtime.Version()))
	}
	if len(plan.Errors) > 0 {
		a.printErrors(f.dir, plan.Errors)
		return exitFailure
	}
	return exitClean
}

// newer reports whether the language of one toolchain is newer than another's.
func newer(toolchain, built string) bool {
	return version.Compare(version.Lang(toolchain), version.Lang(built)) > 0
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
