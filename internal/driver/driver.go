// Package driver runs analyzers over the packages of a Go program.
//
// It is an executor of its own rather than x/tools' checker: it asks the go
// command for metadata only (nothing is compiled), checks types from source,
// runs packages in parallel as soon as their dependencies are done, and drops
// syntax and SSA form when a package is done. RATIONALE.md has the
// measurements behind that.
//
// The driver knows findings and facts, not what they are about.
package driver

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// A Config says what to analyse and how.
type Config struct {
	Dir       string            // where the go command runs; empty: the current folder
	Patterns  []string          // of packages, as the go command takes them
	Tests     bool              // also analyse test files
	Tags      string            // comma-separated build tags
	Env       []string          // of the go command; nil: the process's
	Overlay   map[string][]byte // contents that replace files, by absolute path
	Jobs      int               // packages analysed at a time; 0: GOMAXPROCS
	Analyzers []*analysis.Analyzer
	Rules     []finding.Rule // that the analyzers may report
	Options   pragma.Options // that the analyzers were made with

	Environment *Environment // of the go command; without it no file counts as immutable
	Cache       *Cache       // nil: every run starts from scratch
	Fresh       bool         // analyse what was asked for even if the cache knows the answer, and keep what Fix needs

	// Progress, if not nil, is called before a package is begun, from one
	// goroutine at a time: how many of the total are done, and its path.
	Progress func(done, total int, pkg string)
}

// A Result is the outcome of a run.
type Result struct {
	Findings []finding.Finding // those shown, in canonical order, with fingerprints
	Cold     []finding.Finding // those hidden because nothing says that their path runs often, in canonical order
	Errors   []Error           // what could not be analysed, in canonical order
	Stats    Stats

	run *executor // whose graph has the types that Fix checks against
}

// Run analyses the packages that match the patterns. The error says that
// nothing could be analysed at all; what went wrong with single packages is
// in the result, beside the findings of the others.
func Run(ctx context.Context, cfg *Config) (*Result, error) {
	if err := analysis.Validate(cfg.Analyzers); err != nil {
		return nil, fmt.Errorf("internal error: %w", err)
	}
	begin := time.Now()
	graph, err := load(ctx, cfg)
	if err != nil {
		return nil, err
	}
	loaded := time.Now()
	jobs := cfg.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	x := newExecutor(cfg, graph)
	if cfg.Cache != nil {
		if err := x.setBase(); err != nil {
			return nil, err
		}
		defer cfg.Cache.trim(maxCacheSize)
	}
	if err := x.run(ctx, jobs); err != nil {
		return nil, err
	}
	result := collect(graph)
	result.run = x
	result.Stats.Load, result.Stats.Analyze = loaded.Sub(begin), time.Since(loaded)
	result.Stats.Analyzers = x.spent
	return result, nil
}

// A Plan is what a run would analyse.
type Plan struct {
	Roots     int     // packages analysed for findings
	FactsOnly int     // dependencies analysed for facts
	Errors    []Error // of the go command
}

// Load returns what a run with the same configuration would analyse.
func Load(ctx context.Context, cfg *Config) (*Plan, error) {
	graph, err := load(ctx, cfg)
	if err != nil {
		return nil, err
	}
	plan := new(Plan)
	for _, n := range graph.nodes {
		if n.root {
			plan.Roots++
		} else {
			plan.FactsOnly++
		}
		plan.Errors = append(plan.Errors, listErrors(n.pkg)...)
	}
	plan.Errors = sortErrors(plan.Errors)
	return plan, nil
}
